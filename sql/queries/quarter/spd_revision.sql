-- The revision $2 of the quarter $1, or its newest (0): what became of it, its document ($3: with it), and
-- which persons made and reviewed it, beside the person that the principal $4 is.
SELECT s.revision, s.state, encode(s.sha256, 'hex'), s.approval, s.created_by, s.reviewed_by,
    s.approved_by, s.submitted_by,
    sems.rfc3339(s.as_of),
    sems.rfc3339(s.created_at),
    sems.rfc3339(s.reviewed_at),
    sems.rfc3339(s.approved_at),
    sems.rfc3339(s.submitted_at),
    s.channel, s.reference,
    sems.rfc3339(s.acknowledged_at),
    s.acknowledgement, s.reason,
    (SELECT count(*) FROM sems.spd_status o WHERE o.quarter = s.quarter
        AND o.submitted_at IS NOT NULL) AS submitted,
    CASE WHEN $3::boolean THEN r.document END AS document, sems.person_of(s.created_by),
    sems.person_of(s.reviewed_by), sems.person_of($4::text)
FROM sems.spd_status s
JOIN sems.spd_revision r USING (quarter, revision)
WHERE s.quarter = $1::text AND ($2::int = 0 OR s.revision = $2::int)
ORDER BY s.revision DESC LIMIT CASE WHEN $3::boolean THEN 1 ELSE 1000 END
