-- The run $1 of $2 has ended, at $3; no row when there is none.
SELECT n FROM sems.end_run($1, $2, $3::timestamptz) AS n WHERE n IS NOT NULL
