-- The feeds of a period, with what is missing of each and when.
SELECT f.source, f.kind, f.site_id, f.expected, f.received, f.basis,
    sems.rfc3339(f.last_at), f.gaps
FROM sems.feed_list($1::timestamptz, $2::timestamptz) f
ORDER BY f.source, f.kind
