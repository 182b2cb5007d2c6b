-- Before which instant, in milliseconds, records of a kind were purged.
SELECT kind, (extract(epoch FROM floor) * 1000)::bigint FROM sems.purge_floor
