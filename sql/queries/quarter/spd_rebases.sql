-- From which weeks of the quarter $1 and the one before it the limits of charts are of their own, oldest first.
SELECT r.metric, r.first_day::text, r.reason, r.approved_by, sems.rfc3339(r.set_at), r.set_by
FROM (SELECT x.*, row_number() OVER (PARTITION BY x.metric, x.first_day ORDER BY x.rebase_id DESC) AS n
    FROM sems.chart_rebase AS x
        JOIN (SELECT min(d.day) AS first_day, max(d.day) AS last_day
            FROM sems.civil_day AS d WHERE d.quarter = $1::text) AS q
        ON x.first_day BETWEEN q.first_day - interval '3 months' AND q.last_day) AS r
WHERE r.n = 1 AND NOT r.is_withdrawn
ORDER BY r.metric, r.first_day
