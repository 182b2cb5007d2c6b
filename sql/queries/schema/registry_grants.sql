-- Who may send what.
SELECT principal, source, kind, site FROM sems.source_grant
