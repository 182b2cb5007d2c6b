-- TIP sessions that begin in a period, each with what the events that lie in it say. An event lies in
-- the session of its device that holds its time, and its login and its screener where both name one; of
-- two sessions that it lies in it is told of the one that began last. A session without an end lasts
-- until the next one of its device begins, 24 hours at most. Where any event lies in a session, events count and not the session: events_absent tells. untold: what
-- the session says was projected and no event of it tells. bags_known: it says how many bags had nothing
-- projected, and how many of them had an alarm; contradictory: more had an alarm than there were.
-- Joined by the four hours that a session reaches into (a span is one of them), so that events are compared with
-- few of the sessions of their device.
WITH sent AS NOT MATERIALIZED (
    SELECT s.*, min(s.counted_at) OVER (PARTITION BY s.site_id, s.device_id ORDER BY s.counted_at
        GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS next_at,
        lead(s.counted_at) OVER (PARTITION BY s.site_id, s.device_id ORDER BY s.counted_at, s.record_id) AS follows_at
    FROM sems.effective_tip_session AS s
    WHERE s.counted_at >= $1::timestamptz AND s.counted_at < $2::timestamptz + interval '24 hours'
), began AS MATERIALIZED (
    SELECT s.*, coalesce(s.occurred_end, least(s.counted_at + interval '24 hours',
        s.next_at - interval '1 microsecond')) AS ended_at
    FROM sent AS s
    WHERE s.counted_at < $2::timestamptz
), reach AS MATERIALIZED (
    SELECT max(b.ended_at) AS until FROM began AS b
), cutting AS (
    SELECT b.site_id, b.device_id, b.login_session_id, b.screener_id, b.counted_at, b.record_id FROM began AS b
    UNION ALL
    SELECT s.site_id, s.device_id, s.login_session_id, s.screener_id, s.counted_at, s.record_id
    FROM sems.effective_tip_session AS s
    WHERE s.counted_at >= $2::timestamptz AND s.counted_at <= (SELECT r.until FROM reach AS r)
), span AS MATERIALIZED (
    SELECT b.record_id, b.source, b.site_id, b.device_id, b.login_session_id, b.screener_id, b.counted_at,
        b.ended_at, b.follows_at, span
    FROM began AS b
    CROSS JOIN LATERAL generate_series(date_bin('4 hours', b.counted_at, '2000-01-01'), b.ended_at, '4 hours') AS span
), cut AS MATERIALIZED (
    SELECT s.record_id, s.source, min(c.counted_at) AS cut_at
    FROM span AS s
    -- Most end before another begins.
    JOIN cutting AS c ON s.follows_at <= s.ended_at AND c.site_id = s.site_id AND c.device_id = s.device_id
        AND date_bin('4 hours', c.counted_at, '2000-01-01') = s.span
        AND (c.counted_at, c.record_id) > (s.counted_at, s.record_id) AND c.counted_at <= s.ended_at
        AND (c.login_session_id = s.login_session_id) IS NOT FALSE
        AND (c.screener_id = s.screener_id) IS NOT FALSE
    GROUP BY s.record_id, s.source
), held AS MATERIALIZED (
    SELECT s.*, c.cut_at
    FROM span AS s LEFT JOIN cut AS c ON c.record_id = s.record_id AND c.source = s.source
), lying AS MATERIALIZED (
    SELECT e.record_id, e.source, count(*) FILTER (WHERE e.is_told AND e.outcome = 'HIT') AS hits,
        count(*) FILTER (WHERE e.is_told AND e.outcome IN ('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT')) AS shown,
        count(*) FILTER (WHERE e.is_told AND e.outcome <> 'NON_TIP_ALARM') AS projected
    FROM (SELECT h.record_id, h.source, e.outcome, (e.counted_at < h.cut_at) IS NOT FALSE AS is_told
        FROM held AS h
        JOIN sems.effective_tip_event AS e ON e.site_id = h.site_id AND e.device_id = h.device_id
            AND date_bin('4 hours', e.counted_at, '2000-01-01') = h.span
            AND e.counted_at >= h.counted_at AND e.counted_at <= h.ended_at
            AND (e.login_session_id = h.login_session_id) IS NOT FALSE
            AND (e.screener_id = h.screener_id) IS NOT FALSE
        WHERE e.counted_at >= $1::timestamptz AND e.counted_at <= (SELECT r.until FROM reach AS r)) AS e
    GROUP BY e.record_id, e.source
)
SELECT b.*, b.measure_code AS measure, l.record_id IS NULL AS events_absent,
    coalesce(b.non_tip_alarms > b.images_viewed - b.tip_shown, false) AS contradictory,
    coalesce(b.non_tip_alarms <= b.images_viewed - b.tip_shown, false) AS bags_known,
    extract(epoch FROM b.occurred_end - b.occurred_at)::bigint AS seconds,
    b.hits + b.misses AS shown, l.hits AS event_hits, l.shown AS event_shown, l.projected AS event_projected,
    CASE WHEN l.record_id IS NOT NULL THEN greatest(b.tip_shown - l.projected, 0) END AS untold,
    NULL::text AS threat_category, NULL::text AS library_version, NULL::text AS image_type -- events alone tell them
FROM began AS b
LEFT JOIN lying AS l ON l.record_id = b.record_id AND l.source = b.source
OFFSET 0 -- or whoever asks for those without events has all events looked through for each
