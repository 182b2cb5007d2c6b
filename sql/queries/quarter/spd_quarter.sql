-- The quarter $1 of the entity: its days, its instants, now, what stands in a freeze's way, and what was
-- frozen. One column gives the statements that follow in this transaction memory, so as not to sort on disk.
SELECT e.name, e.zone, to_char(min(d.day), 'YYYY-MM-DD'), to_char(max(d.day), 'YYYY-MM-DD'),
    to_char(min(d.starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(max(d.ends_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    sems.rfc3339(now()),
    (now() >= max(d.ends_at))::int,
    sems.count_embargoed($1::text),
    (SELECT coalesce(max(r.revision), 0) FROM sems.spd_revision r WHERE r.quarter = $1::text),
    set_config('work_mem', '64MB', true),
    (SELECT count(*) FROM sems.purge_certificate p WHERE p.quarter = $1::text AND p.records > 0),
    (SELECT value FROM sems.setting WHERE name = 'spd_marking'),
    (SELECT nullif(value, '') FROM sems.setting WHERE name = 'spd_handling'),
    (SELECT string_agg(s.revision || ' ' || s.state, ', ' ORDER BY s.revision) FROM sems.spd_status s
	WHERE s.quarter = $1::text),
    (SELECT p.corrections FROM sems.spd_policy p ORDER BY p.policy_id DESC LIMIT 1),
    jsonb_build_object('site', (SELECT coalesce(jsonb_object_agg(s.site_id, s.name), '{}') FROM sems.site s),
        'provider', (SELECT coalesce(jsonb_object_agg(p.provider_id, p.name), '{}') FROM sems.provider p))
FROM sems.entity e, sems.civil_day d
WHERE d.quarter = $1::text
GROUP BY e.name, e.zone
