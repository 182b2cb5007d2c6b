-- The facts that decide over each month of each kind. $1: the daemon's clock.
-- quarter: the month's own, or the first one not submitted that needs it.
WITH today AS (
    SELECT d.day FROM sems.civil_day AS d
    WHERE d.starts_at <= $1::timestamptz AND d.ends_at > $1::timestamptz
    ORDER BY d.starts_at DESC LIMIT 1
), findings AS MATERIALIZED (
    -- Once for all months: whether a finding is open depends on every later audit.
    SELECT m.month, count(DISTINCT f.finding_id) AS n
    FROM sems.open_finding AS f
    JOIN sems.evidence_month AS m
        ON m.kind = 'audit' AND f.occurred_at >= m.starts_at AND f.occurred_at < m.ends_at
    GROUP BY m.month
)
SELECT m.kind, to_char(m.month, 'YYYY-MM-DD') AS month, coalesce(q.missing, m.quarter) AS quarter,
    m.records, m.exact::int AS exact, p.min_months, p.max_months,
    CASE WHEN q.missing IS NULL THEN to_char(q.submitted_at AT TIME ZONE e.zone, 'YYYY-MM-DD') END
        AS submitted_on,
    coalesce(f.n, 0) AS open_findings,
    to_char(today.day, 'YYYY-MM-DD') AS today, w.value AS window_days,
    h.holds, coalesce(h.rest = 0, false)::int AS all_held
FROM sems.held_months(2000) AS m
CROSS JOIN today
CROSS JOIN sems.entity AS e
CROSS JOIN LATERAL (
    SELECT min(needed) FILTER (WHERE s.quarter IS NULL) AS missing,
        max(s.submitted_at) AS submitted_at
    FROM sems.month_quarters(m.kind, m.quarter, m.starts_at, m.ends_at) AS needed
    LEFT JOIN sems.submitted_quarter AS s ON s.quarter = needed
) AS q
JOIN sems.setting AS w ON w.name = 'revision_window_days'
LEFT JOIN sems.retention_policy AS p ON p.kind = m.kind
CROSS JOIN LATERAL sems.month_holds(m.kind, m.starts_at, m.ends_at,
    sems.months_since(m.month, $1::timestamptz) >= p.max_months) AS h
LEFT JOIN findings AS f ON m.kind = 'audit' AND f.month = m.month
ORDER BY m.month, m.kind
