-- How often the register was changed.
SELECT count(*) FROM sems.register_change
