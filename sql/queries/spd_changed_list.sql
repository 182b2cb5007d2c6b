-- The records that changed what counts in a period ($1, $2) since the revision $5 of the quarter $4 was
-- frozen as of $3: the first of them, and how many there are in all.
SELECT d.kind, d.how, d.record_id, d.source, d.site_id,
    to_char(d.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS received_at,
    d.root_record_id, count(*) OVER () AS records
FROM (
    SELECT DISTINCT ON (c.record_id, c.source) c.kind, c.how, c.record_id, c.source, c.site_id,
        c.received_at, c.root_record_id
    FROM sems.spd_late($1::timestamptz, $2::timestamptz, $3::timestamptz, $4::text, $5::int) AS c
    ORDER BY c.record_id, c.source
) AS d
ORDER BY d.received_at, d.record_id, d.source
LIMIT 200
