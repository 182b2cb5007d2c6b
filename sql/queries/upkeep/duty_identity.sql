-- Removes from the map of persons whoever left so long ago that no record is about him. $1: the daemon's clock.
SELECT identity.expire($1::timestamptz)
