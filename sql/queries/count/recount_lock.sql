-- One daemon counts at a time; 0: another one does.
SELECT pg_try_advisory_xact_lock(hashtextextended('sems.recount', 0))::int
