-- Adds principals, gives them their role and says who they are. $1: [{"principal", "role", "name",
-- "post"}]; what is null stays as it is,
-- and who has no role is a device. Of a principal given twice the last counts.
WITH given AS (
    SELECT DISTINCT ON (g.principal) g.principal, coalesce(g.role, old.role, 'device') AS role,
        coalesce(g.name, old.name) AS name, coalesce(g.post, old.post) AS post
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (principal text, role text, name text, post text))
        WITH ORDINALITY AS g (principal, role, name, post, n)
    LEFT JOIN sems.principal AS old ON old.principal = g.principal
    ORDER BY g.principal, g.n DESC
), put AS (
    INSERT INTO sems.principal AS p (principal, role, name, post)
    SELECT principal, role, name, post FROM given
    ON CONFLICT (principal) DO UPDATE SET role = excluded.role, name = excluded.name, post = excluded.post
    WHERE (p.role, p.name, p.post) IS DISTINCT FROM (excluded.role, excluded.name, excluded.post)
    RETURNING (p.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
