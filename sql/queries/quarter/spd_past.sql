-- The four quarters before $1, the newest first: what was frozen of each, as it stands: the revision
-- that was submitted, else the newest that nobody turned down. Where there is none, whether there are
-- records to count.
-- Tests are looked at where there is nothing else: which of them may be known takes all that there are.
WITH held AS MATERIALIZED (
    SELECT DISTINCT m.quarter FROM sems.evidence_month AS m
    WHERE NOT sems.tells_of_tests(m.kind) AND pg_relation_size(m.partition) > 0
)
SELECT q.quarter, r.revision, r.document, CASE WHEN q.quarter IN (SELECT h.quarter FROM held AS h) THEN 1
    ELSE (SELECT count(*) FROM sems.known_month AS m WHERE m.quarter = q.quarter) END
FROM (SELECT n, to_char(f.first - make_interval(months => 3 * n), 'YYYY-"Q"Q') AS quarter
    FROM (SELECT min(d.day) AS first FROM sems.civil_day d WHERE d.quarter = $1::text) AS f,
        generate_series(1, 4) AS n WHERE f.first IS NOT NULL) AS q
LEFT JOIN LATERAL (
    SELECT r.revision, r.document
    FROM sems.spd_revision r
    JOIN sems.spd_status s ON s.quarter = r.quarter AND s.revision = r.revision
    WHERE r.quarter = q.quarter AND s.state NOT IN ('REJECTED', 'WITHDRAWN')
    ORDER BY s.state IN ('SUBMITTED', 'ACKNOWLEDGED') DESC, r.revision DESC LIMIT 1
) AS r ON true
ORDER BY q.n
