-- Drops one month of one kind, unless the database has a reason of its own not to.
-- $1: kind; $2: the month's first day; $3: the daemon's clock; $4: who asked. The records, the certificate's number,
-- and its statement, which is to be signed.
SELECT * FROM sems.drop_month($1, $2::date, $3::timestamptz, $4)
