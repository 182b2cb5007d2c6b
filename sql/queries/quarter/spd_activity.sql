-- Activity counts of a period, days of one quarter, each place's time counted once. A place is what
-- was counted where: site and location (without a location each source is a place of its own), measure,
-- provider, activity and means. Of intervals that overlap the one that began first is counted, of those
-- that began together the longest, and of another the share of it that lies outside: so a day's total
-- counts, and the hours within it do not. Places that may be one, since one of them at least has no
-- location, both count; beside: how much of a record counts at a time for which another of them counts,
-- too. They are of one ground: all that makes a place but its location. What reaches over the quarter's
-- end is shared by time, and is at the quarter's first day in the second. No interval is longer than 93
-- days (core/kind/field.c).
-- Who has this put into another statement may want a part of it alone, which takes the place of ONLY: by what
-- makes a ground, or the rest would count what belongs to others.
-- Sorting is most of the work. A place is one text, since comparing each of seven columns took longest; no
-- code has a control character. Its hash goes before it, since numbers are compared faster, and only
-- grounds on which places may be one are sorted a second time. Those are known by their hashes: one that
-- shares another's is sorted for nothing, and nothing is found beside it.
WITH quarter AS MATERIALIZED (
    SELECT min(d.starts_at) AS since, max(d.ends_at) AS until FROM sems.civil_day AS d
    WHERE d.quarter = (SELECT c.quarter FROM sems.civil_day AS c
        WHERE c.starts_at <= $1::timestamptz ORDER BY c.starts_at DESC LIMIT 1)
), told AS NOT MATERIALIZED (
    SELECT a.*, a.occurred_at AS began_at FROM sems.effective_activity AS a
    WHERE a.occurred_at >= $1::timestamptz AND a.occurred_at < $2::timestamptz /* ONLY */
    UNION ALL
    SELECT a.*, a.occurred_at FROM sems.effective_activity AS a
    WHERE a.occurred_at >= sems.hours_on($1::timestamptz, -24) AND a.occurred_at < $1::timestamptz
        AND a.occurred_end > $1::timestamptz /* ONLY */
    UNION ALL
    SELECT a.*, a.occurred_at FROM sems.effective_activity AS a
    WHERE a.occurred_at >= sems.hours_on($1::timestamptz, -2232)
        AND a.occurred_at < sems.hours_on($1::timestamptz, -24)
        AND a.occurred_end - a.occurred_at > interval '24 hours' AND a.occurred_end > $1::timestamptz /* ONLY */
), placed AS NOT MATERIALIZED (
    SELECT g.*, coalesce(g.occurred_end, g.began_at) AS ended_at, hashtextextended(g.ground, 0) AS ground_hash,
        g.ground || coalesce(chr(31) || g.location_id, g.source) AS place
    FROM (
        SELECT t.*, (coalesce(t.site_id, '') || chr(31) || coalesce(t.activity, '') || chr(31)
            || coalesce(t.measure_code, '') || chr(31) || coalesce(t.provider_id, '') || chr(31)
            || coalesce(t.means, '') || chr(31)) COLLATE "C" AS ground
        FROM told AS t
        OFFSET 0  -- here and below: or it is worked out anew wherever it stands
    ) AS g
    OFFSET 0
), twins AS MATERIALIZED (
    SELECT CASE WHEN EXISTS (SELECT FROM told AS t WHERE t.location_id IS NULL) THEN
        ARRAY(SELECT p.ground_hash FROM placed AS p GROUP BY p.ground_hash
        HAVING bool_or(p.location_id IS NULL) AND min(p.place) <> max(p.place) ORDER BY 1) ELSE '{}' END AS grounds
), sorted AS NOT MATERIALIZED (
    SELECT p.*, hashtextextended(p.place, 0) AS place_hash,
        (SELECT q.since FROM quarter AS q) AS since, (SELECT q.until FROM quarter AS q) AS until,
        coalesce(p.ground_hash = (SELECT t.grounds FROM twins AS t)[
            width_bucket(p.ground_hash, (SELECT t.grounds FROM twins AS t))], false) AS is_twin
    FROM placed AS p
)
SELECT s.record_id, s.source, s.source_record_id, s.schema_version, s.site_id, s.location_id,
    s.measure_code, s.measure_code AS measure, s.requirement_refs, s.risk_control_ids, s.provider_id,
    s.occurred_at, s."precision", s.occurred_end, s.device_local_time, s.utc_offset_min,
    s.clock_offset_ms, s.recorded_by, s.subject_person, s.shift_id, s.corrects_record_id, s.corrects_source,
    s.corrected_at, s.correction_reason, s.embargo, s.marking, s.activity, s.count, s.method, s.means, s.received_at,
    s.first_at AS counted_at, s.counted, nullif(s.within - s.counted, 0) AS twice,
    nullif(CASE WHEN s.beside_until <= greatest(s.own_since, s.since) OR s.counted = 0 THEN 0
        WHEN s.beside_until >= least(s.ended_at, s.until) THEN s.counted
        ELSE sems.count_until(s.count, s.began_at, s.ended_at, s.beside_until)
            - sems.count_until(s.count, s.began_at, s.ended_at, greatest(s.own_since, s.since)) END, 0) AS beside
FROM (
    SELECT s.*, greatest(s.began_at, s.since) AS first_at, CASE
            WHEN s.own_since >= least(s.ended_at, s.until) AND s.own_since > s.began_at THEN 0
            WHEN s.own_since = s.began_at AND s.began_at >= s.since AND s.ended_at <= s.until THEN s.count
            ELSE sems.count_until(s.count, s.began_at, s.ended_at, least(s.ended_at, s.until))
                - sems.count_until(s.count, s.began_at, s.ended_at, greatest(s.own_since, s.since)) END AS counted,
        CASE WHEN s.began_at >= s.since AND s.ended_at <= s.until THEN s.count
            ELSE sems.count_until(s.count, s.began_at, s.ended_at, least(s.ended_at, s.until))
                - sems.count_until(s.count, s.began_at, s.ended_at, greatest(s.began_at, s.since)) END AS within
    FROM (
        SELECT r.*, greatest(r.began_at, max(r.occurred_end) OVER place) AS own_since, r.since AS beside_until
        FROM sorted AS r
        WHERE NOT r.is_twin
        WINDOW place AS (PARTITION BY r.place_hash, r.place
            ORDER BY r.began_at, r.ended_at DESC, r.method COLLATE "C", r.record_id, r.source COLLATE "C"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        UNION ALL
        SELECT r.*, greatest(r.began_at, max(r.occurred_end) OVER place),
            coalesce(CASE WHEN r.location_id IS NULL THEN max(r.occurred_end) OVER ground
                ELSE max(r.occurred_end) FILTER (WHERE r.location_id IS NULL) OVER ground END, r.since)
        FROM sorted AS r
        WHERE r.is_twin AND EXISTS (SELECT FROM twins AS t WHERE t.grounds <> '{}')
        WINDOW place AS (PARTITION BY r.place_hash, r.place
            ORDER BY r.began_at, r.ended_at DESC, r.method COLLATE "C", r.record_id, r.source COLLATE "C"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            ground AS (PARTITION BY r.ground_hash, r.ground
            ORDER BY r.began_at, r.ended_at DESC, r.method COLLATE "C", r.record_id, r.source COLLATE "C"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS s
    OFFSET 0
) AS s
WHERE s.first_at >= $1::timestamptz AND s.first_at < $2::timestamptz
