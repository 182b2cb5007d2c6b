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
	last_received_at timestamptz NOT NULL,
	late bigint NOT NULL,     -- received after the end of their quarter
	lagging bigint NOT NULL,  -- received more than 72 hours after the end of what they are about
	clock_told bigint NOT NULL,
	clock_off bigint NOT NULL,  -- more than 60 seconds
	clock_worst_ms bigint
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
-- Written by whoever keeps feeds and by whoever takes entries out of the log of touched days, so that
-- of two at a time one fails: the one would keep what the other knows to be out of date.
CREATE TABLE sems.feed_turn (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	n bigint NOT NULL DEFAULT 0
);
INSERT INTO sems.feed_turn DEFAULT VALUES;

GRANT SELECT ON sems.feed_day, sems.number_day, sems.counted_feed_day TO sems_compute, sems_admin;
GRANT DELETE ON sems.counted_feed_day TO sems_compute;
GRANT SELECT, UPDATE ON sems.feed_turn TO sems_compute;

-- The days of a period that have to be counted from records: never counted, or touched since.
CREATE FUNCTION sems.dirty_feed_days(since timestamptz, until timestamptz)
RETURNS date[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT array_agg(d.day ORDER BY d.day)
	FROM sems.civil_day d
	LEFT JOIN sems.counted_feed_day f ON f.day = d.day
	WHERE d.starts_at >= since AND d.starts_at < until AND (f.day IS NULL
	    OR d.day IN (SELECT t.day FROM sems.touched_days(since, until) t))
$$;

-- Counts days of a period from records.
CREATE FUNCTION sems.count_feeds(since timestamptz, until timestamptz, days date[])
RETURNS SETOF sems.feed_day LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH calendar AS MATERIALIZED (
		SELECT array_agg(d.day ORDER BY d.day) AS days,
		    array_agg(d.starts_at ORDER BY d.day) AS starts,
		    array_agg(d.day = ANY (count_feeds.days) ORDER BY d.day) AS wanted,
		    array_agg(q.ends_at ORDER BY d.day) AS quarter_ends
		FROM sems.civil_day d
		JOIN (SELECT quarter, max(ends_at) AS ends_at FROM sems.civil_day GROUP BY quarter) AS q
		    USING (quarter)
		WHERE d.starts_at >= since AND d.starts_at < until
	), record AS (
		SELECT width_bucket(r.counted_at, c.starts) AS at, r.kind, r.source, r.site_id,
		    r.occurred_at, r.received_at, r.clock_offset_ms, coalesce(r.occurred_end,
			r.occurred_at + CASE r."precision" WHEN 'DAY' THEN interval '24 hours'
			WHEN 'MINUTE' THEN interval '1 minute' ELSE interval '0' END) AS over_at
		FROM sems.spd_record r, calendar c
		WHERE r.counted_at >= since AND r.counted_at < until AND r.corrects_record_id IS NULL
	), counted AS (
		SELECT r.at, r.kind, r.source, r.site_id, count(*) AS records,
		    max(r.occurred_at) AS last_at, max(r.received_at) AS last_received_at,
		    count(*) FILTER (WHERE r.received_at >= c.quarter_ends[r.at]) AS late,
		    count(*) FILTER (WHERE r.received_at > r.over_at + interval '72 hours') AS lagging,
		    count(r.clock_offset_ms) AS clock_told,
		    count(*) FILTER (WHERE abs(r.clock_offset_ms) > 60000) AS clock_off,
		    max(abs(r.clock_offset_ms)) AS clock_worst_ms
		FROM record r, calendar c
		WHERE c.wanted[r.at]
		GROUP BY r.at, r.kind, r.source, r.site_id
	)
	SELECT c.days[n.at], n.kind, n.source, n.site_id, n.records, n.last_at, n.last_received_at,
	    n.late, n.lagging, n.clock_told, n.clock_off, n.clock_worst_ms
	FROM counted n, calendar c
$$;

-- A number more than 1,000 below the one before it is a device that began anew; less than that is two
-- events that came out of order.
CREATE FUNCTION sems.count_numbers(since timestamptz, until timestamptz, days date[])
RETURNS SETOF sems.number_day LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH calendar AS MATERIALIZED (
		SELECT array_agg(d.day ORDER BY d.day) AS days,
		    array_agg(d.starts_at ORDER BY d.day) AS starts,
		    array_agg(d.day = ANY (count_numbers.days) ORDER BY d.day) AS wanted
		FROM sems.civil_day d WHERE d.starts_at >= since AND d.starts_at < until
	), device AS MATERIALIZED (
		SELECT width_bucket(e.occurred_at, c.starts) AS at, e.source, e.device_id,
		    min(e.site_id) AS site_id, count(*) AS n, count(e.event_no) AS numbers,
		    min(e.event_no) AS first_no, max(e.event_no) AS last_no,
		    sum(e.event_no) AS total, min(e.occurred_at) AS first_at,
		    max(e.occurred_at) AS last_at, count(*) FILTER (WHERE e.outcome IN
			('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT', 'ABORTED')) AS projections
		FROM sems.tip_event e, calendar c
		WHERE e.occurred_at >= since AND e.occurred_at < until
		AND e.corrects_record_id IS NULL AND c.wanted[width_bucket(e.occurred_at, c.starts)]
		GROUP BY 1, 2, 3
	), plain AS (
		-- Most days of a device: one run without a gap, or no numbers at all.
		SELECT c.days[d.at] AS day, d.*,
		    (d.numbers = d.n AND d.last_no - d.first_no + 1 = d.n
			AND d.total * 2 = (d.first_no + d.last_no) * d.n) OR d.numbers = 0 AS is_plain
		FROM device d, calendar c
	), event AS (
		SELECT p.day, e.source, e.site_id, e.device_id, e.event_no, e.occurred_at,
		    e.outcome IN ('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT', 'ABORTED') AS is_projection
		FROM plain p
		JOIN sems.civil_day d ON d.day = p.day
		JOIN sems.tip_event e ON e.occurred_at >= d.starts_at AND e.occurred_at < d.ends_at
		    AND e.source = p.source AND e.device_id IS NOT DISTINCT FROM p.device_id
		WHERE NOT p.is_plain AND e.occurred_at >= since AND e.occurred_at < until
		AND e.corrects_record_id IS NULL
	), begun AS (
		SELECT e.*, coalesce(e.event_no < lag(e.event_no) OVER w - 1000, false) AS anew
		FROM event e
		WINDOW w AS (PARTITION BY e.day, e.source, e.device_id, e.event_no IS NULL
		    ORDER BY e.occurred_at, e.event_no)
	), run AS (
		SELECT b.*, sum(b.anew::int) OVER (PARTITION BY b.day, b.source, b.device_id,
		    b.event_no IS NULL ORDER BY b.occurred_at, b.event_no) AS run
		FROM begun b
	), step AS (
		SELECT r.*, lag(r.event_no) OVER n AS after, lag(r.occurred_at) OVER n AS after_at
		FROM run r
		WINDOW n AS (PARTITION BY r.day, r.source, r.device_id, r.run, r.event_no IS NULL
		    ORDER BY r.event_no, r.occurred_at)
	), gap AS (
		SELECT s.day, s.source, s.device_id, s.run, jsonb_agg(jsonb_build_object(
		    'from', s.after_at, 'to', s.occurred_at, 'after', s.after, 'before', s.event_no)
		    ORDER BY s.event_no) AS gaps
		FROM (SELECT s.*, row_number() OVER (PARTITION BY s.day, s.source, s.device_id, s.run
			ORDER BY s.event_no - s.after DESC, s.event_no) AS rank
		    FROM step s WHERE s.event_no - s.after > 1) AS s
		WHERE s.rank <= 20
		GROUP BY s.day, s.source, s.device_id, s.run
	)
	SELECT s.day, s.source, min(s.site_id), s.device_id, s.run::int, min(s.event_no),
	    max(s.event_no), count(DISTINCT s.event_no), count(*) FILTER (WHERE s.is_projection),
	    min(s.occurred_at), max(s.occurred_at), coalesce(g.gaps, '[]')
	FROM step s
	LEFT JOIN gap g ON g.day = s.day AND g.source = s.source AND g.run = s.run
	    AND g.device_id IS NOT DISTINCT FROM s.device_id AND s.event_no IS NOT NULL
	GROUP BY s.day, s.source, s.device_id, s.run, s.event_no IS NULL, g.gaps
	UNION ALL
	SELECT p.day, p.source, p.site_id, p.device_id, 0, p.first_no, p.last_no, p.numbers,
	    p.projections, p.first_at, p.last_at, '[]'
	FROM plain p WHERE p.is_plain
$$;

-- Both of a period, exact at every moment: what was kept of the days that nothing touched, and the
-- records of the others.
CREATE FUNCTION sems.feeds(since timestamptz, until timestamptz)
RETURNS SETOF sems.feed_day LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH dirty AS MATERIALIZED (SELECT sems.dirty_feed_days(since, until) AS days),
	span AS MATERIALIZED (
		SELECT min(d.starts_at) AS since, max(d.ends_at) AS until
		FROM sems.civil_day d, dirty WHERE d.day = ANY (dirty.days)
	)
	SELECT f.* FROM sems.feed_day f
	JOIN sems.civil_day d ON d.day = f.day, dirty
	WHERE d.starts_at >= feeds.since AND d.starts_at < feeds.until
	AND NOT coalesce(f.day = ANY (dirty.days), false)
	UNION ALL
	SELECT c.* FROM dirty, span, LATERAL sems.count_feeds(span.since, span.until, dirty.days) AS c
	WHERE dirty.days IS NOT NULL
$$;

CREATE FUNCTION sems.event_numbers(since timestamptz, until timestamptz)
RETURNS SETOF sems.number_day LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH dirty AS MATERIALIZED (SELECT sems.dirty_feed_days(since, until) AS days),
	span AS MATERIALIZED (
		SELECT min(d.starts_at) AS since, max(d.ends_at) AS until
		FROM sems.civil_day d, dirty WHERE d.day = ANY (dirty.days)
	)
	SELECT f.* FROM sems.number_day f
	JOIN sems.civil_day d ON d.day = f.day, dirty
	WHERE d.starts_at >= event_numbers.since AND d.starts_at < event_numbers.until
	AND NOT coalesce(f.day = ANY (dirty.days), false)
	UNION ALL
	SELECT c.* FROM dirty, span,
	    LATERAL sems.count_numbers(span.since, span.until, dirty.days) AS c
	WHERE dirty.days IS NOT NULL
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
-- out: how many were made is nobody's business before their debrief.
CREATE FUNCTION sems.feed_status(since timestamptz, until timestamptz)
RETURNS TABLE (source text, kind text, site_id text, expected bigint, received bigint, basis text,
    last_at timestamptz, every_hours int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH received AS (
		SELECT f.source, f.kind, sum(f.records)::bigint AS n, max(f.last_at) AS last_at,
		    CASE WHEN min(f.site_id) = max(f.site_id) THEN min(f.site_id) END AS site_id
		FROM sems.feeds(since, until) f WHERE f.kind NOT IN ('heartbeat', 'test')
		GROUP BY f.source, f.kind
	), announced AS (
		SELECT h.source, x.kind, sum(x.count)::bigint AS n,
		    CASE WHEN min(h.site_id) = max(h.site_id) THEN min(h.site_id) END AS site_id
		FROM sems.effective_heartbeat h, jsonb_to_recordset(coalesce(h.events_made, '[]'))
		    AS x(kind text, count bigint)
		WHERE h.counted_at >= since AND h.counted_at < until
		AND x.kind <> 'test' AND x.count IS NOT NULL
		GROUP BY h.source, x.kind
	), numbered AS (
		SELECT e.source, 'tip_event' AS kind, sum(e.numbers)::bigint AS n,
		    sum(e.projections)::bigint AS projections
		FROM sems.event_numbers(since, until) e GROUP BY e.source
	), missing AS (
		SELECT g.source, sum(g.missing)::bigint AS n
		FROM sems.number_gaps(since, until) g GROUP BY g.source
	), shown AS (
		SELECT s.source, 'tip_event' AS kind, sum(s.tip_shown)::bigint AS n
		FROM sems.effective_tip_session s
		WHERE s.counted_at >= since AND s.counted_at < until AND s.tip_shown IS NOT NULL
		GROUP BY s.source
	), registered AS (
		SELECT x.source, x.kind, min(x.every_hours) AS every_hours,
		    CASE WHEN min(x.site_id) = max(x.site_id) THEN min(x.site_id) END AS site_id
		FROM sems.expected_feed x
		WHERE x.kind NOT IN ('heartbeat', 'test') AND EXISTS (SELECT FROM sems.civil_day d
		    WHERE d.starts_at >= since AND d.starts_at < until
		    AND d.day >= x.from_day AND (x.until_day IS NULL OR d.day < x.until_day))
		GROUP BY x.source, x.kind
	)
	SELECT coalesce(r.source, a.source, x.source), coalesce(r.kind, a.kind, x.kind),
	    coalesce(r.site_id, a.site_id, x.site_id),
	    CASE WHEN a.n IS NOT NULL THEN a.n WHEN n.n > 0 THEN n.n + coalesce(m.n, 0) ELSE s.n END,
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
	LEFT JOIN missing m ON m.source = n.source
	LEFT JOIN shown s ON s.source = r.source AND s.kind = r.kind
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

-- Counts the days of a period that have to be, and keeps them.
CREATE FUNCTION sems.keep_feeds(since timestamptz, until timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	-- A day is kept when it is over; what comes later touches it.
	dirty date[] := ARRAY(SELECT d.day FROM sems.civil_day d
	    WHERE d.day = ANY (sems.dirty_feed_days(since, until)) AND d.ends_at <= now());
	first timestamptz;
	last timestamptz;
BEGIN
	IF cardinality(dirty) = 0 THEN
		RETURN 0;
	END IF;
	BEGIN
		UPDATE sems.feed_turn t SET n = t.n + 1;
	EXCEPTION WHEN serialization_failure THEN
		RETURN 0; -- somebody else had the turn since this snapshot was taken
	END;
	SELECT min(d.starts_at), max(d.ends_at) INTO first, last
	FROM sems.civil_day d WHERE d.day = ANY (dirty);
	DELETE FROM sems.feed_day f WHERE f.day = ANY (dirty);
	DELETE FROM sems.number_day f WHERE f.day = ANY (dirty);
	DELETE FROM sems.counted_feed_day f WHERE f.day = ANY (dirty);
	INSERT INTO sems.feed_day SELECT * FROM sems.count_feeds(first, last, dirty);
	INSERT INTO sems.number_day SELECT * FROM sems.count_numbers(first, last, dirty);
	INSERT INTO sems.counted_feed_day (day) SELECT unnest(dirty);
	RETURN cardinality(dirty);
END
$$;

GRANT EXECUTE ON FUNCTION sems.dirty_feed_days(timestamptz, timestamptz),
    sems.count_feeds(timestamptz, timestamptz, date[]),
    sems.count_numbers(timestamptz, timestamptz, date[]), sems.feeds(timestamptz, timestamptz),
    sems.event_numbers(timestamptz, timestamptz), sems.number_gaps(timestamptz, timestamptz),
    sems.feed_status(timestamptz, timestamptz), sems.keep_feeds(timestamptz, timestamptz) TO sems_compute;
GRANT EXECUTE ON FUNCTION sems.keep_feeds(timestamptz, timestamptz) TO sems_retention;

-- What is counted from records meanwhile is in temporary tables.
DO $$
BEGIN
	EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO sems_compute', current_database());
END
$$;
