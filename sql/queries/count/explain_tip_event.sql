-- TIP events of a period, as metrics see them.
SELECT e.*, e.measure_code AS measure FROM sems.effective_tip_event e
WHERE e.counted_at >= $1::timestamptz AND e.counted_at < $2::timestamptz
