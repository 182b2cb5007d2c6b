-- Opens one month of one kind that was closed and could not be dropped. $1: kind; $2: the month's first day.
SELECT sems.reopen_month($1, $2::date)
