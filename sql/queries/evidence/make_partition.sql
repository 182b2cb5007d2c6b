-- The month of the kind $1 that the instant $2 is in, made unless it is there: its bounds in milliseconds, and
-- whether it takes no records for now.
SELECT (extract(epoch FROM starts_at) * 1000)::bigint, (extract(epoch FROM ends_at) * 1000)::bigint,
    is_closed::int
FROM sems.make_partition($1, $2)
