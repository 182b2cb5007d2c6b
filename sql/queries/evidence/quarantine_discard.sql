-- Nobody tries these again. $1: this one, or 0: all; $2: only this source, or NULL or empty; $3: 1 when refused tests
-- may be known; $4: who; $5: why. How many.
WITH gone AS (
    UPDATE sems.quarantine AS q SET state = 'DISCARDED', decided_at = clock_timestamp(), decided_by = $4,
        decided_why = $5
    WHERE q.state = 'OPEN' AND ($1::bigint = 0 OR q.quarantine_id = $1::bigint)
        AND (coalesce($2::text, '') = '' OR q.source = $2) AND ($3::int = 1 OR NOT q.is_covert)
    RETURNING 1
)
SELECT jsonb_build_object('discarded', count(*)) FROM gone
