-- The calendar was made of the rules that the zone had when the entity was set up. Governments change
-- them: then what is stored and what the clock on the wall says are two, and figures go by the former.
-- Days that evidence or a frozen revision can touch keep the rules they had; those behind them may be
-- given today's.

-- By the rules that this server has now: the days that begin or end otherwise than the calendar says,
-- from `since` to before `until`, and by how much later. Of the last day the end is asked, too.
CREATE FUNCTION sems.moved_days(since date, until date)
RETURNS TABLE (day date, starts_at timestamptz, begins timestamptz, ends timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT t.day, t.starts_at, t.begins, t.ends
	FROM (SELECT c.*, c.day::timestamp AT TIME ZONE e.zone AS begins, (c.day + 1)::timestamp AT TIME ZONE e.zone AS ends
	    FROM sems.civil_day c CROSS JOIN sems.entity e WHERE c.day >= since AND c.day < until) AS t
	WHERE t.begins <> t.starts_at OR t.ends <> t.ends_at
$$;

-- The same run by run of days, and of the first one that begins otherwise both hours.
CREATE FUNCTION sems.calendar_differences(since date, until date)
RETURNS TABLE (first_day date, last_day date, days bigint, begins_later interval, set_up timestamptz,
    today timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT min(o.day), max(o.day), count(*), max(o.begins - o.starts_at),
	    (array_agg(o.starts_at ORDER BY o.begins = o.starts_at, o.day))[1],
	    (array_agg(o.begins ORDER BY o.begins = o.starts_at, o.day))[1]
	FROM (SELECT d.*, d.day - (row_number() OVER (ORDER BY d.day))::int AS run
	    FROM sems.moved_days(since, until) AS d) AS o
	GROUP BY o.run ORDER BY 1
$$;

-- What the last look at it found; a duty looks at each start and daily.
CREATE TABLE sems.calendar_check (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	checked_at timestamptz NOT NULL,
	days bigint NOT NULL,  -- that differ, and about which nothing was decided; 0: none
	first_day date,
	last_day date,
	runs jsonb NOT NULL  -- the first ten: [{first_day, last_day, days, minutes_later}]
);

-- Who gave the days from from_day on the rules of his day, which were they, and why. That the days before
-- keep theirs was decided with it. Append only.
CREATE TABLE sems.calendar_change (
	change_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	from_day date NOT NULL,
	zone text NOT NULL,
	days bigint NOT NULL CHECK (days > 0),
	runs jsonb NOT NULL,  -- all: [{first_day, last_day, days, minutes_later}]
	changed_by text NOT NULL CHECK (changed_by <> ''),
	reason text NOT NULL CHECK (reason <> ''),
	changed_at timestamptz NOT NULL
);

-- The first day about which nothing was decided.
CREATE FUNCTION sems.calendar_open_from() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(max(c.from_day), '-infinity') FROM sems.calendar_change c
$$;

CREATE FUNCTION sems.check_calendar(at timestamptz,
    OUT differs int, OUT days bigint, OUT first_day date, OUT last_day date, OUT zone text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH found AS MATERIALIZED (
		SELECT d.*, row_number() OVER (ORDER BY d.first_day) AS place
		FROM sems.calendar_differences(sems.calendar_open_from(), 'infinity') AS d
	), whole AS (
		SELECT coalesce(sum(f.days), 0)::bigint AS days, min(f.first_day) AS first_day, max(f.last_day) AS last_day,
		    coalesce(jsonb_agg(jsonb_build_object('first_day', f.first_day, 'last_day', f.last_day, 'days', f.days,
			'minutes_later', (extract(epoch FROM f.begins_later) / 60)::int) ORDER BY f.first_day)
			FILTER (WHERE f.place <= 10), '[]') AS runs
		FROM found f
	), kept AS (
		INSERT INTO sems.calendar_check AS c (checked_at, days, first_day, last_day, runs)
		SELECT at, w.days, w.first_day, w.last_day, w.runs FROM whole w
		ON CONFLICT (singleton) DO UPDATE SET (checked_at, days, first_day, last_day, runs)
		    = (excluded.checked_at, excluded.days, excluded.first_day, excluded.last_day, excluded.runs)
	)
	SELECT (w.days > 0)::int, w.days, w.first_day, w.last_day, e.zone FROM whole w CROSS JOIN sems.entity e
$$;

CREATE TYPE sems.calendar_partition AS (kind text, month date, own regclass);

-- The partitions of months that end at this instant or later, and the months. to_regclass sees those that others
-- made since this transaction's snapshot was taken.
CREATE FUNCTION sems.calendar_partitions(since timestamptz)
RETURNS SETOF sems.calendar_partition
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT k.kind, m.month, p.own
	FROM (SELECT d.month FROM sems.civil_day d GROUP BY d.month HAVING max(d.ends_at) >= since) AS m
	CROSS JOIN sems.kind k
	CROSS JOIN LATERAL (SELECT to_regclass('sems.' || k.kind || '_' || to_char(m.month, 'YYYYMM')) AS own) AS p
	WHERE p.own IS NOT NULL
$$;

-- The first day whose beginning may move: no record counts at or after either of its beginnings, what was
-- purged ended before, no frozen revision is of its quarter or of the day before's, and it is a day off, so
-- that what is on its way is judged by one calendar. Where nothing was ever stored or frozen, all may. NULL: none.
-- Whoever asks under locks sees by the partitions' sizes what others stored since his snapshot was taken.
CREATE FUNCTION sems.calendar_may_move_from(at timestamptz) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
	one timestamptz;
	last timestamptz;
	frozen date;
BEGIN
	FOR k IN SELECT kind FROM sems.kind LOOP
		EXECUTE format('SELECT max(r.occurred_at) FROM sems.%I r', k) INTO one;
		last := greatest(last, one);
	END LOOP;
	-- These name instants whose quarter or month counts.
	last := greatest(last, (SELECT max(p.period_start) FROM sems.plan p),
	    (SELECT max(a.planned_for) FROM sems.audit a), (SELECT max(c.ends_at) FROM sems.purge_certificate c),
	    (SELECT max(f.floor) FROM sems.purge_floor f));
	SELECT max(d.day) INTO frozen FROM sems.civil_day d
	WHERE d.quarter IN (SELECT r.quarter FROM sems.spd_revision r);
	IF last IS NULL AND frozen IS NULL
	    AND NOT EXISTS (SELECT FROM sems.calendar_partitions('-infinity') p WHERE pg_relation_size(p.own) > 0) THEN
		RETURN (SELECT min(d.day) FROM sems.civil_day d);
	END IF;
	last := greatest(last, at + interval '1 day');
	RETURN (SELECT min(d.day) FROM sems.civil_day d CROSS JOIN sems.entity e
	    WHERE least(d.starts_at, d.day::timestamp AT TIME ZONE e.zone) > last
	    AND d.day > coalesce(frozen + 1, '-infinity'));
END
$$;

-- The records that would count on another day, in another month or quarter by today's rules, by kind. Dates:
-- those of them without a time, which stand at the beginning that their day had.
CREATE FUNCTION sems.moved_records(covert boolean)
RETURNS TABLE (kind text, records bigint, dates bigint, months bigint, quarters bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
BEGIN
	FOR k IN SELECT n.kind FROM sems.kind n WHERE covert OR NOT sems.tells_of_tests(n.kind) ORDER BY n.kind LOOP
		RETURN QUERY EXECUTE format('WITH span AS MATERIALIZED ('
		    'SELECT min(r.occurred_at) - interval ''2 days'' AS since, max(r.occurred_at) + interval ''2 days'' AS until '
		    'FROM sems.%1$I r), strip AS MATERIALIZED ('
		    'SELECT d.day, least(d.starts_at, d.begins) AS since, greatest(d.starts_at, d.begins) AS until '
		    'FROM sems.moved_days(''-infinity'', ''infinity'') d CROSS JOIN span s '
		    'WHERE d.starts_at BETWEEN s.since AND s.until AND d.starts_at <> d.begins) '
		    'SELECT %1$L, count(*), count(*) FILTER (WHERE r.precision = ''DAY''), '
		    'count(*) FILTER (WHERE s.day = date_trunc(''month'', s.day)), '
		    'count(*) FILTER (WHERE s.day = date_trunc(''quarter'', s.day)) '
		    'FROM strip s JOIN sems.%1$I r ON r.occurred_at >= s.since AND r.occurred_at < s.until '
		    'HAVING count(*) > 0', k);
	END LOOP;
END
$$;

CREATE FUNCTION sems.calendar_runs(since date, until date) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('first_day', d.first_day, 'last_day', d.last_day, 'days', d.days,
	    'minutes_later', (extract(epoch FROM d.begins_later) / 60)::int, 'set_up', sems.rfc3339(d.set_up),
	    'today', sems.rfc3339(d.today)) ORDER BY d.first_day), '[]')
	FROM sems.calendar_differences(since, until) AS d
$$;

-- Gives every day that may move today's beginning and end, and the day before them its end; the months'
-- partitions follow. No record changes its day by it: that none lies between a partition's old and new bound
-- is proved by ATTACH, which reads them. NULL: there is no such day. Otherwise the change.
CREATE FUNCTION sems.mend_calendar(by text, why text, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
	k text;
	since date;
	moved jsonb;
	part sems.calendar_partition;
	parts sems.calendar_partition[];
	begins timestamptz;
	ends timestamptz;
	made sems.calendar_change;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('sems.entity', 0));
	FOR k IN SELECT kind FROM sems.kind ORDER BY kind LOOP
		EXECUTE format('LOCK TABLE sems.%I IN ACCESS EXCLUSIVE MODE', k);
	END LOOP;
	since := sems.calendar_may_move_from(at);
	moved := sems.calendar_runs(since, 'infinity');
	IF since IS NULL OR moved = '[]' THEN
		RETURN NULL;
	END IF;
	INSERT INTO sems.calendar_change AS c (from_day, zone, days, runs, changed_by, reason, changed_at)
	SELECT since, e.zone, (SELECT sum((r ->> 'days')::bigint) FROM jsonb_array_elements(moved) AS r), moved, by, why, at
	FROM sems.entity e RETURNING c.* INTO made;
	parts := ARRAY(SELECT p FROM sems.calendar_partitions((SELECT d.starts_at FROM sems.civil_day d
	    WHERE d.day = since)) AS p);
	-- All first, so that neighbours do not overlap.
	FOREACH part IN ARRAY parts LOOP
		EXECUTE format('ALTER TABLE sems.%I DETACH PARTITION %s', part.kind, part.own);
	END LOOP;
	UPDATE sems.civil_day c SET starts_at = d.begins, ends_at = d.ends
	FROM sems.moved_days(since, 'infinity') AS d WHERE c.day = d.day;
	UPDATE sems.civil_day c SET ends_at = n.starts_at
	FROM sems.civil_day n WHERE c.day = since - 1 AND n.day = since AND c.ends_at <> n.starts_at;
	FOREACH part IN ARRAY parts LOOP
		SELECT min(d.starts_at), max(d.ends_at) INTO begins, ends FROM sems.civil_day d WHERE d.month = part.month;
		EXECUTE format('ALTER TABLE sems.%I ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
		    part.kind, part.own, begins, ends);
	END LOOP;
	-- Whatever was counted of these days, and of the one before them, is counted anew.
	INSERT INTO sems.touched_day (kind, since, until)
	SELECT n.kind, d.starts_at, 'infinity' FROM sems.kind n
	JOIN sems.civil_day d ON d.day = (SELECT max(f.day) FROM sems.civil_day f WHERE f.day < since
	    OR f.day = (SELECT min(g.day) FROM sems.civil_day g));
	PERFORM sems.check_calendar(at);
	RETURN to_jsonb(made) - 'change_no' || jsonb_build_object('changed_at', sems.rfc3339(made.changed_at));
END
$$;

-- Who mends the calendar and who freezes have each their snapshot, and neither sees what the other commits
-- meanwhile. Both write the days of the quarter: so of two at once the later one is refused, and tries again.
CREATE FUNCTION sems.hold_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE sems.civil_day c SET ends_at = c.ends_at WHERE c.quarter = NEW.quarter;
	RETURN NULL;
END
$$;
CREATE TRIGGER hold_days AFTER INSERT ON sems.spd_revision FOR EACH ROW EXECUTE FUNCTION sems.hold_days();

-- What differs and what was decided, what may be mended, and what it means for what is stored.
CREATE FUNCTION sems.calendar_look(at timestamptz, covert boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH may AS MATERIALIZED (
		SELECT coalesce(sems.calendar_may_move_from(at), 'infinity') AS since
	), touched AS (
		SELECT c.quarter, count(*) AS days, count(*) FILTER (WHERE d.day >= m.since) AS mended
		FROM sems.moved_days('-infinity', 'infinity') AS d JOIN sems.civil_day c ON c.day = d.day CROSS JOIN may m
		GROUP BY c.quarter
	)
	SELECT jsonb_build_object('zone', (SELECT e.zone FROM sems.entity e),
	    'open_from', (SELECT max(c.from_day) FROM sems.calendar_change c),
	    'from_day', (SELECT CASE WHEN m.since < 'infinity' THEN m.since END),
	    'mended', sems.calendar_runs(m.since, 'infinity'),
	    'stay', sems.calendar_runs('-infinity', m.since),
	    -- Those that hold records, or that somebody froze.
	    'quarters', (SELECT coalesce(jsonb_agg(jsonb_build_object('quarter', t.quarter, 'days', t.days,
		'mended', t.mended, 'revision', s.revision, 'state', s.state) ORDER BY t.quarter), '[]')
		FROM touched t LEFT JOIN LATERAL (SELECT r.revision, r.state FROM sems.spd_status r
		    WHERE r.quarter = t.quarter ORDER BY r.revision DESC LIMIT 1) AS s ON true
		WHERE s.revision IS NOT NULL OR t.quarter IN (SELECT e.quarter FROM sems.evidence_month e)),
	    'records', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.kind), '[]') FROM sems.moved_records(covert) AS r),
	    'changes', (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'change_no' - 'runs' || jsonb_build_object('changed_at',
		sems.rfc3339(c.changed_at)) ORDER BY c.change_no DESC), '[]') FROM sems.calendar_change c))
	FROM may m
$$;

GRANT EXECUTE ON FUNCTION sems.check_calendar(timestamptz) TO sems_retention;
GRANT EXECUTE ON FUNCTION sems.mend_calendar(text, text, timestamptz) TO sems_admin;
GRANT EXECUTE ON FUNCTION sems.moved_days(date, date), sems.calendar_differences(date, date),
    sems.calendar_may_move_from(timestamptz), sems.moved_records(boolean), sems.calendar_runs(date, date),
    sems.calendar_partitions(timestamptz),
    sems.calendar_look(timestamptz, boolean) TO sems_compute;
GRANT SELECT ON sems.calendar_check, sems.calendar_change TO sems_compute;
