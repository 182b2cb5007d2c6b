-- TIP events of a period, as metrics see them. sessions_known: the device also sent sessions;
-- bags_known: they say how many bags had nothing projected.
SELECT e.*, e.measure_code AS measure, d.device_id IS NOT NULL AS sessions_known,
    d.bags_known IS TRUE AS bags_known
FROM sems.effective_tip_event e
LEFT JOIN (
	SELECT s.site_id, s.device_id, bool_or(s.images_viewed IS NOT NULL AND s.tip_shown IS NOT NULL
	    AND s.non_tip_alarms IS NOT NULL) AS bags_known
	FROM sems.effective_tip_session s
	WHERE s.counted_at >= $1::timestamptz AND s.counted_at < $2::timestamptz
	GROUP BY s.site_id, s.device_id
) AS d ON d.site_id = e.site_id AND d.device_id = e.device_id
WHERE e.counted_at >= $1::timestamptz AND e.counted_at < $2::timestamptz
