-- What changed a period ($1, $2) since the revision $4 of the quarter $3 was frozen, looked for once: (1) how many records, by what a figure may be of; (2) the first of them; (3) how many there are, how
-- many serious and critical findings they list, and from when on a change matters.
WITH late AS MATERIALIZED (
    SELECT l.* FROM sems.spd_late($1::timestamptz, $2::timestamptz, $3::text, $4::int) AS l
), record AS (
    SELECT DISTINCT ON (l.record_id, l.source) l.* FROM late AS l
    ORDER BY l.record_id, l.source, l.how
), finding AS (
    SELECT count(DISTINCT (a.source, a.site_id, f.finding ->> 'finding_id')) AS n
    FROM late AS l
    JOIN sems.audit AS a ON a.occurred_at = l.occurred_at AND a.record_id = l.record_id
        AND a.source = l.source
    CROSS JOIN LATERAL jsonb_array_elements(coalesce(a.findings, '[]')) AS f (finding)
    WHERE l.own_kind = 'audit' AND f.finding ->> 'severity' IN ('SERIOUS', 'CRITICAL')
)
SELECT 1 AS part, c.kind, c.site_id, c.measure, NULL AS how, NULL AS record_id, NULL AS source,
    NULL AS received_at, NULL AS root_record_id, c.records, NULL AS materiality_pp, NULL AS what,
    NULL AS claims, NULL AS number
FROM (SELECT l.kind, l.site_id, l.measure, count(DISTINCT (l.record_id, l.source)) AS records
    FROM late AS l GROUP BY l.kind, l.site_id, l.measure) AS c
UNION ALL
SELECT 2, d.kind, d.site_id, d.measure, d.how, d.record_id::text, d.source,
    sems.rfc3339(d.received_at),
    d.root_record_id::text, NULL, NULL, sems.without_leaf(d.stored_in, v.read_until, v.in_flight),
    (d.received_at < v.as_of)::int, sems.content_of(d.own_kind, d.source, d.record_id, d.occurred_at) ->> 'source_record_id'
FROM (SELECT r.* FROM record AS r ORDER BY r.received_at, r.record_id, r.source LIMIT 200) AS d
CROSS JOIN sems.spd_revision AS v
WHERE v.quarter = $3::text AND v.revision = $4::int
UNION ALL
SELECT 3, NULL, NULL, NULL, f.n::text, NULL, NULL, NULL, NULL, (SELECT count(*) FROM record),
    (SELECT s.value FROM sems.setting AS s WHERE s.name = 'spd_materiality_pp'), NULL, NULL, NULL
FROM finding AS f
ORDER BY part, received_at, record_id, kind, site_id, measure
