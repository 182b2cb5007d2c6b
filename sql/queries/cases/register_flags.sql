-- The flags on scenarios, the open ones first. $1 to $3: as of register_scenarios.sql, $3 the last flag before, SCENARIO
-- METRIC; $4: so many; $5: of this scenario, or NULL.
WITH q AS MATERIALIZED (
    SELECT sems.end_of($1, 'infinity') AS so_before, sems.end_of($2, 'infinity') AS told_before
), f AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN LATERAL sems.risk_flags(q.so_before, q.told_before, CASE WHEN $5::text IS NOT NULL THEN ARRAY[$5::text] END) AS x
    WHERE $3::text IS NULL OR x.scenario || ' ' || x.metric > $3::text
    ORDER BY x.scenario || ' ' || x.metric LIMIT $4::int
), a AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN LATERAL sems.risk_assessments(q.so_before, q.told_before, ARRAY(SELECT DISTINCT scenario FROM f)) AS x WHERE x.age = 1
)
SELECT jsonb_build_object('more', (SELECT count(*) FROM f) = $4::int, 'last', (SELECT max(f.scenario || ' ' || f.metric) FROM f),
    'flags', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('metric', f.metric, 'name', f.of_metric ->> 'name',
            'quarter', f.quarter, 'revision', f.revision, 'scenario', f.scenario, 'scenario_title', t.folded ->> 'title', 'control', f.control,
            'state', f.state, 'status', f.status, 'raised_on', sems.entity_day(f.raised_at), 'occurrence', f.occurrence,
            'of_metric', f.of_metric, 'figure', f.figure,
            -- A person decides; what is proposed is to look at it, and one more where a figure fails that came after the scores.
            'vulnerability', a.vulnerability, 'proposed_vulnerability', CASE WHEN f.decision IS NULL AND f.state = 'FAILING' AND a.vulnerability < 4
                AND a.adopted_at < f.raised_at THEN a.vulnerability + 1 END,
            'closed', (SELECT jsonb_build_object('number', d.number, 'on', sems.entity_day(d.valid), 'by', coalesce(d.made_by_name, d.made_by),
                    'reason', d.folded ->> 'text') FROM sems.case_event AS d WHERE d.number = f.decision AND d.step = 1)))
        ORDER BY f.decision IS NOT NULL, f.scenario, f.metric)
    FROM q CROSS JOIN f LEFT JOIN a ON a.scenario = f.scenario
    CROSS JOIN LATERAL (SELECT x.folded FROM sems.case_event AS x WHERE x.number = f.scenario AND x.valid < q.so_before
        AND x.received < q.told_before ORDER BY x.step DESC LIMIT 1) AS t), '[]'))
