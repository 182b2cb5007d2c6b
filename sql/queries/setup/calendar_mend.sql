-- Gives the days behind all evidence today's rules. $1: by whom; $2: why; $3: now. NULL: there is no such day.
SELECT sems.mend_calendar($1::text, $2::text, $3::timestamptz)
