-- What was shown and found in a period: from events, and from sessions that no event lies in, whose
-- statement is put in. Whose it was is not for people to see.
SELECT 'tip_event' AS kind, e.record_id, e.source, e.counted_at, e.received_at, e.screener_id, e.site_id,
    e.measure_code AS measure, e.provider_id, e.stream,
    (e.outcome IN ('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT'))::int::bigint AS shown,
    (e.outcome = 'HIT')::int::bigint AS hits
FROM sems.effective_tip_event e
WHERE e.counted_at >= $1::timestamptz AND e.counted_at < $2::timestamptz
UNION ALL
SELECT 'tip_session', s.record_id, s.source, s.counted_at, s.received_at, s.screener_id, s.site_id, s.measure,
    s.provider_id, s.stream, s.hits + s.misses, s.hits
FROM (%VIEW:tip_session%) AS s
WHERE s.events_absent
