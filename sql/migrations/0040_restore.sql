-- What a restored database may lack, and which keys it was written with. Both are kept outside the
-- database, too, in files that are not restored with it: only the comparison tells.

-- How far each semsd had come, as this database knows it.
CREATE TABLE sems.daemon_mark (
	daemon uuid PRIMARY KEY,
	mark bigint NOT NULL,
	-- Whatever was received before, and answered, was there when the mark was made.
	reached_at timestamptz NOT NULL,
	server text NOT NULL  -- system identifier and timeline
);

-- Periods of which records may be missing: answered STORED, and not there any more.
CREATE TABLE sems.restore_gap (
	gap_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	lacks_from timestamptz NOT NULL,  -- by received_at
	lacks_to timestamptz NOT NULL CHECK (lacks_to >= lacks_from),
	reason text NOT NULL CHECK (reason <> ''),
	noted_by text NOT NULL,           -- semsd itself, or the principal who said so
	found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	resolved_at timestamptz,
	resolved_by text,
	resolution text CHECK (resolution <> ''),
	CHECK (num_nulls(resolved_at, resolved_by, resolution) IN (0, 3))
);
GRANT SELECT ON sems.restore_gap TO sems_compute, sems_admin;

-- This server: another one has another identifier, and one that took over has a new timeline.
CREATE FUNCTION sems.server_identity() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
	FROM pg_control_system() AS c
$$;

-- A daemon says how far it knows this database to have come: known_mark (0: it knows nothing),
-- known_to, the newest instant at which it received what it answered, known_server. When the
-- database has not come so far, the difference is noted as a gap. Then the next mark is made. back_to: the
-- time that its clock was set back to, after the mark back_mark: a database of that mark or an older one
-- lacks what was received from then on, too.
CREATE FUNCTION sems.note_mark(daemon uuid, known_mark bigint, known_since timestamptz,
    known_to timestamptz, known_server text, reached_at timestamptz,
    back_mark bigint DEFAULT NULL, back_to timestamptz DEFAULT NULL,
    OUT mark bigint, OUT server text, OUT gap_id bigint, OUT lacks_from text, OUT lacks_to text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	old sems.daemon_mark;
	since timestamptz;
	why text;
BEGIN
	-- A standby that does not answer must not hold up whoever asks something after this. Without
	-- it a mark may be missing where the records are not: a gap too many, not one too few.
	PERFORM set_config('synchronous_commit', 'local', true);
	SELECT m.* INTO old FROM sems.daemon_mark m WHERE m.daemon = note_mark.daemon FOR UPDATE;
	server := sems.server_identity();
	IF known_mark > 0 AND old.daemon IS NULL THEN
		since := known_since;
		why := 'the database does not know this semsd: an older backup, or another database';
	ELSIF known_mark > coalesce(old.mark, 0) THEN
		since := old.reached_at;
		why := 'the database is older than what semsd had answered: a restored backup, or a '
		    'standby that had not received everything';
	ELSIF old.server <> server AND known_server <> server AND known_to > old.reached_at THEN
		since := old.reached_at;
		why := 'another server took over: whether it had received everything is not known';
	END IF;
	IF coalesce(old.mark, 0) <= back_mark THEN
		since := least(since, back_to);
	END IF;
	IF why IS NOT NULL THEN
		-- In whole seconds, outwards.
		INSERT INTO sems.restore_gap AS g (lacks_from, lacks_to, reason, noted_by)
		VALUES (date_trunc('second', least(since, known_to)),
		    date_trunc('second', known_to) + interval '1 second', why, 'semsd')
		RETURNING g.gap_id, to_char(g.lacks_from, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		    to_char(g.lacks_to, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
		INTO gap_id, lacks_from, lacks_to;
	END IF;
	mark := greatest(known_mark, old.mark, 0) + 1;
	INSERT INTO sems.daemon_mark AS m VALUES (note_mark.daemon, note_mark.mark,
	    note_mark.reached_at, note_mark.server)
	ON CONFLICT ON CONSTRAINT daemon_mark_pkey DO UPDATE SET mark = excluded.mark,
	    reached_at = excluded.reached_at, server = excluded.server;
END
$$;
GRANT EXECUTE ON FUNCTION sems.note_mark(uuid, bigint, timestamptz, timestamptz, text, timestamptz, bigint,
    timestamptz)
    TO sems_admin;

-- Somebody says that a period may lack records.
CREATE FUNCTION sems.add_gap(since timestamptz, until timestamptz, reason text, by text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	made bigint;
BEGIN
	IF until < since THEN
		RAISE EXCEPTION 'the period ends before it begins';
	END IF;
	INSERT INTO sems.restore_gap AS g (lacks_from, lacks_to, reason, noted_by)
	VALUES (since, until, reason, by) RETURNING g.gap_id INTO made;
	RETURN made;
END
$$;
GRANT EXECUTE ON FUNCTION sems.add_gap(timestamptz, timestamptz, text, text) TO sems_admin;

-- Nothing is removed: who resolved it, when and why stays.
CREATE FUNCTION sems.resolve_gap(gap_id bigint, at timestamptz, by text, resolution text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_one sems.restore_gap;
BEGIN
	SELECT g.* INTO found_one FROM sems.restore_gap g WHERE g.gap_id = resolve_gap.gap_id FOR UPDATE;
	IF found_one.gap_id IS NULL THEN
		RAISE EXCEPTION 'there is no gap %', gap_id;
	ELSIF found_one.resolved_at IS NOT NULL THEN
		RAISE EXCEPTION 'gap % was resolved by %', gap_id, found_one.resolved_by;
	END IF;
	UPDATE sems.restore_gap g SET resolved_at = at, resolved_by = by,
	    resolution = resolve_gap.resolution WHERE g.gap_id = resolve_gap.gap_id;
	RETURN gap_id;
END
$$;
GRANT EXECUTE ON FUNCTION sems.resolve_gap(bigint, timestamptz, text, text) TO sems_admin;

-- What a key file gives away of itself, so that another file under its name is noticed: a keyed hash
-- of a fixed text. It tells nothing of the key.
CREATE TABLE sems.key_check (
	name text PRIMARY KEY,  -- 'quarantine', 'person-2026'
	key_check bytea NOT NULL,
	noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT ON sems.key_check TO sems_admin;
