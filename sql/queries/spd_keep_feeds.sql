-- Counts the feeds of the days of the quarter $1 that have to be counted, and keeps them, unless another
-- semsd is at it.
SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('sems.keep_feeds'))
    THEN sems.keep_feeds(min(d.starts_at), max(d.ends_at)) END
FROM sems.civil_day d WHERE d.quarter = $1::text
