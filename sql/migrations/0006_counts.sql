-- Day counts: what the metrics count, counted by civil day and kept beside the evidence, so that a
-- quarter need not be read whole whenever somebody asks. They are always counted from the records of
-- a whole day, never added to; which days have to be counted again is in a log that is only added to.

-- The days of a period that the log names. In plpgsql, as everything that every SPD asks for: its
-- statements are planned once a connection.
CREATE FUNCTION sems.touched_days(since timestamptz, until timestamptz)
RETURNS TABLE (kind text, day date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
	kinds text[];
	froms timestamptz[];
	tills timestamptz[];
	low timestamptz;
	high timestamptz;
BEGIN
	-- Mostly nothing: the log is taken by a duty.
	IF NOT EXISTS (SELECT FROM sems.touched_day) THEN
		RETURN;
	END IF;
	WITH mark AS MATERIALIZED (
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
	)
	SELECT array_agg(t.kind), array_agg(t.since), array_agg(t.until),
	    min(t.since) FILTER (WHERE t.kind = 'activity' AND t.since > '-infinity'),
	    max(t.until) FILTER (WHERE t.kind = 'activity' AND t.since > '-infinity')
	INTO kinds, froms, tills, low, high FROM moment t;
	RETURN QUERY WITH moment AS (
		SELECT t.kind, t.since, t.until FROM unnest(kinds, froms, tills) AS t (kind, since, until)
	), reach AS (
		-- What an activity counts depends on those that began before it and are not over: a day at
		-- most, or they are in the index of long ones. low and high leave the planner their months.
		SELECT t.kind, t.since, t.until + CASE t.kind WHEN 'activity' THEN interval '24 hours'
		    ELSE interval '0' END AS until
		FROM moment t
		UNION ALL
		SELECT t.kind, a.occurred_at, a.occurred_end
		FROM moment t JOIN sems.activity a ON a.occurred_at >= t.since AND a.occurred_at <= t.until
		    AND a.occurred_end - a.occurred_at > interval '24 hours'
		WHERE t.kind = 'activity' AND t.since > '-infinity' AND a.occurred_at >= low AND a.occurred_at <= high
	)
	SELECT DISTINCT t.kind, d.day
	-- No day has 48 hours; that bound is what the index can use.
	FROM reach t JOIN sems.civil_day d ON d.starts_at <= t.until AND d.ends_at > t.since
	    AND d.starts_at > t.since - interval '48 hours'
	WHERE d.starts_at < touched_days.until AND d.ends_at > touched_days.since;
END
$$;
GRANT EXECUTE ON FUNCTION sems.touched_days(timestamptz, timestamptz) TO sems_compute;

-- The days of a period whose counts the log makes stale: what counts of a session is what the events
-- that lie in it say, and which those are the sessions after it, so that it is counted again with what
-- came within a day after its start. Of longer ones there are few, and none is of over 93 days
-- (core/kind/field.c): that leaves the planner its months.
CREATE FUNCTION sems.stale_days(since timestamptz, until timestamptz)
RETURNS TABLE (kind text, day date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
	kinds text[];
	days date[];
	low timestamptz;
	high timestamptz;
BEGIN
	IF NOT EXISTS (SELECT FROM sems.touched_day) THEN
		RETURN;
	END IF;
	SELECT array_agg(t.kind), array_agg(t.day),
	    min(d.starts_at) FILTER (WHERE t.kind IN ('tip_event', 'tip_session')),
	    max(d.starts_at) FILTER (WHERE t.kind IN ('tip_event', 'tip_session'))
	INTO kinds, days, low, high
	FROM sems.touched_days(stale_days.since, 'infinity') t JOIN sems.civil_day d ON d.day = t.day;
	RETURN QUERY WITH touched AS (
		SELECT t.kind, t.day FROM unnest(kinds, days) AS t (kind, day)
	), within AS (
		SELECT t.day, d.starts_at FROM touched t JOIN sems.civil_day d ON d.day = t.day
		WHERE t.kind IN ('tip_event', 'tip_session')
	), stale AS (
		SELECT t.kind, t.day FROM touched t
		UNION
		-- Two days: one may have 23 hours.
		SELECT 'tip_session', w.day - back.n FROM within w CROSS JOIN generate_series(0, 2) AS back(n)
		UNION
		SELECT 'tip_session', d.day
		FROM within w JOIN sems.tip_session s ON s.occurred_at < w.starts_at
		    AND s.occurred_end - s.occurred_at > interval '24 hours' AND s.occurred_end >= w.starts_at
		JOIN sems.civil_day d ON d.starts_at <= s.occurred_at AND d.ends_at > s.occurred_at
		    AND d.starts_at > s.occurred_at - interval '48 hours'
		WHERE s.occurred_at >= greatest(low, stale_days.since) - interval '94 days'
		AND s.occurred_at < least(high, stale_days.until)
	)
	SELECT s.kind, s.day FROM stale s JOIN sems.civil_day d ON d.day = s.day
	WHERE d.starts_at < stale_days.until AND d.ends_at > stale_days.since;
END
$$;
GRANT EXECUTE ON FUNCTION sems.stale_days(timestamptz, timestamptz) TO sems_compute;

-- What is counted: the dimensions and sums that the metrics of the catalogue need of one kind. A
-- definition is never changed; another catalogue has other cubes.
CREATE TABLE sems.cube (
	cube_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	digest text NOT NULL UNIQUE,  -- SHA-256 of the statement that counts
	name text NOT NULL,
	kind text NOT NULL REFERENCES sems.kind,
	is_personal boolean NOT NULL  -- its counts are of persons or single records, and go when their records go
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
	-- Sessions are counted with the events that lie in them.
	WHERE p.part IS NOT NULL AND NOT EXISTS (SELECT FROM sems.purge_certificate c
	    WHERE c.month = m.month
	    AND (c.kind = k.kind OR (k.kind = 'tip_session' AND c.kind = 'tip_event')));
END
$$;
GRANT EXECUTE ON FUNCTION sems.countable_months(timestamptz, timestamptz) TO sems_compute;

-- Before the records of a month go: their counts stay, if they are what the records say; the counts
-- of persons go with the records. A month that has a purge certificate is not counted again.
CREATE FUNCTION sems.keep_counts(kind text, month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	-- Those with records of which they tell: sessions are counted with their events.
	counted text[] := ARRAY(SELECT k FROM unnest(ARRAY[kind]
		|| CASE WHEN kind = 'tip_event' THEN ARRAY['tip_session'] END) AS k
	    WHERE pg_relation_size(to_regclass('sems.' || k || '_' || to_char(month, 'YYYYMM'))) > 0);
	since timestamptz;
	until timestamptz;
	of_quarter text;
BEGIN
	SELECT min(d.starts_at), max(d.ends_at), min(d.quarter) INTO since, until, of_quarter
	FROM sems.civil_day d WHERE d.month = keep_counts.month;
	-- What a hold had kept of a month counts as it did when the rest went. A plan counts in the period it is
	-- for: it is never counted by day.
	IF kind <> 'plan' AND NOT EXISTS (
		SELECT FROM sems.purge_certificate c WHERE c.kind = keep_counts.kind AND c.month = keep_counts.month
	) AND (EXISTS (
		SELECT FROM sems.stale_days(since, until) t WHERE t.kind = ANY (counted)
	) OR EXISTS (
		SELECT FROM sems.civil_day d CROSS JOIN unnest(counted) AS k(kind)
		LEFT JOIN (sems.counted_day s JOIN sems.cube c ON c.cube_id = s.cube_id)
		    ON s.day = d.day AND c.kind = k.kind
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

-- --- feeds ---------------------------------------------------------------------------------------

-- What came of each source, by civil day, and what was expected of it: whether the evidence is whole.
-- Days are counted from the records of a whole day and kept beside them, as the metrics' counts are.

-- What a source is expected to send. A feed that ends, or changes, keeps its row: an earlier quarter
-- is judged by what was expected then.
CREATE TABLE sems.expected_feed (
	source text NOT NULL,
	kind text NOT NULL REFERENCES sems.kind,
	site_id text REFERENCES sems.site,
	every_hours int NOT NULL CHECK (every_hours BETWEEN 1 AND 2208),
	from_day date NOT NULL,
	until_day date CHECK (until_day > from_day),  -- the first day it is not expected any more
	PRIMARY KEY (source, kind, from_day)
);
GRANT SELECT ON sems.expected_feed TO sems_compute, sems_admin;
GRANT INSERT, UPDATE ON sems.expected_feed TO sems_admin;

-- First records of a day, corrections left out: how many, and how they came.
CREATE TABLE sems.feed_day (
	day date NOT NULL,
	kind text NOT NULL,
	source text NOT NULL,
	site_id text,
	records bigint NOT NULL,
	last_at timestamptz NOT NULL,
	last_stored_in bigint NOT NULL,
	late bigint NOT NULL,     -- received after the end of their quarter
	lagging bigint NOT NULL,  -- received more than 72 hours after the end of what they are about
	clock_told bigint NOT NULL,
	clock_off bigint NOT NULL,  -- more than 60 seconds
	clock_worst_ms bigint,
	last_received_at timestamptz NOT NULL
);
CREATE INDEX ON sems.feed_day (day);

-- The event numbers a TIP device gave on a day. A device that begins anew begins another run.
CREATE TABLE sems.number_day (
	day date NOT NULL,
	source text NOT NULL,
	site_id text,
	device_id text,
	run int NOT NULL,
	first_no bigint,
	last_no bigint,
	numbers bigint NOT NULL,      -- different ones
	projections bigint NOT NULL,  -- events of them, with a number or without
	first_at timestamptz NOT NULL,
	last_at timestamptz NOT NULL,
	gaps jsonb NOT NULL  -- the widest: [{from, to, after, before}], times and numbers around them
);
CREATE INDEX ON sems.number_day (day);

-- Days that nothing has touched since they were counted.
CREATE TABLE sems.counted_feed_day (
	day date PRIMARY KEY,
	counted_at timestamptz NOT NULL DEFAULT now()
);

-- What the days of a quarter that is over come to: what sems.count_feed_status() and
-- sems.count_quality() said when its days were counted.
CREATE TABLE sems.feed_quarter (
	quarter text NOT NULL,
	source text NOT NULL,
	kind text NOT NULL,
	site_id text,
	expected bigint,
	received bigint,
	basis text,
	last_at timestamptz,
	every_hours int,
	gaps jsonb
);
CREATE INDEX ON sems.feed_quarter (quarter);
CREATE TABLE sems.counted_feed_quarter (
	quarter text PRIMARY KEY,
	quality jsonb NOT NULL,
	counted_at timestamptz NOT NULL DEFAULT now()
);
-- Written by whoever keeps feeds and by whoever takes entries out of the log of touched days, so that
-- of two at a time one fails: the one would keep what the other knows to be out of date.
CREATE TABLE sems.feed_turn (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	n bigint NOT NULL DEFAULT 0
);
INSERT INTO sems.feed_turn DEFAULT VALUES;

GRANT SELECT ON sems.feed_day, sems.number_day, sems.counted_feed_day, sems.feed_quarter,
    sems.counted_feed_quarter TO sems_compute, sems_admin;
GRANT DELETE ON sems.counted_feed_day, sems.counted_feed_quarter TO sems_compute;
GRANT SELECT, UPDATE ON sems.feed_turn TO sems_compute;

-- What is expected is part of what a quarter comes to.
CREATE FUNCTION sems.expect_anew() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE sems.feed_turn SET n = n + 1;
	DELETE FROM sems.counted_feed_quarter;
	RETURN NULL;
END
$$;
-- By rows: a statement that changes none, as most setups have, must not wait for whoever keeps feeds.
CREATE TRIGGER expect_anew AFTER INSERT OR UPDATE OR DELETE ON sems.expected_feed
    FOR EACH ROW EXECUTE FUNCTION sems.expect_anew();
CREATE TRIGGER expect_anew_of_all AFTER TRUNCATE ON sems.expected_feed
    FOR EACH STATEMENT EXECUTE FUNCTION sems.expect_anew();

-- The days of a period that have to be counted from records: never counted, or touched since.
CREATE FUNCTION sems.dirty_feed_days(since timestamptz, until timestamptz)
RETURNS date[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT array_agg(d.day ORDER BY d.day)
	FROM sems.civil_day d
	LEFT JOIN sems.counted_feed_day f ON f.day = d.day
	WHERE d.starts_at >= since AND d.starts_at < until AND (f.day IS NULL
	    OR d.day IN (SELECT t.day FROM sems.touched_days(since, until) t)));
END
$$;

-- The same by runs of days: a day in April and one in June are no reason to read May.
CREATE FUNCTION sems.dirty_feed_spans(since timestamptz, until timestamptz)
RETURNS TABLE (since timestamptz, until timestamptz, days date[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT min(d.starts_at), max(d.ends_at), array_agg(d.day)
	FROM (SELECT c.day, c.starts_at, c.ends_at,
		c.day - (row_number() OVER (ORDER BY c.day))::int AS island
	    FROM unnest(sems.dirty_feed_days($1, $2)) AS x(day)
	    JOIN sems.civil_day c ON c.day = x.day) AS d
	GROUP BY d.island
$$;

-- What reads records is in plpgsql with a plan of its own each time: the plan of a function in SQL knows no
-- arguments and is made over all months that there are.

-- Counts days of a period from records: plans, or all others. A plan counts in the period it is for
-- and touches the day it was made, so that its days cannot be kept.
CREATE FUNCTION sems.count_feeds(since timestamptz, until timestamptz, days date[], plans boolean)
RETURNS SETOF sems.feed_day LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
-- There are few groups of many records, which statistics of the day before do not tell.
SET enable_sort = off AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH calendar AS MATERIALIZED (
		SELECT array_agg(d.day ORDER BY d.day) AS days,
		    array_agg(d.starts_at ORDER BY d.day) AS starts,
		    array_agg(d.day = ANY (count_feeds.days) ORDER BY d.day) AS wanted,
		    array_agg(q.ends_at ORDER BY d.day) AS quarter_ends
		FROM sems.civil_day d
		JOIN (SELECT x.quarter, max(x.ends_at) AS ends_at FROM sems.civil_day x
		    WHERE x.quarter IN (SELECT y.quarter FROM sems.civil_day y
			WHERE y.starts_at >= since AND y.starts_at < until)
		    GROUP BY x.quarter) AS q USING (quarter)
		WHERE d.starts_at >= since AND d.starts_at < until
	), record AS (
		SELECT width_bucket(r.counted_at, c.starts) AS at, r.kind, r.source, r.site_id,
		    r.occurred_at, r.received_at, r.stored_in, r.clock_offset_ms,
		    r.received_at >= c.quarter_ends[width_bucket(r.counted_at, c.starts)] AS is_late,
		    r.received_at > coalesce(r.occurred_end,
			r.occurred_at + CASE r."precision" WHEN 'DAY' THEN interval '24 hours'
			WHEN 'MINUTE' THEN interval '1 minute' ELSE interval '0' END)
			+ interval '72 hours' AS is_lagging
		FROM sems.spd_record r, calendar c
		WHERE r.counted_at >= since AND r.counted_at < until AND r.corrects_record_id IS NULL
		AND (r.kind = 'plan') = plans AND c.wanted[width_bucket(r.counted_at, c.starts)]
		OFFSET 0  -- the calendar goes no further than here
	), counted AS (
		SELECT r.at, r.kind, r.source, r.site_id, count(*) AS records,
		    max(r.occurred_at) AS last_at, max(r.stored_in) AS last_stored_in,
		    count(*) FILTER (WHERE r.is_late) AS late,
		    count(*) FILTER (WHERE r.is_lagging) AS lagging,
		    count(r.clock_offset_ms) AS clock_told,
		    count(*) FILTER (WHERE abs(r.clock_offset_ms) > 60000) AS clock_off,
		    max(abs(r.clock_offset_ms)) AS clock_worst_ms,
		    max(r.received_at) AS last_received_at
		FROM record r
		GROUP BY r.at, r.kind, r.source, r.site_id
	)
	SELECT c.days[n.at], n.kind, n.source, n.site_id, n.records, n.last_at, n.last_stored_in,
	    n.late, n.lagging, n.clock_told, n.clock_off, n.clock_worst_ms, n.last_received_at
	FROM counted n, calendar c;
END
$$;

-- A number more than 1,000 below the one before it is a device that began anew; less than that is two
-- events that came out of order. Most devices count upwards all day: one sort by time is enough for them.
CREATE FUNCTION sems.count_numbers(since timestamptz, until timestamptz, days date[])
RETURNS SETOF sems.number_day LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH calendar AS MATERIALIZED (
		SELECT array_agg(d.day ORDER BY d.day) AS days,
		    array_agg(d.starts_at ORDER BY d.day) AS starts,
		    array_agg(d.day = ANY (count_numbers.days) ORDER BY d.day) AS wanted
		FROM sems.civil_day d WHERE d.starts_at >= since AND d.starts_at < until
	), event AS (
		SELECT width_bucket(e.occurred_at, c.starts) AS at, e.source COLLATE "C" AS source,
		    e.device_id COLLATE "C" AS device_id, e.site_id, e.event_no, e.occurred_at,
		    e.outcome IN ('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT', 'ABORTED') AS is_projection
		FROM sems.tip_event e, calendar c
		WHERE e.occurred_at >= since AND e.occurred_at < until
		AND e.corrects_record_id IS NULL AND c.wanted[width_bucket(e.occurred_at, c.starts)]
		OFFSET 0  -- the calendar goes no further than here
	), step AS MATERIALIZED (
		SELECT e.*, lag(e.event_no) OVER w AS after, lag(e.occurred_at) OVER w AS after_at
		FROM event e
		WINDOW w AS (PARTITION BY e.at, e.source, e.device_id, e.event_no IS NULL
		    ORDER BY e.occurred_at, e.event_no)
	), device AS MATERIALIZED (
		SELECT s.at, s.source, s.device_id, s.event_no IS NULL AS unnumbered,
		    min(s.site_id) AS site_id, count(*) AS n, min(s.event_no) AS first_no,
		    max(s.event_no) AS last_no, count(*) FILTER (WHERE s.is_projection) AS projections,
		    min(s.occurred_at) AS first_at, max(s.occurred_at) AS last_at,
		    coalesce(bool_or(s.event_no <= s.after), false) AS disordered
		FROM step s GROUP BY 1, 2, 3, 4
	), begun AS (
		SELECT s.at, s.source, s.device_id, s.site_id, s.event_no, s.occurred_at, s.is_projection,
		    coalesce(s.event_no < s.after - 1000, false) AS anew
		FROM device d
		JOIN step s ON s.at = d.at AND s.source = d.source AND s.event_no IS NOT NULL
		    AND s.device_id IS NOT DISTINCT FROM d.device_id
		WHERE d.disordered AND NOT d.unnumbered
	), run AS (
		SELECT b.*, sum(b.anew::int) OVER (PARTITION BY b.at, b.source, b.device_id
		    ORDER BY b.occurred_at, b.event_no) AS run
		FROM begun b
	), sorted AS MATERIALIZED (
		SELECT r.*, lag(r.event_no) OVER n AS after, lag(r.occurred_at) OVER n AS after_at
		FROM run r
		WINDOW n AS (PARTITION BY r.at, r.source, r.device_id, r.run
		    ORDER BY r.event_no, r.occurred_at)
	), apart AS (
		SELECT s.at, s.source, s.device_id, s.run, s.after, s.after_at, s.event_no, s.occurred_at
		FROM sorted s WHERE s.event_no - s.after > 1
		UNION ALL
		SELECT s.at, s.source, s.device_id, 0, s.after, s.after_at, s.event_no, s.occurred_at
		FROM step s WHERE s.event_no - s.after > 1 AND NOT EXISTS (SELECT FROM device d
		    WHERE d.disordered AND d.at = s.at AND d.source = s.source
		    AND coalesce(d.device_id, '') = coalesce(s.device_id, ''))
	), gap AS (
		SELECT s.at, s.source, s.device_id, s.run, jsonb_agg(jsonb_build_object(
		    'from', s.after_at, 'to', s.occurred_at, 'after', s.after, 'before', s.event_no)
		    ORDER BY s.event_no) AS gaps
		FROM (SELECT a.*, row_number() OVER (PARTITION BY a.at, a.source, a.device_id, a.run
			ORDER BY a.event_no - a.after DESC, a.event_no) AS rank
		    FROM apart a) AS s
		WHERE s.rank <= 5
		GROUP BY s.at, s.source, s.device_id, s.run
	), counted AS (
		SELECT s.at, s.source, min(s.site_id) AS site_id, s.device_id, s.run::int AS run,
		    min(s.event_no) AS first_no, max(s.event_no) AS last_no,
		    count(DISTINCT s.event_no) AS numbers,
		    count(*) FILTER (WHERE s.is_projection) AS projections,
		    min(s.occurred_at) AS first_at, max(s.occurred_at) AS last_at
		FROM sorted s
		GROUP BY s.at, s.source, s.device_id, s.run
		UNION ALL
		SELECT d.at, d.source, d.site_id, d.device_id, 0, d.first_no, d.last_no,
		    CASE WHEN d.unnumbered THEN 0 ELSE d.n END, d.projections, d.first_at, d.last_at
		FROM device d WHERE NOT d.disordered
	)
	SELECT c.days[n.at], n.source, n.site_id, n.device_id, n.run, n.first_no, n.last_no, n.numbers,
	    n.projections, n.first_at, n.last_at, coalesce(g.gaps, '[]')
	FROM calendar c CROSS JOIN counted n
	LEFT JOIN gap g ON g.at = n.at AND g.source = n.source AND g.run = n.run
	    AND coalesce(g.device_id, '') = coalesce(n.device_id, '') AND n.first_no IS NOT NULL;
END
$$;

-- Both of a period, exact at every moment: what was kept of the days that nothing touched, and the
-- records of the others.
CREATE FUNCTION sems.feeds(since timestamptz, until timestamptz)
RETURNS SETOF sems.feed_day LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH dirty AS MATERIALIZED (
		SELECT unnest(sems.dirty_feed_days(since, until)) AS day
	)
	SELECT f.* FROM sems.feed_day f
	JOIN sems.civil_day d ON d.day = f.day
	WHERE d.starts_at >= feeds.since AND d.starts_at < feeds.until
	AND f.day NOT IN (SELECT x.day FROM dirty x)
	UNION ALL
	SELECT c.* FROM sems.dirty_feed_spans(since, until) s,
	    LATERAL sems.count_feeds(s.since, s.until, s.days, false) AS c
	UNION ALL
	SELECT c.* FROM (SELECT array_agg(d.day) AS days FROM sems.civil_day d
	    WHERE d.starts_at >= feeds.since AND d.starts_at < feeds.until) AS p,
	    LATERAL sems.count_feeds(since, until, p.days, true) AS c
$$;

CREATE FUNCTION sems.event_numbers(since timestamptz, until timestamptz)
RETURNS SETOF sems.number_day LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH dirty AS MATERIALIZED (
		SELECT unnest(sems.dirty_feed_days(since, until)) AS day
	)
	SELECT f.* FROM sems.number_day f
	JOIN sems.civil_day d ON d.day = f.day
	WHERE d.starts_at >= event_numbers.since AND d.starts_at < event_numbers.until
	AND f.day NOT IN (SELECT x.day FROM dirty x)
	UNION ALL
	SELECT c.* FROM sems.dirty_feed_spans(since, until) s,
	    LATERAL sems.count_numbers(s.since, s.until, s.days) AS c
$$;

-- Event numbers that never came: within a day, and between one day of a device and its next. One row
-- a gap, with how many numbers are missing; those of a day that were too many to list have no times.
CREATE FUNCTION sems.number_gaps(since timestamptz, until timestamptz)
RETURNS TABLE (source text, site_id text, device_id text, from_at timestamptz, to_at timestamptz,
    after bigint, before bigint, missing bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH n AS MATERIALIZED (
		SELECT e.*, lag(e.last_no) OVER w AS before_no, lag(e.last_at) OVER w AS before_at
		FROM sems.event_numbers(since, until) e
		WHERE e.first_no IS NOT NULL
		WINDOW w AS (PARTITION BY e.source, e.device_id ORDER BY e.day, e.run)
	), listed AS (
		SELECT n.source, n.site_id, n.device_id, g."from", g."to", g.after, g.before,
		    g.before - g.after - 1 AS missing, n.day, n.run
		FROM n, jsonb_to_recordset(n.gaps)
		    AS g("from" timestamptz, "to" timestamptz, after bigint, before bigint)
		WHERE n.gaps <> '[]'
	)
	SELECT l.source, l.site_id, l.device_id, l."from", l."to", l.after, l.before, l.missing
	FROM listed l
	UNION ALL
	SELECT n.source, n.site_id, n.device_id, n.before_at, n.first_at, n.before_no, n.first_no,
	    n.first_no - n.before_no - 1
	FROM n WHERE n.first_no > n.before_no + 1
	UNION ALL
	SELECT n.source, n.site_id, n.device_id, NULL, NULL, NULL, NULL,
	    n.last_no - n.first_no + 1 - n.numbers - coalesce(l.missing, 0)
	FROM n
	LEFT JOIN (SELECT l.source, l.device_id, l.day, l.run, sum(l.missing) AS missing FROM listed l
	    GROUP BY l.source, l.device_id, l.day, l.run) AS l ON l.source = n.source
	    AND l.device_id IS NOT DISTINCT FROM n.device_id AND l.day = n.day AND l.run = n.run
	WHERE n.last_no - n.first_no + 1 - n.numbers - coalesce(l.missing, 0) > 0
$$;

-- By source and kind: how many records are expected, how we know, and how many of them came. What a
-- source says of itself goes first; the numbers of its events tell of those that were lost between
-- others; sessions tell how many projections there were, where any event came at all. Tests are left
-- out: how many were made is nobody's business before their debrief. A feed is of a site when all that
-- is known of it, what was received, said and registered, names that one: else a site's figure would
-- have another's records in it.
CREATE FUNCTION sems.count_feed_status(since timestamptz, until timestamptz)
RETURNS TABLE (source text, kind text, site_id text, expected bigint, received bigint, basis text,
    last_at timestamptz, every_hours int)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH received AS (
		SELECT f.source, f.kind, sum(f.records)::bigint AS n, max(f.last_at) AS last_at,
		    min(f.site_id) AS first_site, max(f.site_id) AS last_site
		FROM sems.feeds(since, until) f WHERE f.kind NOT IN ('heartbeat', 'test')
		GROUP BY f.source, f.kind
	), announced AS (
		SELECT h.source, x.kind, sum(x.count)::bigint AS n,
		    min(h.site_id) AS first_site, max(h.site_id) AS last_site
		FROM sems.effective_heartbeat h, jsonb_to_recordset(coalesce(h.events_made, '[]'))
		    AS x(kind text, count bigint)
		WHERE h.counted_at >= since AND h.counted_at < until
		AND x.kind <> 'test' AND x.count IS NOT NULL
		GROUP BY h.source, x.kind
	), numbered AS (
		-- As sems.number_gaps() has them, without the list.
		SELECT e.source, 'tip_event' AS kind, sum(e.numbers)::bigint AS n,
		    sum(e.projections)::bigint AS projections,
		    sum(e.last_no - e.first_no + 1 - e.numbers
			+ greatest(e.first_no - e.before_no - 1, 0))::bigint AS missing
		FROM (SELECT e.source, e.numbers, e.projections, e.first_no, e.last_no,
			lag(e.last_no) OVER (PARTITION BY e.source, e.device_id, e.first_no IS NULL
			    ORDER BY e.day, e.run) AS before_no
		    FROM sems.event_numbers(since, until) e) AS e
		GROUP BY e.source
	), shown AS (
		SELECT s.source, 'tip_event' AS kind, sum(s.tip_shown)::bigint AS n
		FROM sems.effective_tip_session s
		WHERE s.counted_at >= since AND s.counted_at < until AND s.tip_shown IS NOT NULL
		GROUP BY s.source
	), registered AS (
		SELECT x.source, x.kind, min(x.every_hours) AS every_hours,
		    min(x.site_id) AS first_site, max(x.site_id) AS last_site
		FROM sems.expected_feed x
		WHERE x.kind NOT IN ('heartbeat', 'test') AND EXISTS (SELECT FROM sems.civil_day d
		    WHERE d.starts_at >= since AND d.starts_at < until
		    AND d.day >= x.from_day AND (x.until_day IS NULL OR d.day < x.until_day))
		GROUP BY x.source, x.kind
	)
	SELECT coalesce(r.source, a.source, x.source), coalesce(r.kind, a.kind, x.kind),
	    CASE WHEN least(r.first_site, a.first_site, x.first_site)
		= greatest(r.last_site, a.last_site, x.last_site)
		THEN least(r.first_site, a.first_site, x.first_site) END,
	    CASE WHEN a.n IS NOT NULL THEN a.n WHEN n.n > 0 THEN n.n + coalesce(n.missing, 0) ELSE s.n END,
	    CASE WHEN a.n IS NOT NULL THEN coalesce(r.n, 0) WHEN n.n > 0 THEN n.n
		WHEN s.n IS NOT NULL THEN n.projections ELSE coalesce(r.n, 0) END,
	    CASE WHEN a.n IS NOT NULL THEN 'HEARTBEATS' WHEN n.n > 0 THEN 'EVENT_NUMBERS'
		WHEN s.n IS NOT NULL THEN 'SESSIONS' WHEN x.source IS NOT NULL THEN 'REGISTER' END,
	    r.last_at, x.every_hours
	FROM received r
	FULL JOIN announced a ON a.source = r.source AND a.kind = r.kind
	FULL JOIN registered x ON x.source = coalesce(r.source, a.source)
	    AND x.kind = coalesce(r.kind, a.kind)
	LEFT JOIN numbered n ON n.source = r.source AND n.kind = r.kind
	LEFT JOIN shown s ON s.source = r.source AND s.kind = r.kind;
END
$$;

-- What should have sent by an instant and has not. REGISTER: a feed that is registered was quiet for
-- longer than it may be. HABIT: a TIP device that sent on five of the seven days that end with its last
-- one has sent nothing on a later day, two hours after it had begun at the latest on those days; or
-- any other source has sent nothing of a kind for 48 hours. Tests are left out as ever.
CREATE FUNCTION sems.silent_feeds(at timestamptz)
RETURNS TABLE (source text, kind text, site_id text, device_id text, last_at timestamptz,
    every_hours int, expected_by timestamptz, basis text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH today AS MATERIALIZED (
		SELECT d.day, d.starts_at, d.ends_at, b.starts_at AS since
		FROM sems.civil_day d JOIN sems.civil_day b ON b.day = d.day - 35
		WHERE d.starts_at <= at AND d.ends_at > at
	), seen AS MATERIALIZED (
		SELECT f.* FROM today t, sems.feeds(t.since, t.ends_at) f
		WHERE f.kind NOT IN ('test', 'plan', 'audit') AND f.last_at <= at
	), lane AS (
		SELECT e.source, e.site_id, e.device_id, e.day, min(e.first_at) - d.starts_at AS begins,
		    max(e.last_at) AS last_at, max(e.day) OVER (PARTITION BY e.source, e.device_id) AS last
		FROM today t, sems.event_numbers(t.since, t.ends_at) e
		JOIN sems.civil_day d ON d.day = e.day
		WHERE e.first_at <= at
		GROUP BY e.source, e.site_id, e.device_id, e.day, d.starts_at
	), habit AS (
		SELECT l.source, min(l.site_id) AS site_id, l.device_id, max(l.last_at) AS last_at,
		    n.starts_at + max(l.begins) + interval '2 hours' AS expected_by
		FROM lane l
		JOIN sems.civil_day n ON n.day = l.last + 1
		WHERE l.day > l.last - 7
		GROUP BY l.source, l.device_id, n.starts_at HAVING count(DISTINCT l.day) >= 5
	), other AS (
		SELECT s.source, s.kind, CASE WHEN min(s.site_id) = max(s.site_id) THEN min(s.site_id) END
		    AS site_id, max(s.last_at) AS last_at
		FROM seen s
		JOIN (SELECT x.source, x.kind, max(x.day) AS last FROM seen x GROUP BY x.source, x.kind)
		    AS l ON l.source = s.source AND l.kind = s.kind AND s.day > l.last - 7
		WHERE s.kind <> 'tip_event'
		GROUP BY s.source, s.kind HAVING count(DISTINCT s.day) >= 5
	), registered AS (
		SELECT x.source, x.kind, x.site_id, x.every_hours, max(s.last_at) AS last_at
		FROM today t
		JOIN sems.expected_feed x ON x.from_day <= t.day
		    AND (x.until_day IS NULL OR x.until_day > t.day)
		LEFT JOIN seen s ON s.source = x.source AND s.kind = x.kind
		WHERE x.kind <> 'test'
		GROUP BY x.source, x.kind, x.site_id, x.every_hours, t.since
	)
	SELECT r.source, r.kind, r.site_id, NULL::text, r.last_at, r.every_hours,
	    r.last_at + make_interval(hours => r.every_hours), 'REGISTER'
	FROM registered r
	WHERE r.last_at IS NULL OR r.last_at < at - make_interval(hours => r.every_hours)
	UNION ALL
	SELECT h.source, 'tip_event', h.site_id, h.device_id, h.last_at, NULL, h.expected_by, 'HABIT'
	FROM habit h WHERE h.expected_by < at
	UNION ALL
	SELECT o.source, o.kind, o.site_id, NULL, o.last_at, NULL, o.last_at + interval '48 hours',
	    'HABIT'
	FROM other o
	WHERE o.last_at < at - interval '48 hours' AND NOT EXISTS (SELECT FROM registered r
	    WHERE r.source = o.source AND r.kind = o.kind)
$$;
GRANT EXECUTE ON FUNCTION sems.silent_feeds(timestamptz) TO sems_compute, sems_admin;

-- What is missing of each feed and when, the widest 50: event numbers that never came, days without a
-- heartbeat of a device that sends them.
CREATE FUNCTION sems.count_feed_gaps(since timestamptz, until timestamptz)
RETURNS TABLE (source text, kind text, gaps jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH beaten AS (
		SELECT DISTINCT h.source, h.device_id, d.day
		FROM sems.effective_heartbeat h
		-- No day has 48 hours; that bound is what the index can use.
		JOIN sems.civil_day d ON d.ends_at > h.occurred_at
		    AND d.starts_at > h.occurred_at - interval '48 hours'
		    AND d.starts_at <= greatest(h.occurred_at, coalesce(h.occurred_end, h.occurred_at))
		WHERE h.counted_at >= since AND h.counted_at < until
	), quiet AS (
		SELECT s.source, s.device_id, d.day, d.starts_at, d.ends_at, d.day - (row_number()
		    OVER (PARTITION BY s.source, s.device_id ORDER BY d.day))::int AS island
		FROM (SELECT b.source, b.device_id, min(b.day) AS first FROM beaten b
		    GROUP BY b.source, b.device_id) AS s
		JOIN sems.civil_day d ON d.day >= s.first
		    AND d.starts_at > count_feed_gaps.since - interval '48 hours' AND d.starts_at < count_feed_gaps.until
		    AND d.ends_at <= now()
		WHERE NOT EXISTS (SELECT FROM beaten b WHERE b.source = s.source
		    AND b.device_id IS NOT DISTINCT FROM s.device_id AND b.day = d.day)
	), silence AS (
		SELECT q.source, q.device_id, min(q.starts_at) AS from_at, max(q.ends_at) AS to_at,
		    count(*) AS days
		FROM quiet q GROUP BY q.source, q.device_id, q.island
	), number AS (
		SELECT g.*, row_number() OVER (PARTITION BY g.source
		    ORDER BY g.missing DESC, g.from_at, g.after) AS rank
		FROM sems.number_gaps(since, until) g
	), gap AS (
		SELECT n.source, 'tip_event' AS kind, coalesce(n.from_at, n.to_at) AS at, n.missing,
		    jsonb_build_object(
			'from', sems.rfc3339(n.from_at),
			'to', sems.rfc3339(n.to_at),
			'reason', 'EVENT_NUMBERS', 'device', n.device_id, 'after', n.after,
			'before', n.before, 'missing', n.missing) AS gap
		FROM number n WHERE n.rank <= 50
		UNION ALL
		SELECT s.source, x.kind, s.from_at, NULL, jsonb_build_object(
			'from', sems.rfc3339(s.from_at),
			'to', sems.rfc3339(s.to_at),
			'reason', 'NO_HEARTBEAT', 'device', s.device_id, 'days', s.days)
		FROM silence s
		-- The kinds that the source announces.
		JOIN (SELECT DISTINCT h.source, x.kind FROM sems.effective_heartbeat h,
			jsonb_to_recordset(coalesce(h.events_made, '[]')) AS x(kind text, count bigint)
		    WHERE h.counted_at >= since AND h.counted_at < until
		    AND x.kind <> 'test' AND x.count IS NOT NULL) AS x ON x.source = s.source
	)
	SELECT g.source, g.kind, jsonb_agg(g.gap ORDER BY g.at NULLS LAST, g.gap::text)
	FROM (SELECT g.*, row_number() OVER (PARTITION BY g.source, g.kind
		ORDER BY g.missing DESC, g.at) AS rank FROM gap g) AS g
	WHERE g.rank <= 50
	GROUP BY g.source, g.kind;
END
$$;

-- What is known of a period's data beside its feeds, as far as it comes from records: how much of it
-- is late, the clocks, the sessions, and who is silent at its end, or now.
CREATE FUNCTION sems.count_quality(since timestamptz, until timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	RETURN (WITH day AS MATERIALIZED (
		SELECT f.* FROM sems.feeds(since, until) f
	), late AS (
		SELECT jsonb_build_object('received', coalesce(sum(d.records), 0),
		    'after_quarter', coalesce(sum(d.late), 0),
		    'after_lag', coalesce(sum(d.lagging), 0)) AS o
		FROM day d WHERE d.kind <> 'plan'
	), clock AS (
		SELECT jsonb_agg(jsonb_build_object('source', c.source, 'told', c.told,
		    'beyond_60s', c.off, 'worst_ms', c.worst) ORDER BY c.source) AS list
		FROM (SELECT d.source, sum(d.clock_told) AS told, sum(d.clock_off) AS off,
			max(d.clock_worst_ms) AS worst
		    FROM day d GROUP BY d.source HAVING sum(d.clock_told) > 0) AS c
	), held AS MATERIALIZED (
		SELECT s.site_id, s.device_id, s.tip_shown, s.hits + s.misses + s.aborted AS told
		FROM sems.effective_tip_session s
		WHERE s.counted_at >= since AND s.counted_at < until
	), session AS (
		SELECT jsonb_build_object(
		    'reconciled', count(*) FILTER (WHERE h.tip_shown = h.told),
		    'differing', count(*) FILTER (WHERE h.tip_shown <> h.told),
		    'unreconciled', count(*) FILTER (WHERE h.tip_shown + h.told IS NULL)) AS o
		FROM held h
	), machine AS (
		SELECT e.n AS events, h.n AS shown
		FROM (SELECT e.site_id, e.device_id, sum(e.projections) AS n
		    FROM sems.event_numbers(since, until) e
		    WHERE e.device_id IS NOT NULL GROUP BY e.site_id, e.device_id) AS e
		FULL JOIN (SELECT h.site_id, h.device_id, sum(h.tip_shown) AS n
		    FROM held h WHERE h.device_id IS NOT NULL GROUP BY h.site_id, h.device_id) AS h
		    ON h.site_id = e.site_id AND h.device_id = e.device_id
	), machines AS (
		SELECT jsonb_build_object('reconciled', count(*) FILTER (WHERE m.events = m.shown),
		    'differing', count(*) FILTER (WHERE m.events <> m.shown),
		    'events_only', count(*) FILTER (WHERE m.shown IS NULL),
		    'sessions_only', count(*) FILTER (WHERE m.events IS NULL AND m.shown IS NOT NULL)) AS o
		FROM machine m
	), silents AS (
		SELECT jsonb_agg(jsonb_build_object('source', s.source, 'kind', s.kind, 'site', s.site_id,
		    'device', s.device_id, 'every_hours', s.every_hours, 'basis', s.basis,
		    'last_at', sems.rfc3339(s.last_at),
		    'expected_by', to_char(s.expected_by AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
		    ORDER BY s.source, s.kind, s.device_id) AS list
		FROM sems.silent_feeds(least(now(), until - interval '1 millisecond')) s
	)
	SELECT jsonb_build_object('late', (SELECT l.o FROM late l),
	    'last_stored_in', (SELECT max(d.last_stored_in) FROM day d),
	    'clock', coalesce((SELECT c.list FROM clock c), '[]'),
	    'sessions', (SELECT s.o FROM session s) || jsonb_build_object('devices',
		(SELECT m.o FROM machines m)),
	    'silent', coalesce((SELECT s.list FROM silents s), '[]')));
END
$$;

-- The quarter of a period, if what was kept of it still holds: nothing has touched its days. A plan
-- that the log names may be of any quarter.
CREATE FUNCTION sems.kept_feed_quarter(since timestamptz, until timestamptz)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT k.quarter
	FROM (SELECT d.quarter FROM sems.civil_day d WHERE d.starts_at = since) AS q
	JOIN sems.counted_feed_quarter k ON k.quarter = q.quarter
	-- Kept while a clock was ahead, it is of a quarter that still runs.
	WHERE EXISTS (SELECT FROM sems.civil_day d WHERE d.quarter = q.quarter AND d.ends_at = until)
	AND until <= now()
	AND NOT EXISTS (SELECT FROM sems.touched_day t WHERE t.kind = 'plan')
	AND sems.dirty_feed_days(since, until) IS NULL);
END
$$;

CREATE FUNCTION sems.count_feed_list(since timestamptz, until timestamptz)
RETURNS TABLE (source text, kind text, site_id text, expected bigint, received bigint, basis text,
    last_at timestamptz, every_hours int, gaps jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT s.*, g.gaps FROM sems.count_feed_status(since, until) s
	LEFT JOIN sems.count_feed_gaps(since, until) g ON g.source = s.source AND g.kind = s.kind
$$;

-- What is expected and received by feed, with what is missing: from what was kept of a quarter, else
-- from what hold_feeds() has counted in this transaction, else counted now.
CREATE FUNCTION sems.feed_list(since timestamptz, until timestamptz)
RETURNS TABLE (source text, kind text, site_id text, expected bigint, received bigint, basis text,
    last_at timestamptz, every_hours int, gaps jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	kept text := sems.kept_feed_quarter(since, until);
	held boolean := false;
BEGIN
	IF kept IS NOT NULL THEN
		RETURN QUERY SELECT f.source, f.kind, f.site_id, f.expected, f.received, f.basis,
		    f.last_at, f.every_hours, f.gaps
		FROM sems.feed_quarter f WHERE f.quarter = kept;
		RETURN;
	END IF;
	IF to_regclass('pg_temp.held_feed') IS NOT NULL THEN
		EXECUTE 'SELECT EXISTS (SELECT FROM pg_temp.held_feed h WHERE h.since = $1 '
		    'AND h.until = $2)' INTO held USING since, until;
	END IF;
	IF held THEN
		RETURN QUERY EXECUTE 'SELECT h.source, h.kind, h.site_id, h.expected, h.received, h.basis, '
		    'h.last_at, h.every_hours, h.gaps FROM pg_temp.held_feed h '
		    'WHERE h.since = $1 AND h.until = $2' USING since, until;
		RETURN;
	END IF;
	RETURN QUERY SELECT f.* FROM sems.count_feed_list(since, until) f;
END
$$;

-- Without what is missing.
CREATE FUNCTION sems.feed_status(since timestamptz, until timestamptz)
RETURNS TABLE (source text, kind text, site_id text, expected bigint, received bigint, basis text,
    last_at timestamptz, every_hours int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT f.source, f.kind, f.site_id, f.expected, f.received, f.basis, f.last_at, f.every_hours
	FROM sems.feed_list(since, until) f
$$;

CREATE FUNCTION sems.quality(since timestamptz, until timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	kept text := sems.kept_feed_quarter(since, until);
BEGIN
	RETURN CASE WHEN kept IS NULL THEN sems.count_quality(since, until)
	    ELSE (SELECT k.quality FROM sems.counted_feed_quarter k WHERE k.quarter = kept) END;
END
$$;

-- Counts the feeds of a period once for the rest of the transaction, where they were not kept.
CREATE FUNCTION sems.hold_feeds(since timestamptz, until timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF sems.kept_feed_quarter(since, until) IS NULL THEN
		CREATE TEMPORARY TABLE held_feed ON COMMIT DROP AS
		SELECT hold_feeds.since, hold_feeds.until, f.* FROM sems.count_feed_list(since, until) f;
	END IF;
END
$$;

-- Counts days of a period that have to be, and keeps them: the oldest, as long as about so many bytes
-- are read; when none is left, a quarter that is over. How much is left to do: call again; 0: all is
-- kept; NULL: somebody else had the turn. A day that the log of touched days names stays to be counted:
-- the log is for the caller to take.
CREATE FUNCTION sems.keep_feeds(since timestamptz, until timestamptz, bytes bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	batch date[];
	waiting int;
	stale text;
	x record;
BEGIN
	-- A day is kept when it is over; what comes later touches it.
	SELECT array_agg(d.day) FILTER (WHERE d.before < bytes OR d.n = 1), count(*)
	INTO batch, waiting
	FROM (SELECT c.day, row_number() OVER w AS n,
		coalesce(sum(m.bytes) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
	    FROM unnest(sems.dirty_feed_days(since, until)) AS d(day)
	    JOIN sems.civil_day c ON c.day = d.day AND c.ends_at <= now()
	    LEFT JOIN (SELECT m.month, sum(m.bytes) / 30 AS bytes
		FROM sems.countable_months(since, until) m GROUP BY m.month) AS m ON m.month = c.month
	    WINDOW w AS (ORDER BY c.day)) AS d;
	IF waiting = 0 THEN
		SELECT q.quarter, q.starts_at, q.ends_at INTO x
		FROM (SELECT d.quarter, min(d.starts_at) AS starts_at, max(d.ends_at) AS ends_at
		    FROM sems.civil_day d WHERE d.quarter IN (SELECT y.quarter FROM sems.civil_day y
			WHERE y.starts_at >= since AND y.starts_at < until)
		    GROUP BY d.quarter) AS q
		WHERE q.starts_at >= since AND q.ends_at <= until AND q.ends_at <= now()
		AND NOT EXISTS (SELECT FROM sems.counted_feed_quarter k WHERE k.quarter = q.quarter)
		AND NOT EXISTS (SELECT FROM sems.touched_day t WHERE t.kind = 'plan')
		LIMIT 1;
		stale := x.quarter;
		IF stale IS NULL THEN
			RETURN 0;
		END IF;
	END IF;
	BEGIN
		UPDATE sems.feed_turn t SET n = t.n + 1;
	EXCEPTION WHEN serialization_failure THEN
		RETURN NULL; -- somebody else had the turn since this snapshot was taken
	END;
	IF stale IS NOT NULL THEN
		DELETE FROM sems.feed_quarter f WHERE f.quarter = stale;
		INSERT INTO sems.feed_quarter
		SELECT stale, f.* FROM sems.count_feed_list(x.starts_at, x.ends_at) f;
		INSERT INTO sems.counted_feed_quarter (quarter, quality)
		VALUES (stale, sems.count_quality(x.starts_at, x.ends_at));
		RETURN 0;
	END IF;
	DELETE FROM sems.feed_day f WHERE f.day = ANY (batch);
	DELETE FROM sems.number_day f WHERE f.day = ANY (batch);
	DELETE FROM sems.counted_feed_day f WHERE f.day = ANY (batch);
	DELETE FROM sems.counted_feed_quarter k USING sems.civil_day d
	WHERE d.day = ANY (batch) AND k.quarter = d.quarter;
	FOR x IN SELECT min(d.starts_at) AS since, max(d.ends_at) AS until, array_agg(d.day) AS days
	    FROM (SELECT c.*, c.day - (row_number() OVER (ORDER BY c.day))::int AS island
		FROM sems.civil_day c WHERE c.day = ANY (batch)) AS d
	    GROUP BY d.island
	LOOP
		INSERT INTO sems.feed_day SELECT * FROM sems.count_feeds(x.since, x.until, x.days, false);
		INSERT INTO sems.number_day SELECT * FROM sems.count_numbers(x.since, x.until, x.days);
	END LOOP;
	INSERT INTO sems.counted_feed_day (day) SELECT unnest(batch);
	RETURN waiting - cardinality(batch) + 1; -- the quarter
END
$$;

GRANT EXECUTE ON FUNCTION sems.dirty_feed_days(timestamptz, timestamptz),
    sems.dirty_feed_spans(timestamptz, timestamptz),
    sems.count_feeds(timestamptz, timestamptz, date[], boolean),
    sems.count_numbers(timestamptz, timestamptz, date[]), sems.feeds(timestamptz, timestamptz),
    sems.event_numbers(timestamptz, timestamptz), sems.number_gaps(timestamptz, timestamptz),
    sems.count_feed_status(timestamptz, timestamptz), sems.count_feed_gaps(timestamptz, timestamptz),
    sems.count_quality(timestamptz, timestamptz), sems.kept_feed_quarter(timestamptz, timestamptz),
    sems.count_feed_list(timestamptz, timestamptz), sems.feed_list(timestamptz, timestamptz),
    sems.feed_status(timestamptz, timestamptz),
    sems.quality(timestamptz, timestamptz), sems.hold_feeds(timestamptz, timestamptz),
    sems.keep_feeds(timestamptz, timestamptz, bigint) TO sems_compute;

-- What is counted from records meanwhile is in temporary tables.
DO $$
BEGIN
	EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO sems_compute', current_database());
END
$$;

-- --- doubles -------------------------------------------------------------------------------------

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
-- `covert`. t: '' as things are known today, 'then_' as a freeze read them (0003_ruling.sql).
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
