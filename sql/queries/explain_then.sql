-- From here to the end of the transaction the then_ views show what was known when the revision $5 of the
-- quarter $4, of the period ($1, $2), was frozen as of $3. How much has changed that period since.
WITH late AS MATERIALIZED (
    SELECT DISTINCT l.record_id, l.received_at
    FROM sems.spd_late($1::timestamptz, $2::timestamptz, $3::timestamptz, $4::text, $5::int) AS l
)
SELECT (SELECT count(*) FROM late), set_config('sems.as_of', $3::text, true),
    set_config('sems.not_then', (SELECT coalesce(array_agg(l.record_id), '{}')::text FROM late AS l
        WHERE l.received_at < $3::timestamptz), true)
