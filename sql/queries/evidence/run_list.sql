-- The newest hundred runs of imports, or $1 alone; $2: 1 when tests may be known.
SELECT jsonb_build_object('runs', sems.run_list($1, $2::int = 1))
