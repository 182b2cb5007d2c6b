-- Adds principals and gives them their role. $1: [{"principal", "role"}]; of a principal given twice
-- the last counts.
WITH given AS (
    SELECT DISTINCT ON (g.principal) g.principal, g.role
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (principal text, role text))
        WITH ORDINALITY AS g (principal, role, n)
    ORDER BY g.principal, g.n DESC
), put AS (
    INSERT INTO sems.principal AS p (principal, role) SELECT principal, role FROM given
    ON CONFLICT (principal) DO UPDATE SET role = excluded.role WHERE p.role <> excluded.role
    RETURNING (p.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
