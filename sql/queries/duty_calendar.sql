-- Compares the calendar with the zone's rules of today and keeps what differs. $1: the daemon's clock.
-- Whether anything does, how many days, the first and the last one, and the zone.
WITH found AS MATERIALIZED (
    SELECT d.*, row_number() OVER (ORDER BY d.first_day) AS place FROM sems.calendar_differences() AS d
), whole AS (
    SELECT coalesce(sum(f.days), 0)::bigint AS days, min(f.first_day) AS first_day, max(f.last_day) AS last_day,
        coalesce(jsonb_agg(jsonb_build_object('first_day', f.first_day, 'last_day', f.last_day, 'days', f.days,
            'minutes_later', (extract(epoch FROM f.begins_later) / 60)::int) ORDER BY f.first_day)
            FILTER (WHERE f.place <= 10), '[]') AS runs
    FROM found AS f
), kept AS (
    INSERT INTO sems.calendar_check AS c (checked_at, days, first_day, last_day, runs)
    SELECT $1::timestamptz, w.days, w.first_day, w.last_day, w.runs FROM whole AS w
    ON CONFLICT (singleton) DO UPDATE SET (checked_at, days, first_day, last_day, runs)
        = (excluded.checked_at, excluded.days, excluded.first_day, excluded.last_day, excluded.runs)
)
SELECT (w.days > 0)::int, w.days, w.first_day, w.last_day, e.zone FROM whole AS w CROSS JOIN sems.entity AS e
