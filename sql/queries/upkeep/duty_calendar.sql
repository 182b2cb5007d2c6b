-- Compares the calendar with the zone's rules of today and keeps what differs. $1: the daemon's clock.
-- Whether anything does, how many days, the first and the last one, and the zone.
SELECT c.differs, c.days, c.first_day, c.last_day, c.zone FROM sems.check_calendar($1::timestamptz) AS c
