-- TIP sessions of a period, as metrics see them. events_absent: the device sent sessions only, so
-- that their counts stand in for its events.
SELECT s.*, s.measure_code AS measure, d.device_id IS NULL AS events_absent,
    s.images_viewed IS NOT NULL AND s.tip_shown IS NOT NULL AND s.non_tip_alarms IS NOT NULL
	AS bags_known,
    extract(epoch FROM s.occurred_end - s.occurred_at)::bigint AS seconds
FROM sems.effective_tip_session s
LEFT JOIN (
	SELECT e.site_id, e.device_id FROM sems.effective_tip_event e
	WHERE e.counted_at >= $1::timestamptz AND e.counted_at < $2::timestamptz
	GROUP BY e.site_id, e.device_id
) AS d ON d.site_id = s.site_id AND d.device_id = s.device_id
WHERE s.counted_at >= $1::timestamptz AND s.counted_at < $2::timestamptz
