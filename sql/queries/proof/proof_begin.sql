-- What this transaction reads, the freeze before it, if there is one, and the head of the access log.
SELECT p.number, p.quarter, p.revision, encode(p.root, 'hex'),
    json_build_object('until', s.read_until, 'in_flight', s.in_flight), l.number, encode(l.sha256, 'hex')
FROM sems.this_snapshot() AS s
LEFT JOIN (SELECT * FROM sems.spd_proof ORDER BY number DESC LIMIT 1) AS p ON true
LEFT JOIN (SELECT * FROM sems.access_link ORDER BY number DESC LIMIT 1) AS l ON true
