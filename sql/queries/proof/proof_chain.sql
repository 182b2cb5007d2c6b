-- Every freeze in order, and where it does not follow from the one before: its number, the root it
-- covers, or the root that its document prints.
SELECT p.number, p.quarter, p.revision,
    (p.number = 1 OR p.number = lag(p.number) OVER w + 1)
	AND p.previous IS NOT DISTINCT FROM lag(p.root) OVER w
	AND encode(p.root, 'hex') IS NOT DISTINCT FROM d.proof ->> 'root'
	AND encode(p.previous, 'hex') IS NOT DISTINCT FROM d.proof #>> '{previous,root}'
	AND p.number::text IS NOT DISTINCT FROM d.proof ->> 'number' AS follows
FROM sems.spd_proof p
LEFT JOIN sems.spd_revision r ON (r.quarter, r.revision) = (p.quarter, p.revision)
LEFT JOIN LATERAL (SELECT r.document::jsonb -> 'proof' AS proof) AS d ON true
WINDOW w AS (ORDER BY p.number)
ORDER BY p.number
