-- What a freeze of the quarter $1 has to know: its newest revision's state and number, whether one was
-- ever submitted, whether the quarter and the time for late records are over and when the latter is,
-- how many tests are under embargo, and the declared policy.
SELECT n.state, n.revision,
    (SELECT count(*) FROM sems.spd_status s WHERE s.quarter = $1::text
        AND s.submitted_at IS NOT NULL) AS submitted,
    (now() >= q.ends_at)::int AS ended, (now() >= g.grace_end)::int AS grace_over,
    to_char((g.grace_end AT TIME ZONE e.zone)::date - 1, 'YYYY-MM-DD') AS grace_day,
    sems.count_embargoed($1::text) AS embargoed,
    p.approval, p.declared_by, to_char(p.declared_on, 'YYYY-MM-DD') AS declared_on,
    (SELECT value FROM sems.setting WHERE name = 'spd_materiality_pp') AS materiality_pp
FROM sems.entity e
CROSS JOIN LATERAL (SELECT min(d.starts_at) AS starts_at, max(d.ends_at) AS ends_at
    FROM sems.civil_day d WHERE d.quarter = $1::text) AS q
CROSS JOIN LATERAL (SELECT sems.spd_grace_end($1::text) AS grace_end) AS g
LEFT JOIN LATERAL (SELECT s.state, s.revision FROM sems.spd_status s WHERE s.quarter = $1::text
    ORDER BY s.revision DESC LIMIT 1) AS n ON true
LEFT JOIN LATERAL (SELECT x.* FROM sems.spd_policy x ORDER BY x.policy_id DESC LIMIT 1) AS p ON true
WHERE q.ends_at IS NOT NULL
