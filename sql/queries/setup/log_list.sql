-- A page of the access log. $1: the number of the entry before, NULL none; $2: how many; $3, $4: since and until, a
-- day of the calendar or an instant, NULL any; $5: who, a principal or a person's name; $6: what it is called, or how that begins;
-- $7: whether tests under embargo may be told.
WITH bounds AS (
    SELECT coalesce((extract(epoch FROM CASE WHEN length($3::text) = 10
            THEN (SELECT c.starts_at FROM sems.civil_day c WHERE c.day = left($3::text, 10)::date)
            ELSE $3::timestamptz END) * 1000)::bigint, 0) AS since_ms,
        coalesce((extract(epoch FROM CASE WHEN length($4::text) = 10
            THEN (SELECT c.ends_at FROM sems.civil_day c WHERE c.day = left($4::text, 10)::date)
            ELSE $4::timestamptz END) * 1000)::bigint, 9223372036854775807) AS until_ms
), page AS (
    SELECT l.number, encode(l.sha256, 'hex') AS sha256, a.line::jsonb AS line, a.at_ms
    FROM sems.access_link l JOIN sems.access_log a USING (entry_id)
    WHERE ($1::bigint IS NULL OR l.number < $1::bigint)
    AND a.at_ms >= (SELECT b.since_ms FROM bounds AS b) AND a.at_ms < (SELECT b.until_ms FROM bounds AS b)
    AND ($5::text IS NULL OR a.who = $5::text OR a.line::jsonb ->> 'person' = $5::text)
    AND ($6::text IS NULL OR starts_with(a.what, $6::text)) AND ($7::boolean OR NOT a.is_covert)
    ORDER BY l.number DESC LIMIT $2::int
)
SELECT jsonb_build_object('entries', coalesce(jsonb_agg(p.line || jsonb_build_object('number', p.number,
    'sha256', p.sha256, 'at', sems.rfc3339(to_timestamp(p.at_ms / 1000.0))) ORDER BY p.number DESC), '[]'),
    'next', CASE WHEN count(*) = $2::int THEN min(p.number) END)
FROM page AS p
