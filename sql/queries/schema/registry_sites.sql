-- Its sites.
SELECT site_id FROM sems.site
