-- Records to requeue, their bytes still sealed: at most 500, and a MiB of bytes or one record. Of what is
-- kept as a head alone, how many bytes were sent; else NULL.
-- $1: from behind this number; $2: only this one, or 0; $3: only this source, or NULL or empty; $4: 1 when
-- refused tests may be known.
WITH page AS (
    SELECT q.quarantine_id, q.principal, q.raw_sealed, q.head_of,
        sum(octet_length(q.raw_sealed)) OVER (ORDER BY q.quarantine_id) AS bytes,
        row_number() OVER (ORDER BY q.quarantine_id) AS place
    FROM (
        SELECT o.quarantine_id, o.principal, o.raw_sealed, o.head_of
        FROM sems.quarantine AS o
        WHERE o.state = 'OPEN' AND o.quarantine_id > $1::bigint
            AND ($2::bigint = 0 OR o.quarantine_id = $2::bigint)
            AND (coalesce($3::text, '') = '' OR o.source = $3)
            AND ($4::int = 1 OR NOT o.is_covert)
        ORDER BY o.quarantine_id LIMIT 500
    ) AS q
)
SELECT p.quarantine_id, p.principal, encode(p.raw_sealed, 'hex') AS raw_sealed, p.head_of
FROM page AS p
WHERE p.place = 1 OR p.bytes <= 1048576
ORDER BY p.quarantine_id
