-- What is known about the data of a period beside its feeds, as one object. $1, $2: the period; it is
-- judged at now(), or at its end when that has passed.
WITH moment AS (
    SELECT least(now(), $2::timestamptz - interval '1 millisecond') AS at,
        (SELECT d.quarter FROM sems.civil_day d WHERE d.starts_at = $1::timestamptz LIMIT 1) AS quarter
), day AS MATERIALIZED (
    SELECT f.* FROM sems.feeds($1::timestamptz, $2::timestamptz) f
), submitted AS (
    SELECT min(s.submitted_at) AS at FROM sems.spd_status s, moment m
    WHERE s.quarter = m.quarter AND s.submitted_at IS NOT NULL
), after_submission AS (
    -- Only days that something came for since are looked into.
    SELECT count(*) AS n FROM submitted s, sems.spd_record r
    WHERE r.counted_at >= $1::timestamptz AND r.counted_at < $2::timestamptz
    AND r.corrects_record_id IS NULL AND r.received_at > s.at
    AND EXISTS (SELECT FROM day d WHERE d.last_received_at > s.at)
), late AS (
    SELECT jsonb_build_object('received', coalesce(sum(d.records), 0),
        'after_quarter', coalesce(sum(d.late), 0), 'after_lag', coalesce(sum(d.lagging), 0),
        'lag_hours', 72,
        'submitted_at', (SELECT to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            FROM submitted s),
        'after_submission', (SELECT CASE WHEN s.at IS NOT NULL THEN a.n END
            FROM submitted s, after_submission a)) AS o
    FROM day d WHERE d.kind <> 'plan'
), clock AS (
    SELECT jsonb_agg(jsonb_build_object('source', c.source, 'told', c.told, 'beyond_60s', c.off,
        'worst_ms', c.worst) ORDER BY c.source) AS list
    FROM (SELECT d.source, sum(d.clock_told) AS told, sum(d.clock_off) AS off,
            max(d.clock_worst_ms) AS worst
        FROM day d GROUP BY d.source HAVING sum(d.clock_told) > 0) AS c
), quarantine AS (
    SELECT jsonb_agg(jsonb_build_object('reason', q.reason, 'count', q.n) ORDER BY q.reason) AS list
    FROM (SELECT q.reason, count(*) AS n FROM sems.spd_quarantine q
        WHERE q.counted_at >= $1::timestamptz AND q.counted_at < $2::timestamptz
        GROUP BY q.reason) AS q
), plan AS (
    SELECT jsonb_agg(jsonb_build_object('what', p.what, 'site', p.site_id, 'measure', p.measure_code,
        'plans', p.plans, 'planned', p.planned) ORDER BY p.what, p.site_id, p.measure_code) AS list
    FROM (SELECT p.what, p.site_id, p.measure_code, count(*) AS plans, sum(p.planned_count) AS planned
        FROM sems.effective_plan p
        WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz
        GROUP BY p.what, p.site_id, p.measure_code) AS p
), session AS (
    SELECT jsonb_build_object(
        'reconciled', count(*) FILTER (WHERE s.tip_shown = s.hits + s.misses + s.aborted),
        'differing', count(*) FILTER (WHERE s.tip_shown <> s.hits + s.misses + s.aborted),
        'unreconciled', count(*) FILTER (WHERE s.tip_shown + s.hits + s.misses + s.aborted IS NULL))
        AS o
    FROM sems.effective_tip_session s
    WHERE s.counted_at >= $1::timestamptz AND s.counted_at < $2::timestamptz
), machine AS (
    SELECT coalesce(e.device_id, s.device_id) AS device_id, e.n AS events, s.n AS shown
    FROM (SELECT e.site_id, e.device_id, sum(e.projections) AS n
        FROM sems.event_numbers($1::timestamptz, $2::timestamptz) e
        WHERE e.device_id IS NOT NULL GROUP BY e.site_id, e.device_id) AS e
    FULL JOIN (SELECT s.site_id, s.device_id, sum(s.tip_shown) AS n
        FROM sems.effective_tip_session s
        WHERE s.counted_at >= $1::timestamptz AND s.counted_at < $2::timestamptz
        AND s.device_id IS NOT NULL GROUP BY s.site_id, s.device_id) AS s
        ON s.site_id = e.site_id AND s.device_id = e.device_id
), machines AS (
    SELECT jsonb_build_object('reconciled', count(*) FILTER (WHERE m.events = m.shown),
        'differing', count(*) FILTER (WHERE m.events <> m.shown),
        'events_only', count(*) FILTER (WHERE m.shown IS NULL),
        'sessions_only', count(*) FILTER (WHERE m.events IS NULL AND m.shown IS NOT NULL)) AS o
    FROM machine m
), silents AS (
    SELECT jsonb_agg(jsonb_build_object('source', s.source, 'kind', s.kind, 'site', s.site_id,
        'device', s.device_id, 'every_hours', s.every_hours, 'basis', s.basis,
        'last_at', to_char(s.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'expected_by', to_char(s.expected_by AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        ORDER BY s.source, s.kind, s.device_id) AS list
    FROM moment m, sems.silent_feeds(m.at) s
), restore AS (
    SELECT jsonb_agg(jsonb_build_object(
        'from', to_char(g.lacks_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'to', to_char(g.lacks_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'reason', g.reason, 'resolution', g.resolution) ORDER BY g.lacks_from, g.gap_id) AS list
    FROM sems.restore_gap g
    WHERE g.lacks_to >= $1::timestamptz AND g.found_at <= now()
    AND g.lacks_from < $2::timestamptz + interval '92 days'
)
SELECT jsonb_build_object('late', (SELECT l.o FROM late l),
    'clock', coalesce((SELECT c.list FROM clock c), '[]'),
    'quarantine', coalesce((SELECT q.list FROM quarantine q), '[]'),
    'plans', coalesce((SELECT p.list FROM plan p), '[]'),
    'sessions', (SELECT s.o FROM session s) || jsonb_build_object('devices', (SELECT m.o FROM machines m)),
    'silent', coalesce((SELECT s.list FROM silents s), '[]'),
    'restores', coalesce((SELECT r.list FROM restore r), '[]'))::text
