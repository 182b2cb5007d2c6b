-- What the metrics count: the effective views with what the catalogue asks for worked out. Every view
-- names the measure a row is about as `measure`, which a test or a rating says in its body. Views that
-- need the period are in sql/queries/spd_*.sql. And what a migration that adds a record kind needs:
-- daemon/DESIGN.md, "How to add a record kind".

-- Every stored record of the kind that may be known, with what all kinds have.
CREATE FUNCTION sems.record_sql(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format($q$
		SELECT %L::text AS kind, r.record_id, r.source, r.site_id, r.measure_code AS measure,
		    r.provider_id, %s AS counted_at, r.occurred_at, r.occurred_end, r."precision",
		    r.received_at, r.corrects_record_id, r.corrects_source, r.clock_offset_ms, r.stored_in
		FROM sems.@%s%s r$q$, kind, sems.counted_at_sql(kind),
	    CASE kind WHEN 'test' THEN 'known_' ELSE '' END, kind)
$$;

-- Of n that were counted from `since` on until `till` those that fall before `at`, shared by time. What is
-- shared so adds up to n, however often it is cut.
CREATE FUNCTION sems.count_until(n bigint, since timestamptz, till timestamptz, at timestamptz)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	-- Most are asked of an end, and numbers of any length are slow.
	SELECT CASE WHEN at >= till THEN n WHEN at <= since THEN 0
	    ELSE round(n * extract(epoch FROM at - since) / extract(epoch FROM till - since))::bigint END
$$;
GRANT EXECUTE ON FUNCTION sems.count_until(bigint, timestamptz, timestamptz, timestamptz) TO sems_compute;

-- What is said of a record r as it was received. The lag runs from the end of what the record is about:
-- of its interval, or of the day when no more is known. What had ended before the entity was set up nobody
-- could have sent in time.
CREATE FUNCTION sems.received_sql() RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format($q$r.corrects_record_id IS NOT NULL AS correction,
		    r.corrects_record_id IS NULL AND c.is_corrected IS TRUE AS corrected,
		    r.corrects_record_id IS NULL AND c.why IS NOT DISTINCT FROM 'VOIDED' AS voided,
		    c.record_id IS NULL AS effective,
		    date_part('epoch', r.received_at - %1$s) / 3600 AS lag_hours,
		    %1$s < (SELECT y.created_at FROM sems.entity y) AS before_setup,
		    abs(r.clock_offset_ms) AS clock_error_ms$q$,
		$q$coalesce(r.occurred_end, r.occurred_at + CASE r."precision" WHEN 'DAY' THEN interval '24 hours'
			WHEN 'MINUTE' THEN interval '1 minute' ELSE interval '0' END)$q$)
$$;

-- Each after those that it is made of.
CREATE FUNCTION sems.make_counted_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	reader text := 'sems_compute';
	k text;
BEGIN
	-- Derived, never typed: a mandatory criterion not met fails the observation; one met and none
	-- failed passes it; all else was not observed. A criterion is mandatory unless it says it is not.
	PERFORM sems.make_view(t, 'spd_observation', reader, $q$
		SELECT o.*, o.measure_code AS measure, c.overall
		FROM sems.@effective_observation o
		CROSS JOIN LATERAL (
			SELECT CASE WHEN bool_or(x.result = 'NOT_MET' AND coalesce(x.mandatory, true)) THEN 'FAIL'
			    WHEN bool_or(x.result = 'MET') THEN 'PASS' ELSE 'NOT_OBSERVED' END AS overall
			FROM jsonb_to_recordset(coalesce(o.criteria, '[]')) AS x(result text, mandatory boolean)
		) AS c$q$);
	PERFORM sems.make_view(t, 'spd_criterion', reader, $q$
		SELECT o.*, o.measure_code AS measure, x.criterion_id, coalesce(x.mandatory, true) AS mandatory,
		    x.result, x.severity
		FROM sems.@effective_observation o,
		    jsonb_to_recordset(coalesce(o.criteria, '[]'))
			AS x(criterion_id text, mandatory boolean, result text, severity text)$q$);
	PERFORM sems.make_view(t, 'spd_test', reader, $q$
		SELECT t.*, coalesce(t.target_measure, t.measure_code) AS measure
		FROM sems.@effective_test t$q$);
	PERFORM sems.make_view(t, 'spd_layer', reader, $q$
		SELECT t.*, coalesce(t.target_measure, t.measure_code) AS measure, x.layer, x.detected, x.resolved
		FROM sems.@effective_test t,
		    jsonb_to_recordset(coalesce(t.layers, '[]'))
			AS x(layer text, detected boolean, resolved boolean)$q$);
	PERFORM sems.make_view(t, 'spd_rating', reader, $q$
		SELECT a.*, coalesce(x.measure_code, a.measure_code) AS measure, x.classification
		FROM sems.@effective_audit a,
		    jsonb_to_recordset(coalesce(a.ratings, '[]')) AS x(measure_code text, classification text)$q$);
	-- Every finding as every audit listed it.
	PERFORM sems.make_view(t, 'spd_listed_finding', reader, $q$
		SELECT a.*, coalesce(x.measure_code, a.measure_code) AS measure, x.finding_id, x.severity,
		    coalesce(x.state, 'OPEN') AS state, x.origin, x.requirement_ref, x.repeat_of, x.control_id
		FROM sems.@effective_audit a,
		    jsonb_to_recordset(coalesce(a.findings, '[]')) AS x(finding_id text, severity text,
			state text, origin text, measure_code text, requirement_ref text, repeat_of text,
			control_id text)$q$);
	PERFORM sems.make_view(t, 'spd_first_listed', reader, $q$
		SELECT DISTINCT ON (source, site_id, finding_id) source, site_id, finding_id,
		    counted_at AS first_at, record_id AS first_id
		FROM sems.@spd_listed_finding ORDER BY source, site_id, finding_id, counted_at, record_id$q$);
	-- An audit may list again what an earlier one raised, whatever the kinds of the two: that is no new
	-- finding, else those raised and those open do not reconcile. A finding repeats one of the last
	-- twelve months, or one whose record is not here.
	PERFORM sems.make_view(t, 'spd_finding', reader, $q$
		SELECT l.*, f.first_id = l.record_id AS raised,
		    l.repeat_of IS NOT NULL
			AND coalesce(e.first_at >= l.counted_at - interval '12 months', true) AS repeated
		FROM sems.@spd_listed_finding l
		JOIN sems.@spd_first_listed f
		    ON f.source = l.source AND f.site_id = l.site_id AND f.finding_id = l.finding_id
		LEFT JOIN sems.@spd_first_listed e
		    ON e.source = l.source AND e.site_id = l.site_id AND e.finding_id = l.repeat_of$q$);
	PERFORM sems.make_view(t, 'spd_equipment_check', reader, $q$
		SELECT e.*, e.measure_code AS measure, e.counted_at <= e.due_at AS on_time,
		    coalesce(e.attempt, 1) = 1 AS first_attempt
		FROM sems.@effective_equipment_check e$q$);
	-- Every stored record of a quarter, and what became of it.
	PERFORM sems.make_view(t, 'spd_record', reader, (SELECT string_agg(sems.record_sql(x.kind),
	    ' UNION ALL ' ORDER BY x.kind) FROM sems.kind x WHERE x.kind NOT IN ('void', 'confirmation')));
	PERFORM sems.make_view(t, 'spd_received', reader, format($q$
		SELECT r.kind, r.source, r.site_id, r.measure, r.provider_id, r.counted_at, r.received_at,
		    %s, r.record_id
		FROM sems.@spd_record r
		LEFT JOIN sems.@overruled c ON c.record_id = r.record_id AND c.source = r.source
		    AND c.kind = r.kind$q$, sems.received_sql()));
	-- Every TIP event with all that is counted of it: as it is counted (effective), and as it was received.
	PERFORM sems.make_view(t, 'spd_tip_event', reader, format($q$
		SELECT r.*, 'tip_event'::text AS kind, r.occurred_at AS counted_at, r.measure_code AS measure,
		    (r.outcome IN ('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT'))::int::bigint AS shown,
		    (r.outcome = 'HIT')::int::bigint AS hits, %s
		FROM sems.@tip_event r
		LEFT JOIN sems.@overruled c ON c.record_id = r.record_id AND c.source = r.source
		    AND c.kind = 'tip_event'$q$, sems.received_sql()));
	-- Of every other kind its records as they are.
	FOR k IN SELECT x.kind FROM sems.kind x
	    WHERE x.kind NOT IN ('observation', 'test', 'tip_event', 'equipment_check') LOOP
		PERFORM sems.make_view(t, 'spd_' || k, reader, format($q$
			SELECT e.*, e.measure_code AS measure FROM sems.@effective_%s e$q$, k));
	END LOOP;
END
$$;

CREATE FUNCTION sems.make_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	t text;
BEGIN
	PERFORM sems.make_then_tables();
	FOREACH t IN ARRAY ARRAY['', 'then_'] LOOP
		PERFORM sems.make_known_views(t);
		PERFORM sems.make_effective_views(t);
		PERFORM sems.make_counted_views(t);
	END LOOP;
	-- Every stored record of every kind: which there are, and nothing of what is in them.
	PERFORM sems.make_view('', 'any_record', 'sems_compute', (SELECT string_agg(format($q$
		SELECT %L::text AS kind, r.occurred_at, r.record_id, r.source, r.received_at, r.stored_in
		FROM sems.%I r$q$, k.kind, k.kind), ' UNION ALL ' ORDER BY k.kind) FROM sems.kind k));
	PERFORM sems.make_view('', 'known_record', 'sems_compute', (SELECT string_agg(format($q$
		SELECT %L::text AS kind, r.occurred_at, r.record_id, r.source FROM sems.known_%s r$q$,
		k.kind, k.kind), ' UNION ALL ' ORDER BY k.kind) FROM sems.kind k));
END
$$;

-- A kind's table: its corrections are noted, changes of it are noticed, and who may what.
CREATE FUNCTION sems.watch_kind(kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER note_correction AFTER INSERT ON sems.%I FOR EACH ROW '
	    'WHEN (NEW.corrects_record_id IS NOT NULL) EXECUTE FUNCTION sems.note_correction(%L)',
	    kind, kind);
	EXECUTE format('CREATE TRIGGER touch_all AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
	    'ON sems.%I FOR EACH STATEMENT EXECUTE FUNCTION sems.touch_all()', kind);
	EXECUTE format('GRANT INSERT ON sems.%I TO sems_ingest', kind);
	EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute, sems_retention', kind);
END
$$;

-- The table of a new kind is there: from now on it is treated like every other kind's.
CREATE FUNCTION sems.add_kind(kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.kind VALUES (add_kind.kind);
	PERFORM sems.watch_kind(kind);
	PERFORM sems.make_views();
END
$$;

SELECT sems.watch_kind(k.kind) FROM sems.kind k;
CREATE TRIGGER note_confirmation AFTER INSERT ON sems.confirmation
    FOR EACH ROW EXECUTE FUNCTION sems.note_confirmation();
SELECT sems.make_views();

-- What a freeze must know about and nobody may see.
CREATE VIEW sems.embargoed_test AS
SELECT r.* FROM sems.folded_test r WHERE sems.under_embargo(r.embargo, r.mode, r.debriefed_at);
GRANT SELECT ON sems.embargoed_test TO sems_compute;
