-- The targets in force in the quarter $1.
SELECT DISTINCT ON (metric) metric, value, approved_by, from_quarter
FROM sems.target
WHERE from_quarter <= $1::text
ORDER BY metric, from_quarter DESC, set_at DESC, target_id DESC
