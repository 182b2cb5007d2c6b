-- Adds sites and renames them. $1: [{"site_id", "name"}]; without a name a site keeps the one it
-- has. Of a site given twice the last counts.
WITH given AS (
    SELECT DISTINCT ON (g.site_id) g.site_id, coalesce(g.name, old.name, g.site_id) AS name
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (site_id text, name text))
        WITH ORDINALITY AS g (site_id, name, n)
    LEFT JOIN sems.site AS old ON old.site_id = g.site_id
    ORDER BY g.site_id, g.n DESC
), put AS (
    INSERT INTO sems.site AS s (site_id, name) SELECT site_id, name FROM given
    ON CONFLICT (site_id) DO UPDATE SET name = excluded.name WHERE s.name <> excluded.name
    RETURNING (s.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
