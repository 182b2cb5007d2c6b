-- The civil days since 1970-01-01, with their instants in milliseconds.
SELECT day - date '1970-01-01', (extract(epoch FROM starts_at) * 1000)::bigint,
    (extract(epoch FROM ends_at) * 1000)::bigint
FROM sems.civil_day ORDER BY day
