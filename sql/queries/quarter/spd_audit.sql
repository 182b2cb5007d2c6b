-- Audits of a period, with their findings counted by severity. on_time: in the civil month they were
-- planned for. first_at_site marks one audit of each site, so that sites can be counted.
SELECT a.*, a.measure_code AS measure, f.critical, f.serious, f.minor,
    p.month = o.month AS on_time,
    row_number() OVER (PARTITION BY a.site_id ORDER BY a.occurred_at, a.record_id,
	a.source COLLATE "C") = 1
	AS first_at_site
FROM sems.effective_audit a
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE x.severity = 'CRITICAL') AS critical,
	    count(*) FILTER (WHERE x.severity = 'SERIOUS') AS serious,
	    count(*) FILTER (WHERE x.severity = 'MINOR') AS minor
	FROM jsonb_to_recordset(coalesce(a.findings, '[]')) AS x(severity text)
) AS f
LEFT JOIN LATERAL (
	SELECT d.month FROM sems.civil_day d WHERE d.starts_at <= a.planned_for
	ORDER BY d.starts_at DESC LIMIT 1
) AS p ON true
LEFT JOIN LATERAL (
	SELECT d.month FROM sems.civil_day d WHERE d.starts_at <= a.counted_at
	ORDER BY d.starts_at DESC LIMIT 1
) AS o ON true
WHERE a.counted_at >= $1::timestamptz AND a.counted_at < $2::timestamptz
