-- Begins a run of an import of $1, who sends the file $2 (SHA-256 $3) by the map $4 (SHA-256 $5) at $6.
SELECT b.run_no, b.run FROM sems.begin_run($1, $2, $3, $4, $5, $6::timestamptz) AS b
