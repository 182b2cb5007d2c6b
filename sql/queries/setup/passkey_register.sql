-- Uses up a link for a passkey. $1: the link's digest; $2: the credential's id; $3: its COSE_Key, all in hexadecimal;
-- $4: its count; $5: what it is called; $6: how many of a person are not revoked at once. No row: there is no such link,
-- its hour is over, the credential is registered already, or there are as many as may be.
WITH used AS (
    UPDATE sems.passkey_invitation AS i SET link_sha256 = NULL
    WHERE i.link_sha256 = decode($1, 'hex') AND i.link_until > clock_timestamp()
        AND NOT EXISTS (SELECT FROM sems.passkey AS k WHERE k.credential_id = decode($2, 'hex'))
        AND (SELECT count(*) FROM sems.passkey AS k WHERE k.principal = i.principal AND k.revoked_at IS NULL) < $6::int
    RETURNING i.principal
), put AS (
    INSERT INTO sems.passkey (principal, credential_id, public_key, sign_count, name)
    SELECT u.principal, decode($2, 'hex'), decode($3, 'hex'), $4::bigint, $5 FROM used AS u
    RETURNING principal, passkey
)
SELECT jsonb_build_object('principal', p.principal, 'passkey', p.passkey) FROM put AS p
