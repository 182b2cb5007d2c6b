-- How many records changed what counts in a period ($1, $2) since the revision $4 of the quarter $3 was
-- frozen, by what a figure may be of.
SELECT c.kind, c.site_id, c.measure, count(DISTINCT (c.record_id, c.source)) AS records
FROM sems.spd_late($1::timestamptz, $2::timestamptz, $3::text, $4::int) AS c
GROUP BY c.kind, c.site_id, c.measure
ORDER BY c.kind, c.site_id, c.measure
