-- Serious and critical findings that audits listed for a period ($1, $2) since the revision $5 of the
-- quarter $4 was frozen as of $3, and from when on a change matters.
SELECT (SELECT count(DISTINCT (a.source, a.site_id, f.finding ->> 'finding_id'))
    FROM sems.spd_late($1::timestamptz, $2::timestamptz, $3::timestamptz, $4::text, $5::int) AS c
    JOIN sems.audit a ON a.record_id = c.record_id AND a.source = c.source
    CROSS JOIN LATERAL jsonb_array_elements(coalesce(a.findings, '[]')) AS f (finding)
    WHERE c.kind = 'audit' AND c.how <> 'VOID'
        AND f.finding ->> 'severity' IN ('SERIOUS', 'CRITICAL')) AS serious,
    (SELECT value FROM sems.setting WHERE name = 'spd_materiality_pp') AS materiality_pp
