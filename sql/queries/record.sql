-- One stored record and what became of it. $1: kind; $2: source; $3: record_id; $4: 1 when tests under
-- embargo may be seen. No row: there is none, or none to be seen.
WITH named AS (
    SELECT sems.stored_record($1, $2, $3::uuid) AS r
), root AS (
    SELECT coalesce(n.r ->> 'corrects_source', n.r ->> 'source') AS source,
        coalesce(n.r ->> 'corrects_record_id', n.r ->> 'record_id')::uuid AS record_id
    FROM named AS n WHERE n.r IS NOT NULL
), chain AS (
    SELECT c.kind, c.source, c.record_id, c.occurred_at, c.corrected_at, c.is_void
    FROM root JOIN sems.effective_correction AS c ON c.root_occurred_at = sems.uuid_time(root.record_id)
        AND c.root_record_id = root.record_id AND c.root_source = root.source
), newest AS (
    SELECT c.source, c.record_id FROM chain AS c
    ORDER BY c.corrected_at DESC, c.record_id DESC, c.source DESC LIMIT 1
), effective AS (
    SELECT coalesce(n.source, root.source) AS source, coalesce(n.record_id, root.record_id) AS record_id
    FROM root LEFT JOIN newest AS n ON true
    WHERE NOT EXISTS (SELECT FROM chain AS c WHERE c.is_void)
)
SELECT jsonb_build_object('kind', $1::text, 'record', jsonb_strip_nulls(n.r),
    'root', to_jsonb(root), 'is_voided', e.record_id IS NULL,
    'is_effective', coalesce(e.record_id = $3::uuid AND e.source = $2::text, false),
    'effective', to_jsonb(e),
    'corrections', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.corrected_at, c.record_id), '[]')
        FROM chain AS c))
FROM named AS n
CROSS JOIN root
LEFT JOIN effective AS e ON true
WHERE $4::int = 1 OR $1 <> 'test'
    OR NOT sems.under_embargo((n.r ->> 'embargo')::boolean, n.r ->> 'mode',
        (n.r ->> 'debriefed_at')::timestamptz)
    OR EXISTS (SELECT FROM sems.effective_test AS t JOIN effective AS f
        ON t.occurred_at = sems.uuid_time(f.record_id) AND t.record_id = f.record_id
        AND t.source = f.source)
