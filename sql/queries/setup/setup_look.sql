-- What is there before a setup. $1: the entity's name or NULL; $2: its zone or NULL.
-- entity: there is one; zone_known: the database knows the zone (a POSIX formula is none).
SELECT (SELECT count(*) FROM sems.entity) AS entity,
    (SELECT count(*) FROM pg_catalog.pg_timezone_names AS z WHERE z.name = $2::text
        AND $1::text IS NOT NULL) AS zone_known
