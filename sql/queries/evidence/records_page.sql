-- A page of the stored records. $1: of these kinds, with commas between, or NULL for all; $2: 1 when tests
-- under embargo may be seen; $3: what is looked for (source, site, number, outcome, persons, quarter, from, until,
-- newest, after_id, after_source, after_kind), each may be absent; $4: so many; $5: looks at most at so many; $6: what
-- measures are called, {code: name}. With what sites are called.
SELECT sems.records_page(
    CASE WHEN $1::text IS NULL THEN (SELECT array_agg(k.kind ORDER BY k.kind) FROM sems.kind AS k)
        ELSE string_to_array($1, ',') END,
    $2::int = 1,
    $3::jsonb || coalesce((SELECT jsonb_build_object('from', min(d.starts_at), 'until', max(d.ends_at))
        FROM sems.civil_day AS d WHERE d.quarter = $3::jsonb ->> 'quarter' HAVING count(*) > 0), '{}'),
    $4::int, $5::int) || jsonb_build_object('names', jsonb_build_object('measure', $6::jsonb,
        'site', (SELECT coalesce(jsonb_object_agg(s.site_id, s.name), '{}') FROM sems.site AS s)))
