-- A link for a person's passkey, an hour long, in place of one before. $1: the person's principal; $2: the link's
-- digest, in hexadecimal; $3: by whom. No row: nobody is registered so.
WITH put AS (
    INSERT INTO sems.passkey_invitation AS i (principal, link_sha256, link_until, invited_at, invited_by)
    SELECT p.principal, decode($2, 'hex'), clock_timestamp() + interval '1 hour', clock_timestamp(), $3
    FROM sems.principal AS p WHERE p.principal = $1
    ON CONFLICT (principal) DO UPDATE SET link_sha256 = excluded.link_sha256, link_until = excluded.link_until,
        invited_at = excluded.invited_at, invited_by = excluded.invited_by
    RETURNING i.principal, i.link_until
)
SELECT jsonb_build_object('principal', p.principal, 'until', sems.rfc3339(p.link_until)) FROM put AS p
