-- Waits until nobody counts what was touched, nor keeps feeds and numbers.
SELECT pg_advisory_xact_lock(hashtextextended('sems.recount', 0)), pg_advisory_xact_lock(hashtext('sems.keep_feeds'))
