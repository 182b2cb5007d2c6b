-- Adds principals, gives them their role and says who they are. $1: [{"principal", "role", "name",
-- "post"}]; what is null stays as it is,
-- and who has no role is a device. Of what is given twice of a principal the last counts.
WITH last AS (
    SELECT g.principal, (array_agg(g.role ORDER BY g.n DESC) FILTER (WHERE g.role IS NOT NULL))[1] AS role,
        (array_agg(g.name ORDER BY g.n DESC) FILTER (WHERE g.name IS NOT NULL))[1] AS name,
        (array_agg(g.post ORDER BY g.n DESC) FILTER (WHERE g.post IS NOT NULL))[1] AS post
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (principal text, role text, name text, post text))
        WITH ORDINALITY AS g (principal, role, name, post, n)
    GROUP BY g.principal
), given AS (
    SELECT l.principal, coalesce(l.role, old.role, 'device') AS role, coalesce(l.name, old.name) AS name,
        coalesce(l.post, old.post) AS post
    FROM last AS l LEFT JOIN sems.principal AS old USING (principal)
), put AS (
    INSERT INTO sems.principal AS p (principal, role, name, post)
    SELECT principal, role, name, post FROM given
    ON CONFLICT (principal) DO UPDATE SET role = excluded.role, name = excluded.name, post = excluded.post
    WHERE (p.role, p.name, p.post) IS DISTINCT FROM (excluded.role, excluded.name, excluded.post)
    RETURNING (p.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
