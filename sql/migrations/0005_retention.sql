-- Retention: which months there are, what each holds, and the one way to drop one. And the periodic
-- duties: when each last ran, so that of several daemons one does it.

-- The months that hold evidence, or could.
CREATE VIEW sems.evidence_month AS
SELECT k.kind, c.oid::regclass AS partition, m.month, m.quarter, m.starts_at, m.ends_at
FROM sems.kind k
JOIN pg_catalog.pg_class p ON p.relname = k.kind AND p.relnamespace = 'sems'::regnamespace
JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (
	SELECT to_date(right(c.relname, 6), 'YYYYMM') AS month WHERE c.relname ~ '_[0-9]{6}$'
) AS n
CROSS JOIN LATERAL (
	SELECT n.month, d.quarter, min(d.starts_at) AS starts_at, max(d.ends_at) AS ends_at
	FROM sems.civil_day d WHERE d.month = n.month GROUP BY d.quarter
) AS m;
GRANT SELECT ON sems.evidence_month TO sems_compute, sems_retention, sems_admin;

-- What is of these kinds may be, or be about, a test under embargo.
CREATE FUNCTION sems.tells_of_tests(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT kind IN ('test', 'void', 'confirmation') $$;
GRANT EXECUTE ON FUNCTION sems.tells_of_tests(text) TO PUBLIC;

-- Of the kinds that tell of tests how many records each month holds that may be known: of all months at once,
-- since one statement a month would be planned over all tests each time.
CREATE FUNCTION sems.known_by_month() RETURNS TABLE (kind text, month date, records bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	months date[];
	starts timestamptz[];
BEGIN
	SELECT array_agg(m.month ORDER BY m.starts_at), array_agg(m.starts_at ORDER BY m.starts_at)
	INTO months, starts
	FROM (SELECT DISTINCT e.month, e.starts_at FROM sems.evidence_month e) AS m;
	RETURN QUERY SELECT n.kind, months[n.at], n.records FROM (
		SELECT 'test' AS kind, width_bucket(r.occurred_at, starts) AS at, count(*) AS records
		FROM sems.known_test r GROUP BY 2
		UNION ALL
		SELECT 'void', width_bucket(r.occurred_at, starts), count(*) FROM sems.known_void r GROUP BY 2
		UNION ALL
		SELECT 'confirmation', width_bucket(r.occurred_at, starts), count(*)
		FROM sems.known_confirmation r GROUP BY 2) AS n;
END
$$;
GRANT EXECUTE ON FUNCTION sems.known_by_month() TO sems_compute, sems_retention;

-- How many records a month's table holds: counted while it has so few pages that this is quick, else
-- estimated.
CREATE FUNCTION sems.month_records(part regclass, quick_pages int, OUT records bigint, OUT exact boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	pages bigint := pg_relation_size(part) / current_setting('block_size')::int;
BEGIN
	exact := pages <= quick_pages;
	IF pages = 0 THEN
		records := 0;
	ELSIF exact THEN
		EXECUTE format('SELECT count(*) FROM %s', part) INTO records;
	ELSE
		-- Never analysed: a record takes some 300 bytes.
		SELECT CASE WHEN c.reltuples > 0 AND c.relpages > 0
		    THEN c.reltuples / c.relpages * pages
		    ELSE pages * current_setting('block_size')::int / 300.0 END
		INTO records FROM pg_class c WHERE c.oid = part;
	END IF;
END
$$;

-- What each month of each kind holds that may be known: of what tells of tests the size does, too, so that it
-- is always counted.
CREATE FUNCTION sems.held_months(quick_pages int)
RETURNS TABLE (kind text, partition regclass, month date, quarter text, starts_at timestamptz,
    ends_at timestamptz, records bigint, exact boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH known AS MATERIALIZED (SELECT k.* FROM sems.known_by_month() k)
	SELECT m.*, coalesce(k.records, 0), true
	FROM sems.evidence_month m LEFT JOIN known k ON k.kind = m.kind AND k.month = m.month
	WHERE sems.tells_of_tests(m.kind)
	UNION ALL
	SELECT m.*, n.records, n.exact
	FROM sems.evidence_month m CROSS JOIN LATERAL sems.month_records(m.partition, quick_pages) n
	WHERE NOT sems.tells_of_tests(m.kind)
$$;
GRANT EXECUTE ON FUNCTION sems.held_months(int) TO sems_compute, sems_retention;

-- Findings that a month's audits raised or mentioned and whose newest state is not settled. A
-- finding without a number is known by its audit and place alone.
CREATE VIEW sems.open_finding AS
SELECT m.occurred_at, m.finding_id
FROM (
	SELECT n.occurred_at, n.finding_id, first_value(n.state) OVER (PARTITION BY n.finding_id
	    ORDER BY n.occurred_at DESC, n.record_id DESC) AS newest_state
	FROM (
		SELECT a.occurred_at, a.record_id, f.finding ->> 'state' AS state,
		    coalesce(nullif(f.finding ->> 'finding_id', ''), a.record_id || '#' || f.place)
		        AS finding_id
		FROM sems.effective_audit a
		CROSS JOIN LATERAL jsonb_array_elements(coalesce(a.findings, '[]'))
		    WITH ORDINALITY AS f (finding, place)
	) AS n
) AS m
WHERE coalesce(m.newest_state, 'OPEN') IN ('OPEN', 'CORRECTED');
GRANT SELECT ON sems.open_finding TO sems_compute, sems_retention;

-- The quarters whose SPD went to the regulator and was not sent or taken back, and when it last did.
CREATE VIEW sems.submitted_quarter AS
SELECT s.quarter, max(s.submitted_at) AS submitted_at
FROM sems.spd_status s WHERE s.state IN ('SUBMITTED', 'ACKNOWLEDGED', 'SUPERSEDED')
GROUP BY s.quarter;
GRANT SELECT ON sems.submitted_quarter TO sems_compute, sems_retention, sems_admin;

-- The quarters that need what a month holds: its own, and those its plans are for.
CREATE FUNCTION sems.month_quarters(kind text, quarter text, since timestamptz, until timestamptz)
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN NEXT quarter;
	IF kind = 'plan' THEN
		RETURN QUERY SELECT DISTINCT to_char(p.counted_at AT TIME ZONE n.zone, 'YYYY-"Q"Q')
		FROM sems.effective_plan p CROSS JOIN sems.entity n
		WHERE p.occurred_at >= since AND p.occurred_at < until
		AND to_char(p.counted_at AT TIME ZONE n.zone, 'YYYY-"Q"Q') <> month_quarters.quarter;
	END IF;
END
$$;
GRANT EXECUTE ON FUNCTION sems.month_quarters(text, text, timestamptz, timestamptz)
    TO sems_compute, sems_retention, sems_admin;

-- Civil months that have wholly passed between a month and an instant; negative before its end.
CREATE FUNCTION sems.months_since(month date, at timestamptz) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT ((extract(year FROM d.month) - extract(year FROM months_since.month)) * 12
	    + extract(month FROM d.month) - extract(month FROM months_since.month))::int - 1
	FROM sems.civil_day d WHERE d.starts_at <= at AND d.ends_at > at
	ORDER BY d.starts_at DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION sems.months_since(date, timestamptz)
    TO sems_compute, sems_retention, sems_admin;

-- After a quarter's submission its evidence may still be needed for a revision.
INSERT INTO sems.setting VALUES ('revision_window_days', '120');

-- --- legal holds ---------------------------------------------------------------------------------

-- What must not be removed although its time is over, whatever retention says. Each condition that is there must
-- be met. Rows are never removed: a hold is lifted, once.
CREATE TABLE sems.hold (
	hold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text REFERENCES sems.kind,
	source text,
	site_id text,
	record_id uuid,
	persons bytea[] CHECK (cardinality(persons) > 0),  -- pseudonyms of one person, of a year's key each
	since timestamptz,  -- by occurred_at
	until timestamptz CHECK (until > since),
	reason text NOT NULL CHECK (reason <> ''),
	authority text NOT NULL CHECK (authority <> ''),  -- who asks for it, and by what
	review_on date NOT NULL,
	set_by text NOT NULL,
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	lifted_by text,
	lifted_at timestamptz,
	lifted_why text CHECK (lifted_why <> ''),
	CHECK (num_nonnulls(kind, source, site_id, record_id, persons, since, until) > 0),
	CHECK (num_nulls(lifted_by, lifted_at, lifted_why) IN (0, 3))
);
GRANT SELECT ON sems.hold TO sems_compute, sems_retention, sems_admin;

CREATE FUNCTION sems.keep_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.lifted_at IS NULL AND to_jsonb(NEW) - '{lifted_by,lifted_at,lifted_why}'::text[]
	    = to_jsonb(OLD) - '{lifted_by,lifted_at,lifted_why}'::text[] THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'a hold is lifted once, and never changed or removed';
END
$$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.hold
    FOR EACH ROW EXECUTE FUNCTION sems.keep_hold();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.hold
    FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_hold();

-- wish: a hold's conditions, as the columns are named; persons in hexadecimal digits.
CREATE FUNCTION sems.set_hold(wish jsonb, by text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO sems.hold AS h (kind, source, site_id, record_id, persons, since, until, reason, authority,
	    review_on, set_by)
	SELECT w.kind, w.source, w.site_id, w.record_id, (SELECT array_agg(decode(p, 'hex') ORDER BY p)
	    FROM jsonb_array_elements_text(wish -> 'persons') AS p), w.since, w.until, w.reason, w.authority,
	    w.review_on, by
	FROM jsonb_to_record(wish) AS w (kind text, source text, site_id text, record_id uuid, since timestamptz,
	    until timestamptz, reason text, authority text, review_on date)
	RETURNING h.hold_id
$$;

CREATE FUNCTION sems.lift_hold(hold_id bigint, by text, at timestamptz, why text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_one sems.hold;
BEGIN
	SELECT h.* INTO found_one FROM sems.hold h WHERE h.hold_id = lift_hold.hold_id FOR UPDATE;
	IF found_one.hold_id IS NULL THEN
		RAISE EXCEPTION 'there is no hold %', hold_id;
	ELSIF found_one.lifted_at IS NOT NULL THEN
		RAISE EXCEPTION 'hold % was lifted by %', hold_id, found_one.lifted_by;
	END IF;
	UPDATE sems.hold h SET lifted_by = by, lifted_at = at, lifted_why = why
	WHERE h.hold_id = lift_hold.hold_id;
	RETURN hold_id;
END
$$;
GRANT EXECUTE ON FUNCTION sems.set_hold(jsonb, text), sems.lift_hold(bigint, text, timestamptz, text)
    TO sems_admin;

-- The pseudonyms in a record r of the kind, as an array in SQL. All of a kind's columns of bytes are persons, as are
-- the auditors of an audit.
CREATE FUNCTION sems.persons_sql(kind text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('(ARRAY[%s]%s)', string_agg('r.' || quote_ident(a.attname), ', ' ORDER BY a.attnum),
	    CASE WHEN kind = 'audit' THEN ' || ARRAY(SELECT decode(p, ''hex'') '
		'FROM jsonb_array_elements_text(coalesce(r.auditors, ''[]'')) AS p)' ELSE '' END)
	FROM pg_attribute a WHERE a.attrelid = format('sems.%I', kind)::regclass AND a.attnum > 0
	AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped
$$;
GRANT EXECUTE ON FUNCTION sems.persons_sql(text) TO sems_compute;

-- Whether a hold h is about a record r of the kind, as SQL.
CREATE FUNCTION sems.hold_sql(kind text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('h.lifted_at IS NULL AND coalesce(h.kind, %1$L) = %1$L AND coalesce(h.source, r.source) = r.source '
	    'AND (h.site_id IS NULL OR h.site_id = r.site_id) AND coalesce(h.record_id, r.record_id) = r.record_id '
	    'AND coalesce(h.since, r.occurred_at) <= r.occurred_at AND (h.until IS NULL OR h.until > r.occurred_at) '
	    'AND (h.persons IS NULL OR h.persons && %2$s)', kind, sems.persons_sql(kind))
$$;

-- The records of a kind and period that are held, and by which holds. With a record its whole family stays (what
-- it corrects, its corrections, voids and confirmations), since without it nobody could tell what it says.
CREATE FUNCTION sems.held_records(of_kind text, since timestamptz, until timestamptz)
RETURNS TABLE (record_id uuid, source text, hold_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
BEGIN
	IF NOT EXISTS (SELECT FROM sems.hold h WHERE h.lifted_at IS NULL) THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format('SELECT r.record_id, r.source, h.hold_id FROM sems.%I r JOIN sems.hold h ON %s '
	    'WHERE r.occurred_at >= $1 AND r.occurred_at < $2', of_kind, sems.hold_sql(of_kind)) USING since, until;
	FOR k IN SELECT n.kind FROM sems.kind n ORDER BY n.kind LOOP
		RETURN QUERY EXECUTE format('WITH mine AS MATERIALIZED ('
		    'SELECT c.root_record_id, c.root_source, c.record_id, c.source FROM sems.correction c '
		    'WHERE c.kind = $1 AND c.occurred_at >= $2 AND c.occurred_at < $3 '
		    'UNION SELECT c.root_record_id, c.root_source, c.root_record_id, c.root_source '
		    'FROM sems.correction c '
		    'WHERE c.root_kind = $1 AND c.root_occurred_at >= $2 AND c.root_occurred_at < $3 '
		    'UNION SELECT c.root_record_id, c.root_source, f.record_id, f.source FROM sems.confirmation f '
		    'JOIN sems.correction c ON c.record_id = f.confirms_record_id AND c.source = f.confirms_source '
		    'WHERE $1 = ''confirmation'' AND f.occurred_at >= $2 AND f.occurred_at < $3), '
		    'kin AS MATERIALIZED (SELECT m.record_id, m.source, c.record_id AS kin_id, c.source AS kin_source '
		    'FROM mine m JOIN sems.correction c USING (root_record_id, root_source) WHERE c.kind = %1$L '
		    'UNION SELECT m.record_id, m.source, c.root_record_id, c.root_source '
		    'FROM mine m JOIN sems.correction c USING (root_record_id, root_source) '
		    'WHERE c.root_kind = %1$L) '
		    'SELECT n.record_id, n.source, h.hold_id FROM kin n JOIN sems.%1$I r '
		    'ON r.occurred_at = sems.uuid_time(n.kin_id) AND r.record_id = n.kin_id AND r.source = n.kin_source '
		    'JOIN sems.hold h ON %2$s', k, sems.hold_sql(k)) USING of_kind, since, until;
	END LOOP;
END
$$;

-- How many of a kind's records of a period are held and how many are not, and the holds in words: the first two
-- by number. Of a month that is not due nothing is read.
CREATE FUNCTION sems.month_holds(kind text, since timestamptz, until timestamptz, is_due boolean, OUT rest bigint,
    OUT held bigint, OUT holds text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	held := 0;
	IF is_due IS NOT TRUE THEN
		RETURN;
	END IF;
	SELECT count(DISTINCT (x.record_id, x.source)) INTO held FROM sems.held_records(kind, since, until) x;
	IF held = 0 THEN
		RETURN;
	END IF;
	EXECUTE format('SELECT count(*) - $3 FROM sems.%I r WHERE r.occurred_at >= $1 AND r.occurred_at < $2', kind)
	INTO rest USING since, until, held;
	SELECT string_agg(format('hold %s (%s; review %s)', n.hold_id,
	    CASE WHEN length(n.reason) > 40 THEN left(n.reason, 37) || '...' ELSE n.reason END, n.review_on),
	    ', ' ORDER BY n.hold_id) FILTER (WHERE n.place <= 2)
	    || CASE WHEN count(*) > 2 THEN format(' and %s more', count(*) - 2) ELSE '' END
	INTO holds
	FROM (SELECT h.*, row_number() OVER (ORDER BY h.hold_id) AS place FROM sems.hold h
	    WHERE h.hold_id IN (SELECT x.hold_id
	    FROM sems.held_records(month_holds.kind, month_holds.since, month_holds.until) x)) AS n;
END
$$;
GRANT EXECUTE ON FUNCTION sems.month_holds(text, timestamptz, timestamptz, boolean) TO sems_retention;

-- How many records a hold keeps now, by kind.
CREATE FUNCTION sems.hold_records(of_hold bigint) RETURNS TABLE (kind text, records bigint, months bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
BEGIN
	FOR k IN SELECT n.kind FROM sems.kind n ORDER BY n.kind LOOP
		RETURN QUERY EXECUTE format('SELECT %L, count(*), count(DISTINCT d.month) FROM sems.%I r '
		    'JOIN sems.hold h ON %s JOIN sems.civil_day d ON d.starts_at <= r.occurred_at '
		    'AND d.ends_at > r.occurred_at WHERE h.hold_id = $1 HAVING count(*) > 0',
		    k, k, sems.hold_sql(k)) USING of_hold;
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION sems.hold_records(bigint) TO sems_admin;

-- Whether a hold may be about an entry of the quarantine, of which kind, source and time may be known and the
-- rest is sealed: what is not known may be what the hold says.
CREATE FUNCTION sems.is_entry_held(kind text, source text, record_id uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM sems.hold h WHERE h.lifted_at IS NULL
	    AND (h.kind IS NULL OR h.kind = is_entry_held.kind OR is_entry_held.kind IS NULL)
	    AND (h.source IS NULL OR h.source = is_entry_held.source OR is_entry_held.source = '')
	    AND (is_entry_held.record_id IS NULL OR (
		coalesce(h.record_id, is_entry_held.record_id) = is_entry_held.record_id
		AND coalesce(h.since, '-infinity') <= sems.uuid_time(is_entry_held.record_id)
		AND coalesce(h.until, 'infinity') > sems.uuid_time(is_entry_held.record_id))))
$$;

-- The digest of a set of identities: of each civil day the SHA-256 of its records' ids and sources in order, and
-- over the days the SHA-256 of those; so that no day needs more memory than its records.
CREATE FUNCTION sems.set_digest(part regclass, but regclass, OUT records bigint, OUT first_at timestamptz,
    OUT last_at timestamptz, OUT digest bytea)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('SELECT coalesce(sum(d.n), 0), min(d.first_at), max(d.last_at), '
	    'sha256(coalesce(string_agg(d.digest, ''''::bytea ORDER BY d.first_at), '''')) FROM ('
	    'SELECT count(*) AS n, min(r.occurred_at) AS first_at, max(r.occurred_at) AS last_at, '
	    'sha256(string_agg(uuid_send(r.record_id) || convert_to(r.source, ''UTF8'') || ''\x0a'', ''''::bytea '
	    'ORDER BY r.record_id, r.source COLLATE "C")) AS digest FROM %s r WHERE NOT EXISTS (SELECT FROM %s b '
	    'WHERE b.occurred_at = r.occurred_at AND b.record_id = r.record_id AND b.source = r.source) '
	    'GROUP BY date_trunc(''day'', r.occurred_at AT TIME ZONE ''UTC'')) AS d', part, but)
	INTO records, first_at, last_at, digest;
END
$$;

-- A month of a kind that may go, by the facts of now. Whoever asks has decided by the whole rule; what must
-- never happen is refused here once more: a quarter that has not been submitted, a month that is not past
-- its maximum, a finding that is not settled.
CREATE FUNCTION sems.month_to_drop(kind text, month date, at timestamptz, OUT e sems.evidence_month,
    OUT policy sems.retention_policy)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	needed text;
BEGIN
	SELECT m.* INTO e FROM sems.evidence_month m
	WHERE m.kind = month_to_drop.kind AND m.month = month_to_drop.month;
	IF e.partition IS NULL THEN
		RAISE EXCEPTION 'there is no % of %', kind, to_char(month, 'YYYY-MM');
	END IF;
	SELECT min(q) INTO needed FROM sems.month_quarters(kind, e.quarter, e.starts_at, e.ends_at) AS q
	WHERE NOT EXISTS (SELECT FROM sems.submitted_quarter s WHERE s.quarter = q);
	IF needed IS NOT NULL THEN
		RAISE EXCEPTION 'the SPD of % has not been submitted', needed;
	END IF;
	SELECT p.* INTO policy FROM sems.retention_policy p WHERE p.kind = month_to_drop.kind;
	IF policy.max_months IS NULL OR sems.months_since(month, at) < policy.max_months THEN
		RAISE EXCEPTION '% of % is not past its maximum', kind, to_char(month, 'YYYY-MM');
	END IF;
	IF kind = 'audit' AND EXISTS (SELECT FROM sems.open_finding f
	    WHERE f.occurred_at >= e.starts_at AND f.occurred_at < e.ends_at) THEN
		RAISE EXCEPTION 'a finding of % is open', to_char(month, 'YYYY-MM');
	END IF;
END
$$;

-- Who else has a lock of any of the tables, for people.
CREATE FUNCTION sems.holders(VARIADIC tables text[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(string_agg(DISTINCT coalesce(nullif(a.application_name, ''), 'a session')
	    || ' (backend ' || l.pid || ')', ', '), 'nobody any more')
	FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
	WHERE l.relation = ANY (SELECT to_regclass(t) FROM unnest(tables) AS t) AND l.granted AND l.pid <> pg_backend_pid()
	AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
$$;

-- Closes a month that may go, for an hour at most: its records are counted and dropped, and one that came
-- meanwhile would have to be counted, too. A trigger of this one partition, so that no other pays for it;
-- whoever is storing into it has ended when its lock is granted, and whoever comes later meets it, whatever
-- daemon he comes through. Corrections of what it holds are refused by rule().
--
-- A short lock_timeout, because writers queue behind the lock.
CREATE FUNCTION sems.close_month(kind text, month date, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '800ms' AS $$
DECLARE
	e sems.evidence_month;
BEGIN
	e := (sems.month_to_drop(kind, month, at)).e;
	INSERT INTO sems.closed_month AS c (kind, month, starts_at, ends_at, closed_at)
	VALUES (close_month.kind, close_month.month, e.starts_at, e.ends_at, clock_timestamp())
	ON CONFLICT ON CONSTRAINT closed_month_pkey DO UPDATE SET closed_at = excluded.closed_at;
	EXECUTE format('CREATE OR REPLACE TRIGGER refuse_closed BEFORE INSERT ON %s FOR EACH ROW '
	    'EXECUTE FUNCTION sems.refuse_closed(%L, %L)', e.partition, kind, to_char(month, 'YYYY-MM-DD'));
EXCEPTION WHEN lock_not_available THEN
	RAISE EXCEPTION 'it is in use by %', sems.holders(e.partition::text) USING ERRCODE = 'SM005';
END
$$;

-- What could not be dropped takes records again.
CREATE FUNCTION sems.reopen_month(kind text, month date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	DELETE FROM sems.closed_month c WHERE c.kind = reopen_month.kind AND c.month = reopen_month.month
$$;
GRANT EXECUTE ON FUNCTION sems.close_month(text, date, timestamptz), sems.reopen_month(text, date)
    TO sems_retention;

-- What is known of records beside them goes with them: runs of imports that have no record any more, and keys that
-- doubles are found by. part: what is left of the month; NULL: nothing.
CREATE FUNCTION sems.forget_month(e sems.evidence_month, part regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	kept text := CASE WHEN part IS NULL THEN '' ELSE format(' AND NOT EXISTS (SELECT FROM %s r '
	    'WHERE r.occurred_at = x.at AND r.record_id = x.record_id AND r.source = x.source)', part) END;
	kept_keys text := CASE WHEN part IS NULL THEN '' ELSE format(' AND NOT EXISTS (SELECT FROM %s r '
	    'WHERE r.occurred_at = k.occurred_at)', part) END;
BEGIN
	EXECUTE 'WITH gone AS (DELETE FROM sems.import_record i USING (SELECT n.ctid AS place, n.record_id, n.source, '
	    'sems.uuid_time(n.record_id) AS at FROM sems.import_record n WHERE n.kind = $1) AS x '
	    'WHERE i.ctid = x.place AND x.at >= $2 AND x.at < $3' || kept || ' RETURNING i.run_no, i.ctid) '
	    'DELETE FROM sems.import_run r WHERE r.run_no IN (SELECT g.run_no FROM gone g) '
	    'AND (SELECT count(*) FROM gone g WHERE g.run_no = r.run_no) '
	    '= (SELECT count(*) FROM sems.import_record i WHERE i.run_no = r.run_no)'
	USING e.kind, e.starts_at, e.ends_at;
	-- Runs of that time or before that stored nothing, or have no record any more.
	DELETE FROM sems.import_run r WHERE r.started_at < e.ends_at
	AND NOT EXISTS (SELECT FROM sems.import_record i WHERE i.run_no = r.run_no);
	EXECUTE 'DELETE FROM sems.record_key k WHERE k.kind = $1 AND k.occurred_at >= $2 AND k.occurred_at < $3'
	    || kept_keys USING e.kind, e.starts_at, e.ends_at;
	DELETE FROM sems.doubled d WHERE d.kind = e.kind
	AND NOT EXISTS (SELECT FROM sems.record_key k WHERE k.key = d.key);
END
$$;

-- In place of a month's partition one with the records that are held and no others, which takes none.
CREATE FUNCTION sems.replace_month(e sems.evidence_month, kept regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
	part text := e.kind || '_' || to_char(e.month, 'YYYYMM');
BEGIN
	EXECUTE format('DROP TABLE %s', e.partition);
	EXECUTE format('ALTER TABLE %s RENAME TO %I', kept, part);
	EXECUTE format('ALTER TABLE sems.%I ATTACH PARTITION sems.%I FOR VALUES FROM (%L) TO (%L)', e.kind, part,
	    e.starts_at, e.ends_at);
	EXECUTE format('CREATE TRIGGER refuse_purged BEFORE INSERT ON sems.%I FOR EACH ROW '
	    'EXECUTE FUNCTION sems.refuse_purged()', part);
END
$$;

-- What a certificate states, byte by byte: this is what is signed.
CREATE FUNCTION sems.certificate_statement(c sems.purge_certificate) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT jsonb_build_object('form', 'sems.purge_certificate/1', 'certificate_no', c.certificate_no, 'kind', c.kind,
	    'month', to_char(c.month, 'YYYY-MM'), 'quarter', c.quarter, 'from', sems.rfc3339(c.starts_at),
	    'until', sems.rfc3339(c.ends_at), 'records', c.records, 'first_occurred_at', sems.rfc3339(c.first_occurred_at),
	    'last_occurred_at', sems.rfc3339(c.last_occurred_at), 'set_sha256', encode(c.set_sha256, 'hex'),
	    'held', c.held, 'holds', to_jsonb(c.holds), 'min_months', c.min_months, 'max_months', c.max_months,
	    'legal_basis', c.legal_basis, 'dropped_at', sems.rfc3339(c.dropped_at), 'dropped_by', c.dropped_by)::text
$$;
GRANT EXECUTE ON FUNCTION sems.certificate_statement(sems.purge_certificate) TO sems_admin;

-- semsd's signature of a certificate's statement, made in the transaction that drops.
CREATE TABLE sems.purge_signature (
	certificate_no bigint PRIMARY KEY REFERENCES sems.purge_certificate,
	key_id text NOT NULL REFERENCES sems.signing_key,
	signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);
GRANT INSERT ON sems.purge_signature TO sems_retention;
GRANT SELECT ON sems.purge_signature TO sems_admin;

-- Drops one month of one kind, if it may go and is counted, but for what is held, and certifies it. No hold is set
-- or lifted from the look at them until the month is gone.
--
-- A short lock_timeout, because writers queue behind the lock that dropping takes.
CREATE FUNCTION sems.drop_month(kind text, month date, at timestamptz, by text, OUT records bigint,
    OUT certificate_no bigint, OUT statement text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '800ms' AS $$
DECLARE
	facts record;
	e sems.evidence_month;
	left_over text := 'sems.' || kind || '_' || to_char(month, 'YYYYMM') || '_held';
	of_holds bigint[];
	gone record;
	kept bigint;
	oldest timestamptz;
	certificate sems.purge_certificate;
BEGIN
	facts := sems.month_to_drop(kind, month, at);
	e := facts.e;

	-- Nobody adds what is not counted; readers go on until the table goes.
	EXECUTE format('LOCK TABLE sems.hold, %s IN SHARE MODE', e.partition);
	EXECUTE format('CREATE TABLE %s (LIKE sems.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES '
	    'INCLUDING STORAGE)', left_over, kind);
	EXECUTE format('WITH held AS MATERIALIZED (SELECT * FROM sems.held_records($1, $2, $3)), '
	    'kept AS (INSERT INTO %s SELECT r.* FROM %s r '
	    'WHERE (r.record_id, r.source) IN (SELECT h.record_id, h.source FROM held h) RETURNING 1) '
	    'SELECT (SELECT count(*) FROM kept), ARRAY(SELECT DISTINCT h.hold_id FROM held h ORDER BY 1)',
	    left_over, e.partition)
	INTO kept, of_holds USING kind, e.starts_at, e.ends_at;
	gone := sems.set_digest(e.partition, left_over::regclass);
	IF kept > 0 AND gone.records = 0 THEN
		RAISE EXCEPTION 'all of it is under a legal hold';
	END IF;
	PERFORM sems.keep_counts(kind, month);
	INSERT INTO sems.purge_certificate (kind, month, quarter, starts_at, ends_at, records, first_occurred_at,
	    last_occurred_at, set_sha256, held, holds, min_months, max_months, legal_basis, dropped_by)
	VALUES (drop_month.kind, drop_month.month, e.quarter, e.starts_at, e.ends_at, gone.records, gone.first_at,
	    gone.last_at, gone.digest, kept, of_holds, (facts.policy).min_months, (facts.policy).max_months,
	    (facts.policy).legal_basis, by)
	RETURNING * INTO certificate;
	records := gone.records;
	certificate_no := certificate.certificate_no;
	statement := sems.certificate_statement(certificate);
	IF kept > 0 THEN
		PERFORM sems.replace_month(e, left_over::regclass);
	ELSE
		EXECUTE format('DROP TABLE %s, %s', e.partition, left_over);
	END IF;
	DELETE FROM sems.closed_month c WHERE c.kind = drop_month.kind AND c.month = drop_month.month;
	PERFORM sems.forget_month(e, to_regclass('sems.' || kind || '_' || to_char(month, 'YYYYMM')));

	-- The floor stays below what is still kept: a correction of it must find its place.
	SELECT min(m.starts_at) INTO oldest FROM sems.evidence_month m WHERE m.kind = drop_month.kind;
	INSERT INTO sems.purge_floor AS f (kind, floor)
	SELECT drop_month.kind, max(c.ends_at) FROM sems.purge_certificate c
	WHERE c.kind = drop_month.kind AND c.ends_at <= coalesce(oldest, 'infinity')
	HAVING max(c.ends_at) IS NOT NULL
	ON CONFLICT ON CONSTRAINT purge_floor_pkey
	    DO UPDATE SET floor = greatest(f.floor, excluded.floor);
EXCEPTION WHEN lock_not_available THEN
	RAISE EXCEPTION 'it is in use by %', sems.holders(e.partition::text, 'sems.' || kind)
	    USING ERRCODE = 'SM005';
END
$$;
GRANT EXECUTE ON FUNCTION sems.drop_month(text, date, timestamptz, text) TO sems_retention;

-- What is requeued and refused again shows the new reason.
GRANT UPDATE (reason, field, message) ON sems.quarantine TO sems_admin;

CREATE TABLE sems.duty (
	duty text PRIMARY KEY,
	last_run_at timestamptz, -- NULL: it never was begun
	runs boolean NOT NULL DEFAULT false, -- or semsd died of it, or while it ran
	bad_ends int NOT NULL DEFAULT 0, -- since it last ended well
	failure text, -- the last one
	aside_until timestamptz
);
GRANT SELECT ON sems.duty TO sems_compute, sems_retention, sems_admin;

-- Who else has the advisory lock of that name, for people; NULL: nobody.
CREATE FUNCTION sems.lock_holder(name text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT string_agg(coalesce(nullif(a.application_name, ''), 'a session')
	    || ' (backend ' || l.pid || ')', ', ')
	FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
	WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
	AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
	AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended(lock_holder.name, 0)
$$;
GRANT EXECUTE ON FUNCTION sems.lock_holder(text) TO sems_retention;

-- 1 when the duty is due and nobody else is at it: it is then the caller's, whose transaction keeps the
-- claim when it commits and gives it back when it does not. 2 when it has ended badly twice, one time after
-- the other: it is set aside, for 24 of its periods and a day at most, so that what it does to semsd or to
-- the other duties it does seldom. Otherwise 0.
CREATE FUNCTION sems.begin_duty(duty text, at timestamptz, period interval) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	d sems.duty;
	bad int;
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended('sems.duty.' || duty, 0)) THEN
		RETURN 0;
	END IF;
	INSERT INTO sems.duty AS x (duty) VALUES (begin_duty.duty) ON CONFLICT DO NOTHING;
	SELECT * INTO d FROM sems.duty AS x WHERE x.duty = begin_duty.duty FOR UPDATE;
	-- A time in the future is of a clock that was set back: it does not count.
	IF (d.last_run_at > at - period AND d.last_run_at <= at)
	    OR (d.aside_until > at AND d.aside_until <= at + interval '1 day') THEN
		RETURN 0;
	END IF;
	bad := d.bad_ends + d.runs::int;
	IF d.aside_until IS NULL AND bad >= 2 THEN
		UPDATE sems.duty AS x SET runs = false, bad_ends = bad,
		    failure = CASE WHEN d.runs THEN 'semsd ended before the duty did' ELSE d.failure END,
		    aside_until = at + greatest(period, least(24 * period, interval '1 day'))
		WHERE x.duty = begin_duty.duty;
		RETURN 2;
	END IF;
	UPDATE sems.duty AS x SET last_run_at = at, runs = true, bad_ends = bad, aside_until = NULL,
	    failure = CASE WHEN d.runs THEN 'semsd ended before the duty did' ELSE d.failure END
	WHERE x.duty = begin_duty.duty;
	RETURN 1;
END
$$;

-- failure: NULL when it ended well; '' when the database alone was the cause, which is nobody's fault.
CREATE FUNCTION sems.end_duty(duty text, failure text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO sems.duty AS d (duty, bad_ends, failure)
	VALUES (end_duty.duty, (coalesce(end_duty.failure, '') <> '')::int, nullif(end_duty.failure, ''))
	ON CONFLICT ON CONSTRAINT duty_pkey DO UPDATE SET runs = false,
	    bad_ends = CASE WHEN end_duty.failure IS NULL THEN 0 ELSE d.bad_ends + excluded.bad_ends END,
	    failure = CASE WHEN end_duty.failure IS NULL THEN NULL ELSE coalesce(excluded.failure, d.failure) END
$$;
GRANT EXECUTE ON FUNCTION sems.begin_duty(text, timestamptz, interval), sems.end_duty(text, text)
    TO sems_compute, sems_retention, sems_admin;

-- A stored record as it is, by its kind's table; NULL when there is none, or none that may be known to whoever
-- may not know all.
CREATE FUNCTION sems.stored_record(kind text, source text, record_id uuid, all_known boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_one jsonb;
BEGIN
	IF NOT EXISTS (SELECT FROM sems.kind k WHERE k.kind = stored_record.kind) THEN
		RETURN NULL;
	END IF;
	EXECUTE format('SELECT to_jsonb(r) - ''stored_in'' FROM sems.%I r '
	    'WHERE r.occurred_at = $1 AND r.record_id = $2 AND r.source = $3',
	    CASE WHEN all_known THEN '' ELSE 'known_' END || kind)
	INTO found_one USING sems.uuid_time(record_id), record_id, source;
	RETURN found_one;
END
$$;
GRANT EXECUTE ON FUNCTION sems.stored_record(text, text, uuid, boolean) TO sems_compute;

-- What a glance may know of a kind: looks at its newest records only, of the thirteen newest months that hold
-- any, so that it stays quick. Tests under embargo are not among them; whether a month holds any would tell of
-- them, so that what tells of tests is looked for in all months.
CREATE FUNCTION sems.kind_status(kind text, at timestamptz, newest int) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	answer jsonb;
	since timestamptz := '-infinity';
BEGIN
	IF NOT sems.tells_of_tests(kind) THEN
		SELECT coalesce(min(m.starts_at), '-infinity') INTO since
		FROM (SELECT e.starts_at FROM sems.evidence_month e
		    WHERE e.kind = kind_status.kind AND pg_relation_size(e.partition) > 0
		    ORDER BY e.starts_at DESC LIMIT 13) AS m;
	END IF;
	EXECUTE format('WITH newest AS MATERIALIZED ('
	    'SELECT r.source, r.occurred_at, r.received_at FROM sems.%I r '
	    'WHERE r.occurred_at >= $3 ORDER BY r.occurred_at DESC LIMIT $2), '
	    'sources AS (SELECT source, max(received_at) AS last FROM newest GROUP BY source) '
	    'SELECT jsonb_build_object('
	    '''last_7_days'', count(*) FILTER (WHERE occurred_at >= $1 - interval ''7 days''), '
	    '''last_7_days_is_least'', coalesce(count(*) = $2 AND min(occurred_at) >= $1 '
	    '- interval ''7 days'', false), '
	    '''newest_occurred_at'', max(occurred_at), '
	    '''newest_received_at'', max(received_at), '
	    '''sources'', (SELECT coalesce(jsonb_object_agg(source, last), ''{}'') FROM sources)) '
	    'FROM newest', CASE WHEN sems.tells_of_tests(kind) THEN 'known_' || kind ELSE kind END)
	INTO answer USING at, newest, since;
	RETURN answer;
END
$$;
GRANT EXECUTE ON FUNCTION sems.kind_status(text, timestamptz, int) TO sems_compute;

-- --- months that may be known of -----------------------------------------------------------------

-- The months that hold something which may be known. That there is a partition of tests, or of words about
-- tests, tells that there were tests, which are nobody's business before their debrief.
CREATE VIEW sems.known_month AS
SELECT m.* FROM sems.evidence_month m
LEFT JOIN sems.known_by_month() k ON k.kind = m.kind AND k.month = m.month
WHERE CASE WHEN sems.tells_of_tests(m.kind) THEN k.records > 0 ELSE pg_relation_size(m.partition) > 0 END;
GRANT SELECT ON sems.known_month TO sems_compute, sems_retention;

-- --- what a restored database lacks --------------------------------------------------------------

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
