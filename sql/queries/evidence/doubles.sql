-- Records that share what should be one record's alone, those of one number, event number or content together.
-- $1: of this kind, or NULL; $2: of this source, or NULL; $3: with one that counts in this quarter, or NULL; $4, $5,
-- $6: behind this one (kind, why, key), or NULL; $7: so many; $8: 1 when tests under embargo may be seen. Of many
-- that share one key the first ten are shown.
WITH member AS MATERIALIZED (
    SELECT d.* FROM sems.double_records('', $8::int = 1) AS d
    WHERE ($1::text IS NULL OR d.kind = $1) AND ($2::text IS NULL OR d.source = $2)
), period AS MATERIALIZED (
    SELECT min(c.starts_at) AS since, max(c.ends_at) AS until FROM sems.civil_day AS c WHERE c.quarter = $3::text
), family AS MATERIALIZED (
    SELECT m.kind, m.why, m.key, count(*) AS n
    FROM member AS m CROSS JOIN period AS p
    GROUP BY m.kind, m.why, m.key
    HAVING $3::text IS NULL OR bool_or(m.counted_at >= p.since AND m.counted_at < p.until)
), page AS (
    SELECT f.* FROM family AS f
    WHERE $4::text IS NULL OR (f.kind, f.why, f.key) > ($4, $5::text, $6::bigint)
    ORDER BY f.kind, f.why, f.key LIMIT $7::int
), shown AS (
    SELECT p.kind, p.why, p.key, p.n, m.source, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'record_id', m.record_id, 'number', m.source_record_id, 'device', m.device_id, 'event_no', m.event_no,
        'site', m.site_id, 'occurred_at', sems.rfc3339(m.occurred_at), 'received_at', sems.rfc3339(m.received_at),
        'received_from', m.received_from, 'quarter', sems.quarter_of(m.counted_at))) ORDER BY m.place) AS records,
        (array_agg(m.record_id ORDER BY m.place))[1:2] AS ids, (array_agg(m.occurred_at ORDER BY m.place))[1:2] AS times
    FROM page AS p JOIN member AS m ON m.kind = p.kind AND m.why = p.why AND m.key = p.key AND m.place <= 10
    GROUP BY p.kind, p.why, p.key, p.n, m.source
)
SELECT jsonb_build_object('total', (SELECT count(*) FROM family),
    'records', (SELECT coalesce(sum(f.n), 0) FROM family AS f),
    'doubles', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'shares', s.why, 'source', s.source,
            'count', s.n, 'records', s.records,
            -- Of the second beside the first.
            'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('field', c.field, 'was', c.was_value,
                    'becomes', c.becomes_value) ORDER BY c.field), '[]')
                FROM sems.changed_fields(s.kind, sems.content_of(s.kind, s.source, s.ids[1], s.times[1]),
                    sems.content_of(s.kind, s.source, s.ids[2], s.times[2])) AS c
                WHERE c.field <> ALL (ARRAY['record_id', 'received_at', 'received_from', 'received_as', 'stored_in',
                    'corrects_record_id', 'corrects_source', 'corrected_at', 'correction_reason'])))
            ORDER BY s.kind, s.why, s.key), '[]') FROM shown AS s),
    'next', (SELECT CASE WHEN count(*) = $7::int THEN max(last.place) END FROM (
        SELECT last_value(p.kind || '/' || p.why || '/' || p.key) OVER (ORDER BY p.kind, p.why, p.key
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS place FROM page AS p) AS last))
