-- The revision $2 of the quarter $1, or its newest (0): what became of it, and its document.
SELECT s.revision, s.state, encode(s.sha256, 'hex'), s.approval, s.created_by, s.reviewed_by,
    s.approved_by, s.submitted_by,
    to_char(s.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    to_char(s.reviewed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    to_char(s.approved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    to_char(s.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    s.channel, s.reference,
    to_char(s.acknowledged_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    s.acknowledgement, s.reason,
    (SELECT count(*) FROM sems.spd_status o WHERE o.quarter = s.quarter
        AND o.submitted_at IS NOT NULL) AS submitted,
    CASE WHEN $3::boolean THEN r.document END AS document
FROM sems.spd_status s
JOIN sems.spd_revision r USING (quarter, revision)
WHERE s.quarter = $1::text AND ($2::int = 0 OR s.revision = $2::int)
ORDER BY s.revision DESC LIMIT CASE WHEN $3::boolean THEN 1 ELSE 1000 END
