-- The months of the quarter $1 whose records were removed, of which kinds, how many, and when.
SELECT kind, to_char(month, 'YYYY-MM'), records,
    to_char(dropped_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM sems.purge_certificate WHERE quarter = $1 AND records > 0 ORDER BY 1, 2
