-- Changes settings. $1: [{"name", "value"}].
WITH put AS (
    INSERT INTO sems.setting AS s (name, value)
    SELECT g.name, g.value FROM jsonb_to_recordset($1::jsonb) AS g (name text, value text)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE s.value <> excluded.value
    RETURNING (s.xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed FROM put
