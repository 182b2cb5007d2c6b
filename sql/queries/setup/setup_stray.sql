-- The first grant that names a principal or a site nobody has registered.
-- $1: [{"i", "j", "principal", "kinds", "sites", ...}]; k is the site's place, or NULL when it is the
-- principal.
WITH given AS (
    SELECT g.i, g.j, g.principal, g.sites
    FROM jsonb_to_recordset($1::jsonb) AS g (i int, j int, principal text, sites jsonb)
)
SELECT stray.i, stray.j, stray.k FROM (
    SELECT g.i, g.j, NULL::bigint AS k FROM given AS g
    WHERE NOT EXISTS (SELECT FROM sems.principal AS p WHERE p.principal = g.principal)
    UNION ALL
    SELECT g.i, g.j, s.n - 1 FROM given AS g
    CROSS JOIN LATERAL jsonb_array_elements_text(g.sites) WITH ORDINALITY AS s (site, n)
    WHERE s.site <> '*' AND NOT EXISTS (SELECT FROM sems.site WHERE site_id = s.site)
) AS stray
ORDER BY stray.i, stray.j, stray.k NULLS FIRST
LIMIT 1
