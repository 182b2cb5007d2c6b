-- The corrections and voids of a period ($1, $2): what each changes of what counted before, who sent it, who
-- decided, and what became of it; the newest thousand, and how many there are. No person, no method of a
-- test, and nothing of a test under embargo.
WITH told AS (
    SELECT c.*, r.kind AS root_kind, r.content AS root
    FROM sems.correction AS c
    CROSS JOIN LATERAL (SELECT x.* FROM sems.roots_of(c.root_source, c.root_record_id) AS x
        ORDER BY x.kind <> c.kind, x.kind LIMIT 1) AS r
    WHERE ((c.root_occurred_at >= $1::timestamptz AND c.root_occurred_at < $2::timestamptz)
            OR (c.occurred_at >= $1::timestamptz AND c.occurred_at < $2::timestamptz AND NOT c.is_void))
        AND ((r.kind <> 'test' AND c.kind <> 'test') OR EXISTS (SELECT FROM sems.spd_record AS s
            WHERE s.kind = 'test' AND s.occurred_at = c.root_occurred_at AND s.record_id = c.root_record_id
                AND s.source = c.root_source))
), newest AS (
    SELECT t.* FROM told AS t ORDER BY t.received_at DESC, t.record_id, t.source LIMIT 1000
), shown AS (
    SELECT n.kind, n.source, n.record_id, n.root_source, n.root_record_id, n.root_kind, n.is_void, n.made_by,
        n.root ->> 'site_id' AS site, n.root ->> 'measure_code' AS measure,
        n.root ->> 'source_record_id' AS source_record_id,
        sems.rfc3339(n.received_at) AS received_at, sems.rfc3339(n.corrected_at) AS corrected_at,
        sems.content_of(n.kind, n.source, n.record_id, n.occurred_at) ->> 'correction_reason' AS reason,
        coalesce(o.why, 'IN_EFFECT') AS standing, d.decision, d.decided_by,
        sems.rfc3339(d.decided_at) AS decided_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('field', x.field, 'was', sems.told_value(x.field, x.was),
            'becomes', sems.told_value(x.field, x.becomes)) ORDER BY x.at), '[]')
            FROM (SELECT v.value ->> 'field' AS field, v.value -> 'was' AS was, v.value -> 'becomes' AS becomes,
                v.at FROM jsonb_array_elements(sems.changes_of(c)) WITH ORDINALITY AS v (value, at)) AS x) AS changes
    FROM newest AS n
    JOIN sems.correction AS c ON c.root_occurred_at = n.root_occurred_at AND c.root_record_id = n.root_record_id
        AND c.root_source = n.root_source AND c.record_id = n.record_id AND c.source = n.source AND c.kind = n.kind
    LEFT JOIN sems.overruled AS o ON o.record_id = n.record_id AND o.source = n.source AND o.kind = n.kind
    LEFT JOIN LATERAL sems.decision_on(c) AS d ON true
)
SELECT jsonb_build_object('total', (SELECT count(*) FROM told),
    'rows', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.received_at, s.record_id, s.source), '[]') FROM shown AS s))
