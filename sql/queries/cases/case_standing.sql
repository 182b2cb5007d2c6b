-- What is known when somebody wants to tell something of a case. $1: who; $2: the event's id; $3: the case, or NULL
-- for a new one; $4: what is said; $5: 1 when he may know of tests under embargo, so that he is told of them; $6: when
-- it was so, in milliseconds, or NULL: now; $7, $8: its kind, and what happens.
SELECT jsonb_build_object(
    'person', sems.person_of($1::text),
    'others', sems.case_others($3::text, sems.person_of($1::text)),
    'strays', sems.case_strays($4::jsonb),
    'hindered', (SELECT jsonb_build_object('field', h.field, 'why', h.why) FROM sems.case_hindered($3::text, $7::text, $8::text,
        (SELECT l.folded FROM sems.case_event AS l WHERE l.number = $3::text ORDER BY l.step DESC LIMIT 1), $4::jsonb,
        coalesce(timestamptz 'epoch' + $6::bigint * interval '1 millisecond', clock_timestamp())) AS h LIMIT 1),
    'names_unknown', $5::int = 1 AND sems.case_names_unknown($4::jsonb),
    'day', sems.entity_day(coalesce(timestamptz 'epoch' + $6::bigint * interval '1 millisecond', clock_timestamp())),
    'told', (SELECT jsonb_build_object('number', e.number, 'event', e.event, 'state', e.state, 'step', e.step,
            'kind', e.kind, 'content', e.content, 'valid_ms', floor(extract(epoch FROM e.valid) * 1000)::bigint,
            'made_by', e.made_by)
        FROM sems.case_event AS e WHERE e.event_id = $2::uuid),
    'case', (SELECT jsonb_build_object('state', l.state, 'step', l.step, 'kind', l.kind, 'folded', l.folded,
            'valid_ms', ceil(extract(epoch FROM l.valid) * 1000)::bigint)
        FROM sems.case_event AS l WHERE l.number = $3::text ORDER BY l.step DESC LIMIT 1),
    'is', (SELECT c.number FROM sems.case_file AS c WHERE (c.of_source, c.site_id, c.finding_id)
        = ($4::jsonb ->> 'of_source', $4::jsonb ->> 'site_id', $4::jsonb ->> 'finding_id')),
    'listed', (SELECT jsonb_build_object('severity', l.severity, 'detected_on', to_char(l.counted_at
            AT TIME ZONE coalesce((SELECT z.zone FROM sems.entity AS z), 'UTC'), 'YYYY-MM-DD'))
        FROM sems.spd_listed_finding AS l
        WHERE $4::jsonb ? 'finding_id' AND l.owner = $4::jsonb ->> 'of_source'
            AND l.site_id = $4::jsonb ->> 'site_id' AND l.finding_id = $4::jsonb ->> 'finding_id'
        ORDER BY l.counted_at, l.record_id LIMIT 1))
