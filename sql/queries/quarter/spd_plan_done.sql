-- What was done of what was planned in a period of one quarter, plan by plan. A plan is what, site, measure
-- (or any), period and time of day; records of plans that are equal in these add up. What was done belongs
-- to the plan it fits best: its site and measure are the plan's, and it is in the period; of those the plan
-- whose time of day holds it, before one for any time of day, one of which nobody can tell, and one whose
-- time of day does not; then one with a measure, the shortest period, and the one that began first. Of a
-- plan's, in order of time, so much is done as was planned, and the rest is surplus; what fits no plan is
-- unplanned. Only what has plans in the period is read. A count that lasts is where it begins.
-- Patrols are told round by round or by counts: at a site with any round in the period its counts are not counted
-- (by_rounds). A round that was excused was not required after all: it takes one from its plan.
-- timed: what was done, of plans with a time of day; in_window: whether it was then. A time of day reaches
-- to the end of its last minute. What lasts, or is told by the day, is in or out when the whole of it is and
-- no clock was changed in it.
WITH line AS MATERIALIZED (
    SELECT row_number() OVER () AS line, p.what, p.site_id, coalesce(p.measure_code, '') AS key,
        p.measure_code AS measure, p.period_start, p.period_end, p.window_start_min, p.window_end_min,
        (mod(p.window_end_min - p.window_start_min + 1440, 1440) + 1) * 60 AS width,
        sum(p.planned_count) AS planned
    FROM sems.effective_plan AS p
    WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz
    GROUP BY p.what, p.site_id, p.measure_code, p.period_start, p.period_end, p.window_start_min, p.window_end_min
), round AS MATERIALIZED (
    SELECT p.*, p.measure_code AS measure FROM sems.effective_patrol AS p
    WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz
        AND EXISTS (SELECT FROM line AS l WHERE l.what = 'PATROLS')
), told AS (
    SELECT 'OBSERVATIONS' AS what, 'observation' AS kind, o.record_id, o.source, o.counted_at, o.received_at,
        o.site_id, o.measure, o.provider_id, o.occurred_at, o.occurred_end, o."precision", 1::bigint AS amount,
        'DONE' AS state
    FROM sems.spd_observation AS o
    WHERE o.counted_at >= $1::timestamptz AND o.counted_at < $2::timestamptz AND o.overall IN ('PASS', 'FAIL')
        AND EXISTS (SELECT FROM line AS l WHERE l.what = 'OBSERVATIONS')
    UNION ALL
    SELECT 'TESTS', 'test', t.record_id, t.source, t.counted_at, t.received_at, t.site_id, t.measure, t.provider_id,
        t.occurred_at, t.occurred_end, t."precision", 1, 'DONE'
    FROM sems.spd_test AS t
    WHERE t.counted_at >= $1::timestamptz AND t.counted_at < $2::timestamptz AND t.mode = 'COVERT'
        AND (t.commissioned_by IN ('REGULATOR', 'OTHER_STATE')) IS NOT TRUE
        AND t.outcome IN ('PASS', 'FAIL', 'PARTIAL') AND EXISTS (SELECT FROM line AS l WHERE l.what = 'TESTS')
    UNION ALL
    SELECT 'AUDITS', 'audit', a.record_id, a.source, a.counted_at, a.received_at, a.site_id, a.measure,
        a.provider_id, a.occurred_at, a.occurred_end, a."precision", 1, 'DONE'
    FROM (%VIEW:audit%) AS a
    WHERE a.on_time AND (a.type IN ('REGULATOR_AUDIT', 'REGULATOR_INSPECTION', 'INVESTIGATION')) IS NOT TRUE
        AND EXISTS (SELECT FROM line AS l WHERE l.what = 'AUDITS')
    UNION ALL
    SELECT 'EQUIPMENT_TESTS', 'equipment_check', e.record_id, e.source, e.counted_at, e.received_at, e.site_id,
        e.measure, e.provider_id, e.occurred_at, e.occurred_end, e."precision", 1, 'DONE'
    FROM sems.spd_equipment_check AS e
    WHERE e.counted_at >= $1::timestamptz AND e.counted_at < $2::timestamptz
        AND e.check_type IN ('ROUTINE_TEST', 'DAILY_OTP') AND e.first_attempt AND e.result IN ('PASS', 'FAIL')
        AND e.on_time AND EXISTS (SELECT FROM line AS l WHERE l.what = 'EQUIPMENT_TESTS')
    UNION ALL
    SELECT CASE c.activity WHEN 'PATROLS_DONE' THEN 'PATROLS' ELSE 'VEHICLE_CHECKS' END, 'activity', c.record_id,
        c.source, c.counted_at, c.received_at, c.site_id, c.measure, c.provider_id, c.occurred_at, c.occurred_end,
        c."precision", c.counted,
        CASE WHEN c.activity = 'PATROLS_DONE' AND c.site_id IN (SELECT r.site_id FROM round AS r) THEN 'BY_ROUNDS'
            ELSE 'DONE' END
    FROM (%VIEW:activity AND EXISTS (SELECT FROM line AS l WHERE l.what IN ('PATROLS', 'VEHICLE_CHECKS'))
        AND a.activity IN (SELECT CASE l.what WHEN 'PATROLS' THEN 'PATROLS_DONE' ELSE 'VEHICLES_SEARCHED' END
            FROM line AS l WHERE l.what IN ('PATROLS', 'VEHICLE_CHECKS'))%) AS c
    UNION ALL
    SELECT 'PATROLS', 'patrol', r.record_id, r.source, r.counted_at, r.received_at, r.site_id, r.measure,
        r.provider_id, r.occurred_at, r.occurred_end, r."precision", 1, r.result
    FROM round AS r
    WHERE r.result IN ('DONE', 'EXCUSED')
), clocked AS NOT MATERIALIZED (
    SELECT t.*, extract(epoch FROM t.ended_at - t.occurred_at) AS seconds,
        extract(epoch FROM (t.occurred_at AT TIME ZONE t.zone)::time) AS second_of_day,
        t.ended_at - t.occurred_at
            <> (t.ended_at AT TIME ZONE t.zone) - (t.occurred_at AT TIME ZONE t.zone) AS is_changed
    FROM (
        SELECT t.*, n.zone, greatest(t.occurred_end, t.occurred_at + CASE t."precision"
            WHEN 'DAY' THEN interval '24 hours' WHEN 'MINUTE' THEN interval '1 minute'
            ELSE interval '0' END) AS ended_at
        FROM told AS t CROSS JOIN sems.entity AS n
        WHERE t.state <> 'BY_ROUNDS'
    ) AS t
), fitting AS (
    -- Its own measure, and any.
    SELECT DISTINCT ON (c.kind, c.record_id, c.source) c.*, l.line, l.measure AS planned_measure, l.planned,
        l.width, w.in_window
    FROM clocked AS c
    CROSS JOIN LATERAL (VALUES (coalesce(c.measure, '')), ('')) AS m (key)
    LEFT JOIN line AS l ON l.what = c.what AND l.site_id = c.site_id AND l.key = m.key
        AND c.counted_at >= l.period_start AND c.counted_at < l.period_end
    CROSS JOIN LATERAL (SELECT mod(c.second_of_day - l.window_start_min * 60 + 86400, 86400) AS since) AS s
    CROSS JOIN LATERAL (SELECT CASE WHEN l.width = 86400 THEN true WHEN c.is_changed THEN NULL
        WHEN s.since < l.width AND s.since + c.seconds <= l.width THEN true
        WHEN s.since >= l.width AND s.since + c.seconds <= 86400 THEN false END AS in_window) AS w
    ORDER BY c.kind, c.record_id, c.source, l.line IS NULL,
        CASE WHEN w.in_window THEN 1 WHEN l.width IS NULL THEN 2 WHEN w.in_window IS NULL THEN 3 ELSE 4 END,
        l.measure IS NULL, l.period_end - l.period_start, l.period_start, l.window_start_min, l.window_end_min
), running AS (
    SELECT f.*, coalesce(sum(f.amount) OVER (PARTITION BY f.line
        ORDER BY f.counted_at, f.record_id, f.source COLLATE "C"
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM fitting AS f
)
SELECT p.what, 'plan' AS kind, p.record_id, p.source, p.counted_at, p.received_at, p.site_id,
    p.measure_code AS measure, p.provider_id, p.planned_count AS planned, NULL::bigint AS done,
    NULL::bigint AS surplus, NULL::bigint AS unplanned, NULL::bigint AS timed, NULL::boolean AS in_window,
    NULL::bigint AS by_rounds
FROM sems.effective_plan AS p
WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz
UNION ALL
SELECT r.what, r.kind, r.record_id, r.source, r.counted_at, r.received_at, r.site_id,
    CASE WHEN r.line IS NULL THEN r.measure ELSE r.planned_measure END, r.provider_id,
    CASE WHEN r.line IS NOT NULL AND r.state = 'EXCUSED'
        THEN -greatest(0, least(r.amount, r.planned - r.before))::bigint END,
    CASE WHEN r.line IS NOT NULL AND r.state = 'DONE'
        THEN greatest(0, least(r.amount, r.planned - r.before))::bigint END,
    CASE WHEN r.line IS NOT NULL AND r.state = 'DONE'
        THEN greatest(0, r.amount - greatest(0, r.planned - r.before))::bigint END,
    CASE WHEN r.line IS NULL AND r.state = 'DONE' THEN r.amount END,
    CASE WHEN r.width IS NOT NULL AND r.state = 'DONE' THEN r.amount END, r.in_window, NULL
FROM running AS r
UNION ALL
SELECT t.what, t.kind, t.record_id, t.source, t.counted_at, t.received_at, t.site_id, t.measure, t.provider_id,
    NULL, NULL, NULL, NULL, NULL, NULL, t.amount
FROM told AS t WHERE t.state = 'BY_ROUNDS'
