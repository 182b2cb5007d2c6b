-- Drops one month of one kind, unless the database has a reason of its own not to.
-- $1: kind; $2: the month's first day; $3: the daemon's clock; $4: who asked. Returns the records.
SELECT sems.drop_month($1, $2::date, $3::timestamptz, $4)
