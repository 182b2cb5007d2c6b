-- Removes what has been in the quarantine for as long as it may be.
SELECT sems.purge_quarantine()
