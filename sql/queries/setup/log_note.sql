-- Notes in the access log what the transaction does, or lets somebody do. $1: what it is called; $2: of what; $3: more,
-- as JSON.
SELECT sems.log_put($1::text, $2::text, $3::jsonb)
