-- Every finding ever listed, in the state in which the last audit before the end of the period left it.
SELECT DISTINCT ON (l.owner, l.site_id, l.finding_id) l.*, true AS raised, false AS repeated
FROM sems.spd_listed_finding l
WHERE l.counted_at < $2::timestamptz AND $1::timestamptz IS NOT NULL
ORDER BY l.owner, l.site_id, l.finding_id, l.counted_at DESC, l.record_id DESC
