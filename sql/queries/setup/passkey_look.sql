-- Whom a link is for, without using it up. $1: its digest, in hexadecimal. No row: it is none, or its hour is over.
SELECT jsonb_build_object('principal', i.principal, 'name', coalesce(n.name, i.principal),
    'known', coalesce((SELECT jsonb_agg(encode(k.credential_id, 'hex') ORDER BY k.passkey) FROM sems.passkey AS k
        WHERE k.principal = i.principal AND k.revoked_at IS NULL), '[]'))
FROM sems.passkey_invitation AS i
JOIN sems.principal AS p USING (principal)
LEFT JOIN sems.person AS n USING (person)
WHERE i.link_sha256 = decode($1, 'hex') AND i.link_until > clock_timestamp()
