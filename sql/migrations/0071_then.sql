-- What was known at an earlier moment: of a frozen figure the records as they counted when it was frozen,
-- not as they count now that some were corrected, voided or debriefed and others have come. Views of the
-- same names with then_ before them show what had been received at the instant of the setting
-- sems.as_of, less what the setting sems.not_then names: received by then, but committed afterwards.
--
-- They are made from the views of today, so that there is one definition of what counts.

-- Whoever notes a correction has it at hand.
ALTER TABLE sems.correction ADD COLUMN received_at timestamptz;
DO $$
DECLARE
	k text;
BEGIN
	FOR k IN SELECT kind FROM sems.kind LOOP
		EXECUTE format('UPDATE sems.correction c SET received_at = r.received_at FROM sems.%I r '
		    'WHERE c.kind = %L AND r.occurred_at = c.occurred_at AND r.record_id = c.record_id '
		    'AND r.source = c.source', k, k);
	END LOOP;
	-- Its record was purged, which only old ones are.
	UPDATE sems.correction SET received_at = corrected_at WHERE received_at IS NULL;
END
$$;
ALTER TABLE sems.correction ALTER COLUMN received_at SET NOT NULL;

CREATE OR REPLACE FUNCTION sems.note_correction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.correction VALUES (
	    coalesce(NEW.corrects_source, NEW.source), NEW.corrects_record_id,
	    sems.uuid_time(NEW.corrects_record_id), NEW.source, NEW.record_id, NEW.occurred_at,
	    coalesce(NEW.corrected_at, NEW.occurred_at), TG_ARGV[0], TG_ARGV[0] = 'void',
	    NEW.received_at);
	INSERT INTO sems.touched_day (kind, since, until, root_source, root_record_id)
	VALUES (TG_ARGV[0], NEW.occurred_at, NEW.occurred_at,
	    coalesce(NEW.corrects_source, NEW.source), NEW.corrects_record_id);
	RETURN NULL;
END
$$;

CREATE FUNCTION sems.make_then_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	-- Each after those that it is made of.
	names text[] := ARRAY(SELECT n FROM (
	    SELECT 'folded_test' AS n, 1 AS place
	    UNION ALL SELECT 'effective_' || k.kind, 2 FROM sems.kind k
	    UNION ALL SELECT v.n, 2 + v.place FROM unnest(ARRAY['spd_observation', 'spd_criterion',
		'spd_test', 'spd_layer', 'spd_rating', 'spd_listed_finding', 'spd_first_listed',
		'spd_finding', 'spd_record', 'spd_corrected', 'spd_received'])
		WITH ORDINALITY AS v (n, place)
	    UNION ALL SELECT 'spd_' || k.kind, 90 FROM sems.kind k
	    WHERE to_regclass('sems.spd_' || k.kind) IS NOT NULL
		AND k.kind NOT IN ('observation', 'test', 'tip_event')
	) AS list ORDER BY place, n);
	tables text[] := ARRAY(SELECT k.kind FROM sems.kind k) || ARRAY['correction'];
	words text := array_to_string(names || tables, '|');
	name text;
BEGIN
	FOREACH name IN ARRAY tables LOOP
		EXECUTE format('CREATE OR REPLACE VIEW sems.%I AS SELECT r.* FROM sems.%I r '
		    'WHERE r.received_at < (SELECT current_setting(''sems.as_of'')::timestamptz) '
		    'AND NOT EXISTS (SELECT FROM unnest(current_setting(''sems.not_then'')::uuid[]) '
		    'AS n (id) WHERE n.id = r.record_id)', 'then_' || name, name);
	END LOOP;
	FOREACH name IN ARRAY names LOOP
		EXECUTE format('CREATE OR REPLACE VIEW sems.%I AS %s', 'then_' || name,
		    regexp_replace(regexp_replace(pg_get_viewdef(to_regclass('sems.' || name)),
			'\msems\.(' || words || ')\M', 'sems.then_\1', 'g'),
			-- A relation without an alias is the name of its own columns.
			'(^|[^.\w])(' || words || ')\.', '\1then_\2.', 'g'));
		EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute', 'then_' || name);
	END LOOP;
	-- Of these only what is in nobody's embargo was meant.
	REVOKE ALL ON sems.then_folded_test FROM sems_compute;
END
$$;
SELECT sems.make_then_views();

-- A kind that is added later has them, too: the last thing that adding one does.
DO $$
BEGIN
	EXECUTE regexp_replace(pg_get_functiondef('sems.add_kind(text)'::regprocedure), '\nEND\n',
	    E'\n\tPERFORM sems.make_then_views();\nEND\n');
END
$$;
