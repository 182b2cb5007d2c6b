-- Records that are stored twice: what has one number of its source at two times, one event number of its
-- device, or the same content at the same instant. The time is part of a record's identity, so that such
-- records are two to the store, and somebody has to be told. They are found by a duty, off the way of
-- those who send: each record's numbers are kept as digests with the instant, which leads back to it.

-- The digest of what should be one record's alone. Two that are equal by chance are told apart when the
-- records are read.
CREATE FUNCTION sems.number_key(what text, source text, number text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT hashtextextended(what || E'\x1f' || source || E'\x1f' || number, 0)
$$;
GRANT EXECUTE ON FUNCTION sems.number_key(text, text, text) TO PUBLIC;

CREATE TABLE sems.record_key (
	key bigint NOT NULL,
	occurred_at timestamptz NOT NULL,
	kind text NOT NULL,
	PRIMARY KEY (key, occurred_at)
);

-- Keys that more than one record has, or had: nothing that counts need be among them any more.
CREATE TABLE sems.doubled (
	kind text NOT NULL,
	why text NOT NULL CHECK (why IN ('NUMBER', 'EVENT', 'ALIKE')),
	key bigint NOT NULL,
	PRIMARY KEY (kind, why, key)
);

-- Days with records whose keys are not kept yet, as far as the log of touched days was taken.
CREATE TABLE sems.unkeyed_day (
	kind text NOT NULL,
	day date NOT NULL,
	PRIMARY KEY (kind, day)
);
GRANT SELECT, INSERT ON sems.unkeyed_day TO sems_compute;
GRANT SELECT ON sems.doubled TO sems_compute;

-- A record r's keys by what they are of; ALIKE is of those alone that share their instant. A number that an
-- import made of a row says nothing of the device's own; a session's login is no number, so its counts are
-- in it, and an event's content, since a device may begin to count anew.
CREATE FUNCTION sems.key_sql(kind text, why text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE why
	    WHEN 'NUMBER' THEN format('sems.number_key(%L, r.source, r.source_record_id)', kind)
	    WHEN 'ALIKE' THEN format($q$CASE WHEN coalesce(r."precision", 'MS') = 'MS' AND r.corrects_record_id IS NULL
		THEN sems.number_key(%L, r.source, (to_jsonb(r) - ARRAY['record_id', 'source_record_id',
		    'device_local_time', 'schema_version', 'received_at', 'received_from', 'received_as',
		    'stored_in'])::text) END$q$, kind || '=')
	    ELSE coalesce((SELECT format($q$CASE WHEN r.source_record_id IS NULL OR r.source_record_id LIKE 'row-%%'
		THEN sems.number_key(%L, r.source, %s) END$q$, kind || '#', c.columns)
		FROM (VALUES
		    ('tip_event', $q$r.device_id || E'\x1f' || r.event_no || E'\x1f' || concat_ws(E'\x1f', r.outcome,
			r.image_id, r.threat_category, r.response_ms)$q$),
		    ('tip_session', $q$r.device_id || E'\x1f' || r.login_session_id || E'\x1f' || concat_ws(E'\x1f',
			r.images_viewed, r.tip_shown, r.hits, r.misses)$q$)) AS c (kind, columns)
		WHERE c.kind = key_sql.kind), 'NULL::bigint')
	    END
$$;

-- Keeps the keys of a kind's records of a period, and notes those that others have.
CREATE FUNCTION sems.keep_keys_of(kind text, since timestamptz, until timestamptz) RETURNS void
-- In one zone, since the content of a record is compared as text.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
	EXECUTE format($q$
		WITH one AS MATERIALIZED (
			SELECT k.why, k.key, r.occurred_at, count(*) AS n
			FROM sems.%1$I r CROSS JOIN LATERAL (VALUES ('NUMBER', %2$s), ('EVENT', %3$s)) AS k (why, key)
			WHERE r.occurred_at >= $1 AND r.occurred_at < $2 AND k.key IS NOT NULL
			GROUP BY k.why, k.key, r.occurred_at
		), many AS (
			SELECT o.why, o.key FROM one o GROUP BY o.why, o.key HAVING sum(o.n) > 1
			UNION ALL
			SELECT o.why, o.key FROM one o JOIN sems.record_key x
			    ON x.key = o.key AND x.occurred_at <> o.occurred_at
		), put AS (
			INSERT INTO sems.record_key SELECT o.key, o.occurred_at, %1$L FROM one o ON CONFLICT DO NOTHING
		)
		INSERT INTO sems.doubled SELECT %1$L, m.why, m.key FROM many m ON CONFLICT DO NOTHING$q$,
	    kind, sems.key_sql(kind, 'NUMBER'), sems.key_sql(kind, 'EVENT'))
	USING since, until;
	-- A heartbeat that came twice says the same twice: feeds see that.
	IF kind = 'heartbeat' THEN
		RETURN;
	END IF;
	EXECUTE format($q$
		WITH same AS (
			SELECT r.source, r.occurred_at FROM sems.%1$I r
			WHERE r.occurred_at >= $1 AND r.occurred_at < $2
			GROUP BY r.source, r.occurred_at HAVING count(*) > 1
		), alike AS MATERIALIZED (
			SELECT a.key, a.occurred_at
			FROM (SELECT r.occurred_at, %2$s AS key FROM same s JOIN sems.%1$I r
				ON r.occurred_at = s.occurred_at AND r.source = s.source
				AND r.occurred_at >= $1 AND r.occurred_at < $2) AS a
			WHERE a.key IS NOT NULL GROUP BY a.key, a.occurred_at HAVING count(*) > 1
		), put AS (
			INSERT INTO sems.record_key SELECT a.key, a.occurred_at, %1$L FROM alike a ON CONFLICT DO NOTHING
		)
		INSERT INTO sems.doubled SELECT %1$L, 'ALIKE', a.key FROM alike a ON CONFLICT DO NOTHING$q$,
	    kind, sems.key_sql(kind, 'ALIKE'))
	USING since, until;
END
$$;

-- Keeps the keys of days that have to be, as many of them as about so many bytes are read for, and with
-- `running` also of those that are not over. How many days are left.
CREATE FUNCTION sems.keep_keys(bytes bigint, running boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	x record;
	kinds text[];
	days date[];
BEGIN
	SELECT array_agg(d.kind), array_agg(d.day) INTO kinds, days
	FROM (SELECT u.kind, u.day, row_number() OVER w AS n, coalesce(sum(m.bytes) OVER
		(w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
	    FROM sems.unkeyed_day u
	    JOIN sems.civil_day c ON c.day = u.day AND (running OR c.ends_at <= now())
	    LEFT JOIN (SELECT e.kind, e.month, pg_relation_size(e.partition) / 30 AS bytes
		FROM sems.evidence_month e) AS m ON m.kind = u.kind AND m.month = c.month
	    WINDOW w AS (ORDER BY u.day, u.kind)) AS d
	WHERE d.before < bytes OR d.n = 1;
	FOR x IN SELECT i.kind, min(i.starts_at) AS since, max(i.ends_at) AS until
	    FROM (SELECT k.kind, c.*,
		    k.day - (row_number() OVER (PARTITION BY k.kind ORDER BY k.day))::int AS island
		FROM unnest(kinds, days) AS k (kind, day) JOIN sems.civil_day c ON c.day = k.day) AS i
	    GROUP BY i.kind, i.month, i.island
	LOOP
		PERFORM sems.keep_keys_of(x.kind, x.since, x.until);
	END LOOP;
	DELETE FROM sems.unkeyed_day u USING unnest(kinds, days) AS k (kind, day)
	WHERE u.kind = k.kind AND u.day = k.day;
	RETURN (SELECT count(*) FROM sems.unkeyed_day u
	    JOIN sems.civil_day c ON c.day = u.day AND (running OR c.ends_at <= now()));
END
$$;
GRANT EXECUTE ON FUNCTION sems.keep_keys(bigint, boolean) TO sems_compute;

-- The records that count and share a key with another one that counts; of tests under embargo only with
-- `covert`. t: '' as things are known today, 'then_' as a freeze read them (0004_effective.sql).
CREATE FUNCTION sems.double_records(t text, covert boolean)
RETURNS TABLE (kind text, why text, key bigint, record_id uuid, source text, source_record_id text,
    site_id text, measure text, provider_id text, counted_at timestamptz, occurred_at timestamptz,
    received_at timestamptz, received_from text, device_id text, event_no bigint, place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
	of_kind text;
BEGIN
	FOR of_kind IN SELECT DISTINCT d.kind FROM sems.doubled d ORDER BY d.kind LOOP
		RETURN QUERY EXECUTE format($q$
			SELECT m.kind, m.why, m.key, m.record_id, m.source, m.source_record_id, m.site_id, m.measure,
			    m.provider_id, m.counted_at, m.occurred_at, m.received_at, m.received_from, m.device_id,
			    m.event_no, m.place
			FROM (WITH instant AS MATERIALIZED (
				SELECT DISTINCT i.occurred_at FROM sems.doubled d
				JOIN sems.record_key i ON i.key = d.key AND i.kind = d.kind WHERE d.kind = %1$L
			    )
			    SELECT d.kind, d.why, d.key, r.record_id, r.source, r.source_record_id, r.site_id,
				r.measure_code AS measure, r.provider_id, %3$s AS counted_at, r.occurred_at,
				r.received_at, r.received_from, %4$s AS device_id, %5$s AS event_no,
				row_number() OVER (PARTITION BY d.why, d.key ORDER BY r.received_at, r.record_id) AS place,
				count(*) OVER (PARTITION BY d.why, d.key) AS n
			    -- Each record's keys once, however many share its instant.
			    FROM instant AS i
			    JOIN sems.%2$I r ON r.occurred_at = i.occurred_at
			    CROSS JOIN LATERAL (VALUES ('NUMBER', %6$s), ('EVENT', %7$s), ('ALIKE', %8$s)) AS k (why, key)
			    JOIN sems.doubled d ON d.kind = %1$L AND d.why = k.why AND d.key = k.key
			    WHERE NOT EXISTS (SELECT FROM sems.%9$I o WHERE o.record_id = r.record_id
				AND o.source = r.source AND o.kind = %1$L)
			    AND %10$s) AS m
			WHERE m.n > 1$q$,
		    of_kind, t || of_kind, sems.counted_at_sql(of_kind),
		    CASE WHEN of_kind IN ('tip_event', 'tip_session') THEN 'r.device_id' ELSE 'NULL::text' END,
		    CASE of_kind WHEN 'tip_event' THEN 'r.event_no' ELSE 'NULL::bigint' END,
		    sems.key_sql(of_kind, 'NUMBER'), sems.key_sql(of_kind, 'EVENT'), sems.key_sql(of_kind, 'ALIKE'),
		    t || 'overruled',
		    CASE WHEN of_kind = 'test' AND NOT covert
			THEN 'NOT sems.under_embargo(r.embargo, r.mode, r.debriefed_at)' ELSE 'true' END);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION sems.double_records(text, boolean) TO sems_compute;

-- One row a record, whatever it shares.
CREATE FUNCTION sems.make_double_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['', 'then_'] LOOP
		PERFORM sems.make_view(t, 'spd_double', 'sems_compute', format($q$
			SELECT DISTINCT ON (d.kind, d.source, d.record_id) d.kind, d.record_id, d.source,
			    d.source_record_id, d.site_id, d.measure, d.provider_id, d.counted_at, d.occurred_at,
			    d.received_at
			FROM sems.double_records(%L, false) d
			ORDER BY d.kind, d.source, d.record_id$q$, t));
	END LOOP;
END
$$;
SELECT sems.make_double_views();

-- The records of a kind and source with one of these numbers: n is the number's place, from 0; why one does not
-- count, of a correction what it corrects. Tests that are under embargo are told with `covert`, and to whoever sent them.
CREATE FUNCTION sems.stored_numbers(of_kind text, of_source text, numbers jsonb, covert boolean, asker text)
RETURNS jsonb
-- Number by number, whatever the planner thinks of a list.
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
	found jsonb;
BEGIN
	EXECUTE format($q$
		SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('n', x.n - 1, 'record_id', r.record_id,
		    'corrects', r.corrects_record_id, 'corrected_at', (extract(epoch FROM r.corrected_at) * 1000)::bigint,
		    'reason', r.correction_reason, 'why', o.why)) ORDER BY x.n, r.record_id)
		FROM jsonb_array_elements_text($1) WITH ORDINALITY AS x (number, n)
		JOIN sems.record_key i ON i.key = sems.number_key(%1$L, $2, x.number) AND i.kind = %1$L
		JOIN sems.%1$I r ON r.occurred_at = i.occurred_at AND r.source = $2 AND r.source_record_id = x.number
		LEFT JOIN sems.overruled o ON o.record_id = r.record_id AND o.source = r.source AND o.kind = %1$L
		WHERE coalesce(r.corrects_source, r.source) = r.source AND %2$s$q$, of_kind,
	    CASE WHEN of_kind = 'test' AND NOT covert THEN '(r.received_from = $3 OR NOT EXISTS (SELECT '
		'FROM sems.hidden_test h WHERE h.occurred_at = r.occurred_at AND h.record_id = r.record_id '
		'AND h.source = r.source))' ELSE '$3 IS NOT NULL' END)
	INTO found USING numbers, of_source, asker;
	RETURN coalesce(found, '[]');
END
$$;
GRANT EXECUTE ON FUNCTION sems.stored_numbers(text, text, jsonb, boolean, text) TO sems_compute;
