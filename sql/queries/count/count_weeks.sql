-- The weeks of the quarter $1, the first and the last clipped: their first days and when those begin.
SELECT w.first_day, min(w.starts_at) AS starts_at
FROM (
    SELECT greatest(date_trunc('week', d.day)::date, min(d.day) OVER ()) AS first_day, d.starts_at
    FROM sems.civil_day AS d WHERE d.quarter = $1::text
) AS w
GROUP BY w.first_day
ORDER BY w.first_day
