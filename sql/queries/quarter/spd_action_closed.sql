-- Every time an action was closed of which the sixth month ended in the period, and whether it was opened again within
-- those months. A month's day that there is not is its last one.
WITH closed AS (
    SELECT c.number, c.step, c.valid, c.folded,
        (c.valid AT TIME ZONE e.zone + interval '6 months') AT TIME ZONE e.zone AS until
    FROM sems.entity AS e CROSS JOIN sems.case_event AS c
    WHERE c.kind = 'action' AND c.event = 'CLOSE' AND c.valid < $2::timestamptz
)
SELECT c.folded ->> 'site_id' AS site_id, c.folded ->> 'measure_code' AS measure,
    c.folded ->> 'provider_id' AS provider_id,
    c.folded ->> 'type' AS type, c.folded ->> 'priority' AS priority, c.until AS counted_at,
    EXISTS (SELECT FROM sems.case_event AS r WHERE r.number = c.number AND r.step > c.step AND r.event = 'REOPEN'
        AND r.valid < c.until) AS reopened
FROM closed AS c WHERE c.until >= $1::timestamptz AND c.until < $2::timestamptz
