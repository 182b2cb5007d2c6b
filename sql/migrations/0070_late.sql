-- What changed a quarter since a revision of it was frozen, and the words for what has no leaf.

-- The word for a stored record that is not among the leaves of a freeze: late, stored after what the freeze
-- read; or added, which says that it was there and cannot have been. daemon/core/proof.c has the sentences.
CREATE FUNCTION sems.without_leaf(stored_in bigint, read_until bigint, in_flight bigint[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN sems.not_read(stored_in, read_until, in_flight) THEN 'late' ELSE 'added' END
$$;

-- Whether a record is among the leaves of a freeze.
CREATE FUNCTION sems.has_leaf(of_quarter text, of_revision int, of_kind text, of_source text, id uuid,
    at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM sems.spd_leaves l
	    WHERE l.quarter = of_quarter AND l.revision = of_revision AND l.kind = of_kind
	    AND (sems.tells_of_tests(l.kind) OR l.day = (SELECT d.day FROM sems.civil_day d
		WHERE d.starts_at <= at AND d.ends_at > at))
	    AND position(uuid_send(id) || int4send(array_position(l.sources, of_source)) IN l.leaves) > 0)
$$;

-- A day's leaves, one by one.
CREATE FUNCTION sems.leaf_records(sources text[], leaves bytea)
RETURNS TABLE (source text, record_id uuid)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	FOR i IN 0 .. octet_length(leaves) / 52 - 1 LOOP
		source := sources[('x' || encode(substr(leaves, 52 * i + 17, 4), 'hex'))::bit(32)::int];
		record_id := encode(substr(leaves, 52 * i + 1, 16), 'hex')::uuid;
		RETURN NEXT;
	END LOOP;
END
$$;

-- What corrects or voids a record that another correction moved into the period: whether it counts there
-- hangs on all of them, of which none need be of the period. Corrections are few, one step each.
CREATE FUNCTION sems.spd_moved(starts timestamptz, ends timestamptz, read_until bigint, in_flight bigint[])
RETURNS SETOF sems.spd_change
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
	SELECT moved.kind, CASE WHEN c.is_void THEN 'VOID' ELSE 'CORRECTION' END, c.record_id, c.source,
	    moved.site_id, moved.measure, moved.counted_at, n.received_at, c.root_record_id, c.kind,
	    c.occurred_at, n.stored_in
	FROM sems.correction m
	JOIN sems.correction c ON c.root_occurred_at = m.root_occurred_at
	    AND c.root_record_id = m.root_record_id AND c.root_source = m.root_source
	    AND (c.record_id, c.source) <> (m.record_id, m.source)
	CROSS JOIN LATERAL (SELECT r.kind, r.site_id, r.measure, r.counted_at FROM sems.spd_record r
	    WHERE r.occurred_at = m.occurred_at AND r.record_id = m.record_id AND r.source = m.source
	    AND r.counted_at >= starts AND r.counted_at < ends OFFSET 0) AS moved
	CROSS JOIN LATERAL (SELECT r.received_at, r.stored_in FROM sems.spd_record r
	    WHERE r.occurred_at = c.occurred_at AND r.record_id = c.record_id AND r.source = c.source
	    UNION ALL SELECT v.received_at, v.stored_in FROM sems.void v
	    WHERE v.occurred_at = c.occurred_at AND v.record_id = c.record_id AND v.source = c.source
	    OFFSET 0) AS n
	WHERE NOT m.is_void AND (m.kind = 'plan' OR (m.occurred_at >= starts AND m.occurred_at < ends
	    AND NOT (m.root_occurred_at >= starts AND m.root_occurred_at < ends)))
	    AND sems.not_read(c.stored_in, read_until, in_flight)
$$;

-- The kinds and days of a period, and of corrections of it elsewhere, that have more records which say that
-- they were read than leaves. Whoever takes a record away for each that he puts in is found by `spd verify`,
-- which compares every leaf.
CREATE FUNCTION sems.doubtful_days(starts timestamptz, ends timestamptz, of_quarter text, of_revision int)
RETURNS TABLE (kind text, day date)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
-- There are few groups of many records, which nobody estimates.
SET enable_sort = off SET enable_nestloop = on AS $$
	WITH v AS MATERIALIZED (
		SELECT r.read_until, r.in_flight FROM sems.spd_revision r
		WHERE r.quarter = of_quarter AND r.revision = of_revision
	), calendar AS MATERIALIZED (
		SELECT array_agg(d.day ORDER BY d.day) AS days,
		    array_agg(d.starts_at ORDER BY d.day) AS starts
		FROM sems.civil_day d WHERE d.starts_at >= doubtful_days.starts
		AND d.starts_at < doubtful_days.ends
	), within AS (
		-- By quarters of an hour, at which days begin in every zone: finding a record's day takes longer.
		SELECT r.kind, date_bin('15 minutes', r.occurred_at, doubtful_days.starts) AS at, count(*) AS n
		FROM sems.any_record r
		WHERE r.occurred_at >= doubtful_days.starts AND r.occurred_at < ends
		AND NOT sems.not_read(r.stored_in, (SELECT v.read_until FROM v), (SELECT v.in_flight FROM v))
		GROUP BY 1, 2
	), counted AS (
		SELECT w.kind, c.days[width_bucket(w.at, c.starts)] AS day, w.n FROM within w, calendar c
		UNION ALL
		SELECT c.kind, d.day, count(*)
		FROM sems.correction c
		JOIN sems.civil_day d ON d.starts_at <= c.occurred_at AND d.ends_at > c.occurred_at
		WHERE c.root_occurred_at >= doubtful_days.starts AND c.root_occurred_at < ends
		AND NOT (c.occurred_at >= doubtful_days.starts AND c.occurred_at < ends)
		AND NOT sems.not_read(c.stored_in, (SELECT v.read_until FROM v), (SELECT v.in_flight FROM v))
		GROUP BY c.kind, d.day
	), by_leaf_day AS (
		-- Tests, and what is said of them, have their leaves in one day, the quarter's first.
		SELECT n.kind, CASE WHEN sems.tells_of_tests(n.kind) THEN c.days[1] ELSE n.day END AS day, sum(n.n) AS n
		FROM counted n, calendar c GROUP BY 1, 2
	)
	SELECT b.kind, b.day FROM by_leaf_day b
	LEFT JOIN sems.spd_leaves l ON l.quarter = of_quarter AND l.revision = of_revision
	    AND l.kind = b.kind AND l.day = b.day
	WHERE b.n > coalesce(l.n, 0)
$$;

-- What was added to the period; there should be nothing. No loop in a loop: nobody estimates how many leaves a
-- day has.
CREATE FUNCTION sems.spd_added(starts timestamptz, ends timestamptz, of_quarter text, of_revision int)
RETURNS SETOF sems.spd_change
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM sems.spd_proof p WHERE p.quarter = of_quarter AND p.revision = of_revision)
	OR NOT EXISTS (SELECT FROM sems.doubtful_days(starts, ends, of_quarter, of_revision)) THEN
		RETURN;
	END IF;
	RETURN QUERY WITH doubt AS MATERIALIZED (
		SELECT t.kind, t.day FROM sems.doubtful_days(starts, ends, of_quarter, of_revision) AS t
	), sealed AS MATERIALIZED (
		SELECT l.kind, x.source, x.record_id
		FROM doubt t
		JOIN sems.spd_leaves l ON l.quarter = of_quarter AND l.revision = of_revision
		    AND l.kind = t.kind AND l.day = t.day
		CROSS JOIN LATERAL sems.leaf_records(l.sources, l.leaves) AS x
	)
	SELECT c.* FROM sems.spd_change c
	CROSS JOIN sems.entity e
	CROSS JOIN sems.spd_revision v
	JOIN doubt t ON t.kind = c.own_kind
	    AND (sems.tells_of_tests(t.kind) OR t.day = (c.occurred_at AT TIME ZONE e.zone)::date)
	LEFT JOIN sealed s ON s.kind = c.own_kind AND s.record_id = c.record_id AND s.source = c.source
	WHERE v.quarter = of_quarter AND v.revision = of_revision
	    AND c.counted_at >= starts AND c.counted_at < ends AND s.record_id IS NULL
	    AND NOT sems.not_read(c.stored_in, v.read_until, v.in_flight);
END
$$;

-- What changed the period since the revision was frozen: what is late, and what was added.
CREATE FUNCTION sems.spd_late(starts timestamptz, ends timestamptz, of_quarter text, of_revision int)
RETURNS SETOF sems.spd_change
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v sems.spd_revision;
BEGIN
	SELECT r.* INTO v FROM sems.spd_revision r WHERE r.quarter = of_quarter AND r.revision = of_revision;
	RETURN QUERY SELECT c.* FROM sems.spd_change c
	WHERE c.counted_at >= starts AND c.counted_at < ends
	    AND sems.not_read(c.stored_in, v.read_until, v.in_flight);
	RETURN QUERY SELECT m.* FROM sems.spd_moved(starts, ends, v.read_until, v.in_flight) AS m;
	RETURN QUERY SELECT a.* FROM sems.spd_added(starts, ends, of_quarter, of_revision) AS a;
END
$$;

-- The freezes that did not read a stored record of a period of theirs: of its own day, its root's, that of a plan
-- of its root, or where another correction of its root that they read has put it. With the word.
CREATE FUNCTION sems.freezes_without(of_kind text, of_source text, id uuid)
RETURNS TABLE (quarter text, revision int, what text, claims boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH own AS (
		SELECT coalesce(r ->> 'corrects_source', of_source) AS root_source,
		    coalesce((r ->> 'corrects_record_id')::uuid, id) AS root_id,
		    (r ->> 'received_at')::timestamptz AS received_at
		FROM sems.stored_record(of_kind, of_source, id, true) AS r
	), stored AS (
		SELECT a.stored_in FROM sems.any_record a
		WHERE a.kind = of_kind AND a.occurred_at = sems.uuid_time(id) AND a.record_id = id
		AND a.source = of_source
	), family AS (
		SELECT k.kind, o.root_source AS source, o.root_id AS record_id
		FROM own o, sems.kind k
		UNION
		SELECT c.kind, c.source, c.record_id FROM own o
		JOIN sems.correction c ON c.root_occurred_at = sems.uuid_time(o.root_id)
		    AND c.root_record_id = o.root_id AND c.root_source = o.root_source AND NOT c.is_void
	), place AS (
		SELECT f.*, d.quarter, d.day, f.record_id IN (id, (SELECT o.root_id FROM own o)) AS is_own
		FROM family f
		CROSS JOIN LATERAL (SELECT sems.uuid_time(f.record_id) AS at
		    UNION SELECT p.period_start FROM sems.plan p WHERE f.kind = 'plan'
			AND p.occurred_at = sems.uuid_time(f.record_id) AND p.record_id = f.record_id
			AND p.source = f.source) AS t
		JOIN sems.civil_day d ON d.starts_at <= t.at AND d.ends_at > t.at
	)
	SELECT DISTINCT v.quarter, v.revision, sems.without_leaf(s.stored_in, v.read_until, v.in_flight),
	    o.received_at < v.as_of
	FROM place p
	JOIN sems.spd_revision v ON v.quarter = p.quarter
	CROSS JOIN own o
	CROSS JOIN stored s
	WHERE (p.is_own OR sems.has_leaf(v.quarter, v.revision, p.kind, p.source, p.record_id,
	    sems.uuid_time(p.record_id)))
	    AND NOT sems.has_leaf(v.quarter, v.revision, of_kind, of_source, id, sems.uuid_time(id))
	ORDER BY 1, 2
$$;

GRANT EXECUTE ON FUNCTION sems.without_leaf(bigint, bigint, bigint[]),
    sems.has_leaf(text, int, text, text, uuid, timestamptz), sems.leaf_records(text[], bytea),
    sems.spd_moved(timestamptz, timestamptz, bigint, bigint[]),
    sems.doubtful_days(timestamptz, timestamptz, text, int),
    sems.spd_added(timestamptz, timestamptz, text, int),
    sems.spd_late(timestamptz, timestamptz, text, int), sems.freezes_without(text, text, uuid)
    TO sems_compute;
