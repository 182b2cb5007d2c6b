-- Removes what has been in the quarantine for as long as it may be, by the clock that said when it came. $1: the
-- daemon's clock.
SELECT sems.purge_quarantine($1::timestamptz)
