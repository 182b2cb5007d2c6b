-- Who may send what; a device that is revoked nothing.
SELECT g.principal, g.source, g.kind, g.site FROM sems.source_grant AS g
WHERE NOT EXISTS (SELECT FROM sems.device AS d WHERE d.principal = g.principal AND d.revoked_at IS NOT NULL)
