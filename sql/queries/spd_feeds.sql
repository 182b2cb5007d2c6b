-- The feeds of a period, with what is missing of each and when: event numbers that never came, days
-- without a heartbeat of a device that sends them.
WITH feed AS MATERIALIZED (
    SELECT f.* FROM sems.feed_status($1::timestamptz, $2::timestamptz) f
), gap AS (
    SELECT g.source, 'tip_event' AS kind, coalesce(g.from_at, g.to_at) AS at, jsonb_build_object(
        'from', to_char(g.from_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'to', to_char(g.to_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'reason', 'EVENT_NUMBERS', 'device', g.device_id, 'after', g.after, 'before', g.before,
        'missing', g.missing) AS gap
    FROM sems.number_gaps($1::timestamptz, $2::timestamptz) g
), beaten AS (
    SELECT DISTINCT h.source, h.device_id, d.day
    FROM sems.effective_heartbeat h
    JOIN sems.civil_day d ON d.ends_at > h.occurred_at
        AND d.starts_at <= greatest(h.occurred_at, coalesce(h.occurred_end, h.occurred_at))
    WHERE h.counted_at >= $1::timestamptz AND h.counted_at < $2::timestamptz
), quiet AS (
    SELECT s.source, s.device_id, d.day, d.starts_at, d.ends_at, d.day - (row_number()
        OVER (PARTITION BY s.source, s.device_id ORDER BY d.day))::int AS island
    FROM (SELECT b.source, b.device_id, min(b.day) AS first FROM beaten b
        GROUP BY b.source, b.device_id) AS s
    JOIN sems.civil_day d ON d.day >= s.first AND d.starts_at < $2::timestamptz
        AND d.ends_at <= now()
    WHERE NOT EXISTS (SELECT FROM beaten b WHERE b.source = s.source
        AND b.device_id IS NOT DISTINCT FROM s.device_id AND b.day = d.day)
), silence AS (
    SELECT q.source, min(q.starts_at) AS at, jsonb_build_object(
        'from', to_char(min(q.starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'to', to_char(max(q.ends_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'reason', 'NO_HEARTBEAT', 'device', q.device_id, 'days', count(*)) AS gap
    FROM quiet q GROUP BY q.source, q.device_id, q.island
), listed AS (
    SELECT x.source, x.kind, jsonb_agg(x.gap ORDER BY x.at NULLS LAST, x.gap::text) AS gaps
    FROM (SELECT g.source, g.kind, g.at, g.gap, row_number() OVER (PARTITION BY g.source, g.kind
            ORDER BY (g.gap ->> 'missing')::bigint DESC, g.at) AS rank
        FROM (SELECT g.source, g.kind, g.at, g.gap FROM gap g
            UNION ALL
            SELECT s.source, f.kind, s.at, s.gap FROM silence s
            JOIN feed f
                ON f.source = s.source AND f.basis = 'HEARTBEATS') AS g) AS x
    WHERE x.rank <= 50
    GROUP BY x.source, x.kind
)
SELECT f.source, f.kind, f.site_id, f.expected, f.received, f.basis,
    to_char(f.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), l.gaps
FROM feed f
LEFT JOIN listed l ON l.source = f.source AND l.kind = f.kind
ORDER BY f.source, f.kind
