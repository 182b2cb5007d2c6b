-- Which of the stored records count, and the views that say so. Each view is there twice: as things are
-- known today, and, with then_ before its name, as they were known when a revision was frozen. Both are
-- made of one text, so that there is one definition of what counts.

-- Tests under embargo are nobody's business. It ends by a record, the debrief that corrects the test,
-- never by the clock.
CREATE FUNCTION sems.under_embargo(embargo boolean, mode text, debriefed_at timestamptz)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT embargo IS TRUE OR (mode IS NOT DISTINCT FROM 'COVERT' AND debriefed_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION sems.under_embargo(boolean, text, timestamptz) TO PUBLIC;

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
	FOR name IN SELECT k.kind FROM sems.kind k UNION ALL VALUES ('correction') LOOP
		PERFORM sems.make_view('then_', name, '', format($q$
			SELECT r.* FROM sems.%I r
			WHERE NOT sems.not_read(r.stored_in,
			    (SELECT current_setting('sems.read_until')::bigint),
			    (SELECT current_setting('sems.in_flight')::bigint[]))
			AND NOT EXISTS (SELECT FROM unnest(current_setting('sems.not_then')::uuid[]) AS n (id)
			    WHERE n.id = r.record_id)$q$, name));
	END LOOP;
END
$$;

-- The rule. Of a root and its corrections the one with the greatest (corrected_at, record_id, source)
-- counts; a void removes the root and all its corrections, whenever it comes. The order of arrival does
-- not matter, nor whether the root ever arrives. A correction of another kind moves the record to that kind.
--
-- effective_correction has the corrections that are in effect: whatever asks which record counts asks it.
CREATE FUNCTION sems.make_effective_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	readers text := 'sems_compute, sems_retention, sems_report';
	k text;
BEGIN
	PERFORM sems.make_view(t, 'effective_correction', 'sems_compute', $q$
		SELECT c.* FROM sems.@correction c$q$);
	FOR k IN SELECT kind FROM sems.kind WHERE kind <> 'void' LOOP
		PERFORM sems.make_view(t,
		    CASE k WHEN 'test' THEN 'folded_test' ELSE 'effective_' || k END,
		    CASE k WHEN 'test' THEN '' ELSE readers END, format($q$
			SELECT r.*, %s AS counted_at FROM sems.@%s r
			WHERE NOT EXISTS (SELECT FROM sems.@effective_correction c
			    WHERE c.root_record_id = coalesce(r.corrects_record_id, r.record_id)
			    AND c.root_source = coalesce(r.corrects_source, r.source)
			    AND (c.is_void OR r.corrects_record_id IS NULL
			    OR (c.corrected_at, c.record_id, c.source) >
			    (coalesce(r.corrected_at, r.occurred_at), r.record_id, r.source)))$q$,
		    sems.counted_at_sql(k), k));
	END LOOP;
	PERFORM sems.make_view(t, 'effective_test', readers, $q$
		SELECT r.* FROM sems.@folded_test r
		WHERE NOT sems.under_embargo(r.embargo, r.mode, r.debriefed_at)$q$);
	-- A void has no content of its own; those that removed something, or will.
	PERFORM sems.make_view(t, 'effective_void', readers, $q$
		SELECT r.*, r.occurred_at AS counted_at FROM sems.@void r$q$);
	-- Of every record that has corrections: whether it is voided, and which of them counts. Aggregates
	-- rather than windows, which no parallel worker may compute.
	PERFORM sems.make_view(t, 'spd_corrected', '', $q$
		SELECT root_record_id, root_source, bool_or(is_void) AS is_voided,
		    bool_or(NOT is_void) AS is_corrected,
		    (array_agg(record_id ORDER BY is_void, corrected_at DESC, record_id DESC, source DESC))[1]
			AS record_id,
		    (array_agg(source ORDER BY is_void, corrected_at DESC, record_id DESC, source DESC))[1]
			AS source
		FROM sems.@effective_correction GROUP BY root_record_id, root_source$q$);
END
$$;
