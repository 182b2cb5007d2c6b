-- The frozen revisions of the periods of a stored record that it is not among the leaves of, and why. $1: kind;
-- $2: source; $3: record_id.
SELECT f.quarter, f.revision, s.state, f.what, f.claims::int,
    sems.rfc3339(s.as_of)
FROM sems.freezes_without($1::text, $2::text, $3::uuid) AS f
LEFT JOIN sems.spd_status AS s ON (s.quarter, s.revision) = (f.quarter, f.revision)
ORDER BY f.quarter, f.revision
