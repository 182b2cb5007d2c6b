-- Nobody is this device any more, and its open code is of no use. $1: its principal; $2: by whom. No row: there is none.
WITH put AS (
    UPDATE sems.device AS d SET code_sha256 = NULL, code_until = NULL,
        revoked_at = coalesce(d.revoked_at, clock_timestamp()), revoked_by = coalesce(d.revoked_by, $2)
    WHERE d.principal = $1
    RETURNING d.principal, d.revoked_at, d.revoked_by
), seen AS (
    -- For every semsd to load who it is again.
    UPDATE sems.principal AS p SET role = p.role FROM put WHERE p.principal = put.principal
)
SELECT jsonb_build_object('principal', put.principal, 'revoked_at', sems.rfc3339(put.revoked_at),
    'revoked_by', put.revoked_by) FROM put
