-- The run $1 was taken back by $2, because of $3, at $4; no row when there is none.
SELECT n FROM sems.undo_run($1, $2, $3, $4::timestamptz) AS n WHERE n IS NOT NULL
