-- A page of the threat scenarios of the register, in the order of their numbers, with all that bears on them. $1: as it
-- was so at the end of this day, or before this instant, NULL: now; $2: as it was known then; $3: after this number;
-- $4: so many; $5: this one alone, or NULL.
WITH q AS MATERIALIZED (
    SELECT sems.end_of($1, 'infinity') AS so_before, sems.end_of($2, 'infinity') AS told_before,
        sems.entity_day(least(sems.end_of($1, clock_timestamp()) - interval '1 microsecond', clock_timestamp())) AS today,
        (sems.risk_scheme_at(sems.end_of($2, 'infinity'))).content AS scheme
), page AS MATERIALIZED (
    SELECT c.number, c.year, c.serial FROM q CROSS JOIN sems.case_file AS c
    WHERE c.kind = 'scenario' AND ($5::text IS NULL OR c.number = $5::text)
        AND (SELECT e.valid < q.so_before AND e.received < q.told_before FROM sems.case_event AS e
            WHERE e.number = c.number AND e.step = 1)
        AND ($3::text IS NULL OR (c.year, c.serial) > (SELECT a.year, a.serial FROM sems.case_file AS a WHERE a.number = $3::text))
    ORDER BY c.year, c.serial LIMIT $4::int
), numbers AS MATERIALIZED (
    SELECT ARRAY(SELECT number FROM page) AS all
), s AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN numbers AS n CROSS JOIN LATERAL sems.cases_of('{scenario}', q.so_before, q.told_before, n.all) AS x
), a AS MATERIALIZED (
    SELECT x.*, sems.risk_band(x.threat * x.impact * x.vulnerability, q.scheme) AS band
    FROM q CROSS JOIN numbers AS n CROSS JOIN LATERAL sems.risk_assessments(q.so_before, q.told_before, n.all) AS x
), f AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN numbers AS n CROSS JOIN LATERAL sems.risk_flags(q.so_before, q.told_before, n.all) AS x
), b AS MATERIALIZED (
    SELECT x.* FROM q CROSS JOIN numbers AS n CROSS JOIN LATERAL sems.risk_basis(q.so_before, q.told_before, n.all) AS x
), u AS MATERIALIZED (
    SELECT s.number, n AS control FROM s CROSS JOIN LATERAL unnest(string_to_array(s.folded ->> 'controls', ' ')) AS n
), k AS MATERIALIZED (
    SELECT u.number, x.control, x.state
    FROM q CROSS JOIN LATERAL sems.control_states(q.so_before, q.told_before, q.today, ARRAY(SELECT DISTINCT control FROM u)) AS x
    JOIN u USING (control)
), of AS MATERIALIZED (
    -- What names a scenario of the page, as it was.
    SELECT l.kind, l.number, l.state, l.folded, l.is_over, l.valid, l.folded ->> 'scenario' AS scenario
    FROM q CROSS JOIN (SELECT DISTINCT e.number FROM numbers AS n JOIN sems.case_event AS e
        ON e.folded ->> 'scenario' = ANY (n.all) AND e.kind IN ('action', 'acceptance', 'finding')) AS c
    CROSS JOIN LATERAL (SELECT e.* FROM sems.case_event AS e WHERE e.number = c.number
        AND e.valid < q.so_before AND e.received < q.told_before ORDER BY e.step DESC LIMIT 1) AS l
), why AS MATERIALIZED (
    SELECT s.number AS scenario, 'NOT_ASSESSED' AS why, NULL AS number, NULL AS text, NULL AS on_day
    FROM s WHERE s.state = 'IN_FORCE' AND NOT EXISTS (SELECT FROM a WHERE a.scenario = s.number)
    UNION ALL
    SELECT a.scenario, 'CALENDAR', a.number, NULL, a.folded ->> 'review_on' FROM q CROSS JOIN a
    WHERE a.age = 1 AND a.folded ->> 'review_on' < q.today
    UNION ALL
    SELECT f.scenario, 'METRIC', f.control, f.metric || '@' || f.quarter || '/' || f.revision || ' ' || f.state,
        sems.entity_day(f.raised_at)
    FROM f WHERE f.decision IS NULL
    UNION ALL
    SELECT x.scenario, CASE t.kind WHEN 'change' THEN 'CHANGE' ELSE 'THREAT_INFORMATION' END, t.number, t.folded ->> 'title',
        sems.entity_day(e.valid)
    FROM q CROSS JOIN LATERAL sems.cases_of('{change,threat_information}', q.so_before, q.told_before, NULL) AS t
    CROSS JOIN LATERAL unnest(string_to_array(t.folded ->> 'scenarios', ' ')) AS x (scenario)
    -- When it was told that it bears on the scenario.
    CROSS JOIN LATERAL (SELECT n.valid, n.received FROM sems.case_event AS n WHERE n.number = t.number
        AND x.scenario = ANY (string_to_array(n.folded ->> 'scenarios', ' ')) ORDER BY n.step LIMIT 1) AS e
    JOIN a ON a.scenario = x.scenario AND a.age = 1
    WHERE t.state = 'IN_FORCE' AND e.received > a.told_at
    UNION ALL
    SELECT o.scenario, 'INCIDENT', o.number, o.folded ->> 'title', sems.entity_day(e.valid)
    FROM of AS o
    CROSS JOIN LATERAL (SELECT n.valid, n.received FROM sems.case_event AS n WHERE n.number = o.number
        AND n.folded ->> 'scenario' = o.scenario ORDER BY n.step LIMIT 1) AS e
    JOIN a ON a.scenario = o.scenario AND a.age = 1
    WHERE o.kind = 'finding' AND o.folded ->> 'origin' = 'INCIDENT' AND o.state <> 'REJECTED' AND e.received > a.told_at
), accepted AS MATERIALIZED (
    SELECT DISTINCT ON (o.scenario) o.scenario, o.number, o.folded, g.*
    FROM q CROSS JOIN of AS o JOIN b ON b.scenario = o.scenario LEFT JOIN a ON a.scenario = o.scenario AND a.age = 1
    CROSS JOIN LATERAL sems.acceptance_standing(o.state, o.folded, b.basis, a.band, q.today) AS g
    WHERE o.kind = 'acceptance' AND o.state <> 'REJECTED'
    ORDER BY o.scenario, g.standing = 'PROPOSED', o.folded ->> 'accepted_on' DESC NULLS LAST, length(o.number) DESC, o.number DESC
), worst AS MATERIALIZED (
    SELECT k.number, (array_agg(k.state ORDER BY sems.control_rank(k.state)))[1] AS state FROM k GROUP BY k.number
), history AS MATERIALIZED (
    SELECT a.scenario, jsonb_agg(jsonb_build_object('on', sems.entity_day(a.adopted_at), 'number', a.number, 'threat', a.threat,
        'impact', a.impact, 'vulnerability', a.vulnerability, 'residual', a.threat * a.impact * a.vulnerability,
        'band', a.band) ORDER BY a.version) AS list
    FROM a GROUP BY a.scenario
), reasons AS MATERIALIZED (
    SELECT w.scenario, jsonb_agg(jsonb_build_object('why', w.why, 'number', w.number, 'text', w.text, 'on', w.on_day)
        ORDER BY w.why, w.on_day, w.number) AS list
    FROM why AS w GROUP BY w.scenario
), actions AS MATERIALIZED (
    SELECT o.scenario, jsonb_agg(jsonb_build_object('number', o.number, 'title', o.folded ->> 'title', 'state', o.state,
        'owner', coalesce(p.name, o.folded ->> 'owner'), 'due_on', coalesce(o.folded ->> 'due', o.folded ->> 'original_due'),
        'priority', o.folded ->> 'priority', 'is_overdue', CASE WHEN NOT o.is_over AND o.state NOT IN ('DONE_CLAIMED', 'VERIFIED_EFFECTIVE')
            AND coalesce(o.folded ->> 'due', o.folded ->> 'original_due') < q.today THEN true END)
        ORDER BY array_position('{HIGH,MEDIUM,LOW}'::text[], o.folded ->> 'priority'), o.number) AS list
    FROM q CROSS JOIN of AS o LEFT JOIN sems.person AS p ON p.person = o.folded ->> 'owner'
    WHERE o.kind = 'action' GROUP BY o.scenario
)
SELECT jsonb_build_object('as_of', (SELECT q.today FROM q), 'marking', (SELECT value FROM sems.setting WHERE name = 'spd_marking'),
    'entity', (SELECT jsonb_build_object('name', e.name, 'zone', e.zone)
        FROM sems.entity AS e), 'more', (SELECT count(*) FROM page) = $4::int,
    'last', (SELECT p.number FROM page AS p ORDER BY p.year DESC, p.serial DESC LIMIT 1),
    'scenarios', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(
        (s.folded - '{assets,controls,leads,causes,control_review}'::text[]) || jsonb_build_object('number', s.number, 'state', s.state,
            'steps', s.step, 'owner_name', sems.name_of(s.folded ->> 'owner'),
            'controls', string_to_array(s.folded ->> 'controls', ' '),
            'assets', (SELECT jsonb_agg(jsonb_build_object('number', n, 'title', t.folded ->> 'title', 'class', t.folded ->> 'asset_class') ORDER BY o)
                FROM unnest(string_to_array(s.folded ->> 'assets', ' ')) WITH ORDINALITY AS u (n, o)
                CROSS JOIN LATERAL (SELECT x.folded FROM sems.case_event AS x WHERE x.number = n AND x.valid < q.so_before
                    AND x.received < q.told_before ORDER BY x.step DESC LIMIT 1) AS t),
            'leads', l.leads, 'several_leads', CASE WHEN jsonb_array_length(l.leads) > 1 THEN true END,
            'causes', sems.table_of(s.folded ->> 'causes', 'question', 'text'),
            'review', sems.table_of(s.folded ->> 'control_review', 'concern', 'text', 'action'),
            'digest', sems.risk_digest(b.basis), 'worst', w.state,
            'assessment', CASE WHEN a.number IS NOT NULL THEN (a.folded - '{impacts,cites,scenario,title,raised_by}'::text[])
                || jsonb_build_object('number', a.number,
                    'version', a.version, 'on', sems.entity_day(a.adopted_at), 'adopted_by', coalesce(sems.name_of(a.folded ->> 'adopted_by'), a.folded ->> 'adopted_by'),
                    'review_is_due', CASE WHEN a.folded ->> 'review_on' < q.today THEN true END,
                    'threat', a.threat, 'impact', a.impact, 'vulnerability', a.vulnerability,
                    'impact_safety', (a.folded ->> 'impact_safety')::int, 'impact_security', (a.folded ->> 'impact_security')::int,
                    'impact_finance', (a.folded ->> 'impact_finance')::int, 'impact_reputation', (a.folded ->> 'impact_reputation')::int,
                    'inherent', a.threat * a.impact * 4, 'inherent_band', sems.risk_band(a.threat * a.impact * 4, q.scheme),
                    'residual', a.threat * a.impact * a.vulnerability, 'residual_band', a.band,
                    'target_vulnerability', (a.folded ->> 'target_vulnerability')::int,
                    'target', a.threat * a.impact * (a.folded ->> 'target_vulnerability')::int,
                    'target_band', sems.risk_band(a.threat * a.impact * (a.folded ->> 'target_vulnerability')::int, q.scheme),
                    'impacts', sems.table_of(a.folded ->> 'impacts', 'kind', 'text'),
                    'cites', (SELECT jsonb_agg(jsonb_build_object('metric', g.metric, 'name', g.of_metric ->> 'name', 'quarter', g.quarter,
                            'revision', g.revision, 'status', g.status, 'of_metric', g.of_metric, 'figure', g.figure) ORDER BY o)
                        FROM unnest(string_to_array(a.folded ->> 'cites', ' ')) WITH ORDINALITY AS u (n, o)
                        CROSS JOIN LATERAL sems.cited_figure(n) AS g)) END,
            'history', h.list,
            'acceptance', CASE WHEN x.number IS NOT NULL THEN jsonb_build_object('number', x.number, 'band', x.folded ->> 'band',
                    'justification', x.folded ->> 'justification',
                    'by', coalesce(sems.name_of(x.folded ->> 'accepted_by'), x.folded ->> 'accepted_by'),
                    'on', x.folded ->> 'accepted_on', 'expires_on', x.folded ->> 'expires_on', 'standing', x.standing,
                    'changed', to_jsonb(x.changed)) END,
            'reasons', r.list, 'actions', i.list))
        ORDER BY p.year, p.serial)
        FROM q CROSS JOIN page AS p JOIN s USING (number)
        CROSS JOIN LATERAL (SELECT sems.table_of(s.folded ->> 'leads', 'organisation', 'criterion', 'part') AS leads) AS l
        LEFT JOIN b ON b.scenario = s.number LEFT JOIN worst AS w ON w.number = s.number
        LEFT JOIN a ON a.scenario = s.number AND a.age = 1 LEFT JOIN history AS h ON h.scenario = s.number
        LEFT JOIN accepted AS x ON x.scenario = s.number LEFT JOIN reasons AS r ON r.scenario = s.number
        LEFT JOIN actions AS i ON i.scenario = s.number), '[]'))
