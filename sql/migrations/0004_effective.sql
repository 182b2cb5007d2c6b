-- Which of the stored records count, and the views that say so. Each view is there twice: as things are
-- known today, and, with then_ before its name, as they were known when a revision was frozen. Both are
-- made of one text, so that there is one definition of what counts.

-- When a record of the kind counts: a plan in the period it is for, whenever it was made.
CREATE FUNCTION sems.counted_at_sql(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE kind WHEN 'plan' THEN 'coalesce(r.period_start, r.occurred_at)'
	    ELSE 'r.occurred_at' END
$$;

-- Makes the view of today (t is '') or its twin (t is 'then_'), whose names differ by t alone: in the
-- query `sems.@` stands for the schema and t. Of the twins nobody but sems_compute reads any.
CREATE FUNCTION sems.make_view(t text, name text, readers text, query text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE VIEW sems.%I AS ', t || name)
	    || replace(query, 'sems.@', 'sems.' || t);
	IF readers <> '' THEN
		EXECUTE format('GRANT SELECT ON sems.%I TO %s', t || name,
		    CASE t WHEN '' THEN readers ELSE 'sems_compute' END);
	END IF;
END
$$;

-- What the twins are made of: the stored records that a freeze read, which the settings sems.read_until and
-- sems.in_flight say, less those that sems.not_then names: which say that it did, and have no leaf.
CREATE FUNCTION sems.make_then_tables() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT k.kind FROM sems.kind k LOOP
		PERFORM sems.make_view('then_', name, '', format($q$
			SELECT r.* FROM sems.%I r
			WHERE NOT sems.not_read(r.stored_in,
			    (SELECT current_setting('sems.read_until')::bigint),
			    (SELECT current_setting('sems.in_flight')::bigint[]))
			AND NOT EXISTS (SELECT FROM unnest(current_setting('sems.not_then')::uuid[]) AS n (id)
			    WHERE n.id = r.record_id)$q$, name));
	END LOOP;
	PERFORM sems.make_view('then_', 'overruled', '', $q$
		SELECT r.* FROM sems.ruling r
		CROSS JOIN (SELECT current_setting('sems.read_until')::bigint AS read_until,
		    current_setting('sems.in_flight')::bigint[] AS in_flight OFFSET 0) AS s
		WHERE NOT sems.not_read(r.since, s.read_until, s.in_flight)
		AND (r.until IS NULL OR sems.not_read(r.until, s.read_until, s.in_flight))
		-- What was put in since ruled on nothing then.
		AND NOT EXISTS (SELECT FROM sems.correction c
		    WHERE c.root_record_id = r.root_record_id AND c.root_source = r.root_source
		    AND c.record_id = ANY (current_setting('sems.not_then')::uuid[]))$q$);
END
$$;

-- What does not count today, and why.
CREATE VIEW sems.overruled AS SELECT r.* FROM sems.ruling r WHERE r.until IS NULL;
GRANT SELECT ON sems.overruled TO sems_compute, sems_retention;

-- What whoever does not run tests may know: of each kind known_KIND, its stored records less what tells of a
-- test under embargo. A test is known as long as the newest of its family is not under embargo, also when it
-- was voided; a void and a confirmation when what they are about is here and known; a heartbeat does not say
-- how many tests, or words about tests, its device made.
CREATE FUNCTION sems.make_known_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	known text;
	k text;
BEGIN
	PERFORM sems.make_view(t, 'rooted_test', '', $q$
		SELECT r.*, coalesce(c.root_record_id, r.record_id) AS root_record_id,
		    coalesce(c.root_source, r.source) AS root_source
		FROM sems.@test r LEFT JOIN sems.correction c ON r.corrects_record_id IS NOT NULL
		    AND c.record_id = r.record_id AND c.source = r.source AND c.kind = 'test'$q$);
	-- Of each family the one in effect, or that would be but for a void.
	PERFORM sems.make_view(t, 'newest_test', '', $q$
		SELECT r.* FROM sems.@rooted_test r
		WHERE NOT EXISTS (SELECT FROM sems.@overruled o WHERE o.record_id = r.record_id
		    AND o.source = r.source AND o.kind = 'test' AND (o.why <> 'VOIDED' OR o.is_corrected))$q$);
	PERFORM sems.make_view(t, 'hidden_test', '', $q$
		SELECT r.occurred_at, r.record_id, r.source, r.root_record_id, r.root_source
		FROM sems.@rooted_test r
		WHERE sems.under_embargo(r.embargo, r.mode, r.debriefed_at)
		AND NOT EXISTS (SELECT FROM sems.@newest_test n WHERE n.root_record_id = r.root_record_id
		    AND n.root_source = r.root_source
		    AND NOT sems.under_embargo(n.embargo, n.mode, n.debriefed_at))$q$);
	FOR k IN SELECT kind FROM sems.kind LOOP
		known := CASE k
		    WHEN 'test' THEN $q$
			SELECT r.* FROM sems.@test r
			WHERE NOT EXISTS (SELECT FROM sems.@hidden_test h WHERE h.occurred_at = r.occurred_at
			    AND h.record_id = r.record_id AND h.source = r.source)$q$
		    WHEN 'void' THEN $q$
			SELECT r.* FROM sems.@void r
			WHERE EXISTS (SELECT FROM sems.correction c WHERE c.record_id = r.record_id
			    AND c.source = r.source AND c.kind = 'void' AND NOT c.is_waiting
			    AND NOT EXISTS (SELECT FROM sems.@hidden_test h
				WHERE h.root_record_id = c.root_record_id AND h.root_source = c.root_source))$q$
		    WHEN 'confirmation' THEN $q$
			SELECT r.* FROM sems.@confirmation r
			WHERE EXISTS (SELECT FROM sems.correction c WHERE c.record_id = r.confirms_record_id
			    AND c.source = coalesce(r.confirms_source, r.source) AND NOT c.is_waiting
			    AND NOT EXISTS (SELECT FROM sems.@hidden_test h
				WHERE h.root_record_id = c.root_record_id AND h.root_source = c.root_source))$q$
		    WHEN 'heartbeat' THEN (
			SELECT 'SELECT ' || string_agg(CASE a.attname WHEN 'events_made' THEN
			    $q$(SELECT jsonb_agg(e ORDER BY n) FROM jsonb_array_elements(r.events_made)
				WITH ORDINALITY AS x (e, n)
				WHERE e ->> 'kind' NOT IN ('test', 'void', 'confirmation')) AS events_made$q$
			    ELSE format('r.%I', a.attname) END, ', ' ORDER BY a.attnum)
			    || ' FROM sems.@heartbeat r'
			FROM pg_attribute a WHERE a.attrelid = 'sems.heartbeat'::regclass
			AND a.attnum > 0 AND NOT a.attisdropped)
		    ELSE format('SELECT r.* FROM sems.@%s r', k) END;
		PERFORM sems.make_view(t, 'known_' || k, 'sems_compute', known);
	END LOOP;
END
$$;

-- What counts is every record that nothing overrules (0003_ruling.sql).
CREATE FUNCTION sems.make_effective_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	readers text := 'sems_compute, sems_retention, sems_report';
	k text;
BEGIN
	FOR k IN SELECT kind FROM sems.kind WHERE kind NOT IN ('void', 'confirmation') LOOP
		PERFORM sems.make_view(t,
		    CASE k WHEN 'test' THEN 'folded_test' ELSE 'effective_' || k END,
		    CASE k WHEN 'test' THEN '' ELSE readers END, format($q$
			SELECT r.*, %s AS counted_at FROM sems.@%s%s r
			WHERE NOT EXISTS (SELECT FROM sems.@overruled o
			    WHERE o.record_id = r.record_id AND o.source = r.source AND o.kind = %L)$q$,
		    sems.counted_at_sql(k), CASE k WHEN 'heartbeat' THEN 'known_' ELSE '' END, k, k));
	END LOOP;
	PERFORM sems.make_view(t, 'effective_test', readers, $q$
		SELECT r.* FROM sems.@folded_test r
		WHERE NOT sems.under_embargo(r.embargo, r.mode, r.debriefed_at)$q$);
	-- These count nothing themselves.
	FOREACH k IN ARRAY ARRAY['void', 'confirmation'] LOOP
		PERFORM sems.make_view(t, 'effective_' || k, readers, format($q$
			SELECT r.*, r.occurred_at AS counted_at FROM sems.@known_%s r$q$, k));
	END LOOP;
END
$$;
