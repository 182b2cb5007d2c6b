-- Keeps what became of requeued records. $1: [{"quarantine_id", "verdict", "reason", "field",
-- "message"}]; $2: who asked. What was refused again stays open, with the reason it has now.
UPDATE sems.quarantine AS q SET
    state = CASE WHEN g.verdict IN ('STORED', 'DUPLICATE') THEN 'REQUEUED' ELSE q.state END,
    decided_at = CASE WHEN g.verdict IN ('STORED', 'DUPLICATE') THEN clock_timestamp()
        ELSE q.decided_at END,
    decided_by = CASE WHEN g.verdict IN ('STORED', 'DUPLICATE') THEN $2 ELSE q.decided_by END,
    reason = coalesce(g.reason, q.reason),
    field = coalesce(g.field, q.field),
    message = coalesce(g.message, q.message)
FROM jsonb_to_recordset($1::jsonb)
    AS g (quarantine_id bigint, verdict text, reason text, field text, message text)
WHERE q.quarantine_id = g.quarantine_id AND q.state = 'OPEN'
