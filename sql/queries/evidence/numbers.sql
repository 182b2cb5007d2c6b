-- Which of the numbers $3, a list, are stored of the kind $1 and source $2. $4: 1 when tests under embargo may be
-- known; $5: who asks, who may know of his own.
SELECT jsonb_build_object('found', sems.stored_numbers($1, $2, $3::jsonb, $4::int = 1, $5))
