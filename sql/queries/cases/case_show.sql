-- A case with its events, as it was. $1: its number; $2, $3: as for a list of cases. No row: there is none.
SELECT jsonb_strip_nulls(jsonb_build_object('number', l.number, 'kind', l.kind, 'state', l.state, 'steps', l.step,
        'occurrence', l.occurrence)) || l.folded || jsonb_build_object(
    'events', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('step', e.step, 'event', e.event, 'state', e.state,
            'valid', sems.rfc3339(e.valid), 'received', sems.rfc3339(e.received), 'made_by', e.made_by,
            'name', e.made_by_name, 'post', e.made_by_post, 'event_id', e.event_id, 'said', e.content)) ORDER BY e.step)
        FROM sems.case_event AS e WHERE e.number = l.number AND e.step <= l.step),
    'follows', coalesce((SELECT jsonb_agg(DISTINCT t.event) FROM sems.transition AS t
        JOIN sems.case_kind AS k USING (machine) WHERE k.kind = l.kind AND t.state = l.state), '[]'),
    'actions', coalesce((SELECT jsonb_agg(jsonb_build_object('number', a.number, 'state', a.state,
            'title', a.folded ->> 'title') ORDER BY a.number)
        FROM sems.case_event AS a
        WHERE l.kind = 'finding' AND a.kind = 'action' AND a.folded ->> 'finding' = l.number AND a.step = (
            SELECT max(m.step) FROM sems.case_event AS m WHERE m.number = a.number
                AND m.valid < sems.end_of($2, 'infinity') AND m.received < sems.end_of($3, 'infinity'))), '[]'))
FROM sems.case_event AS l
WHERE l.number = $1::text AND l.valid < sems.end_of($2, 'infinity') AND l.received < sems.end_of($3, 'infinity')
ORDER BY l.step DESC LIMIT 1
