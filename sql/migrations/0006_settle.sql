-- The slow path: records are staged in temporary tables and settled one by one, which COPY into the
-- evidence cannot do; and the quarantine, for what cannot be evidence. The role that adds evidence
-- may call these functions and look at nothing.

-- Entries that not everybody may know of have numbers of their own, so that the others have no gaps.
CREATE SEQUENCE sems.quarantine_number;
CREATE SEQUENCE sems.quarantine_covert_number START 1000000000001;

CREATE TABLE sems.quarantine (
	quarantine_id bigint PRIMARY KEY DEFAULT nextval('sems.quarantine_number'),
	source text NOT NULL,  -- as far as it could be read; '' when not at all
	principal text NOT NULL,
	quota text NOT NULL DEFAULT '',  -- whose room it takes: 'source S', or 'principal P' without a grant for S
	reason text NOT NULL,
	field text NOT NULL,
	message text NOT NULL,
	record_id uuid,
	kind text,
	-- A test, or what may be one or be about one: who may not know of covert tests sees nothing of it.
	is_covert boolean NOT NULL GENERATED ALWAYS AS (kind IS NULL OR kind IN ('test', 'void')) STORED,
	received_at timestamptz NOT NULL,
	last_received_at timestamptz,  -- NULL: these bytes came once
	raw_sealed bytea NOT NULL,  -- encrypted to a key outside the database
	raw_mac bytea NOT NULL,     -- keyed, so that equal bytes can be told without reading them
	head_of bigint,      -- raw_sealed is the head alone of so many bytes; NULL: it is all of them
	whole_sha256 bytea CHECK ((whole_sha256 IS NULL) = (head_of IS NULL)),  -- of all that was sent
	kept_bytes int NOT NULL GENERATED ALWAYS AS (octet_length(raw_sealed)) STORED,
	state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'REQUEUED', 'DISCARDED')),
	decided_at timestamptz,
	decided_by text,
	decided_why text,
	-- The bytes are of who sent them: another sender of the same ones may have other rights.
	UNIQUE (principal, source, raw_mac)
);
CREATE INDEX ON sems.quarantine (source) WHERE state = 'OPEN';
CREATE INDEX ON sems.quarantine (quota) INCLUDE (kept_bytes) WHERE state = 'OPEN';
GRANT SELECT ON sems.quarantine TO sems_admin;
GRANT UPDATE (state, decided_at, decided_by, decided_why) ON sems.quarantine TO sems_admin;
GRANT SELECT (quarantine_id, source, principal, reason, field, kind, is_covert, received_at, state)
    ON sems.quarantine TO sems_compute;

