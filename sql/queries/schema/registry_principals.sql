-- Who has which role.
SELECT principal, role FROM sems.principal
