-- The quarters that have records, the newest first: label, first day, end.
WITH held AS MATERIALIZED (
    SELECT DISTINCT m.quarter FROM sems.evidence_month AS m WHERE pg_relation_size(m.partition) > 0
)
SELECT d.quarter, min(d.day), max(d.ends_at)
FROM sems.civil_day AS d
WHERE d.quarter IN (SELECT h.quarter FROM held AS h)
GROUP BY d.quarter
ORDER BY d.quarter DESC
