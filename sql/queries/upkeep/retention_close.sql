-- Closes one month of one kind to new records, before it is counted and dropped.
-- $1: kind; $2: the month's first day; $3: the daemon's clock.
SELECT sems.close_month($1, $2::date, $3::timestamptz)
