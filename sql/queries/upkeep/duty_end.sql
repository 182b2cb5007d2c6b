-- The duty $1 has ended: well when $2 is NULL, else by that failure; '' when the database alone was the cause.
SELECT sems.end_duty($1, $2)
