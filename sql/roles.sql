-- The roles of semsd. Run once per cluster by a superuser, before semsd first connects:
--
--     psql -f sql/roles.sql
--     createdb -O sems_owner sems
--     psql -c "ALTER ROLE semsd PASSWORD '...'"      -- or a certificate, or peer authentication
--
-- Safe to repeat. `semsd --embedded` does all of it by itself.
--
-- Nobody logs in as a group role. semsd logs in as one user that inherits nothing and takes a role
-- for each connection or transaction, so that the code which writes evidence cannot read it.
DO $$
DECLARE
	name text;
BEGIN
	-- sems_owner owns the schema; _ingest adds evidence; _compute reads it for the SPD; _retention
	-- removes what is past its time; _admin keeps the register and the quarantine; _report reads
	-- the effective views; _identity keeps who the persons are, and reads nothing else; _watch sees which standbys stream, and nothing of sems; _viewer reads the
	-- views of schema report, and nothing else: semsd is no member, the house grants it to its tools.
	FOREACH name IN ARRAY ARRAY['sems_owner', 'sems_ingest', 'sems_compute', 'sems_retention',
	    'sems_admin', 'sems_report', 'sems_identity', 'sems_watch', 'sems_viewer'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		END IF;
	END LOOP;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'semsd') THEN
		CREATE ROLE semsd LOGIN NOINHERIT;
	END IF;
	ALTER ROLE semsd NOINHERIT;
END
$$;
GRANT pg_read_all_stats TO sems_watch;
GRANT sems_owner, sems_ingest, sems_compute, sems_retention, sems_admin, sems_report, sems_identity, sems_watch
    TO semsd;
