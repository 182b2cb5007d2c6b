-- The calendar was made of the rules that the zone had when the entity was set up. Governments change
-- them: then what is stored and what the clock on the wall says are two, and figures go by the former.

-- The days that begin or end otherwise by the rules that this server has now, run by run of days, and by
-- how much they begin later than the calendar says.
CREATE FUNCTION sems.calendar_differences()
RETURNS TABLE (first_day date, last_day date, days bigint, begins_later interval)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH today AS MATERIALIZED (
		SELECT c.day, (c.day::timestamp AT TIME ZONE e.zone) - c.starts_at AS begins,
		    ((c.day + 1)::timestamp AT TIME ZONE e.zone) - c.ends_at AS ends
		FROM sems.civil_day c CROSS JOIN sems.entity e
	), other AS (
		SELECT t.day, t.begins, t.day - (row_number() OVER (ORDER BY t.day))::int AS run
		FROM today t WHERE t.begins <> interval '0' OR t.ends <> interval '0'
	)
	SELECT min(o.day), max(o.day), count(*), max(o.begins) FROM other o GROUP BY o.run ORDER BY 1
$$;

-- What the last look at it found; a duty looks at each start and daily.
CREATE TABLE sems.calendar_check (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	checked_at timestamptz NOT NULL,
	days bigint NOT NULL,  -- that differ; 0: none
	first_day date,
	last_day date,
	runs jsonb NOT NULL  -- the first ten: [{first_day, last_day, days, minutes_later}]
);
GRANT EXECUTE ON FUNCTION sems.calendar_differences() TO sems_retention, sems_compute;
GRANT SELECT, INSERT, UPDATE ON sems.calendar_check TO sems_retention;
GRANT SELECT ON sems.calendar_check TO sems_compute;
