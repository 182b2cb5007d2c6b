-- All devices, without anything that would let somebody be one.
SELECT jsonb_build_object('devices', coalesce(jsonb_agg(jsonb_build_object(
    'principal', d.principal,
    'state', CASE WHEN d.revoked_at IS NOT NULL THEN 'REVOKED' WHEN d.enrolled_at IS NOT NULL THEN 'ENROLLED'
        WHEN d.code_until > clock_timestamp() THEN 'INVITED' ELSE 'EXPIRED' END,
    'by', CASE WHEN d.key_id IS NOT NULL THEN 'KEY' WHEN d.token_sha256 IS NOT NULL THEN 'TOKEN' END,
    'key_id', d.key_id,
    'invited_at', sems.rfc3339(d.invited_at), 'invited_by', d.invited_by,
    'code_until', sems.rfc3339(d.code_until),
    'enrolled_at', sems.rfc3339(d.enrolled_at),
    'last_seen_at', sems.rfc3339(d.last_seen_at),
    'revoked_at', sems.rfc3339(d.revoked_at), 'revoked_by', d.revoked_by) ORDER BY d.principal), '[]'))
FROM sems.device AS d
