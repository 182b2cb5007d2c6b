-- Every action there was at the end of the period, as it stood then, and how many days its first day had passed on the
-- period's last one: 0 where it had not, or where the action was verified, closed or rejected.
SELECT a.folded ->> 'site_id' AS site_id, a.folded ->> 'measure_code' AS measure,
    a.folded ->> 'provider_id' AS provider_id,
    a.folded ->> 'type' AS type, a.folded ->> 'priority' AS priority, a.state, a.valid AS counted_at,
    CASE WHEN a.is_over OR a.state = 'VERIFIED_EFFECTIVE' OR $1::timestamptz IS NULL THEN 0
        ELSE greatest(0, ($2::timestamptz AT TIME ZONE e.zone)::date - 1 - (a.folded ->> 'original_due')::date)
        END AS overdue_days
FROM sems.entity AS e CROSS JOIN sems.cases_at($2::timestamptz, 'infinity') AS a
WHERE a.kind = 'action'
