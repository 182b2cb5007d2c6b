-- Nobody is signed in by this passkey any more, nor registers another by a link that was made before. $1: its number;
-- $2: by whom. No row: there is none.
WITH revoked AS (
    UPDATE sems.passkey AS k SET revoked_at = coalesce(k.revoked_at, clock_timestamp()),
        revoked_by = coalesce(k.revoked_by, $2)
    WHERE k.passkey = $1::bigint
    RETURNING k.*
), closed AS (
    UPDATE sems.passkey_invitation AS i SET link_sha256 = NULL FROM revoked AS r
    WHERE i.principal = r.principal AND i.link_sha256 IS NOT NULL
)
SELECT jsonb_build_object('principal', r.principal, 'passkey', r.passkey, 'name', r.name,
    'revoked_at', sems.rfc3339(r.revoked_at), 'revoked_by', r.revoked_by) FROM revoked AS r
