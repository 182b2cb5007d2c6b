-- A page of what waits in the quarantine, without content. $1: list from behind this number; $2: 1 when
-- refused tests may be known, of which nobody has said that they are no secret, and what may be such; $3: so many; $4: only this
-- source, or NULL.
WITH open AS (
    SELECT q.* FROM sems.quarantine AS q
    WHERE q.state = 'OPEN' AND ($4::text IS NULL OR q.source = $4)
        AND ($2::int = 1 OR NOT q.is_covert)
), page AS (
    SELECT q.quarantine_id, q.received_at, coalesce(q.last_received_at, q.received_at) AS last_received_at,
        q.source, q.principal, q.kind, q.record_id, q.reason, q.field, q.message, q.head_of
    FROM open AS q
    WHERE q.quarantine_id > $1::bigint
    ORDER BY q.quarantine_id LIMIT $3::int
)
SELECT jsonb_build_object(
    'records', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.quarantine_id), '[]') FROM page AS p),
    'open', (SELECT count(*) FROM open),
    'next_after_id', (SELECT CASE WHEN count(*) = $3::int THEN max(p.quarantine_id) END
        FROM page AS p))
