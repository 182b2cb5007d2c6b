-- Activity counts of a period, days of one quarter, each place's time counted once. A place is what
-- was counted where: site and location (without a location each source is a place of its own), measure,
-- provider, activity and means. Of intervals that overlap the one that began first is counted, of those
-- that began together the longest, and of another the share of it that lies outside: so a day's total
-- counts, and the hours within it do not. What reaches over the quarter's end is shared by time, and is at
-- the quarter's first day in the second. No interval is longer than 93 days (core/kind_activity.c).
SELECT s.record_id, s.source, s.source_record_id, s.schema_version, s.site_id, s.location_id,
    s.measure_code, s.measure_code AS measure, s.requirement_refs, s.risk_control_ids, s.provider_id,
    s.occurred_at, s."precision", s.occurred_end, s.device_local_time, s.utc_offset_min,
    s.clock_offset_ms, s.recorded_by, s.subject_person, s.shift_id, s.corrects_record_id, s.corrects_source, s.corrected_at,
    s.correction_reason, s.embargo, s.marking, s.activity, s.count, s.method, s.means, s.received_at,
    s.first_at AS counted_at, p.counted, nullif(p.within - p.counted, 0) AS twice
FROM (
    SELECT e.*, q.since, q.until, greatest(e.began_at, q.since) AS first_at,
        coalesce(e.occurred_end, e.began_at) AS ended_at,
        greatest(e.began_at, max(e.occurred_end) OVER (
            PARTITION BY e.location_id COLLATE "C", e.activity COLLATE "C", e.measure_code COLLATE "C",
                e.site_id COLLATE "C", CASE WHEN e.location_id IS NULL THEN e.source COLLATE "C" END,
                e.provider_id COLLATE "C", e.means COLLATE "C"
            ORDER BY e.began_at, coalesce(e.occurred_end, e.began_at) DESC, e.method COLLATE "C", e.record_id, e.source COLLATE "C"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS own_since
    FROM (
        SELECT min(d.starts_at) AS since, max(d.ends_at) AS until FROM sems.civil_day AS d
        WHERE d.quarter = (SELECT c.quarter FROM sems.civil_day AS c
            WHERE c.starts_at <= $1::timestamptz ORDER BY c.starts_at DESC LIMIT 1)
    ) AS q CROSS JOIN (
        SELECT a.*, a.occurred_at AS began_at FROM sems.effective_activity AS a
        WHERE a.occurred_at >= $1::timestamptz AND a.occurred_at < $2::timestamptz
        UNION ALL
        SELECT a.*, a.occurred_at FROM sems.effective_activity AS a
        WHERE a.occurred_at >= $1::timestamptz - interval '24 hours' AND a.occurred_at < $1::timestamptz
            AND a.occurred_end > $1::timestamptz
        UNION ALL
        SELECT a.*, a.occurred_at FROM sems.effective_activity AS a
        WHERE a.occurred_at >= $1::timestamptz - interval '2232 hours'
            AND a.occurred_at < $1::timestamptz - interval '24 hours'
            AND a.occurred_end - a.occurred_at > interval '24 hours' AND a.occurred_end > $1::timestamptz
    ) AS e
) AS s
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN s.own_since >= least(s.ended_at, s.until) AND s.own_since > s.began_at THEN 0
        WHEN s.own_since = s.began_at AND s.began_at >= s.since AND s.ended_at <= s.until THEN s.count
        ELSE sems.count_until(s.count, s.began_at, s.ended_at, least(s.ended_at, s.until))
            - sems.count_until(s.count, s.began_at, s.ended_at, greatest(s.own_since, s.since)) END
        AS counted,
        CASE WHEN s.began_at >= s.since AND s.ended_at <= s.until THEN s.count
        ELSE sems.count_until(s.count, s.began_at, s.ended_at, least(s.ended_at, s.until))
            - sems.count_until(s.count, s.began_at, s.ended_at, s.first_at) END AS within
) AS p
WHERE s.first_at >= $1::timestamptz AND s.first_at < $2::timestamptz
