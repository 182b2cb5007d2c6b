-- Day counts: what the metrics count, counted by civil day and kept beside the evidence, so that a
-- quarter need not be read whole whenever somebody asks. They are always counted from the records of
-- a whole day, never added to; which days have to be counted again is in a log that is only added to.

-- The days of a period that the log names. In plpgsql, as everything that every SPD asks for: its
-- statements are planned once a connection.
CREATE FUNCTION sems.touched_days(since timestamptz, until timestamptz)
RETURNS TABLE (kind text, day date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH mark AS MATERIALIZED (
		SELECT m.kind, min(m.since) AS since, max(m.until) AS until
		FROM sems.touched_day m
		GROUP BY m.kind, m.since > '-infinity', CASE WHEN m.since > '-infinity'
		    THEN floor(extract(epoch FROM m.since) / 86400) END
	), root AS MATERIALIZED (
		SELECT DISTINCT m.root_source, m.root_record_id FROM sems.touched_day m
		WHERE m.root_record_id IS NOT NULL
	), moment AS (
		SELECT mark.kind, mark.since, mark.until FROM mark
		UNION ALL
		SELECT k.kind, sems.uuid_time(r.root_record_id), sems.uuid_time(r.root_record_id)
		FROM root r CROSS JOIN sems.kind k
		UNION ALL
		SELECT c.kind, c.occurred_at, c.occurred_at
		FROM root r JOIN sems.correction c ON c.root_occurred_at = sems.uuid_time(r.root_record_id)
		    AND c.root_record_id = r.root_record_id AND c.root_source = r.root_source
	), reach AS (
		-- What an activity counts depends on those that began before it and are not over: a day at
		-- most, or they are in the index of long ones.
		SELECT t.kind, t.since, t.until + CASE t.kind WHEN 'activity' THEN interval '24 hours'
		    ELSE interval '0' END AS until
		FROM moment t
		UNION ALL
		SELECT t.kind, a.occurred_at, a.occurred_end
		FROM moment t JOIN sems.activity a ON a.occurred_at >= t.since AND a.occurred_at <= t.until
		    AND a.occurred_end - a.occurred_at > interval '24 hours'
		WHERE t.kind = 'activity' AND t.since > '-infinity'
	)
	SELECT DISTINCT t.kind, d.day
	-- No day has 48 hours; that bound is what the index can use.
	FROM reach t JOIN sems.civil_day d ON d.starts_at <= t.until AND d.ends_at > t.since
	    AND d.starts_at > t.since - interval '48 hours'
	WHERE d.starts_at < touched_days.until AND d.ends_at > touched_days.since;
END
$$;
GRANT EXECUTE ON FUNCTION sems.touched_days(timestamptz, timestamptz) TO sems_compute;

-- What is counted: the dimensions and sums that the metrics of the catalogue need of one kind. A
-- definition is never changed; another catalogue has other cubes.
CREATE TABLE sems.cube (
	cube_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	digest text NOT NULL UNIQUE,  -- SHA-256 of the statement that counts
	name text NOT NULL,
	kind text NOT NULL REFERENCES sems.kind,
	is_personal boolean NOT NULL  -- its counts are of persons, and go when their records go
);

-- The days that were counted. Stale: its records have changed since.
CREATE TABLE sems.counted_day (
	cube_id int NOT NULL REFERENCES sems.cube ON DELETE CASCADE,
	day date NOT NULL,
	is_stale boolean NOT NULL DEFAULT false,
	counted_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (cube_id, day)
);

CREATE TABLE sems.day_count (
	cube_id int NOT NULL REFERENCES sems.cube ON DELETE CASCADE,
	day date NOT NULL,
	keys text[] NOT NULL,  -- the values of the cube's dimensions
	n bigint NOT NULL,
	sums bigint[],  -- of each summed field the sum and how many had a value; of a histogram how many
	bins bigint[]   -- of a histogram the values
);
CREATE INDEX ON sems.day_count (cube_id, day);

-- The same added up: of a quarter (week is null), and of its weeks by the dimensions that the metrics'
-- conditions need. Always the sum of the days that were counted.
CREATE TABLE sems.quarter_count (
	cube_id int NOT NULL REFERENCES sems.cube ON DELETE CASCADE,
	quarter text NOT NULL,
	week date,  -- its Monday, or the quarter's first day
	keys text[] NOT NULL,
	n bigint NOT NULL,
	sums bigint[],
	bins bigint[]
);
CREATE INDEX ON sems.quarter_count (cube_id, quarter);

GRANT SELECT, INSERT, DELETE ON sems.cube, sems.day_count, sems.quarter_count TO sems_compute;
GRANT SELECT, INSERT, UPDATE, DELETE ON sems.counted_day TO sems_compute;

-- The months of a period whose records can be counted: those that exist and are whole. With their
-- size, which tells how long counting takes, and whether there is anything to count.
CREATE FUNCTION sems.countable_months(since timestamptz, until timestamptz)
RETURNS TABLE (kind text, month date, bytes bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT k.kind, m.month, pg_relation_size(p.part)
	FROM sems.kind k CROSS JOIN (SELECT DISTINCT d.month FROM sems.civil_day d
	    WHERE d.starts_at < countable_months.until AND d.ends_at > countable_months.since) AS m
	CROSS JOIN LATERAL (
		SELECT to_regclass('sems.' || k.kind || '_' || to_char(m.month, 'YYYYMM')) AS part
	) AS p
	WHERE p.part IS NOT NULL AND NOT EXISTS (SELECT FROM sems.purge_certificate c
	    WHERE c.kind = k.kind AND c.month = m.month);
END
$$;
GRANT EXECUTE ON FUNCTION sems.countable_months(timestamptz, timestamptz) TO sems_compute;

-- Before the records of a month go: their counts stay, if they are what the records say; the counts
-- of persons go with the records. A month that has a purge certificate is not counted again.
CREATE FUNCTION sems.keep_counts(kind text, month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	part regclass := to_regclass('sems.' || kind || '_' || to_char(month, 'YYYYMM'));
	since timestamptz;
	until timestamptz;
	of_quarter text;
BEGIN
	SELECT min(d.starts_at), max(d.ends_at), min(d.quarter) INTO since, until, of_quarter
	FROM sems.civil_day d WHERE d.month = keep_counts.month;
	-- A plan counts in the period it is for: it is never counted by day.
	IF kind <> 'plan' AND pg_relation_size(part) > 0 AND (EXISTS (
		SELECT FROM sems.touched_days(since, until) t WHERE t.kind = keep_counts.kind
	) OR EXISTS (
		SELECT FROM sems.civil_day d LEFT JOIN (sems.counted_day s
		    JOIN sems.cube c ON c.cube_id = s.cube_id AND c.kind = keep_counts.kind)
		    ON s.day = d.day
		WHERE d.month = keep_counts.month AND s.is_stale IS DISTINCT FROM false
	)) THEN
		RAISE EXCEPTION 'records of % were stored just now: its days must be counted first; '
		    'run retention again', to_char(month, 'YYYY-MM') USING ERRCODE = 'SM005';
	END IF;
	DELETE FROM sems.counted_day s USING sems.cube c, sems.civil_day d
	WHERE c.cube_id = s.cube_id AND c.kind = keep_counts.kind AND c.is_personal
	AND d.day = s.day AND d.quarter = of_quarter;
	DELETE FROM sems.day_count n USING sems.cube c, sems.civil_day d
	WHERE c.cube_id = n.cube_id AND c.kind = keep_counts.kind AND c.is_personal
	AND d.day = n.day AND d.quarter = of_quarter;
	DELETE FROM sems.quarter_count n USING sems.cube c
	WHERE c.cube_id = n.cube_id AND c.kind = keep_counts.kind AND c.is_personal
	AND n.quarter = of_quarter;
END
$$;
