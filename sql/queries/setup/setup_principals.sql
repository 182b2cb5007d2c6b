-- Adds principals, gives them their role and says which person they are and what that is called. $1:
-- [{"principal", "role", "person", "name", "post"}]; what is null stays as it is, who has no role is a
-- device, and who is called something and is no person yet becomes one of its own. Of what is given twice
-- of a principal, or of a person, the last counts.
WITH last AS (
    SELECT g.principal, (array_agg(g.role ORDER BY g.n DESC) FILTER (WHERE g.role IS NOT NULL))[1] AS role,
        (array_agg(g.person ORDER BY g.n DESC) FILTER (WHERE g.person IS NOT NULL))[1] AS person,
        (array_agg(g.name ORDER BY g.n DESC) FILTER (WHERE g.name IS NOT NULL))[1] AS name,
        (array_agg(g.post ORDER BY g.n DESC) FILTER (WHERE g.post IS NOT NULL))[1] AS post, max(g.n) AS n
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (principal text, role text, person text, name text, post text))
        WITH ORDINALITY AS g (principal, role, person, name, post, n)
    GROUP BY g.principal
), given AS (
    SELECT l.principal, coalesce(l.role, old.role, 'device') AS role, coalesce(l.person, old.person,
            CASE WHEN l.name IS NOT NULL OR l.post IS NOT NULL THEN l.principal END) AS person,
        l.name, l.post, l.n, old.principal IS NULL AS is_new, old.role AS old_role, old.person AS old_person
    FROM last AS l LEFT JOIN sems.principal AS old USING (principal)
), someone AS (
    SELECT g.person, (array_agg(g.name ORDER BY g.n DESC) FILTER (WHERE g.name IS NOT NULL))[1] AS name,
        (array_agg(g.post ORDER BY g.n DESC) FILTER (WHERE g.post IS NOT NULL))[1] AS post
    FROM given AS g WHERE g.person IS NOT NULL GROUP BY g.person
), known AS (
    SELECT s.person, coalesce(s.name, old.name) AS name, coalesce(s.post, old.post) AS post,
        (coalesce(s.name, old.name), coalesce(s.post, old.post)) IS DISTINCT FROM (old.name, old.post) AS differs
    FROM someone AS s LEFT JOIN sems.person AS old USING (person)
), put_person AS (
    INSERT INTO sems.person AS p (person, name, post) SELECT person, name, post FROM known
    ON CONFLICT (person) DO UPDATE SET name = excluded.name, post = excluded.post
    WHERE (p.name, p.post) IS DISTINCT FROM (excluded.name, excluded.post)
), put AS (
    INSERT INTO sems.principal AS p (principal, role, person) SELECT principal, role, person FROM given
    ON CONFLICT (principal) DO UPDATE SET role = excluded.role, person = excluded.person
    WHERE (p.role, p.person) IS DISTINCT FROM (excluded.role, excluded.person)
)
SELECT count(*) FILTER (WHERE g.is_new) AS added, count(*) FILTER (WHERE NOT g.is_new
    AND ((g.role, g.person) IS DISTINCT FROM (g.old_role, g.old_person) OR k.differs)) AS changed
FROM given AS g LEFT JOIN known AS k USING (person)
