-- Waits until another daemon has counted.
SELECT pg_advisory_xact_lock(hashtextextended('sems.recount', 0))
