-- One stored record and what became of it. $1: kind; $2: source; $3: record_id; $4: 1 when tests under
-- embargo may be seen. No row: there is none, or none to be seen.
WITH named AS (
    SELECT sems.stored_record($1, $2, $3::uuid, $4::int = 1) AS r
), root AS (
    SELECT coalesce(c.root_source, n.r ->> 'source') AS source,
        coalesce(c.root_record_id, (n.r ->> 'record_id')::uuid) AS record_id
    FROM named AS n LEFT JOIN sems.correction AS c ON c.record_id = $3::uuid AND c.source = $2 AND c.kind = $1
    WHERE n.r IS NOT NULL
), chain AS (
    SELECT c.kind, c.source, c.record_id, c.occurred_at, c.corrected_at, c.is_void, c.made_by,
        sems.rfc3339(c.received_at) AS received_at, coalesce(o.why, 'IN_EFFECT') AS standing,
        d.decision, d.decided_by, sems.rfc3339(d.decided_at) AS decided_at,
        sems.changes_of(c) AS changes,
        sems.content_of(c.kind, c.source, c.record_id, c.occurred_at) ->> 'correction_reason' AS reason
    FROM root JOIN sems.correction AS c ON c.root_occurred_at = sems.uuid_time(root.record_id)
        AND c.root_record_id = root.record_id AND c.root_source = root.source
    LEFT JOIN sems.overruled AS o ON o.record_id = c.record_id AND o.source = c.source AND o.kind = c.kind
    LEFT JOIN LATERAL sems.decision_on(c) AS d ON true
), effective AS (
    SELECT e.source, e.record_id FROM (
        SELECT c.source, c.record_id, 1 AS place FROM chain AS c
        WHERE NOT c.is_void AND c.standing = 'IN_EFFECT'
        UNION ALL SELECT root.source, root.record_id, 2 FROM root
    ) AS e
    WHERE NOT EXISTS (SELECT FROM chain AS c WHERE c.is_void AND c.standing = 'IN_EFFECT')
    ORDER BY e.place LIMIT 1
)
SELECT jsonb_build_object('kind', $1::text, 'record', jsonb_strip_nulls(n.r),
    'root', to_jsonb(root), 'is_voided', e.record_id IS NULL,
    'is_effective', coalesce(e.record_id = $3::uuid AND e.source = $2::text, false),
    'effective', to_jsonb(e),
    'corrections', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(c))
        ORDER BY c.corrected_at, c.record_id), '[]') FROM chain AS c))
FROM named AS n
CROSS JOIN root
LEFT JOIN effective AS e ON true
