-- How far the entity's clocks were ahead of UTC, and will be by the rules of today: one row, runs with the seconds,
-- for three years before and after a period ($1, $2), as far as the calendar goes. Within a day on which the
-- clocks change the change is looked for by quarters of an hour.
WITH day AS (
    SELECT d.starts_at, d.ends_at, e.zone,
        extract(epoch FROM (d.starts_at AT TIME ZONE e.zone) - (d.starts_at AT TIME ZONE 'UTC'))::int AS before,
        extract(epoch FROM (d.ends_at AT TIME ZONE e.zone) - (d.ends_at AT TIME ZONE 'UTC'))::int AS after
    FROM sems.civil_day AS d CROSS JOIN sems.entity AS e
    WHERE d.starts_at >= $1::timestamptz - interval '3 years' AND d.starts_at < $2::timestamptz + interval '3 years'
), run AS (
    (SELECT d.starts_at AS at, d.before AS seconds FROM day AS d ORDER BY d.starts_at LIMIT 1)
    UNION ALL
    SELECT (SELECT min(t.at) FROM generate_series(d.starts_at, d.ends_at, interval '15 minutes') AS t (at)
        WHERE extract(epoch FROM (t.at AT TIME ZONE d.zone) - (t.at AT TIME ZONE 'UTC'))::int = d.after), d.after
    FROM day AS d WHERE d.before <> d.after
)
SELECT coalesce(jsonb_agg(jsonb_build_object('from', sems.rfc3339(r.at), 'until', sems.rfc3339(r.until),
    'seconds', r.seconds) ORDER BY r.at), '[]')
FROM (SELECT r.*, coalesce(lead(r.at) OVER (ORDER BY r.at), (SELECT max(d.ends_at) FROM day AS d)) AS until
    FROM run AS r) AS r