-- Makes this connection's staging table for a kind, or for the quarantine, unless it is there.
-- Temporary tables of the owner: LIKE needs SELECT, which the caller has not.
CREATE FUNCTION sems.stage(kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF to_regclass('pg_temp.stage_' || kind) IS NOT NULL THEN
		RETURN;
	END IF;
	IF kind = 'quarantine' THEN
		CREATE TEMPORARY TABLE stage_quarantine (n int, source text, principal text, reason text,
		    field text, message text, record_id uuid, kind text, received_at timestamptz,
		    raw_sealed bytea, raw_mac bytea, head_of bigint, whole_sha256 bytea)
		    ON COMMIT DELETE ROWS;
	ELSIF EXISTS (SELECT FROM sems.kind k WHERE k.kind = stage.kind) THEN
		EXECUTE format('CREATE TEMPORARY TABLE %I (n int, LIKE sems.%I) ON COMMIT DELETE ROWS',
		    'stage_' || kind, kind);
		EXECUTE format('ALTER TABLE pg_temp.%I DROP COLUMN stored_in', 'stage_' || kind);
	ELSE
		RAISE EXCEPTION 'there is no record kind "%"', kind;
	END IF;
	EXECUTE format('GRANT INSERT ON pg_temp.%I TO sems_ingest', 'stage_' || kind);
END
$$;
GRANT EXECUTE ON FUNCTION sems.stage(text) TO sems_ingest;

-- Moves what is staged for a kind into the evidence. The verdict of each staged row n:
-- STORED; DUPLICATE (the same content is stored); CONFLICT (the identity is stored with other
-- content); RETRY (it was purged while we looked). No other kind is asked: what it holds would be
-- told to who may not know it.
--
-- Safe beside other writers: ON CONFLICT waits for an insert of the same key by another transaction
-- to end, and the comparison is a later statement, whose snapshot sees how it ended.
CREATE FUNCTION sems.settle(kind text) RETURNS TABLE (n int, verdict text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	columns text;
	staged_content text;
	stored_content text;
	staged bigint;
	since timestamptz;
	until timestamptz;
	won int[];
BEGIN
	-- A commit that writes waits for the standbys, which vouches for the duplicates, too.
	PERFORM pg_logical_emit_message(true, 'sems', '');
	SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum),
	    string_agg(format('s.%I', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE content),
	    string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE content)
	INTO STRICT columns, staged_content, stored_content
	FROM (SELECT attname, attnum, attname NOT IN ('received_at', 'received_from', 'received_as') AS content
	    FROM pg_attribute
	    WHERE attrelid = format('sems.%I', settle.kind)::regclass AND attnum > 0
	    AND NOT attisdropped AND attname <> 'stored_in') AS a;
	EXECUTE format('SELECT count(*), min(occurred_at), max(occurred_at) FROM pg_temp.%I',
	    'stage_' || kind)
	INTO staged, since, until;

	-- In key order, so that two writers with the same records cannot wait for each other.
	EXECUTE format('WITH first AS MATERIALIZED ('
	    'SELECT DISTINCT ON (occurred_at, record_id, source) * FROM pg_temp.%I '
	    'ORDER BY occurred_at, record_id, source, n), '
	    'won AS (INSERT INTO sems.%I (%s) SELECT %s FROM first '
	    'ORDER BY occurred_at, record_id, source ON CONFLICT DO NOTHING '
	    'RETURNING record_id, source) '
	    'SELECT coalesce(array_agg(f.n), ''{}'') FROM first f JOIN won USING (record_id, source)',
	    'stage_' || kind, kind, columns, columns)
	INTO won;

	IF cardinality(won) = staged THEN
		RETURN QUERY SELECT w.n, 'STORED' FROM unnest(won) AS w(n);
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format('SELECT s.n, CASE WHEN s.n = ANY ($1) THEN ''STORED'' '
	    'WHEN t.record_id IS NULL THEN ''RETRY'' '
	    'WHEN ROW (%s) IS NOT DISTINCT FROM ROW (%s) THEN ''DUPLICATE'' '
	    'ELSE ''CONFLICT'' END '
	    'FROM pg_temp.%I s LEFT JOIN sems.%I t ON t.occurred_at = s.occurred_at '
	    'AND t.record_id = s.record_id AND t.source = s.source '
	    'AND t.occurred_at BETWEEN $2 AND $3',
	    staged_content, stored_content, 'stage_' || kind, kind)
	USING won, since, until;
END
$$;
GRANT EXECUTE ON FUNCTION sems.settle(text) TO sems_ingest;

-- Moves what is staged into the quarantine. QUARANTINED, also for bytes of this principal that are there
-- already, of which the last receipt is noted (none where received_at is NULL: they were tried again, nobody
-- sent them); RETRY beyond the quota, in entries and in bytes. Two writers at once may exceed it by one group.
--
-- The quota is the source's only for who may send for it: a stranger who names a source, or a
-- thousand, takes the room of its own and of nobody else.
CREATE FUNCTION sems.settle_quarantine() RETURNS TABLE (n int, verdict text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	open_max bigint;
	bytes_max bigint;
BEGIN
	PERFORM pg_logical_emit_message(true, 'sems', '');
	SELECT s.value::bigint INTO STRICT open_max FROM sems.setting s
	WHERE s.name = 'quarantine_open_max';
	SELECT s.value::bigint INTO STRICT bytes_max FROM sems.setting s
	WHERE s.name = 'quarantine_open_bytes';
	-- Locked in order, so that two writers with the same bytes cannot wait for each other.
	EXECUTE 'WITH again AS MATERIALIZED ('
	    'SELECT q.quarantine_id, s.last FROM sems.quarantine q JOIN ('
	    'SELECT principal, source, raw_mac, max(received_at) AS last FROM pg_temp.stage_quarantine '
	    'GROUP BY principal, source, raw_mac) AS s USING (principal, source, raw_mac) '
	    'ORDER BY q.quarantine_id FOR UPDATE OF q) '
	    'UPDATE sems.quarantine q SET last_received_at = a.last FROM again a '
	    'WHERE q.quarantine_id = a.quarantine_id '
	    'AND a.last > coalesce(q.last_received_at, q.received_at)';
	EXECUTE 'WITH fresh AS MATERIALIZED ('
	    'SELECT DISTINCT ON (principal, source, raw_mac) s.*, CASE WHEN EXISTS ('
	    'SELECT FROM sems.source_grant g '
	    'WHERE g.source = s.source AND g.principal = s.principal) '
	    'THEN ''source '' || s.source ELSE ''principal '' || s.principal END AS quota '
	    'FROM pg_temp.stage_quarantine s '
	    'WHERE NOT EXISTS (SELECT FROM sems.quarantine q '
	    'WHERE q.principal = s.principal AND q.source = s.source AND q.raw_mac = s.raw_mac) '
	    'ORDER BY principal, source, raw_mac, n), '
	    'placed AS (SELECT *, row_number() OVER w AS place, '
	    'sum(octet_length(raw_sealed)) OVER w AS bytes '
	    'FROM fresh WINDOW w AS (PARTITION BY quota ORDER BY n)), '
	    'taken AS (SELECT quota, count(*) AS n, sum(kept_bytes) AS bytes FROM sems.quarantine WHERE state = ''OPEN'' '
	    'AND quota IN (SELECT quota FROM fresh) GROUP BY quota) '
	    'INSERT INTO sems.quarantine (quarantine_id, source, principal, quota, reason, field, message, record_id, '
	    'kind, received_at, raw_sealed, raw_mac, head_of, whole_sha256) '
	    'SELECT nextval(CASE WHEN f.kind IS NULL OR f.kind IN (''test'', ''void'') '
	    'THEN ''sems.quarantine_covert_number'' ELSE ''sems.quarantine_number'' END::regclass), '
	    'f.source, f.principal, f.quota, f.reason, f.field, f.message, f.record_id, f.kind, '
	    'coalesce(f.received_at, clock_timestamp()), f.raw_sealed, f.raw_mac, f.head_of, f.whole_sha256 FROM placed AS f '
	    'LEFT JOIN taken AS o ON o.quota = f.quota WHERE coalesce(o.n, 0) + f.place <= $1 '
	    'AND coalesce(o.bytes, 0) + f.bytes <= $2 '
	    'ORDER BY f.principal, f.source, f.raw_mac ON CONFLICT DO NOTHING' USING open_max, bytes_max;
	RETURN QUERY EXECUTE 'SELECT s.n, CASE WHEN q.source IS NULL THEN ''RETRY'' '
	    'ELSE ''QUARANTINED'' END FROM pg_temp.stage_quarantine s '
	    'LEFT JOIN sems.quarantine q ON q.principal = s.principal AND q.source = s.source '
	    'AND q.raw_mac = s.raw_mac';
END
$$;
GRANT EXECUTE ON FUNCTION sems.settle_quarantine() TO sems_ingest;

-- Quarantined bytes are kept so long since they last came, and no longer; how many went.
CREATE FUNCTION sems.purge_quarantine(at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	days int;
	gone bigint;
BEGIN
	SELECT s.value::int INTO STRICT days FROM sems.setting s WHERE s.name = 'quarantine_days';
	DELETE FROM sems.quarantine q
	WHERE coalesce(q.last_received_at, q.received_at) < at - make_interval(days => days);
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
GRANT EXECUTE ON FUNCTION sems.purge_quarantine(timestamptz) TO sems_retention;
