-- A code for a device, an hour long, in place of one before. $1: its principal; $2: the code's digest, in hexadecimal;
-- $3: by whom.
WITH known AS (
    INSERT INTO sems.principal (principal, role) VALUES ($1, 'device') ON CONFLICT DO NOTHING
), put AS (
    INSERT INTO sems.device AS d (principal, code_sha256, code_until, invited_at, invited_by)
    VALUES ($1, decode($2, 'hex'), clock_timestamp() + interval '1 hour', clock_timestamp(), $3)
    ON CONFLICT (principal) DO UPDATE SET code_sha256 = excluded.code_sha256, code_until = excluded.code_until,
        invited_at = excluded.invited_at, invited_by = excluded.invited_by
    RETURNING d.principal, d.code_until
)
SELECT jsonb_build_object('principal', p.principal, 'until', sems.rfc3339(p.code_until)) FROM put AS p
