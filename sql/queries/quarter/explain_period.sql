-- The quarter $1: its instants and first day, and as of when its revision $2 is, if there is one.
SELECT to_char(min(starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(max(ends_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(min(day), 'YYYY-MM-DD'),
    (SELECT to_char(r.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM sems.spd_revision AS r
        WHERE r.quarter = $1 AND r.revision = $2::int)
FROM sems.civil_day WHERE quarter = $1 HAVING count(*) > 0
