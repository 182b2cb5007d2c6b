-- The corrections and voids of a period ($1, $2): what each changes of what counted before, who sent it, who
-- decided, what became of it, and, where it names a correction or a void, which one: what those are about is what
-- it is about. The newest thousand, and of all how many there are, how many name such a one, and how many are
-- dated ahead of their receipt. No person, no method of a test, and nothing of a test under embargo.
WITH asked AS (
    SELECT c.*, (c.named_record_id, c.named_source) <> (c.root_record_id, c.root_source) AS is_indirect,
        sems.is_ahead(c.occurred_at, c.corrected_at, c.received_at) AS is_dated_ahead
    FROM sems.correction AS c
    WHERE c.root_kind IS NOT NULL
        AND ((c.root_occurred_at >= $1::timestamptz AND c.root_occurred_at < $2::timestamptz)
            OR (c.occurred_at >= $1::timestamptz AND c.occurred_at < $2::timestamptz AND NOT c.is_void))
), told AS MATERIALIZED (
    SELECT a.* FROM asked AS a WHERE a.root_kind <> 'test' AND a.kind <> 'test'
    UNION ALL
    SELECT a.* FROM asked AS a WHERE (a.root_kind = 'test' OR a.kind = 'test')
        AND EXISTS (SELECT FROM sems.known_test AS s WHERE s.occurred_at = a.root_occurred_at
            AND s.record_id = a.root_record_id AND s.source = a.root_source)
), newest AS MATERIALIZED (
    SELECT t.*, coalesce(o.why, 'IN_EFFECT') AS standing, p.kind AS earlier_kind, p.source AS earlier_source,
        p.record_id AS earlier_id, p.occurred_at AS earlier_at
    FROM (SELECT t.* FROM told AS t ORDER BY t.received_at DESC, t.record_id, t.source LIMIT 1000) AS t
    LEFT JOIN sems.overruled AS o ON o.record_id = t.record_id AND o.source = t.source AND o.kind = t.kind
    -- What counted before it: the last correction before it that had an effect, else the root.
    LEFT JOIN LATERAL (SELECT x.kind, x.source, x.record_id, x.occurred_at FROM sems.correction AS x
        WHERE NOT t.is_void AND NOT x.is_void AND x.root_occurred_at = t.root_occurred_at
            AND x.root_record_id = t.root_record_id AND x.root_source = t.root_source
            AND (x.corrected_at, x.record_id, x.source, x.kind) < (t.corrected_at, t.record_id, t.source, t.kind)
            AND NOT EXISTS (SELECT FROM sems.overruled AS y WHERE y.record_id = x.record_id AND y.source = x.source
                AND y.kind = x.kind AND y.why NOT IN ('SUPERSEDED', 'VOIDED'))
        ORDER BY x.corrected_at DESC, x.record_id DESC, x.source DESC, x.kind DESC LIMIT 1) AS p ON true
), content AS MATERIALIZED (
    SELECT x.* FROM (SELECT array_agg(w.kind) AS kinds, array_agg(w.source) AS sources, array_agg(w.id) AS ids,
            array_agg(w.at) AS ats
        FROM (SELECT n.kind, n.source, n.record_id AS id, n.occurred_at AS at FROM newest AS n
            UNION SELECT n.root_kind, n.root_source, n.root_record_id, n.root_occurred_at FROM newest AS n
            UNION SELECT n.earlier_kind, n.earlier_source, n.earlier_id, n.earlier_at FROM newest AS n
                WHERE n.earlier_id IS NOT NULL) AS w) AS w
    CROSS JOIN LATERAL sems.contents_of(w.kinds, w.sources, w.ids, w.ats) AS x
), held AS MATERIALIZED (
    SELECT n.*, own.content, root.content AS root,
        CASE WHEN n.earlier_id IS NULL THEN n.root_kind ELSE n.earlier_kind END AS was_kind,
        CASE WHEN n.earlier_id IS NULL THEN root.content ELSE earlier.content END AS was
    FROM newest AS n
    LEFT JOIN content AS own ON own.kind = n.kind AND own.record_id = n.record_id AND own.source = n.source
    LEFT JOIN content AS root ON root.kind = n.root_kind AND root.record_id = n.root_record_id
        AND root.source = n.root_source
    LEFT JOIN content AS earlier ON earlier.kind = n.earlier_kind AND earlier.record_id = n.earlier_id
        AND earlier.source = n.earlier_source
), shown AS (
    SELECT h.kind, h.source, h.record_id, h.root_source, h.root_record_id, h.root_kind, h.is_void, h.made_by,
        CASE WHEN h.is_indirect THEN (SELECT jsonb_build_object('kind', x.kind, 'source', x.source, 'record_id',
                x.record_id) FROM sems.correction AS x WHERE x.record_id = h.named_record_id
                AND x.source = h.named_source ORDER BY x.kind LIMIT 1) END AS names,
        h.is_dated_ahead AS dated_ahead, h.root ->> 'site_id' AS site, h.root ->> 'measure_code' AS measure,
        h.root ->> 'source_record_id' AS source_record_id,
        sems.rfc3339(h.received_at) AS received_at, sems.rfc3339(h.corrected_at) AS corrected_at,
        h.content ->> 'correction_reason' AS reason, h.standing, d.decision, d.decided_by,
        sems.rfc3339(d.decided_at) AS decided_at,
        CASE WHEN h.is_void THEN '[]' ELSE (
            SELECT coalesce(jsonb_agg(jsonb_build_object('field', x.field, 'was', sems.told_value(x.field, x.was),
                'becomes', sems.told_value(x.field, x.becomes)) ORDER BY x.field <> 'kind', x.field), '[]')
            FROM (SELECT 'kind' AS field, to_jsonb(h.was_kind) AS was, to_jsonb(h.kind) AS becomes
                WHERE h.was IS NOT NULL AND h.was_kind <> h.kind
                UNION ALL
                SELECT f.name, h.was -> f.name, h.content -> f.name
                FROM jsonb_object_keys(h.was || h.content) AS f (name)
                WHERE coalesce(h.was -> f.name, 'null') <> coalesce(h.content -> f.name, 'null')
                    AND f.name <> ALL (sems.fields_of_sending())) AS x) END AS changes
    FROM held AS h
    JOIN sems.correction AS c ON c.root_occurred_at = h.root_occurred_at AND c.root_record_id = h.root_record_id
        AND c.root_source = h.root_source AND c.record_id = h.record_id AND c.source = h.source AND c.kind = h.kind
    LEFT JOIN LATERAL sems.decision_on(c) AS d ON true
)
SELECT jsonb_build_object('total', count(*), 'indirect', count(*) FILTER (WHERE t.is_indirect),
    'dated_ahead', count(*) FILTER (WHERE t.is_dated_ahead),
    'rows', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.received_at, s.record_id, s.source), '[]') FROM shown AS s))
FROM told AS t
