-- Plans for a period, whenever they were made.
SELECT p.*, p.measure_code AS measure FROM sems.effective_plan p
WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz
