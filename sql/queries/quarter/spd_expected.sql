-- By source and kind: how many records are expected of a period (announced), how many came, and how we
-- know (basis). `matched` never exceeds what was expected, so that one source's surplus hides no
-- other's gap. The site is given where a source has only one.
SELECT f.kind, f.source, f.site_id, NULL::text AS measure, NULL::text AS provider_id, f.basis,
    f.expected AS announced, f.received, least(f.expected, f.received) AS matched
FROM sems.feed_status($1::timestamptz, $2::timestamptz) f
WHERE f.received > 0 OR f.expected IS NOT NULL
