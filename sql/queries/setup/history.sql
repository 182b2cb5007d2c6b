-- The set-up as it stood at the end of a day in the entity's zone. $1: the day; NULL: now.
WITH until AS (
    SELECT CASE WHEN $1::date IS NULL THEN clock_timestamp() + interval '1 second'
        ELSE (SELECT c.ends_at FROM sems.civil_day c WHERE c.day = $1::date) END AS at
)
SELECT jsonb_build_object('day', $1::date, 'until', sems.rfc3339(u.at),
    'since', sems.rfc3339(sems.register_since()),
    'setup', sems.register_before((extract(epoch FROM u.at) * 1000)::bigint))
FROM until AS u
