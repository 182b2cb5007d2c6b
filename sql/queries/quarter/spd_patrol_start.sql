-- Rounds that were walked in a period, each with the slot of the day that it began in by the entity's clocks
-- (start_slot), numbered so that those of one site, route and length of slot stand together: see
-- patrol_slots() in core/metric/figure_patrol.c. Absent: nobody tells how long the slots are, or the time of day.
SELECT p.*, p.measure_code AS measure, CASE WHEN p."precision" IS DISTINCT FROM 'DAY' THEN
    dense_rank() OVER (ORDER BY p.site_id, p.route COLLATE "C") << 22 | p.slot_minutes << 11
    | floor(extract(epoch FROM (p.counted_at AT TIME ZONE e.zone)::time) / 60 / p.slot_minutes)::bigint END AS start_slot
FROM sems.effective_patrol AS p CROSS JOIN sems.entity AS e
WHERE p.counted_at >= $1::timestamptz AND p.counted_at < $2::timestamptz AND p.result IN ('DONE', 'LATE')
