-- The entity.
SELECT name, zone FROM sems.entity
