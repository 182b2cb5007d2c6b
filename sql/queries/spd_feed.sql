-- By source and kind: how many records heartbeats announced for a period, how many came. `matched`
-- never exceeds what was announced, so that one source's surplus hides no other's gap. The site is
-- given where a source has only one. Tests are left out: how many were made is nobody's business
-- before their debrief.
WITH announced AS (
	SELECT h.source, x.kind, sum(x.count)::bigint AS n,
	    CASE WHEN min(h.site_id) = max(h.site_id) THEN min(h.site_id) END AS site_id
	FROM sems.effective_heartbeat h, jsonb_to_recordset(coalesce(h.events_made, '[]'))
	    AS x(kind text, count bigint)
	WHERE h.counted_at >= $1::timestamptz AND h.counted_at < $2::timestamptz
	AND x.kind <> 'test' AND x.count IS NOT NULL
	GROUP BY h.source, x.kind
), received AS (
	SELECT r.source, r.kind, count(*) AS n,
	    CASE WHEN min(r.site_id) = max(r.site_id) THEN min(r.site_id) END AS site_id
	FROM sems.spd_received r
	WHERE r.counted_at >= $1::timestamptz AND r.counted_at < $2::timestamptz
	AND NOT r.correction AND r.kind NOT IN ('heartbeat', 'test')
	GROUP BY r.source, r.kind
)
SELECT coalesce(a.kind, r.kind) AS kind, coalesce(a.source, r.source) AS source,
    coalesce(a.site_id, r.site_id) AS site_id, NULL::text AS measure, NULL::text AS provider_id,
    a.n AS announced, coalesce(r.n, 0) AS received, least(a.n, coalesce(r.n, 0)) AS matched
FROM announced a FULL JOIN received r ON r.source = a.source AND r.kind = a.kind
