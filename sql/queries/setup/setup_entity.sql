-- Registers the entity, or renames it. $1: its name, NULL or empty for no change; $2: its zone.
WITH given AS MATERIALIZED (
    SELECT (SELECT count(*) FROM sems.entity) AS had
    WHERE $1::text <> ''
        AND NOT EXISTS (SELECT FROM sems.entity AS e WHERE e.name = $1 AND e.zone = $2::text)
), put AS MATERIALIZED (
    SELECT given.had, sems.setup_entity($1, $2) FROM given
)
SELECT count(*) FILTER (WHERE had = 0) AS added, count(*) FILTER (WHERE had > 0) AS changed FROM put
