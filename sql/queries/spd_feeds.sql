-- The feeds of a period, with what is missing of each and when.
SELECT f.source, f.kind, f.site_id, f.expected, f.received, f.basis,
    to_char(f.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), f.gaps
FROM sems.feed_list($1::timestamptz, $2::timestamptz) f
ORDER BY f.source, f.kind
