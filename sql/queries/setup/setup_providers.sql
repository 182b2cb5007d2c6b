-- Adds providers and renames them. $1: [{"provider_id", "name"}], as for sites.
WITH given AS (
    SELECT DISTINCT ON (g.provider_id) g.provider_id,
        coalesce(g.name, old.name, g.provider_id) AS name
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (provider_id text, name text))
        WITH ORDINALITY AS g (provider_id, name, n)
    LEFT JOIN sems.provider AS old ON old.provider_id = g.provider_id
    ORDER BY g.provider_id, g.n DESC
), put AS (
    INSERT INTO sems.provider AS p (provider_id, name) SELECT provider_id, name FROM given
    ON CONFLICT (provider_id) DO UPDATE SET name = excluded.name WHERE p.name <> excluded.name
    RETURNING (p.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
