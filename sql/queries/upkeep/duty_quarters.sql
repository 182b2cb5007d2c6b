-- The quarters that have ended and whose figures are to be worked out and kept. $1: the daemon's clock;
-- $2: how many hours late records have before that. Looks back two quarters, and at those with evidence. What
-- was kept as of a time to come was kept while a clock was ahead, and does not count.
WITH held AS MATERIALIZED (
    SELECT DISTINCT m.quarter FROM sems.known_month AS m
)
SELECT p.quarter
FROM (
    SELECT d.quarter, max(d.ends_at) + make_interval(hours => $2::int) AS due_at
    FROM sems.civil_day AS d GROUP BY d.quarter
) AS p
WHERE p.due_at <= $1::timestamptz AND p.due_at > $1::timestamptz - interval '185 days'
    AND p.quarter IN (SELECT h.quarter FROM held AS h)
    AND NOT EXISTS (SELECT FROM sems.spd_live AS l
        WHERE l.quarter = p.quarter AND l.as_of >= p.due_at
            AND l.as_of <= greatest(now(), $1::timestamptz))
ORDER BY p.quarter
