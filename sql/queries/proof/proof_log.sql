-- The head that the access log has at a number by what its lines say; NULL: it has none there. $1: the number.
SELECT sems.log_head($1::bigint)
