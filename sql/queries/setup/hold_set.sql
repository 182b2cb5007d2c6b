-- Sets a legal hold; its number. $1: its conditions; $2: by whom.
SELECT sems.set_hold($1::jsonb, $2::text)
