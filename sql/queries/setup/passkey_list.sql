-- Passkeys, and links that are open, without anything that would let somebody in. $1: of whom; NULL: of everybody.
SELECT jsonb_build_object('passkeys', (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'passkey', k.passkey, 'principal', k.principal, 'name', k.name,
        'state', CASE WHEN k.revoked_at IS NULL THEN 'GOOD' ELSE 'REVOKED' END,
        'since', sems.rfc3339(k.since), 'last_used_at', sems.rfc3339(k.last_used_at),
        'went_back_at', sems.rfc3339(k.went_back_at), 'revoked_at', sems.rfc3339(k.revoked_at),
        'revoked_by', k.revoked_by) ORDER BY k.principal, k.passkey), '[]')
    FROM sems.passkey AS k WHERE k.principal = coalesce($1, k.principal)),
    'invitations', (SELECT coalesce(jsonb_agg(jsonb_build_object('principal', i.principal,
        'until', sems.rfc3339(i.link_until), 'invited_by', i.invited_by) ORDER BY i.principal), '[]')
    FROM sems.passkey_invitation AS i
    WHERE i.principal = coalesce($1, i.principal) AND i.link_sha256 IS NOT NULL AND i.link_until > clock_timestamp()))
