-- From here to the end of the transaction the then_ views show what the freeze of the revision $4 of the
-- quarter $3, of the period ($1, $2), read. How much has changed that period since.
WITH late AS MATERIALIZED (
    SELECT DISTINCT l.record_id, l.source, l.stored_in
    FROM sems.spd_late($1::timestamptz, $2::timestamptz, $3::text, $4::int) AS l
)
SELECT (SELECT count(*) FROM late), set_config('sems.read_until', r.read_until::text, true),
    set_config('sems.in_flight', r.in_flight::text, true),
    set_config('sems.not_then', (SELECT coalesce(array_agg(l.record_id), '{}')::text FROM late AS l
        WHERE NOT sems.not_read(l.stored_in, r.read_until, r.in_flight)), true)
FROM sems.spd_revision AS r WHERE r.quarter = $3::text AND r.revision = $4::int
