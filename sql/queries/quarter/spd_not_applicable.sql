-- What was declared as not applicable in the quarter $1: the metric, why, by whom, from which quarter on, when and by
-- whom it was set.
SELECT n.metric, n.reason, n.declared_by, n.from_quarter, sems.rfc3339(n.set_at), n.set_by
FROM (SELECT DISTINCT ON (x.metric) x.*
    FROM sems.not_applicable AS x
    WHERE x.from_quarter <= $1::text
    ORDER BY x.metric, x.from_quarter DESC, x.declaration_id DESC) AS n
WHERE NOT n.applies
ORDER BY n.metric
