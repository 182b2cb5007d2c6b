-- Activity counts of a period, days of one quarter, each place's time counted once. A place is what
-- was counted where: site and location (without a location each source is a place of its own), measure,
-- provider, activity and means. Of intervals that overlap the one that began first is counted, of those
-- that began together the longest, and of another the share of it that lies outside: so a day's total
-- counts, and the hours within it do not. Places that may be one, since one of them at least has no location, both
-- count; beside: how much of a record counts at a time for which another of them counts, too. What reaches over the quarter's end is shared by time, and is at
-- the quarter's first day in the second. Places are sorted by one text, since comparing each of seven took most of
-- the time; no code has a control character. No interval is longer than 93 days (core/kind/kind_activity.c).
SELECT s.record_id, s.source, s.source_record_id, s.schema_version, s.site_id, s.location_id,
    s.measure_code, s.measure_code AS measure, s.requirement_refs, s.risk_control_ids, s.provider_id,
    s.occurred_at, s."precision", s.occurred_end, s.device_local_time, s.utc_offset_min,
    s.clock_offset_ms, s.recorded_by, s.subject_person, s.shift_id, s.corrects_record_id, s.corrects_source, s.corrected_at,
    s.correction_reason, s.embargo, s.marking, s.activity, s.count, s.method, s.means, s.received_at,
    s.first_at AS counted_at, p.counted, nullif(p.within - p.counted, 0) AS twice,
    nullif(CASE WHEN s.beside_until <= greatest(s.own_since, s.since) OR p.counted = 0 THEN 0
        WHEN s.beside_until >= least(s.ended_at, s.until) THEN p.counted
        ELSE sems.count_until(s.count, s.began_at, s.ended_at, s.beside_until)
            - sems.count_until(s.count, s.began_at, s.ended_at, greatest(s.own_since, s.since)) END, 0) AS beside
FROM (
    SELECT e.*, q.since, q.until, greatest(e.began_at, q.since) AS first_at,
        coalesce(e.occurred_end, e.began_at) AS ended_at,
        greatest(e.began_at, max(e.occurred_end) OVER (
            PARTITION BY concat(e.location_id, chr(31), e.activity, chr(31), e.site_id, chr(31), e.measure_code,
                chr(31), CASE WHEN e.location_id IS NULL THEN e.source END, chr(31), e.provider_id, chr(31),
                e.means) COLLATE "C"
            ORDER BY e.began_at, coalesce(e.occurred_end, e.began_at) DESC, e.method COLLATE "C", e.record_id, e.source COLLATE "C"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS own_since,
        coalesce(CASE WHEN e.location_id IS NULL THEN max(e.occurred_end) OVER site
            ELSE max(e.occurred_end) FILTER (WHERE e.location_id IS NULL) OVER site END, q.since) AS beside_until
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
    WINDOW site AS (PARTITION BY concat(e.site_id, chr(31), e.activity, chr(31), e.measure_code, chr(31),
            e.provider_id, chr(31), e.means) COLLATE "C"
        ORDER BY e.began_at, coalesce(e.occurred_end, e.began_at) DESC, e.method COLLATE "C", e.record_id, e.source COLLATE "C"
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
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
    OFFSET 0  -- or it is worked out anew wherever it stands
) AS p
WHERE s.first_at >= $1::timestamptz AND s.first_at < $2::timestamptz
