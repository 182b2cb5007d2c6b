-- Every time in the period that an audit left a finding closed that the audit before it to list it had left open,
-- with the civil days since it was detected, or, as long as no audit said when, first listed.
WITH listed AS MATERIALIZED (
    SELECT l.*, lag(l.state IN ('OPEN', 'CORRECTED')) OVER listings AS was_open,
        min(coalesce(l.detected_at, l.counted_at)) OVER listings AS opened_at
    FROM sems.spd_listed_finding l
    WHERE l.counted_at < $2::timestamptz
    WINDOW listings AS (PARTITION BY l.owner, l.site_id, l.finding_id ORDER BY l.counted_at, l.record_id)
)
SELECT l.*, true AS raised, false AS repeated,
    (l.counted_at AT TIME ZONE e.zone)::date - (l.opened_at AT TIME ZONE e.zone)::date AS age_days
FROM listed l CROSS JOIN sems.entity e
WHERE l.counted_at >= $1::timestamptz AND l.was_open AND l.state NOT IN ('OPEN', 'CORRECTED')
