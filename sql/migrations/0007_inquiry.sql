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
-- sql/queries/quarter/spd_equipment_mode.sql. Training lasts to the end of its civil year, and reaches the period in
-- which what it renews fell due; see sql/queries/quarter/spd_renewal.sql. With the record that they correct, or themselves.
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
		UNION ALL
		SELECT 'training', t.occurred_at, t.record_id, t.source, t.corrects_record_id,
		    t.corrects_source, t.site_id, t.measure_code, t.received_at, t.stored_in
		FROM sems.training t
		WHERE t.occurred_at >= starts - interval '8784 hours' AND t.occurred_at < starts
		    AND t.occurred_at >= (SELECT min(y.starts_at) FROM sems.civil_day y WHERE y.year = (
			SELECT d.year FROM sems.civil_day d WHERE d.starts_at <= starts AND d.ends_at > starts))
		UNION ALL
		SELECT 'training', t.occurred_at, t.record_id, t.source, t.corrects_record_id,
		    t.corrects_source, t.site_id, t.measure_code, t.received_at, t.stored_in
		FROM sems.training t
		WHERE t.previous_expires_at >= starts AND t.previous_expires_at < ends
		    AND t.occurred_at >= starts - interval '8784 hours'
		    AND t.occurred_at < ends + interval '8784 hours'
		    AND NOT (t.occurred_at < ends AND t.occurred_at >= (SELECT min(y.starts_at) FROM sems.civil_day y
			WHERE y.year = (SELECT d.year FROM sems.civil_day d
			    WHERE d.starts_at <= starts AND d.ends_at > starts)))
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
	UNION ALL
	SELECT v.since, v.until FROM sems.training t
	CROSS JOIN LATERAL (
		SELECT t.occurred_at AS since, (SELECT max(y.ends_at) FROM sems.civil_day y WHERE y.year = (
		    SELECT d.year FROM sems.civil_day d
		    WHERE d.starts_at <= t.occurred_at AND d.ends_at > t.occurred_at)) AS until
		UNION ALL
		SELECT t.previous_expires_at, t.previous_expires_at + interval '1 ms'
		WHERE t.previous_expires_at IS NOT NULL) AS v
	WHERE of_kind = 'training' AND t.occurred_at = sems.uuid_time(id) AND t.record_id = id
	    AND t.source = of_source
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

