-- Whose a credential is. $1: a key's id; $2: a token's digest, in hexadecimal; one of them NULL; $3: 1 when it has proved
-- itself. No row: nobody's, or revoked.
WITH found AS (
    SELECT d.principal, d.public_key FROM sems.device AS d
    WHERE d.revoked_at IS NULL AND (d.key_id = $1 OR d.token_sha256 = decode($2, 'hex'))
), seen AS (
    UPDATE sems.device AS d SET last_seen_at = clock_timestamp() FROM found AS f
    WHERE d.principal = f.principal AND $3::int = 1
        AND coalesce(d.last_seen_at < clock_timestamp() - interval '10 seconds', true)
)
SELECT jsonb_build_object('principal', f.principal, 'public_key', encode(f.public_key, 'hex')) FROM found AS f
