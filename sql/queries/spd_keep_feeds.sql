-- Counts the feeds of the days that have to be counted, and keeps them, unless another semsd is at it.
SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('sems.keep_feeds'))
    THEN sems.keep_feeds($1::timestamptz, $2::timestamptz) END
