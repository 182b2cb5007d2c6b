-- One quarantined record, its bytes still sealed. $1: its number.
SELECT jsonb_build_object('quarantine_id', q.quarantine_id, 'received_at', q.received_at,
    'last_received_at', coalesce(q.last_received_at, q.received_at), 'source', q.source, 'principal', q.principal, 'kind', q.kind, 'record_id', q.record_id,
    'reason', q.reason, 'field', q.field, 'message', q.message, 'state', q.state,
    'head_of', q.head_of, 'whole_sha256', encode(q.whole_sha256, 'hex'),
    'decided_at', q.decided_at, 'decided_by', q.decided_by, 'decided_why', q.decided_why) AS document,
    encode(q.raw_sealed, 'hex') AS raw_sealed
FROM sems.quarantine AS q
WHERE q.quarantine_id = $1::bigint
