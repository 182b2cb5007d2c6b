-- A page of what waits in the quarantine, without content. $1: list from behind this number; $2: so
-- many; $3: only this source, or NULL.
WITH page AS (
    SELECT q.quarantine_id, q.received_at, q.source, q.principal, q.kind, q.record_id, q.reason,
        q.field, q.message
    FROM sems.quarantine AS q
    WHERE q.state = 'OPEN' AND q.quarantine_id > $1::bigint
        AND ($3::text IS NULL OR q.source = $3)
    ORDER BY q.quarantine_id LIMIT $2::int
)
SELECT jsonb_build_object(
    'records', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.quarantine_id), '[]') FROM page AS p),
    'open', (SELECT count(*) FROM sems.quarantine AS q
        WHERE q.state = 'OPEN' AND ($3::text IS NULL OR q.source = $3)),
    'next_after_id', (SELECT CASE WHEN count(*) = $2::int THEN max(p.quarantine_id) END
        FROM page AS p))
