-- Every finding ever listed, in the state in which the last audit before the end of the period left it, with the
-- civil days from its detection, or, as long as no audit said when, its first listing, to the period's last day.
WITH listed AS MATERIALIZED (
    SELECT l.*, min(coalesce(l.detected_at, l.counted_at)) OVER
        (PARTITION BY l.owner, l.site_id, l.finding_id) AS opened_at
    FROM sems.spd_listed_finding l
    WHERE l.counted_at < $2::timestamptz AND $1::timestamptz IS NOT NULL
)
SELECT DISTINCT ON (l.owner, l.site_id, l.finding_id) l.*, true AS raised, false AS repeated,
    ($2::timestamptz AT TIME ZONE e.zone)::date - 1 - (l.opened_at AT TIME ZONE e.zone)::date AS age_days
FROM listed l CROSS JOIN sems.entity e
ORDER BY l.owner, l.site_id, l.finding_id, l.counted_at DESC, l.record_id DESC
