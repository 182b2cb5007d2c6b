-- A page of what waits in the quarantine, without content. $1: list from behind this number; $2: 1 when
-- refused tests may be known, of which nobody has said that they are no secret, and what may be such; $3: so many; $4: only this
-- source, or NULL; $5: 1 when what they say of themselves may be read: then the sealed bytes are with the records, of a
-- MiB together.
WITH open AS (
    SELECT q.* FROM sems.quarantine AS q
    WHERE q.state = 'OPEN' AND ($4::text IS NULL OR q.source = $4)
        AND ($2::int = 1 OR NOT q.is_covert)
), page AS (
    SELECT q.quarantine_id, q.received_at, coalesce(q.last_received_at, q.received_at) AS last_received_at,
        q.source, q.principal, q.kind, q.reason,
        q.field, q.message, q.head_of, CASE WHEN $5::int = 1 AND NOT q.is_covert AND sum(q.kept_bytes)
            OVER (ORDER BY q.quarantine_id) <= 1048576 THEN encode(q.raw_sealed, 'hex') END AS sealed
    FROM open AS q
    WHERE q.quarantine_id > $1::bigint
    ORDER BY q.quarantine_id LIMIT $3::int
), why AS (
    SELECT o.source, o.reason, count(*) AS records, max(coalesce(o.last_received_at, o.received_at)) AS last_received_at
    FROM open AS o GROUP BY o.source, o.reason ORDER BY count(*) DESC, o.source, o.reason
)
SELECT jsonb_build_object(
    'reasons', (SELECT coalesce(jsonb_agg(to_jsonb(w) ORDER BY w.records DESC, w.source, w.reason), '[]')
        FROM (SELECT * FROM why LIMIT 30) AS w),
    'reasons_total', (SELECT count(*) FROM why),
    'records', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(p)) ORDER BY p.quarantine_id), '[]') FROM page AS p),
    'open', (SELECT count(*) FROM open),
    'next_after_id', (SELECT CASE WHEN count(*) = $3::int THEN max(p.quarantine_id) END
        FROM page AS p))
