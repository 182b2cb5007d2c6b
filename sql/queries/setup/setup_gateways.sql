-- The place of the first principal that would be a gateway and somebody. $1: as for setup_principals.sql.
WITH given AS (
    SELECT g.*, old.role AS old_role, old.person AS old_person
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (principal text, role text, person text, name text, post text))
        WITH ORDINALITY AS g (principal, role, person, name, post, n)
    LEFT JOIN sems.principal AS old USING (principal)
)
SELECT max(g.n) - 1 AS i FROM given AS g GROUP BY g.principal, g.old_role, g.old_person
HAVING coalesce((array_agg(g.role ORDER BY g.n DESC) FILTER (WHERE g.role IS NOT NULL))[1], g.old_role) = 'gateway'
    AND (g.old_person IS NOT NULL OR bool_or(coalesce(g.person, g.name, g.post) IS NOT NULL))
ORDER BY 1 LIMIT 1
