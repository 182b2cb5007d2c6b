-- What became of the cases between the ends of two days, as both were known then. $1, $2: the days; $3: kinds, a
-- list, or NULL: all; $4: so many of each.
WITH q AS MATERIALIZED (
    SELECT sems.end_of($1, 'infinity') AS since, sems.end_of($2, 'infinity') AS until
), pair AS MATERIALIZED (
    SELECT c.number, c.kind, n.step, n.state, w.step AS was_step, w.state AS was_state,
        CASE WHEN w.step IS NULL THEN 'new' WHEN n.is_over AND NOT w.is_over THEN 'gone' ELSE 'changed' END AS how
    FROM q CROSS JOIN sems.case_file AS c
    CROSS JOIN LATERAL (SELECT e.step, e.state, e.is_over FROM sems.case_event AS e
        WHERE e.number = c.number AND e.valid < q.until AND e.received < q.until ORDER BY e.step DESC LIMIT 1) AS n
    LEFT JOIN LATERAL (SELECT e.step, e.state, e.is_over FROM sems.case_event AS e
        WHERE e.number = c.number AND e.valid < q.since AND e.received < q.since ORDER BY e.step DESC LIMIT 1) AS w
        ON true
    WHERE w.step IS DISTINCT FROM n.step AND ($3::jsonb IS NULL OR $3::jsonb ? c.kind)
), ranked AS (
    SELECT p.*, row_number() OVER (PARTITION BY p.how ORDER BY p.number) AS place FROM pair AS p
), shown AS (
    SELECT r.*, n.folded, w.folded AS was_folded
    FROM ranked AS r JOIN sems.case_event AS n USING (number, step)
    LEFT JOIN sems.case_event AS w ON w.number = r.number AND w.step = r.was_step
    WHERE r.place <= $4::int
)
SELECT jsonb_build_object('since', $1::text, 'until', $2::text,
    'totals', (SELECT jsonb_object_agg(h.how, (SELECT count(*) FROM pair AS p WHERE p.how = h.how))
        FROM (VALUES ('new'), ('changed'), ('gone')) AS h (how)),
    'cases', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('number', r.number, 'kind', r.kind,
            'how', r.how, 'state', r.state, 'was_state', r.was_state, 'title', r.folded ->> 'title',
            'fields', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('field', k, 'was', r.was_folded -> k,
                    'is', r.folded -> k)) ORDER BY k)
                FROM jsonb_object_keys(r.folded || coalesce(r.was_folded, '{}')) AS k
                WHERE r.how <> 'new' AND r.folded -> k IS DISTINCT FROM r.was_folded -> k)))
        ORDER BY r.how DESC, r.number) FROM shown AS r), '[]'))
