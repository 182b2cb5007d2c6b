-- A frozen revision with its proof. $1: quarter; $2: revision, 0 the newest.
SELECT r.revision, r.document, encode(r.sha256, 'hex'),
    to_char(r.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    p.number, encode(p.root, 'hex'), encode(p.signature, 'hex'), p.key_id, p.columns,
    encode(k.public_key, 'hex'), s.state, json_build_object('until', r.read_until, 'in_flight', r.in_flight)
FROM sems.spd_revision r
LEFT JOIN sems.spd_proof p ON (p.quarter, p.revision) = (r.quarter, r.revision)
LEFT JOIN sems.signing_key k ON k.key_id = p.key_id
LEFT JOIN sems.spd_status s ON (s.quarter, s.revision) = (r.quarter, r.revision)
WHERE r.quarter = $1 AND ($2::int = 0 OR r.revision = $2::int)
ORDER BY r.revision DESC LIMIT 1
