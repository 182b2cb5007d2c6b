-- Nobody is signed in by this passkey any more. $1: its number; $2: by whom. No row: there is none.
UPDATE sems.passkey AS k SET revoked_at = coalesce(k.revoked_at, clock_timestamp()),
    revoked_by = coalesce(k.revoked_by, $2)
WHERE k.passkey = $1::bigint
RETURNING jsonb_build_object('principal', k.principal, 'passkey', k.passkey, 'name', k.name,
    'revoked_at', sems.rfc3339(k.revoked_at), 'revoked_by', k.revoked_by)
