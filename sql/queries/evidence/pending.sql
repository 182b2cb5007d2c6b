-- Corrections and voids that wait for a second person, the oldest first. $1: of this source, or NULL;
-- $2: sent by this principal, or NULL; $3, $4, $5: behind this one (received_at, record_id, source), or
-- NULL; $6: so many; $7: 1 when tests under embargo may be seen.
WITH waiting AS (
    SELECT c.* FROM sems.overruled AS o
    JOIN sems.correction AS c ON c.record_id = o.record_id AND c.source = o.source AND c.kind = o.kind
    WHERE o.why = 'PENDING' AND ($1::text IS NULL OR c.root_source = $1) AND ($2::text IS NULL OR c.made_by = $2)
        AND ($7::int = 1 OR NOT EXISTS (SELECT FROM sems.roots_of(c.root_source, c.root_record_id) AS r
            WHERE r.kind = 'test' AND sems.is_embargoed(r.content)))
), page AS (
    SELECT w.* FROM waiting AS w
    WHERE $3::text IS NULL OR (w.received_at, w.record_id, w.source) > ($3::timestamptz, $4::uuid, $5::text)
    ORDER BY w.received_at, w.record_id, w.source LIMIT $6::int
), shown AS (
    SELECT p.record_id, p.source, p.kind, p.is_void, p.made_by, sems.rfc3339(p.received_at) AS received_at,
        sems.rfc3339(p.corrected_at) AS corrected_at, sems.rfc3339(p.occurred_at) AS occurred_at,
        n.content ->> 'correction_reason' AS reason,
        jsonb_build_object('source', p.root_source, 'record_id', p.root_record_id, 'kind', r.kind,
            'site_id', r.content ->> 'site_id', 'source_record_id', r.content ->> 'source_record_id',
            'occurred_at', sems.rfc3339(p.root_occurred_at)) AS root,
        sems.changes_of(p) AS changes,
        coalesce(p.received_at - r.received_at > p.alone_for, false) AS is_late,
        to_char(p.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            || '/' || p.record_id || '/' || p.source AS place
    FROM page AS p
    LEFT JOIN LATERAL (SELECT x.* FROM sems.roots_of(p.root_source, p.root_record_id) AS x
        ORDER BY x.kind <> p.kind, x.kind LIMIT 1) AS r ON true
    CROSS JOIN LATERAL (SELECT sems.content_of(p.kind, p.source, p.record_id, p.occurred_at) AS content) AS n
)
SELECT jsonb_build_object('total', (SELECT count(*) FROM waiting),
    'pending', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(s)) - 'place' ORDER BY s.place), '[]')
        FROM shown AS s),
    'next', CASE WHEN (SELECT count(*) FROM page) = $6::int THEN (SELECT max(s.place) FROM shown AS s) END)
