-- How many records changed what counts in a period ($1, $2) since $3, by what a figure may be of.
SELECT c.kind, c.site_id, c.measure, count(DISTINCT (c.record_id, c.source)) AS records
FROM sems.spd_change c
WHERE c.counted_at >= $1::timestamptz AND c.counted_at < $2::timestamptz
    AND c.received_at >= $3::timestamptz
GROUP BY c.kind, c.site_id, c.measure
ORDER BY c.kind, c.site_id, c.measure
