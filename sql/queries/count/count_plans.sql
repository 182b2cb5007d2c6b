-- How the rest of the transaction counts records: millions of rows into some thousand groups, of which
-- the planner expects millions. Hashing, in parallel, is right; sorting them all is not. $1: on to
-- begin, off to end.
SELECT set_config('enable_sort', CASE $1 WHEN 'on' THEN 'off' ELSE 'on' END, true),
    set_config('work_mem', CASE $1 WHEN 'on' THEN '256MB' ELSE '64MB' END, true),
    set_config('parallel_tuple_cost', CASE $1 WHEN 'on' THEN '0.001' ELSE '0.1' END, true),
    set_config('parallel_setup_cost', CASE $1 WHEN 'on' THEN '10' ELSE '1000' END, true)
