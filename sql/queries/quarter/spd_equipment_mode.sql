-- In which mode devices were in a period: of each record that tells one its seconds, each second of a
-- device once. OUT goes before DEGRADED, and both before NORMAL; of records that tell the same the one
-- that began first has the second, and of those that began together the longest. Only what is within
-- the period counts, wherever the record's own time is. A mode without an end lasts until a later record
-- of the device tells one that is no worse, or the end of the same one, else until now, 366 days at most
-- (core/kind/kind_equipment_check.c).
-- Nothing is joined: how much of each mode a device had had is added up along its time, and what a record
-- is counted for is the difference between its two ends.
WITH told AS (
    SELECT e.record_id, e.source COLLATE "C" AS source, e.counted_at, e.received_at,
        e.site_id COLLATE "C" AS site_id, e.measure_code AS measure, e.provider_id,
        e.device_id COLLATE "C" AS device_id, e.check_type, e.service_mode, e.mode_from, e.mode_to,
        CASE e.service_mode WHEN 'OUT' THEN 3 WHEN 'DEGRADED' THEN 2 ELSE 1 END AS rank
    FROM sems.effective_equipment_check AS e
    WHERE e.service_mode IS NOT NULL
        AND e.mode_from > sems.hours_on($1::timestamptz, -8784) AND e.mode_from < $2::timestamptz
        AND e.occurred_at > sems.hours_on($1::timestamptz, -17568)
        AND e.occurred_at < sems.hours_on($2::timestamptz, 8784)
), followed AS (
    SELECT t.*, max(t.mode_to) OVER (PARTITION BY t.device_id, t.site_id, t.mode_from, t.rank) AS same_to,
        min(t.mode_from) FILTER (WHERE t.rank = 1) OVER later AS normal_from,
        min(t.mode_from) FILTER (WHERE t.rank = 2) OVER later AS degraded_from,
        min(t.mode_from) FILTER (WHERE t.rank = 3) OVER later AS out_from
    FROM told AS t
    WINDOW later AS (PARTITION BY t.device_id, t.site_id ORDER BY t.mode_from DESC
        GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), whole AS (
    SELECT f.*, greatest(f.mode_from, $1::timestamptz) AS since, coalesce(f.mode_to,
            least(f.same_to, f.normal_from, CASE WHEN f.rank > 1 THEN f.degraded_from END,
            CASE WHEN f.rank > 2 THEN f.out_from END, f.mode_from + interval '8784 hours', now())) AS ends_at
    FROM followed AS f
), piece AS (
    SELECT w.*, least(w.ends_at, $2::timestamptz) AS until,
        least(w.ends_at, $2::timestamptz, greatest(w.since, max(w.ends_at) OVER (
            PARTITION BY w.device_id, w.site_id, w.rank
            ORDER BY w.mode_from, w.ends_at DESC, w.record_id, w.source
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))) AS own_since
    FROM whole AS w
    WHERE w.ends_at > w.since
), state AS (
    -- n: how many begin or end there; sign: whether the record's own time does.
    SELECT p.*, x.at, x.sign, (date_part('epoch', lead(x.at) OVER w - x.at) * 1000)::bigint AS ms,
        CASE WHEN sum(x.n) FILTER (WHERE p.rank = 3) OVER w > 0 THEN 3
            WHEN sum(x.n) FILTER (WHERE p.rank = 2) OVER w > 0 THEN 2
            WHEN sum(x.n) FILTER (WHERE p.rank = 1) OVER w > 0 THEN 1 END AS worst
    FROM piece AS p
    CROSS JOIN LATERAL (VALUES (p.since, 1, 0), (p.own_since, 0, -1), (p.until, -1, 1)) AS x (at, n, sign)
    WINDOW w AS (PARTITION BY p.device_id, p.site_id ORDER BY x.at)
), clock AS (
    SELECT s.*, round(coalesce(CASE s.rank WHEN 1 THEN sum(s.ms) FILTER (WHERE s.worst = 1) OVER w
        WHEN 2 THEN sum(s.ms) FILTER (WHERE s.worst = 2) OVER w
        ELSE sum(s.ms) FILTER (WHERE s.worst = 3) OVER w END, 0) / 1000) AS passed
    FROM state AS s
    WINDOW w AS (PARTITION BY s.device_id, s.site_id ORDER BY s.at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), counted AS (
    SELECT c.*, (c.passed - lag(c.passed) OVER (PARTITION BY c.record_id, c.source ORDER BY c.sign))::bigint
        AS mode_seconds
    FROM clock AS c
    WHERE c.sign <> 0
)
SELECT 'equipment_check' AS kind, c.record_id, c.source, c.counted_at, c.received_at, c.site_id, c.measure, c.provider_id,
    c.device_id, c.check_type, c.service_mode, c.mode_seconds,
    nullif(extract(epoch FROM c.own_since - c.since)::bigint, 0) AS twice_seconds,
    nullif(greatest(extract(epoch FROM c.until - c.own_since)::bigint - c.mode_seconds, 0), 0)
	AS overruled_seconds
FROM counted AS c
WHERE c.sign = 1
