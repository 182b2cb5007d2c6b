-- Grants senders what they may send. $1: [{"principal", "source", "kinds": [], "sites": []}].
WITH put AS (
    INSERT INTO sems.source_grant (principal, source, kind, site)
    SELECT g.principal, g.source, k.kind, s.site
    FROM jsonb_to_recordset($1::jsonb)
        AS g (principal text, source text, kinds jsonb, sites jsonb)
    CROSS JOIN LATERAL jsonb_array_elements_text(g.kinds) AS k (kind)
    CROSS JOIN LATERAL jsonb_array_elements_text(g.sites) AS s (site)
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT count(*) AS added, 0 AS changed FROM put
