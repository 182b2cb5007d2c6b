-- How the calendar differs from the zone's rules of today. $1: now; $2: 1 when tests may be known.
SELECT sems.calendar_look($1::timestamptz, $2::int = 1)
