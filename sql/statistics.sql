-- What PostgreSQL counts of its own: sizes, estimates and statistics of each table, which every login may
-- read at first. A test under embargo is in them as soon as it is stored, by the month of its partition. Run
-- once in the database, by a superuser, after roles.sql:
--
--     psql -d sems -f sql/statistics.sql
--
-- Safe to repeat. `semsd --embedded` does it by itself. Who is meant to watch the server is a member of
-- pg_read_all_stats (of pg_monitor, say) and reads all of it as before.
DO $$
DECLARE
	-- Whoever keeps the store needs sizes; whom it answers sees none of tests.
	readers text := 'pg_read_all_stats, sems_owner, sems_compute, sems_retention';
	f regprocedure;
	v regclass;
	shown text;
BEGIN
	FOR f IN SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
	    AND (p.proname IN ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size')
	    OR (p.proname ~ '^pg_stat_get_' AND p.pronargs = 1
	    AND p.proargtypes[0] = 'oid'::regtype)
	    AND p.proname !~ '_(backend|db|subscription|replication)') LOOP
		EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', f, readers);
	END LOOP;
	FOR v IN SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace
	    AND c.relkind = 'v' AND c.relname ~ '^pg_stat(io)?_.*(tables|indexes|sequences)$' LOOP
		EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', v);
		EXECUTE format('GRANT SELECT ON %s TO %s', v, readers);
	END LOOP;
	SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) INTO shown
	FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'pg_catalog.pg_class'::regclass
	AND a.attname NOT IN ('reltuples', 'relpages', 'relallvisible');
	REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;
	EXECUTE format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', shown);
	EXECUTE format('GRANT SELECT ON pg_catalog.pg_class TO %s', readers);
END
$$;
