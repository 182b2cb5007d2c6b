-- Adds persons to the map, or changes them. $1: [{"person", "name", "until"}], each person once.
WITH given AS (
    SELECT g.person, g.name, g.until, old.person IS NULL AS is_new,
        (g.name, g.until) IS DISTINCT FROM (old.name, old.until) AS differs
    FROM jsonb_to_recordset($1::jsonb) AS g (person text, name text, until date)
    LEFT JOIN identity.person AS old USING (person)
), put AS (
    INSERT INTO identity.person AS p (person, name, until) SELECT person, name, until FROM given WHERE differs OR is_new
    ON CONFLICT (person) DO UPDATE SET name = excluded.name, until = excluded.until, noted_at = clock_timestamp()
)
SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new AND differs) AS changed FROM given
