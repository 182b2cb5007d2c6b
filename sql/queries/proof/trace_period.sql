-- The quarters in which a record counts: that of the instant $1 first, then those that the record of the kind
-- $2, source $3 and id $4 lasts in: label, instants, first day.
SELECT q.quarter, to_char(min(q.starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(max(q.ends_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(min(q.day), 'YYYY-MM-DD')
FROM (
    SELECT d.quarter, bool_or(t.is_own) AS is_own
    FROM (
        SELECT $1::timestamptz AS since, $1::timestamptz + interval '1 microsecond' AS until, true AS is_own
        UNION ALL
        SELECT l.since, l.until, false FROM sems.lasts($2::text, $3::text, $4::uuid) AS l
    ) AS t
    JOIN sems.civil_day AS d ON d.starts_at < t.until AND d.ends_at > t.since
    GROUP BY d.quarter
) AS p
JOIN sems.civil_day AS q ON q.quarter = p.quarter
GROUP BY q.quarter, p.is_own ORDER BY p.is_own DESC, q.quarter
