-- Adds sources and describes them anew. $1: [{"source", "description"}], as for sites.
WITH given AS (
    SELECT DISTINCT ON (g.source) g.source, coalesce(g.description, old.description, '') AS description
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (source text, description text))
        WITH ORDINALITY AS g (source, description, n)
    LEFT JOIN sems.source AS old ON old.source = g.source
    ORDER BY g.source, g.n DESC
), put AS (
    INSERT INTO sems.source AS s (source, description) SELECT source, description FROM given
    ON CONFLICT (source) DO UPDATE SET description = excluded.description
        WHERE s.description <> excluded.description
    RETURNING (s.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
