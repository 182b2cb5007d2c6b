-- A passkey has signed in its person. $1: the credential's id, in hexadecimal; $2: the count that it signed. A count that
-- does not grow is a copy's: it is told, and nobody is signed in. No row: nobody's, or revoked.
WITH found AS (
    SELECT k.passkey, k.principal, k.name, k.sign_count,
        $2::bigint <= k.sign_count AND ($2::bigint > 0 OR k.sign_count > 0) AS went_back
    FROM sems.passkey AS k
    WHERE k.credential_id = decode($1, 'hex') AND k.revoked_at IS NULL
    FOR UPDATE
), put AS (
    UPDATE sems.passkey AS k SET sign_count = greatest(k.sign_count, $2::bigint),
        last_used_at = CASE WHEN f.went_back THEN k.last_used_at ELSE clock_timestamp() END,
        went_back_at = CASE WHEN f.went_back THEN clock_timestamp() ELSE k.went_back_at END
    FROM found AS f WHERE k.passkey = f.passkey
    RETURNING k.passkey
), told AS (
    SELECT sems.log_put(CASE WHEN f.went_back THEN 'passkey.count_back' ELSE 'passkey.sign_in' END, f.principal,
        jsonb_build_object('passkey', f.passkey, 'name', f.name, 'count', $2::bigint, 'count_before', f.sign_count))
    FROM found AS f
)
SELECT jsonb_build_object('principal', f.principal, 'passkey', f.passkey, 'went_back', f.went_back)
FROM found AS f, put, told
