-- Actions whose first day lies in the period, as they stood at its end: verified by that day, verified later, not
-- verified, or rejected. told_late: that it was verified by that day was told after it.
SELECT a.folded ->> 'site_id' AS site_id, a.folded ->> 'measure_code' AS measure,
    a.folded ->> 'provider_id' AS provider_id,
    a.folded ->> 'type' AS type, a.folded ->> 'priority' AS priority, a.valid AS counted_at,
    CASE WHEN a.state = 'REJECTED' THEN 'REJECTED'
        WHEN a.state NOT IN ('VERIFIED_EFFECTIVE', 'CLOSED') THEN 'NOT_VERIFIED'
        WHEN (v.valid AT TIME ZONE e.zone)::date <= (a.folded ->> 'original_due')::date THEN 'ON_TIME'
        ELSE 'LATE' END AS standing,
    (v.received AT TIME ZONE e.zone)::date > (a.folded ->> 'original_due')::date AS told_late
FROM sems.entity AS e CROSS JOIN sems.cases_at($2::timestamptz, 'infinity') AS a
LEFT JOIN LATERAL (SELECT x.valid, x.received FROM sems.case_event AS x
    WHERE x.number = a.number AND x.step <= a.step AND x.event = 'VERIFY' ORDER BY x.step DESC LIMIT 1) AS v ON true
WHERE a.kind = 'action'
    AND (a.folded ->> 'original_due')::date BETWEEN ($1::timestamptz AT TIME ZONE e.zone)::date
        AND ($2::timestamptz AT TIME ZONE e.zone)::date - 1
