-- What changed a quarter since a revision of it was frozen, and the words for what has no leaf.

-- The word for a stored record that is not among the leaves of a freeze: late, stored after what the freeze
-- read; or added, which says that it was there and cannot have been. daemon/core/proof/proof.c has the sentences.
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

-- Records of another time that last into a period, as they alone say, whatever other records say of them:
-- activity counts that began before it, and modes. A mode without an end may last 366 days; see
-- sql/queries/spd_equipment_mode.sql. With the record that they correct, or themselves.
CREATE FUNCTION sems.reaching(starts timestamptz, ends timestamptz)
RETURNS TABLE (kind text, root_occurred_at timestamptz, root_record_id uuid, root_source text,
    occurred_at timestamptz, record_id uuid, source text, is_correction boolean, site_id text, measure text,
    received_at timestamptz, stored_in bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT r.kind, coalesce(sems.uuid_time(r.corrects_record_id), r.occurred_at),
	    coalesce(r.corrects_record_id, r.record_id),
	    CASE WHEN r.corrects_record_id IS NULL THEN r.source ELSE coalesce(r.corrects_source, r.source) END,
	    r.occurred_at, r.record_id, r.source, r.corrects_record_id IS NOT NULL, r.site_id, r.measure_code,
	    r.received_at, r.stored_in
	FROM (
		SELECT 'activity' AS kind, a.occurred_at, a.record_id, a.source, a.corrects_record_id,
		    a.corrects_source, a.site_id, a.measure_code, a.received_at, a.stored_in
		FROM sems.activity a
		WHERE a.occurred_at >= starts - interval '24 hours' AND a.occurred_at < starts
		    AND a.occurred_end > starts
		UNION ALL
		SELECT 'activity', a.occurred_at, a.record_id, a.source, a.corrects_record_id,
		    a.corrects_source, a.site_id, a.measure_code, a.received_at, a.stored_in
		FROM sems.activity a
		WHERE a.occurred_at >= starts - interval '2232 hours'
		    AND a.occurred_at < starts - interval '24 hours'
		    AND a.occurred_end - a.occurred_at > interval '24 hours' AND a.occurred_end > starts
		UNION ALL
		SELECT 'equipment_check', e.occurred_at, e.record_id, e.source, e.corrects_record_id,
		    e.corrects_source, e.site_id, e.measure_code, e.received_at, e.stored_in
		FROM sems.equipment_check e
		WHERE e.service_mode IS NOT NULL
		    AND e.mode_from > starts - interval '8784 hours' AND e.mode_from < ends
		    AND coalesce(e.mode_to, e.mode_from + interval '8784 hours') > starts
		    AND e.occurred_at > starts - interval '17568 hours'
		    AND e.occurred_at < ends + interval '8784 hours'
		    AND NOT (e.occurred_at >= starts AND e.occurred_at < ends)
	) AS r
$$;

-- Records that end a mode which nobody else ended before the period, and that were stored since, or of which
-- something was that corrects, voids or confirms: without them the mode would last into the period. Those that
-- last into it themselves are told by reaching().
CREATE FUNCTION sems.ending(starts timestamptz, read_until bigint, in_flight bigint[])
RETURNS TABLE (kind text, root_occurred_at timestamptz, root_record_id uuid, root_source text,
    occurred_at timestamptz, record_id uuid, source text, is_correction boolean, site_id text, measure text,
    received_at timestamptz, stored_in bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
	WITH mode AS (
		SELECT e.*, coalesce(sems.uuid_time(e.corrects_record_id), e.occurred_at) AS root_occurred_at,
		    coalesce(e.corrects_record_id, e.record_id) AS root_record_id,
		    CASE WHEN e.corrects_record_id IS NULL THEN e.source
			ELSE coalesce(e.corrects_source, e.source) END AS root_source
		FROM sems.equipment_check e
		WHERE e.service_mode IS NOT NULL
		    AND e.mode_from > starts - interval '8784 hours' AND e.mode_from < starts
		    AND e.occurred_at > starts - interval '17568 hours'
		    AND e.occurred_at < starts + interval '8784 hours'
	), changed AS MATERIALIZED (
		SELECT m.root_occurred_at, m.root_record_id, m.root_source FROM mode m
		WHERE sems.not_read(m.stored_in, read_until, in_flight)
		UNION
		SELECT c.root_occurred_at, c.root_record_id, c.root_source FROM sems.correction c
		WHERE sems.not_read(c.stored_in, read_until, in_flight)
		    AND c.root_occurred_at > starts - interval '17568 hours'
		    AND c.root_occurred_at < starts + interval '8784 hours'
		UNION
		SELECT c.root_occurred_at, c.root_record_id, c.root_source FROM sems.confirmation f
		JOIN sems.correction c ON c.occurred_at = f.occurred_at AND c.record_id = f.confirms_record_id
		    AND c.source = coalesce(f.confirms_source, f.source)
		WHERE sems.not_read(f.stored_in, read_until, in_flight)
		    AND f.occurred_at > starts - interval '17568 hours'
		    AND f.occurred_at < starts + interval '8784 hours'
	), rank AS (
		SELECT v.* FROM (VALUES ('NORMAL', 1), ('DEGRADED', 2), ('OUT', 3)) AS v (mode, n)
	), first_open AS MATERIALIZED (
		SELECT m.device_id, m.site_id, m.service_mode, min(m.mode_from) AS mode_from FROM mode m
		WHERE m.mode_to IS NULL GROUP BY m.device_id, m.site_id, m.service_mode
	), last_told AS MATERIALIZED (
		-- What ended a mode of the rank last.
		SELECT t.device_id, t.site_id, k.n, max(t.mode_from) AS mode_from
		FROM sems.effective_equipment_check t
		JOIN rank w ON w.mode = t.service_mode JOIN rank k ON k.n >= w.n
		WHERE t.mode_from > starts - interval '8784 hours' AND t.mode_from <= starts
		    AND t.occurred_at > starts - interval '17568 hours'
		    AND t.occurred_at < starts + interval '8784 hours'
		    AND EXISTS (SELECT FROM first_open)
		GROUP BY t.device_id, t.site_id, k.n
	)
	SELECT 'equipment_check', m.root_occurred_at, m.root_record_id, m.root_source, m.occurred_at, m.record_id,
	    m.source, m.corrects_record_id IS NOT NULL, m.site_id, m.measure_code, m.received_at, m.stored_in
	FROM changed h JOIN mode m USING (root_occurred_at, root_record_id, root_source)
	JOIN rank w ON w.mode = m.service_mode
	WHERE m.mode_to <= starts AND EXISTS (
		SELECT FROM first_open o JOIN rank k ON k.mode = o.service_mode
		LEFT JOIN last_told t ON t.device_id = o.device_id AND t.site_id IS NOT DISTINCT FROM o.site_id
		    AND t.n = k.n
		WHERE o.device_id = m.device_id AND o.site_id IS NOT DISTINCT FROM m.site_id AND k.n >= w.n
		    AND o.mode_from <= m.mode_from AND (t.mode_from IS NULL OR t.mode_from <= m.mode_from))
$$;

-- What was stored since and may change a period in which it does not count itself by its time: it lasts into
-- the period, or ends what would, or corrects, voids or confirms what does.
CREATE FUNCTION sems.spd_lasting(starts timestamptz, ends timestamptz, read_until bigint, in_flight bigint[])
RETURNS SETOF sems.spd_change
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
	WITH place AS MATERIALIZED (
		SELECT r.* FROM sems.reaching(starts, ends) AS r
		UNION ALL
		SELECT r.* FROM sems.ending(starts, read_until, in_flight) AS r
	), family AS MATERIALIZED (
		SELECT p.kind, p.site_id, p.measure, p.occurred_at AS counted_at, p.record_id AS of_id,
		    p.source AS of_source, c.root_record_id, c.record_id, c.source, c.occurred_at, c.is_void,
		    c.stored_in
		FROM sems.correction c
		JOIN place p ON p.root_occurred_at = c.root_occurred_at
		    AND p.root_record_id = c.root_record_id AND p.root_source = c.root_source
	)
	SELECT p.kind, CASE WHEN p.is_correction THEN 'CORRECTION' ELSE 'LATE' END, p.record_id, p.source,
	    p.site_id, p.measure, p.occurred_at, p.received_at,
	    CASE WHEN p.is_correction THEN p.root_record_id END, p.kind, p.occurred_at, p.stored_in
	FROM place p WHERE sems.not_read(p.stored_in, read_until, in_flight)
	UNION ALL
	SELECT f.kind, CASE WHEN f.is_void THEN 'VOID' ELSE 'CORRECTION' END, f.record_id, f.source, f.site_id,
	    f.measure, f.counted_at, n.received_at, f.root_record_id, CASE WHEN f.is_void THEN 'void' ELSE f.kind END,
	    f.occurred_at, n.stored_in
	FROM family f
	CROSS JOIN LATERAL (SELECT r.received_at, r.stored_in FROM sems.any_record r
	    WHERE r.occurred_at = f.occurred_at AND r.record_id = f.record_id AND r.source = f.source
	    OFFSET 0) AS n
	WHERE sems.not_read(f.stored_in, read_until, in_flight)
	    AND (f.record_id, f.source) <> (f.of_id, f.of_source)
	UNION ALL
	SELECT f.kind, 'CONFIRMATION', n.record_id, n.source, f.site_id, f.measure, f.counted_at, n.received_at,
	    f.root_record_id, 'confirmation', n.occurred_at, n.stored_in
	FROM family f
	JOIN sems.confirmation n ON n.occurred_at = f.occurred_at AND n.confirms_record_id = f.record_id
	    AND coalesce(n.confirms_source, n.source) = f.source
	WHERE sems.not_read(n.stored_in, read_until, in_flight)
$$;

-- From when until when a stored record lasts; none: it does not. What has no end lasts until now, 366 days at most.
CREATE FUNCTION sems.lasts(of_kind text, of_source text, id uuid)
RETURNS TABLE (since timestamptz, until timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT a.occurred_at, a.occurred_end FROM sems.activity a
	WHERE of_kind = 'activity' AND a.occurred_at = sems.uuid_time(id) AND a.record_id = id
	    AND a.source = of_source AND a.occurred_end > a.occurred_at
	UNION ALL
	SELECT e.mode_from, coalesce(e.mode_to, least(e.mode_from + interval '8784 hours', now()))
	FROM sems.equipment_check e
	WHERE of_kind = 'equipment_check' AND e.occurred_at = sems.uuid_time(id) AND e.record_id = id
	    AND e.source = of_source AND e.service_mode IS NOT NULL
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
	RETURN QUERY SELECT l.* FROM sems.spd_lasting(starts, ends, v.read_until, v.in_flight) AS l;
	RETURN QUERY SELECT a.* FROM sems.spd_added(starts, ends, of_quarter, of_revision) AS a;
END
$$;

-- The freezes that did not read a stored record of a period of theirs: of its own day, its root's, that of a plan
-- of its root, one that it or its root lasts in, one that a mode would last in that it or its root ended, or where
-- another correction of its root that they read has put it.
-- With the word.
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
	), span AS MATERIALIZED (
		SELECT f.*, t.since, t.until
		FROM family f
		CROSS JOIN LATERAL (SELECT x.at AS since, x.at + interval '1 microsecond' AS until
		    FROM (SELECT sems.uuid_time(f.record_id) AS at
			UNION SELECT p.period_start FROM sems.plan p WHERE f.kind = 'plan'
			    AND p.occurred_at = sems.uuid_time(f.record_id) AND p.record_id = f.record_id
			    AND p.source = f.source) AS x
		    UNION ALL SELECT l.since, l.until FROM sems.lasts(f.kind, f.source, f.record_id) AS l) AS t
	), place AS MATERIALIZED (
		SELECT DISTINCT n.kind, n.source, n.record_id, d.quarter,
		    n.record_id IN (id, (SELECT o.root_id FROM own o)) AS is_own
		FROM span n
		JOIN sems.civil_day d ON d.starts_at < n.until AND d.ends_at > n.since
		WHERE d.quarter IN (SELECT v.quarter FROM sems.spd_revision v)
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
	UNION
	-- What ended a mode that would last into the period does not reach it itself.
	SELECT v.quarter, v.revision, 'late', o.received_at < v.as_of
	FROM sems.spd_revision v
	JOIN (SELECT d.quarter, min(d.starts_at) AS since, max(d.ends_at) AS until FROM sems.civil_day d
	    WHERE d.quarter IN (SELECT x.quarter FROM sems.spd_revision x) GROUP BY d.quarter) AS q
	    ON q.quarter = v.quarter
	CROSS JOIN own o
	CROSS JOIN stored s
	CROSS JOIN LATERAL sems.spd_lasting(q.since, q.until, v.read_until, v.in_flight) AS l
	WHERE of_kind IN ('equipment_check', 'void', 'confirmation')
	    AND sems.not_read(s.stored_in, v.read_until, v.in_flight)
	    AND sems.uuid_time(id) > q.since - interval '17568 hours'
	    AND sems.uuid_time(id) < q.since + interval '8784 hours'
	    AND l.own_kind = of_kind AND l.record_id = id AND l.source = of_source
	ORDER BY 1, 2
$$;

GRANT EXECUTE ON FUNCTION sems.without_leaf(bigint, bigint, bigint[]),
    sems.has_leaf(text, int, text, text, uuid, timestamptz), sems.leaf_records(text[], bytea),
    sems.spd_moved(timestamptz, timestamptz, bigint, bigint[]),
    sems.reaching(timestamptz, timestamptz), sems.ending(timestamptz, bigint, bigint[]),
    sems.spd_lasting(timestamptz, timestamptz, bigint, bigint[]), sems.lasts(text, text, uuid),
    sems.doubtful_days(timestamptz, timestamptz, text, int),
    sems.spd_added(timestamptz, timestamptz, text, int),
    sems.spd_late(timestamptz, timestamptz, text, int), sems.freezes_without(text, text, uuid)
    TO sems_compute;
