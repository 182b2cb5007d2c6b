-- Counts feeds of days that were touched, and keeps them, as much as $1 bytes have, unless another
-- semsd is at it: of the two newest quarters that have records, and of the days that silence is judged
-- by; and the numbers of records, by which doubles are found, of all days. How much is left to do; null: another has the turn.
WITH held AS MATERIALIZED (
    SELECT DISTINCT m.quarter FROM sems.evidence_month AS m WHERE pg_relation_size(m.partition) > 0
)
SELECT max(sems.keep_feeds(p.since, p.until, $1::bigint / 3))
    + coalesce(max(CASE p.quarter WHEN 'now' THEN sems.keep_keys($1::bigint / 3, true) END), 0)
FROM (
    (SELECT d.quarter, min(d.starts_at) AS since, max(d.ends_at) AS until
    FROM sems.civil_day AS d
    WHERE d.quarter IN (SELECT h.quarter FROM held AS h)
    GROUP BY d.quarter ORDER BY d.quarter DESC LIMIT 2)
    UNION ALL
    SELECT 'now', min(d.starts_at), max(d.ends_at) FROM sems.civil_day AS d
    WHERE d.ends_at > now() - interval '37 days' AND d.starts_at <= now()
) AS p
WHERE p.since IS NOT NULL AND pg_try_advisory_xact_lock(hashtext('sems.keep_feeds'))
