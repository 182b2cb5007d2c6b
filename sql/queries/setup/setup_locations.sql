-- Adds locations and renames them. $1: [{"site_id", "location_id", "name"}], as for sites.
WITH given AS (
    SELECT DISTINCT ON (g.site_id, g.location_id) g.site_id, g.location_id,
        coalesce(g.name, old.name, g.location_id) AS name
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (site_id text, location_id text, name text))
        WITH ORDINALITY AS g (site_id, location_id, name, n)
    LEFT JOIN sems.location AS old USING (site_id, location_id)
    ORDER BY g.site_id, g.location_id, g.n DESC
), put AS (
    INSERT INTO sems.location AS l (site_id, location_id, name)
    SELECT site_id, location_id, name FROM given
    ON CONFLICT (site_id, location_id) DO UPDATE SET name = excluded.name
        WHERE l.name <> excluded.name
    RETURNING (l.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