-- Of each quarter that had been submitted before an instant: what its first such revision had read.
CREATE FUNCTION sems.first_submissions(before timestamptz)
RETURNS TABLE (quarter text, starts_at timestamptz, ends_at timestamptz, read_until bigint, in_flight bigint[],
    first_unread bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT DISTINCT ON (e.quarter) e.quarter, q.starts_at, q.ends_at, v.read_until, v.in_flight,
	    least(v.read_until, (SELECT min(f.id) FROM unnest(v.in_flight) AS f (id)))
	FROM sems.spd_event e
	JOIN sems.spd_revision v USING (quarter, revision)
	CROSS JOIN LATERAL (SELECT min(d.starts_at) AS starts_at, max(d.ends_at) AS ends_at
	    FROM sems.civil_day d WHERE d.quarter = e.quarter) AS q
	WHERE e.action = 'SUBMIT' AND e.at < before
	ORDER BY e.quarter, e.revision
$$;

-- The days of a quarter that hold first records which a snapshot may not have read, as runs. What feeds are kept of
-- tells that of most without a look at any record.
CREATE FUNCTION sems.unread_spans(of_quarter text, starts timestamptz, ends timestamptz, first_unread bigint)
RETURNS TABLE (since timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	dirty date[];
BEGIN
	IF (SELECT (k.quality ->> 'last_stored_in')::bigint FROM sems.counted_feed_quarter k
	    WHERE k.quarter = sems.kept_feed_quarter(starts, ends)) < first_unread THEN
		RETURN;
	END IF;
	dirty := sems.dirty_feed_days(starts, ends);
	RETURN QUERY SELECT min(x.starts_at), max(x.ends_at)
	FROM (SELECT d.starts_at, d.ends_at, d.day - (row_number() OVER (ORDER BY d.day))::int AS island
	    FROM sems.civil_day d
	    WHERE d.quarter = of_quarter AND (d.day = ANY (dirty) OR EXISTS (SELECT FROM sems.feed_day f
		WHERE f.day = d.day AND f.last_stored_in >= first_unread))) AS x
	GROUP BY x.island;
END
$$;

-- The corrections, voids and confirmations among what spd_overtaking() tells of one quarter (starts, ends).
CREATE FUNCTION sems.spd_overtaking_corrections(since timestamptz, until timestamptz, starts timestamptz,
    ends timestamptz, read_until bigint, in_flight bigint[])
RETURNS TABLE (how text, source text, record_id uuid, site_id text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH near AS MATERIALIZED (
		SELECT c.* FROM sems.correction c
		WHERE (c.root_kind = 'plan' OR c.kind = 'plan' OR c.root_occurred_at >= starts AND c.root_occurred_at < ends
			OR NOT c.is_void AND c.occurred_at >= starts AND c.occurred_at < ends
			-- What another correction moved there.
			OR EXISTS (SELECT FROM sems.correction m WHERE m.root_occurred_at = c.root_occurred_at
			    AND m.root_record_id = c.root_record_id AND m.root_source = c.root_source
			    AND NOT m.is_void AND m.occurred_at >= starts AND m.occurred_at < ends))
		    AND (c.root_kind <> 'test' AND c.kind <> 'test' OR EXISTS (SELECT FROM sems.known_test AS t
			WHERE t.occurred_at = c.root_occurred_at AND t.record_id = c.root_record_id
			AND t.source = c.root_source))
	), said AS (
		SELECT n.*, CASE WHEN n.is_void THEN 'VOID' ELSE 'CORRECTION' END AS how, n.source AS of_source,
		    n.record_id AS of_id
		FROM near n
		WHERE n.received_at >= since AND n.received_at < until
		    AND sems.not_read(n.stored_in, read_until, in_flight)
		UNION ALL
		SELECT n.*, 'CONFIRMATION', f.source, f.record_id
		FROM sems.confirmation f
		JOIN near n ON n.occurred_at = f.occurred_at AND n.record_id = f.confirms_record_id
		    AND n.source = coalesce(f.confirms_source, f.source)
		WHERE f.received_at >= since AND f.received_at < until
		    AND sems.not_read(f.stored_in, read_until, in_flight)
	), place AS (
		SELECT s.how, s.of_source, s.of_id, s.root_kind AS kind, s.root_occurred_at AS at,
		    s.root_record_id AS id, s.root_source AS source, 1 AS rank
		FROM said s
		UNION ALL
		SELECT s.how, s.of_source, s.of_id, s.kind, s.occurred_at, s.record_id, s.source, 2
		FROM said s WHERE NOT s.is_void
		UNION ALL
		SELECT s.how, s.of_source, s.of_id, m.kind, m.occurred_at, m.record_id, m.source, 3
		FROM said s JOIN sems.correction m ON m.root_occurred_at = s.root_occurred_at
		    AND m.root_record_id = s.root_record_id AND m.root_source = s.root_source
		WHERE NOT m.is_void
	)
	SELECT DISTINCT ON (p.of_source, p.of_id, p.how) p.how, p.of_source, p.of_id, h.site_id
	FROM place p
	CROSS JOIN LATERAL (SELECT r.site_id FROM sems.spd_record r
	    WHERE p.kind <> 'plan' AND r.kind = p.kind AND r.occurred_at = p.at AND r.record_id = p.id
		AND r.source = p.source AND r.occurred_at >= starts AND r.occurred_at < ends
	    UNION ALL SELECT r.site_id FROM sems.plan r
	    WHERE p.kind = 'plan' AND r.occurred_at = p.at AND r.record_id = p.id AND r.source = p.source
		AND r.period_start >= starts AND r.period_start < ends
	    OFFSET 0) AS h
	ORDER BY p.of_source, p.of_id, p.how, p.rank, p.at, p.id;
END
$$;

-- What came in a period and concerns a quarter that had been submitted before the period's end, without the
-- revision that was submitted first having read it: new records, and corrections, voids and confirmations of
-- records that lie there, each once a quarter. Nothing of a test that may not be known.
CREATE FUNCTION sems.spd_overtaking(since timestamptz, until timestamptz)
RETURNS TABLE (quarter text, how text, source text, record_id uuid, site_id text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
	s record;
	d record;
BEGIN
	FOR s IN SELECT f.* FROM sems.first_submissions(until) AS f LOOP
		FOR d IN SELECT u.* FROM sems.unread_spans(s.quarter, s.starts_at, s.ends_at, s.first_unread) AS u LOOP
			RETURN QUERY SELECT s.quarter, 'NEW', r.source, r.record_id, r.site_id
			FROM sems.spd_record r
			WHERE r.counted_at >= d.since AND r.counted_at < d.until AND r.kind <> 'plan'
			    AND r.corrects_record_id IS NULL AND r.received_at >= since AND r.received_at < until
			    AND sems.not_read(r.stored_in, s.read_until, s.in_flight);
		END LOOP;
		RETURN QUERY SELECT s.quarter, 'NEW', p.source, p.record_id, p.site_id
		FROM sems.plan p
		WHERE p.period_start >= s.starts_at AND p.period_start < s.ends_at AND p.corrects_record_id IS NULL
		    AND p.received_at >= since AND p.received_at < until
		    AND sems.not_read(p.stored_in, s.read_until, s.in_flight);
		RETURN QUERY SELECT s.quarter, c.* FROM sems.spd_overtaking_corrections(since, until, s.starts_at, s.ends_at,
		    s.read_until, s.in_flight) AS c;
	END LOOP;
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
    sems.spd_late(timestamptz, timestamptz, text, int), sems.freezes_without(text, text, uuid),
    sems.first_submissions(timestamptz), sems.unread_spans(text, timestamptz, timestamptz, bigint),
    sems.spd_overtaking_corrections(timestamptz, timestamptz, timestamptz, timestamptz, bigint, bigint[]),
    sems.spd_overtaking(timestamptz, timestamptz)
    TO sems_compute;

-- --- runs of imports -----------------------------------------------------------------------------

-- The runs of imports: who imported which file with which map, and which records came of it, so that somebody
-- else can take them back. A record is noted in the transaction that stores it; the record itself does not
-- change by the run. Who sends without one pays nothing.
CREATE TABLE sems.import_run (
	run_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	run text NOT NULL UNIQUE,  -- its name for people: when it began, and a chance word, so that none is missed
	principal text NOT NULL,
	file text NOT NULL,
	file_sha256 text NOT NULL,
	map text NOT NULL,         -- its path, or '' for a filled-in template
	map_sha256 text NOT NULL,
	started_at timestamptz NOT NULL,
	ended_at timestamptz,      -- NULL: it was cut, or runs
	undone_by text,
	undone_at timestamptz,
	undone_why text
);
CREATE TABLE sems.import_record (
	run_no bigint NOT NULL,
	kind text NOT NULL,
	source text NOT NULL,
	record_id uuid NOT NULL
);
CREATE INDEX ON sems.import_record (run_no, kind, record_id);
GRANT INSERT ON sems.import_record TO sems_ingest;
GRANT SELECT ON sems.import_run, sems.import_record TO sems_compute;

CREATE FUNCTION sems.begin_run(principal text, file text, file_sha256 text, map text, map_sha256 text, at timestamptz,
    OUT run_no bigint, OUT run text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
	INSERT INTO sems.import_run AS r (run, principal, file, file_sha256, map, map_sha256, started_at)
	VALUES (to_char(at, 'YYYYMMDD-HH24MISS-') || left(translate(gen_random_uuid()::text, '-', ''), 6),
	    principal, file, file_sha256, map, map_sha256, at)
	RETURNING r.run_no, r.run
$$;
CREATE FUNCTION sems.end_run(run text, principal text, at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE sems.import_run r SET ended_at = coalesce(r.ended_at, at)
	WHERE r.run = end_run.run AND r.principal = end_run.principal RETURNING r.run_no
$$;
CREATE FUNCTION sems.undo_run(run text, by text, why text, at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	UPDATE sems.import_run r SET undone_by = by, undone_at = at, undone_why = why
	WHERE r.run = undo_run.run RETURNING r.run_no
$$;
GRANT EXECUTE ON FUNCTION sems.begin_run(text, text, text, text, text, timestamptz),
    sems.end_run(text, text, timestamptz), sems.undo_run(text, text, text, timestamptz) TO sems_compute;

-- Who may not know of tests sees neither them nor runs that have nothing else.
CREATE FUNCTION sems.run_list(of_run text, covert boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.started_at DESC, l.run DESC), '[]')
	FROM (SELECT r.run, r.principal, r.file, r.file_sha256, r.map, r.map_sha256, r.started_at, r.ended_at,
		r.undone_by, r.undone_at, r.undone_why, coalesce(n.stored, 0) AS stored, coalesce(n.kinds, '{}') AS kinds
	    FROM sems.import_run r
	    LEFT JOIN LATERAL (SELECT sum(k.n) AS stored, jsonb_object_agg(k.kind, k.n) AS kinds
		FROM (SELECT i.kind, count(*) AS n FROM sems.import_record i WHERE i.run_no = r.run_no
		    AND (covert OR i.kind NOT IN ('test', 'void', 'confirmation')) GROUP BY i.kind) AS k) AS n ON true
	    WHERE (of_run IS NULL OR r.run = of_run) AND (covert OR n.stored > 0)
	    ORDER BY r.started_at DESC, r.run DESC LIMIT 100) AS l
$$;

-- A page of a run's records, and what is to be done to take each back: void it, or, where it corrected another
-- one, put back what counted `before`. Nothing where that is done, or waits for somebody's word.
CREATE FUNCTION sems.run_records(of_run text, after_kind text, after_id uuid, most int)
RETURNS TABLE (kind text, source text, record_id uuid, site text, corrects uuid, before jsonb, is_done boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT i.kind, i.source, i.record_id, x.content ->> 'site_id', c.root_record_id,
	    CASE WHEN c.record_id IS NOT NULL THEN coalesce((
		SELECT jsonb_build_object('kind', p.kind, 'source', p.source, 'record_id', p.record_id)
		FROM sems.correction p WHERE p.root_record_id = c.root_record_id AND p.root_source = c.root_source
		AND NOT p.is_void AND (p.corrected_at, p.record_id) < (c.corrected_at, c.record_id)
		AND NOT EXISTS (SELECT FROM sems.import_record o WHERE o.run_no = i.run_no AND o.record_id = p.record_id)
		ORDER BY p.corrected_at DESC, p.record_id DESC LIMIT 1),
		(SELECT jsonb_build_object('kind', r.kind, 'source', c.root_source, 'record_id', c.root_record_id)
		FROM sems.roots_of(c.root_source, c.root_record_id) r LIMIT 1)) END,
	    x.content IS NULL OR i.kind IN ('void', 'confirmation')
	    OR (c.record_id IS NOT NULL AND c.root_source IS NULL)
	    OR EXISTS (SELECT FROM sems.correction v
		LEFT JOIN sems.overruled o ON o.record_id = v.record_id AND o.source = v.source AND o.kind = v.kind
		WHERE v.root_record_id = coalesce(c.root_record_id, i.record_id)
		AND v.root_source = coalesce(c.root_source, i.source)
		AND (v.is_void OR (c.record_id IS NOT NULL
		    AND (v.corrected_at, v.record_id) > (c.corrected_at, c.record_id)))
		AND coalesce(o.why, '') IN ('', 'PENDING', 'SUPERSEDED', 'VOIDED'))
	FROM (SELECT n.* FROM sems.import_record n
	    WHERE n.run_no = (SELECT r.run_no FROM sems.import_run r WHERE r.run = of_run)
	    AND (after_kind IS NULL OR (n.kind, n.record_id) > (after_kind, after_id))
	    ORDER BY n.kind, n.record_id LIMIT most) AS i
	LEFT JOIN sems.correction c ON c.record_id = i.record_id AND c.source = i.source AND c.kind = i.kind
	CROSS JOIN LATERAL (SELECT sems.content_of(i.kind, i.source, i.record_id, sems.uuid_time(i.record_id)) AS content) AS x
	ORDER BY i.kind, i.record_id
$$;
GRANT EXECUTE ON FUNCTION sems.run_list(text, boolean), sems.run_records(text, text, uuid, int) TO sems_compute;

-- --- looking for records -------------------------------------------------------------------------

-- Records as people look for them: a page at a time, which looks at so many rows and no more.

-- What came of a record r of the kind, in one word; NULL: its kind has none.
CREATE FUNCTION sems.outcome_sql(kind text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE kind WHEN 'observation' THEN $q$(
		SELECT CASE WHEN bool_or(x.result = 'NOT_MET' AND coalesce(x.mandatory, true)) THEN 'FAIL'
		    WHEN bool_or(x.result = 'MET') THEN 'PASS' ELSE 'NOT_OBSERVED' END
		FROM jsonb_to_recordset(coalesce(r.criteria, '[]')) AS x (result text, mandatory boolean))$q$
	    ELSE coalesce((SELECT format('r.%I', a.attname) FROM pg_attribute a
		WHERE a.attrelid = format('sems.%I', kind)::regclass AND a.attname IN ('outcome', 'result')
		AND NOT a.attisdropped ORDER BY a.attname LIMIT 1), 'NULL::text') END
$$;

-- The records of these kinds in an order that is the same in all: by record_id, which begins with the time,
-- then source and kind. They are read along the primary keys, a kind after the other; each until it has a page,
-- has looked at look_at_most rows, or is at the place that a kind before it has reached: of what comes behind
-- nothing is shown, since something may be missing between. `next` is where to go on, NULL at the end.
CREATE FUNCTION sems.records_page(kinds text[], all_known boolean, wish jsonb, page int, look_at_most int)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	newest boolean := coalesce((wish ->> 'newest')::boolean, true);
	direction text := CASE WHEN newest THEN 'DESC' ELSE 'ASC' END;
	from_at timestamptz := coalesce((wish ->> 'from')::timestamptz, '-infinity');
	until_at timestamptz := coalesce((wish ->> 'until')::timestamptz, 'infinity');
	-- Where the page before ended.
	past_id uuid := (wish ->> 'after_id')::uuid;
	past_source text := wish ->> 'after_source';
	past_kind text := wish ->> 'after_kind';
	persons bytea[] := (SELECT array_agg(decode(p, 'hex'))
	    FROM jsonb_array_elements_text(wish -> 'persons') AS p);
	-- Where this one must end.
	end_id uuid;
	end_source text;
	end_kind text;
	seen int;
	matched int;
	found jsonb[] := '{}';
	k text;
	r record;
	answer jsonb;
BEGIN
	IF past_id IS NOT NULL AND newest THEN
		until_at := least(until_at, sems.uuid_time(past_id) + interval '1 millisecond');
	ELSIF past_id IS NOT NULL THEN
		from_at := greatest(from_at, sems.uuid_time(past_id));
	END IF;
	FOREACH k IN ARRAY kinds LOOP
		seen := 0;
		matched := 0;
		FOR r IN EXECUTE format('SELECT r.record_id, r.source, r.source_record_id, r.site_id, r.measure_code, '
		    'r.provider_id, r.occurred_at, r."precision", r.received_at, r.corrects_record_id, %1$s AS outcome, '
		    '%6$s AS is_named '
		    'FROM sems.%2$I r WHERE r.occurred_at >= $1 AND r.occurred_at < $2 AND ($3 IS NULL '
		    'OR (r.occurred_at, r.record_id, r.source) %3$s ($4, $3, $5)) '
		    'ORDER BY r.occurred_at %4$s, r.record_id %4$s, r.source %4$s LIMIT %5$s',
		    sems.outcome_sql(k), CASE WHEN all_known THEN '' ELSE 'known_' END || k,
		    CASE WHEN newest THEN '<' ELSE '>' END
			|| CASE WHEN (k < past_kind) = newest THEN '=' ELSE '' END, direction, look_at_most,
		    CASE WHEN persons IS NULL THEN 'true' ELSE '$6 && ' || sems.persons_sql(k) END)
		    USING from_at, until_at, past_id, sems.uuid_time(past_id), past_source, persons LOOP
			seen := seen + 1;
			IF (k, r.record_id, r.source) IS DISTINCT FROM (past_kind, past_id, past_source)
			    AND r.is_named
			    AND (wish ->> 'source' IS NULL OR r.source = wish ->> 'source')
			    AND (wish ->> 'site' IS NULL OR r.site_id = wish ->> 'site')
			    AND (wish ->> 'number' IS NULL OR r.source_record_id = wish ->> 'number')
			    AND (wish ->> 'outcome' IS NULL OR r.outcome = wish ->> 'outcome') THEN
				matched := matched + 1;
				found := found || jsonb_build_object('kind', k, 'record_id', r.record_id, 'source', r.source,
				    'source_record_id', r.source_record_id, 'site_id', r.site_id, 'measure_code', r.measure_code,
				    'provider_id', r.provider_id, 'occurred_at', sems.rfc3339(r.occurred_at),
				    'precision', r."precision", 'received_at', sems.rfc3339(r.received_at),
				    'corrects_record_id', r.corrects_record_id, 'outcome', r.outcome);
			END IF;
			EXIT WHEN matched = page OR seen = look_at_most;
		END LOOP;
		IF (matched = page OR seen = look_at_most) AND (end_id IS NULL
		    OR ((r.record_id, r.source, k) > (end_id, end_source, end_kind)) = newest) THEN
			end_id := r.record_id;
			end_source := r.source;
			end_kind := k;
			IF newest THEN
				from_at := greatest(from_at, r.occurred_at);
			ELSE
				until_at := least(until_at, r.occurred_at + interval '1 millisecond');
			END IF;
		END IF;
	END LOOP;
	WITH one AS (
		SELECT f AS shown, row_number() OVER (ORDER BY
		    CASE WHEN newest THEN f ->> 'record_id' END DESC, CASE WHEN newest THEN f ->> 'source' END DESC,
		    CASE WHEN newest THEN f ->> 'kind' END DESC, f ->> 'record_id', f ->> 'source', f ->> 'kind') AS place
		FROM unnest(found) AS f
		WHERE end_id IS NULL
		    OR ((f ->> 'record_id')::uuid, f ->> 'source', f ->> 'kind') = (end_id, end_source, end_kind)
		    OR (((f ->> 'record_id')::uuid, f ->> 'source', f ->> 'kind') > (end_id, end_source, end_kind)) = newest
	), shown AS (
		SELECT o.place, o.shown || jsonb_build_object('counts', CASE WHEN v.why IS NULL THEN 'yes'
		    ELSE lower(v.why) END) AS shown
		FROM one AS o LEFT JOIN sems.overruled v ON v.record_id = (o.shown ->> 'record_id')::uuid
		    AND v.source = o.shown ->> 'source' AND v.kind = o.shown ->> 'kind'
		WHERE o.place <= page
	)
	SELECT jsonb_build_object(
	    'records', coalesce(jsonb_agg(jsonb_strip_nulls(s.shown) ORDER BY s.place), '[]'),
	    'next', CASE WHEN (SELECT count(*) FROM one) > page OR (count(*) = page AND end_id IS NOT NULL)
		THEN (SELECT concat_ws('/', l.shown ->> 'record_id', l.shown ->> 'kind', l.shown ->> 'source')
		    FROM shown l WHERE l.place = page)
		ELSE concat_ws('/', end_id, end_kind, end_source) END,
	    'looked_to', sems.rfc3339(sems.uuid_time(end_id)))
	INTO answer FROM shown s;
	RETURN jsonb_strip_nulls(answer - 'next') || jsonb_build_object('next', nullif(answer ->> 'next', ''));
END
$$;
GRANT EXECUTE ON FUNCTION sems.outcome_sql(text), sems.records_page(text[], boolean, jsonb, int, int) TO sems_compute;

-- --- the calendar --------------------------------------------------------------------------------

-- The calendar was made of the rules that the zone had when the entity was set up. Governments change
-- them: then what is stored and what the clock on the wall says are two, and figures go by the former.
-- Days that evidence or a frozen revision can touch keep the rules they had; those behind them may be
-- given today's.

-- By the rules that this server has now: the days that begin or end otherwise than the calendar says,
-- from `since` to before `until`, and by how much later. Of the last day the end is asked, too.
CREATE FUNCTION sems.moved_days(since date, until date)
RETURNS TABLE (day date, starts_at timestamptz, begins timestamptz, ends timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT t.day, t.starts_at, t.begins, t.ends
	FROM (SELECT c.*, c.day::timestamp AT TIME ZONE e.zone AS begins, (c.day + 1)::timestamp AT TIME ZONE e.zone AS ends
	    FROM sems.civil_day c CROSS JOIN sems.entity e WHERE c.day >= since AND c.day < until) AS t
	WHERE t.begins <> t.starts_at OR t.ends <> t.ends_at
$$;

-- The same run by run of days, and of the first one that begins otherwise both hours.
CREATE FUNCTION sems.calendar_differences(since date, until date)
RETURNS TABLE (first_day date, last_day date, days bigint, begins_later interval, set_up timestamptz,
    today timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT min(o.day), max(o.day), count(*), max(o.begins - o.starts_at),
	    (array_agg(o.starts_at ORDER BY o.begins = o.starts_at, o.day))[1],
	    (array_agg(o.begins ORDER BY o.begins = o.starts_at, o.day))[1]
	FROM (SELECT d.*, d.day - (row_number() OVER (ORDER BY d.day))::int AS run
	    FROM sems.moved_days(since, until) AS d) AS o
	GROUP BY o.run ORDER BY 1
$$;

-- What the last look at it found; a duty looks at each start and daily.
CREATE TABLE sems.calendar_check (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	checked_at timestamptz NOT NULL,
	days bigint NOT NULL,  -- that differ, and about which nothing was decided; 0: none
	first_day date,
	last_day date,
	runs jsonb NOT NULL  -- the first ten: [{first_day, last_day, days, minutes_later}]
);

-- Who gave the days from from_day on the rules of his day, which were they, and why. That the days before
-- keep theirs was decided with it. Append only.
CREATE TABLE sems.calendar_change (
	change_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	from_day date NOT NULL,
	zone text NOT NULL,
	days bigint NOT NULL CHECK (days > 0),
	runs jsonb NOT NULL,  -- all: [{first_day, last_day, days, minutes_later}]
	changed_by text NOT NULL CHECK (changed_by <> ''),
	reason text NOT NULL CHECK (reason <> ''),
	changed_at timestamptz NOT NULL
);

-- The first day about which nothing was decided.
CREATE FUNCTION sems.calendar_open_from() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(max(c.from_day), '-infinity') FROM sems.calendar_change c
$$;

CREATE FUNCTION sems.check_calendar(at timestamptz,
    OUT differs int, OUT days bigint, OUT first_day date, OUT last_day date, OUT zone text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH found AS MATERIALIZED (
		SELECT d.*, row_number() OVER (ORDER BY d.first_day) AS place
		FROM sems.calendar_differences(sems.calendar_open_from(), 'infinity') AS d
	), whole AS (
		SELECT coalesce(sum(f.days), 0)::bigint AS days, min(f.first_day) AS first_day, max(f.last_day) AS last_day,
		    coalesce(jsonb_agg(jsonb_build_object('first_day', f.first_day, 'last_day', f.last_day, 'days', f.days,
			'minutes_later', (extract(epoch FROM f.begins_later) / 60)::int) ORDER BY f.first_day)
			FILTER (WHERE f.place <= 10), '[]') AS runs
		FROM found f
	), kept AS (
		INSERT INTO sems.calendar_check AS c (checked_at, days, first_day, last_day, runs)
		SELECT at, w.days, w.first_day, w.last_day, w.runs FROM whole w
		ON CONFLICT (singleton) DO UPDATE SET (checked_at, days, first_day, last_day, runs)
		    = (excluded.checked_at, excluded.days, excluded.first_day, excluded.last_day, excluded.runs)
	)
	SELECT (w.days > 0)::int, w.days, w.first_day, w.last_day, e.zone FROM whole w CROSS JOIN sems.entity e
$$;

CREATE TYPE sems.calendar_partition AS (kind text, month date, own regclass);

-- The partitions of months that end at this instant or later, and the months. to_regclass sees those that others
-- made since this transaction's snapshot was taken.
CREATE FUNCTION sems.calendar_partitions(since timestamptz)
RETURNS SETOF sems.calendar_partition
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT k.kind, m.month, p.own
	FROM (SELECT d.month FROM sems.civil_day d GROUP BY d.month HAVING max(d.ends_at) >= since) AS m
	CROSS JOIN sems.kind k
	CROSS JOIN LATERAL (SELECT to_regclass('sems.' || k.kind || '_' || to_char(m.month, 'YYYYMM')) AS own) AS p
	WHERE p.own IS NOT NULL
$$;

-- The first day whose beginning may move: no record counts at or after either of its beginnings, what was
-- purged ended before, no frozen revision is of its quarter or of the day before's, and it is a day off, so
-- that what is on its way is judged by one calendar. Where nothing was ever stored or frozen, all may. NULL: none.
-- Whoever asks under locks sees by the partitions' sizes what others stored since his snapshot was taken.
CREATE FUNCTION sems.calendar_may_move_from(at timestamptz) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
	one timestamptz;
	last timestamptz;
	frozen date;
BEGIN
	FOR k IN SELECT kind FROM sems.kind LOOP
		EXECUTE format('SELECT max(r.occurred_at) FROM sems.%I r', k) INTO one;
		last := greatest(last, one);
	END LOOP;
	-- These name instants whose quarter or month counts.
	last := greatest(last, (SELECT max(p.period_start) FROM sems.plan p),
	    (SELECT max(a.planned_for) FROM sems.audit a), (SELECT max(c.ends_at) FROM sems.purge_certificate c),
	    (SELECT max(f.floor) FROM sems.purge_floor f));
	SELECT max(d.day) INTO frozen FROM sems.civil_day d
	WHERE d.quarter IN (SELECT r.quarter FROM sems.spd_revision r);
	IF last IS NULL AND frozen IS NULL
	    AND NOT EXISTS (SELECT FROM sems.calendar_partitions('-infinity') p WHERE pg_relation_size(p.own) > 0) THEN
		RETURN (SELECT min(d.day) FROM sems.civil_day d);
	END IF;
	last := greatest(last, at + interval '1 day');
	RETURN (SELECT min(d.day) FROM sems.civil_day d CROSS JOIN sems.entity e
	    WHERE least(d.starts_at, d.day::timestamp AT TIME ZONE e.zone) > last
	    AND d.day > coalesce(frozen + 1, '-infinity'));
END
$$;

-- The records that would count on another day, in another month or quarter by today's rules, by kind. Dates:
-- those of them without a time, which stand at the beginning that their day had.
CREATE FUNCTION sems.moved_records(covert boolean)
RETURNS TABLE (kind text, records bigint, dates bigint, months bigint, quarters bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
BEGIN
	FOR k IN SELECT n.kind FROM sems.kind n WHERE covert OR NOT sems.tells_of_tests(n.kind) ORDER BY n.kind LOOP
		RETURN QUERY EXECUTE format('WITH span AS MATERIALIZED ('
		    'SELECT min(r.occurred_at) - interval ''2 days'' AS since, max(r.occurred_at) + interval ''2 days'' AS until '
		    'FROM sems.%1$I r), strip AS MATERIALIZED ('
		    'SELECT d.day, least(d.starts_at, d.begins) AS since, greatest(d.starts_at, d.begins) AS until '
		    'FROM sems.moved_days(''-infinity'', ''infinity'') d CROSS JOIN span s '
		    'WHERE d.starts_at BETWEEN s.since AND s.until AND d.starts_at <> d.begins) '
		    'SELECT %1$L, count(*), count(*) FILTER (WHERE r.precision = ''DAY''), '
		    'count(*) FILTER (WHERE s.day = date_trunc(''month'', s.day)), '
		    'count(*) FILTER (WHERE s.day = date_trunc(''quarter'', s.day)) '
		    'FROM strip s JOIN sems.%1$I r ON r.occurred_at >= s.since AND r.occurred_at < s.until '
		    'HAVING count(*) > 0', k);
	END LOOP;
END
$$;

CREATE FUNCTION sems.calendar_runs(since date, until date) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('first_day', d.first_day, 'last_day', d.last_day, 'days', d.days,
	    'minutes_later', (extract(epoch FROM d.begins_later) / 60)::int, 'set_up', sems.rfc3339(d.set_up),
	    'today', sems.rfc3339(d.today)) ORDER BY d.first_day), '[]')
	FROM sems.calendar_differences(since, until) AS d
$$;

-- Gives every day that may move today's beginning and end, and the day before them its end; the months'
-- partitions follow. No record changes its day by it: that none lies between a partition's old and new bound
-- is proved by ATTACH, which reads them. NULL: there is no such day. Otherwise the change.
CREATE FUNCTION sems.mend_calendar(by text, why text, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
	k text;
	since date;
	moved jsonb;
	part sems.calendar_partition;
	parts sems.calendar_partition[];
	begins timestamptz;
	ends timestamptz;
	made sems.calendar_change;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('sems.entity', 0));
	FOR k IN SELECT kind FROM sems.kind ORDER BY kind LOOP
		EXECUTE format('LOCK TABLE sems.%I IN ACCESS EXCLUSIVE MODE', k);
	END LOOP;
	since := sems.calendar_may_move_from(at);
	moved := sems.calendar_runs(since, 'infinity');
	IF since IS NULL OR moved = '[]' THEN
		RETURN NULL;
	END IF;
	INSERT INTO sems.calendar_change AS c (from_day, zone, days, runs, changed_by, reason, changed_at)
	SELECT since, e.zone, (SELECT sum((r ->> 'days')::bigint) FROM jsonb_array_elements(moved) AS r), moved, by, why, at
	FROM sems.entity e RETURNING c.* INTO made;
	parts := ARRAY(SELECT p FROM sems.calendar_partitions((SELECT d.starts_at FROM sems.civil_day d
	    WHERE d.day = since)) AS p);
	-- All first, so that neighbours do not overlap.
	FOREACH part IN ARRAY parts LOOP
		EXECUTE format('ALTER TABLE sems.%I DETACH PARTITION %s', part.kind, part.own);
	END LOOP;
	UPDATE sems.civil_day c SET starts_at = d.begins, ends_at = d.ends
	FROM sems.moved_days(since, 'infinity') AS d WHERE c.day = d.day;
	UPDATE sems.civil_day c SET ends_at = n.starts_at
	FROM sems.civil_day n WHERE c.day = since - 1 AND n.day = since AND c.ends_at <> n.starts_at;
	FOREACH part IN ARRAY parts LOOP
		SELECT min(d.starts_at), max(d.ends_at) INTO begins, ends FROM sems.civil_day d WHERE d.month = part.month;
		EXECUTE format('ALTER TABLE sems.%I ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
		    part.kind, part.own, begins, ends);
	END LOOP;
	-- Whatever was counted of these days, and of the one before them, is counted anew.
	INSERT INTO sems.touched_day (kind, since, until)
	SELECT n.kind, d.starts_at, 'infinity' FROM sems.kind n
	JOIN sems.civil_day d ON d.day = (SELECT max(f.day) FROM sems.civil_day f WHERE f.day < since
	    OR f.day = (SELECT min(g.day) FROM sems.civil_day g));
	PERFORM sems.check_calendar(at);
	RETURN to_jsonb(made) - 'change_no' || jsonb_build_object('changed_at', sems.rfc3339(made.changed_at));
END
$$;

-- Who mends the calendar and who freezes have each their snapshot, and neither sees what the other commits
-- meanwhile. Both write the days of the quarter: so of two at once the later one is refused, and tries again.
CREATE FUNCTION sems.hold_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE sems.civil_day c SET ends_at = c.ends_at WHERE c.quarter = NEW.quarter;
	RETURN NULL;
END
$$;
CREATE TRIGGER hold_days AFTER INSERT ON sems.spd_revision FOR EACH ROW EXECUTE FUNCTION sems.hold_days();

-- What differs and what was decided, what may be mended, and what it means for what is stored.
CREATE FUNCTION sems.calendar_look(at timestamptz, covert boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH may AS MATERIALIZED (
		SELECT coalesce(sems.calendar_may_move_from(at), 'infinity') AS since
	), touched AS (
		SELECT c.quarter, count(*) AS days, count(*) FILTER (WHERE d.day >= m.since) AS mended
		FROM sems.moved_days('-infinity', 'infinity') AS d JOIN sems.civil_day c ON c.day = d.day CROSS JOIN may m
		GROUP BY c.quarter
	)
	SELECT jsonb_build_object('zone', (SELECT e.zone FROM sems.entity e),
	    'open_from', (SELECT max(c.from_day) FROM sems.calendar_change c),
	    'from_day', (SELECT CASE WHEN m.since < 'infinity' THEN m.since END),
	    'mended', sems.calendar_runs(m.since, 'infinity'),
	    'stay', sems.calendar_runs('-infinity', m.since),
	    -- Those that hold records, or that somebody froze.
	    'quarters', (SELECT coalesce(jsonb_agg(jsonb_build_object('quarter', t.quarter, 'days', t.days,
		'mended', t.mended, 'revision', s.revision, 'state', s.state) ORDER BY t.quarter), '[]')
		FROM touched t LEFT JOIN LATERAL (SELECT r.revision, r.state FROM sems.spd_status r
		    WHERE r.quarter = t.quarter ORDER BY r.revision DESC LIMIT 1) AS s ON true
		WHERE s.revision IS NOT NULL OR t.quarter IN (SELECT e.quarter FROM sems.evidence_month e)),
	    'records', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.kind), '[]') FROM sems.moved_records(covert) AS r),
	    'changes', (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'change_no' - 'runs' || jsonb_build_object('changed_at',
		sems.rfc3339(c.changed_at)) ORDER BY c.change_no DESC), '[]') FROM sems.calendar_change c))
	FROM may m
$$;

GRANT EXECUTE ON FUNCTION sems.check_calendar(timestamptz) TO sems_retention;
GRANT EXECUTE ON FUNCTION sems.mend_calendar(text, text, timestamptz) TO sems_admin;
GRANT EXECUTE ON FUNCTION sems.moved_days(date, date), sems.calendar_differences(date, date),
    sems.calendar_may_move_from(timestamptz), sems.moved_records(boolean), sems.calendar_runs(date, date),
    sems.calendar_partitions(timestamptz),
    sems.calendar_look(timestamptz, boolean) TO sems_compute;
GRANT SELECT ON sems.calendar_check, sems.calendar_change TO sems_compute;
