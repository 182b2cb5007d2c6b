-- The quarter $1: its instants and first day, as of when its revision $2 is, if there is one, and of which part
-- the target of the metric $3 is there, or now.
SELECT to_char(min(starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(max(ends_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(min(day), 'YYYY-MM-DD'),
    (SELECT to_char(r.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM sems.spd_revision AS r
        WHERE r.quarter = $1 AND r.revision = $2::int),
    CASE WHEN EXISTS (SELECT FROM sems.spd_revision AS r WHERE r.quarter = $1 AND r.revision = $2::int)
        THEN (SELECT m -> 'target' ->> 'of' FROM sems.spd_revision AS r, jsonb_array_elements(r.document::jsonb -> 'metrics') AS m
            WHERE r.quarter = $1 AND r.revision = $2::int AND m ->> 'id' = $3)
        ELSE (SELECT t.of_part FROM sems.target AS t WHERE t.metric = $3 AND t.from_quarter <= $1
            ORDER BY t.from_quarter DESC, t.set_at DESC, t.target_id DESC LIMIT 1) END
FROM sems.civil_day WHERE quarter = $1 HAVING count(*) > 0
