-- The revision of the quarter $1 that was submitted last, whatever became of it.
SELECT r.revision, r.document
FROM sems.spd_status s
JOIN sems.spd_revision r USING (quarter, revision)
WHERE s.quarter = $1::text AND s.submitted_at IS NOT NULL
ORDER BY s.revision DESC LIMIT 1
