-- Who serves from a copy of the register asks now and then whether it changed: another semsd, or
-- somebody with psql, may have changed it. One row a transaction, so that nobody waits for anybody;
-- how many there are tells.
CREATE TABLE sems.register_change (
	xact xid8 PRIMARY KEY
);
GRANT SELECT ON sems.register_change TO sems_admin;

CREATE FUNCTION sems.note_register_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.register_change VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	-- What store/schema/load.c reads.
	FOREACH name IN ARRAY ARRAY['entity', 'civil_day', 'site', 'principal', 'source_grant',
	    'purge_floor'] LOOP
		EXECUTE format('CREATE TRIGGER note_register_change AFTER INSERT OR UPDATE OR DELETE '
		    'OR TRUNCATE ON sems.%I FOR EACH STATEMENT '
		    'EXECUTE FUNCTION sems.note_register_change()', name);
	END LOOP;
END
$$;
