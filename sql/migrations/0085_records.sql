-- Records as people look for them: a page at a time, which looks at so many rows and no more.

-- What came of a record r of the kind, in one word; NULL: its kind has none.
CREATE FUNCTION sems.outcome_sql(kind text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE kind WHEN 'observation' THEN $q$(
		SELECT CASE WHEN bool_or(x.result = 'NOT_MET' AND coalesce(x.mandatory, true)) THEN 'FAIL'
		    WHEN bool_or(x.result = 'MET') THEN 'PASS' ELSE 'NOT_OBSERVED' END
		FROM jsonb_to_recordset(coalesce(r.criteria, '[]')) AS x (result text, mandatory boolean))$q$
	    ELSE coalesce((SELECT format('r.%I', a.attname) FROM pg_attribute a
		WHERE a.attrelid = format('sems.%I', kind)::regclass AND a.attname IN ('outcome', 'result')
		AND NOT a.attisdropped ORDER BY a.attname LIMIT 1), 'NULL::text') END
$$;

-- The records of these kinds in an order that is the same in all: by record_id, which begins with the time,
-- then source and kind. They are read along the primary keys, a kind after the other; each until it has a page,
-- has looked at look_at_most rows, or is at the place that a kind before it has reached: of what comes behind
-- nothing is shown, since something may be missing between. `next` is where to go on, NULL at the end.
CREATE FUNCTION sems.records_page(kinds text[], all_known boolean, wish jsonb, page int, look_at_most int)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	newest boolean := coalesce((wish ->> 'newest')::boolean, true);
	direction text := CASE WHEN newest THEN 'DESC' ELSE 'ASC' END;
	from_at timestamptz := coalesce((wish ->> 'from')::timestamptz, '-infinity');
	until_at timestamptz := coalesce((wish ->> 'until')::timestamptz, 'infinity');
	-- Where the page before ended.
	past_id uuid := (wish ->> 'after_id')::uuid;
	past_source text := wish ->> 'after_source';
	past_kind text := wish ->> 'after_kind';
	-- Where this one must end.
	end_id uuid;
	end_source text;
	end_kind text;
	seen int;
	matched int;
	found jsonb[] := '{}';
	k text;
	r record;
	answer jsonb;
BEGIN
	IF past_id IS NOT NULL AND newest THEN
		until_at := least(until_at, sems.uuid_time(past_id) + interval '1 millisecond');
	ELSIF past_id IS NOT NULL THEN
		from_at := greatest(from_at, sems.uuid_time(past_id));
	END IF;
	FOREACH k IN ARRAY kinds LOOP
		seen := 0;
		matched := 0;
		FOR r IN EXECUTE format('SELECT r.record_id, r.source, r.source_record_id, r.site_id, r.measure_code, '
		    'r.provider_id, r.occurred_at, r."precision", r.received_at, r.corrects_record_id, %1$s AS outcome '
		    'FROM sems.%2$I r WHERE r.occurred_at >= $1 AND r.occurred_at < $2 AND ($3 IS NULL '
		    'OR (r.occurred_at, r.record_id, r.source) %3$s ($4, $3, $5)) '
		    'ORDER BY r.occurred_at %4$s, r.record_id %4$s, r.source %4$s LIMIT %5$s',
		    sems.outcome_sql(k), CASE WHEN all_known THEN '' ELSE 'known_' END || k,
		    CASE WHEN newest THEN '<' ELSE '>' END
			|| CASE WHEN (k < past_kind) = newest THEN '=' ELSE '' END, direction, look_at_most)
		    USING from_at, until_at, past_id, sems.uuid_time(past_id), past_source LOOP
			seen := seen + 1;
			IF (k, r.record_id, r.source) IS DISTINCT FROM (past_kind, past_id, past_source)
			    AND (wish ->> 'source' IS NULL OR r.source = wish ->> 'source')
			    AND (wish ->> 'site' IS NULL OR r.site_id = wish ->> 'site')
			    AND (wish ->> 'number' IS NULL OR r.source_record_id = wish ->> 'number')
			    AND (wish ->> 'outcome' IS NULL OR r.outcome = wish ->> 'outcome') THEN
				matched := matched + 1;
				found := found || jsonb_build_object('kind', k, 'record_id', r.record_id, 'source', r.source,
				    'source_record_id', r.source_record_id, 'site_id', r.site_id, 'measure_code', r.measure_code,
				    'provider_id', r.provider_id, 'occurred_at', sems.rfc3339(r.occurred_at),
				    'precision', r."precision", 'received_at', sems.rfc3339(r.received_at),
				    'corrects_record_id', r.corrects_record_id, 'outcome', r.outcome);
			END IF;
			EXIT WHEN matched = page OR seen = look_at_most;
		END LOOP;
		IF (matched = page OR seen = look_at_most) AND (end_id IS NULL
		    OR ((r.record_id, r.source, k) > (end_id, end_source, end_kind)) = newest) THEN
			end_id := r.record_id;
			end_source := r.source;
			end_kind := k;
			IF newest THEN
				from_at := greatest(from_at, r.occurred_at);
			ELSE
				until_at := least(until_at, r.occurred_at + interval '1 millisecond');
			END IF;
		END IF;
	END LOOP;
	WITH one AS (
		SELECT f AS shown, row_number() OVER (ORDER BY
		    CASE WHEN newest THEN f ->> 'record_id' END DESC, CASE WHEN newest THEN f ->> 'source' END DESC,
		    CASE WHEN newest THEN f ->> 'kind' END DESC, f ->> 'record_id', f ->> 'source', f ->> 'kind') AS place
		FROM unnest(found) AS f
		WHERE end_id IS NULL
		    OR ((f ->> 'record_id')::uuid, f ->> 'source', f ->> 'kind') = (end_id, end_source, end_kind)
		    OR (((f ->> 'record_id')::uuid, f ->> 'source', f ->> 'kind') > (end_id, end_source, end_kind)) = newest
	), shown AS (
		SELECT o.place, o.shown || jsonb_build_object('counts', CASE WHEN v.why IS NULL THEN 'yes'
		    ELSE lower(v.why) END) AS shown
		FROM one AS o LEFT JOIN sems.overruled v ON v.record_id = (o.shown ->> 'record_id')::uuid
		    AND v.source = o.shown ->> 'source' AND v.kind = o.shown ->> 'kind'
		WHERE o.place <= page
	)
	SELECT jsonb_build_object(
	    'records', coalesce(jsonb_agg(jsonb_strip_nulls(s.shown) ORDER BY s.place), '[]'),
	    'next', CASE WHEN (SELECT count(*) FROM one) > page OR (count(*) = page AND end_id IS NOT NULL)
		THEN (SELECT concat_ws('/', l.shown ->> 'record_id', l.shown ->> 'kind', l.shown ->> 'source')
		    FROM shown l WHERE l.place = page)
		ELSE concat_ws('/', end_id, end_kind, end_source) END,
	    'looked_to', sems.rfc3339(sems.uuid_time(end_id)))
	INTO answer FROM shown s;
	RETURN jsonb_strip_nulls(answer - 'next') || jsonb_build_object('next', nullif(answer ->> 'next', ''));
END
$$;
GRANT EXECUTE ON FUNCTION sems.outcome_sql(text), sems.records_page(text[], boolean, jsonb, int, int) TO sems_compute;
