-- Exchanges a code. $1: its digest; $2, $3: the key's id, and the key; $4: a token's digest; digests and keys in
-- hexadecimal, NULL: none. No row: there is no such code, its hour is over, or the key is another device's.
WITH put AS (
    UPDATE sems.device AS d SET code_sha256 = NULL, code_until = NULL, key_id = $2, public_key = decode($3, 'hex'),
        token_sha256 = decode($4, 'hex'), enrolled_at = clock_timestamp(), last_seen_at = NULL, revoked_at = NULL,
        revoked_by = NULL
    WHERE d.code_sha256 = decode($1, 'hex') AND d.code_until > clock_timestamp()
        AND NOT EXISTS (SELECT FROM sems.device AS o WHERE o.key_id = $2 AND o.principal <> d.principal)
    RETURNING d.principal
), seen AS (
    -- For every semsd to load who it is again.
    UPDATE sems.principal AS p SET role = p.role FROM put WHERE p.principal = put.principal
)
SELECT jsonb_build_object('principal', put.principal) FROM put
