-- The targets in force in the quarter $1, each with when and by whom it was set, whether after the quarter's
-- end, and the one that it replaced: of the same part, where the metric is counted apart.
SELECT t.metric, t.value, t.approved_by, t.from_quarter, sems.rfc3339(t.set_at), t.set_by,
    (t.set_at >= (SELECT max(d.ends_at) FROM sems.civil_day AS d WHERE d.quarter = $1::text))::int,
    CASE WHEN t.is_of_same THEN t.old_value END, t.of_part, t.low, t.high,
    CASE WHEN t.is_of_same THEN t.old_low END, CASE WHEN t.is_of_same THEN t.old_high END
FROM (SELECT x.*, lead(x.value) OVER newest AS old_value, lead(x.low) OVER newest AS old_low,
        lead(x.high) OVER newest AS old_high, lead(x.of_part) OVER newest IS NOT DISTINCT FROM x.of_part AS is_of_same,
        row_number() OVER newest AS n
    FROM sems.target AS x
    WHERE x.from_quarter <= $1::text
    WINDOW newest AS (PARTITION BY x.metric ORDER BY x.from_quarter DESC, x.set_at DESC, x.target_id DESC)) AS t
WHERE t.n = 1
ORDER BY t.metric
