-- Whose a passkey is, and what its signatures are checked with. $1: the credential's id, in hexadecimal; $2: its
-- number; one of them NULL. No row: nobody's, or revoked.
SELECT jsonb_build_object('principal', k.principal, 'passkey', k.passkey, 'public_key', encode(k.public_key, 'hex'),
    'sign_count', k.sign_count)
FROM sems.passkey AS k
WHERE (k.credential_id = decode($1, 'hex') OR k.passkey = $2::bigint) AND k.revoked_at IS NULL
