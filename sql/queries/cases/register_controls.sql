-- A page of the controls of the register that are not retired. $1 to $5: as of register_scenarios.sql.
WITH q AS MATERIALIZED (
    SELECT sems.end_of($1, 'infinity') AS so_before, sems.end_of($2, 'infinity') AS told_before,
        sems.entity_day(least(sems.end_of($1, clock_timestamp()) - interval '1 microsecond', clock_timestamp())) AS today
), page AS MATERIALIZED (
    SELECT c.number, c.year, c.serial FROM q CROSS JOIN sems.case_file AS c
    WHERE c.kind = 'control' AND ($5::text IS NULL OR c.number = $5::text)
        AND (SELECT e.valid < q.so_before AND e.received < q.told_before FROM sems.case_event AS e
            WHERE e.number = c.number AND e.step = 1)
        AND ($3::text IS NULL OR (c.year, c.serial) > (SELECT a.year, a.serial FROM sems.case_file AS a WHERE a.number = $3::text))
    ORDER BY c.year, c.serial LIMIT $4::int
), k AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN LATERAL sems.control_states(q.so_before, q.told_before, q.today, ARRAY(SELECT number FROM page)) AS x
), w AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN LATERAL sems.control_watch(q.so_before, q.told_before, ARRAY(SELECT number FROM page)) AS x
), frozen AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN LATERAL sems.counting_revisions(q.told_before) AS x WHERE x.age <= 8
), serves AS MATERIALIZED (
    SELECT n AS control, jsonb_agg(s.number ORDER BY s.number) AS scenarios
    FROM q CROSS JOIN LATERAL sems.cases_of('{scenario}', q.so_before, q.told_before, NULL) AS s
    CROSS JOIN LATERAL unnest(string_to_array(s.folded ->> 'controls', ' ')) AS n
    WHERE s.state = 'IN_FORCE' GROUP BY n
)
SELECT jsonb_build_object('more', (SELECT count(*) FROM page) = $4::int,
    'last', (SELECT p.number FROM page AS p ORDER BY p.year DESC, p.serial DESC LIMIT 1),
    'controls', coalesce((SELECT jsonb_agg(jsonb_strip_nulls((k.folded - '{metrics,exempt_until,exempted_by}'::text[]) || jsonb_build_object('number', k.control,
            'state', k.state, 'owner_name', sems.name_of(k.folded ->> 'owner'),
            'provider_name', (SELECT v.name FROM sems.provider AS v WHERE v.provider_id = k.folded ->> 'provider_id'),
            'exempt', CASE WHEN k.state = 'EXEMPT' THEN (SELECT jsonb_build_object('by', coalesce(x.made_by_name, x.made_by),
                    'on', sems.entity_day(x.valid), 'until', x.content ->> 'exempt_until', 'reason', x.content ->> 'reason')
                FROM q CROSS JOIN sems.case_event AS x WHERE x.number = k.control AND x.event = 'EXEMPT' AND x.valid < q.so_before
                    AND x.received < q.told_before ORDER BY x.step DESC LIMIT 1) END,
            'scenarios', (SELECT v.scenarios FROM serves AS v WHERE v.control = k.control),
            'metrics', (SELECT jsonb_agg(jsonb_build_object('metric', w.metric, 'name', w.of_metric ->> 'name', 'rule', w.rule, 'state', w.state,
                    'site', nullif(w.site, ''), 'quarter', w.quarter, 'revision', w.revision, 'status', w.status,
                    'of_metric', w.of_metric, 'figure', w.figure,
                    'series', (SELECT jsonb_agg(jsonb_build_object('quarter', z.quarter, 'value', g.figure -> 'value', 'status', g.status) ORDER BY z.quarter)
                        FROM frozen AS z LEFT JOIN sems.frozen_figure AS g ON (g.quarter, g.revision, g.metric, g.site)
                            = (z.quarter, z.revision, w.metric, coalesce(w.site, '')))) ORDER BY w.metric)
                FROM w WHERE w.control = k.control)))
        ORDER BY p.year, p.serial) FROM page AS p JOIN k ON k.control = p.number), '[]'))
