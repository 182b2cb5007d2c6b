-- Lifts a legal hold; its number. $1: which; $2: by whom; $3: now; $4: why.
SELECT sems.lift_hold($1::bigint, $2::text, $3::timestamptz, $4::text)
