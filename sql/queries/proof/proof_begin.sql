-- What this transaction reads, and the freeze before it, if there is one.
SELECT p.number, p.quarter, p.revision, encode(p.root, 'hex'),
    json_build_object('until', s.read_until, 'in_flight', s.in_flight)
FROM sems.this_snapshot() AS s
LEFT JOIN (SELECT * FROM sems.spd_proof ORDER BY number DESC LIMIT 1) AS p ON true
