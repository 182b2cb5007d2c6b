-- Who has which role; of a device that is revoked it is as if nobody had given it one.
SELECT p.principal, p.role FROM sems.principal AS p
WHERE NOT EXISTS (SELECT FROM sems.device AS d WHERE d.principal = p.principal AND d.revoked_at IS NOT NULL)
