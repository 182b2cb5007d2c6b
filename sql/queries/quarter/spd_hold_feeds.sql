-- Counts the feeds of the quarter $1 once for this transaction, if what was kept of them does not hold.
SELECT sems.hold_feeds(min(d.starts_at), max(d.ends_at))
FROM sems.civil_day d WHERE d.quarter = $1::text
