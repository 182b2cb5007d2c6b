-- An event of a case, which the database checks once more. $1: its id; $2: the case, or NULL: a new one of the kind $3;
-- $4: what happened; $5: when, in milliseconds, or NULL: now; $6: who tells it; $7: what is said with it.
INSERT INTO sems.case_event (event_id, number, kind, event, valid, made_by, content)
VALUES ($1::uuid, $2::text, $3::text, $4::text, timestamptz 'epoch' + $5::bigint * interval '1 millisecond', $6::text,
    $7::jsonb)
RETURNING jsonb_build_object('number', number, 'state', state, 'step', step, 'event', event, 'kind', kind)
