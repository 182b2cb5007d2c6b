-- Legal holds, those in force first: the newest 1,000. $1: now; $2: one of them, with what it keeps; NULL: all.
WITH chosen AS MATERIALIZED (
    SELECT h.*, count(*) OVER () AS total FROM sems.hold AS h WHERE $2::bigint IS NULL OR h.hold_id = $2::bigint
    ORDER BY h.lifted_at IS NOT NULL, h.hold_id DESC LIMIT 1000
), today AS (
    SELECT ($1::timestamptz AT TIME ZONE coalesce((SELECT e.zone FROM sems.entity AS e), 'UTC'))::date AS day
)
SELECT jsonb_build_object(
    'total', coalesce((SELECT max(c.total) FROM chosen AS c), 0),
    'holds', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'hold_id', c.hold_id, 'kind', c.kind, 'source', c.source, 'site_id', c.site_id,
            'record_id', c.record_id,
            'persons', (SELECT jsonb_agg('~' || encode(p, 'hex')) FROM unnest(c.persons) AS p),
            'since', sems.rfc3339(c.since), 'until', sems.rfc3339(c.until),
            'reason', c.reason, 'authority', c.authority, 'review_on', c.review_on,
            'set_by', c.set_by, 'set_at', sems.rfc3339(c.set_at),
            'lifted_by', c.lifted_by, 'lifted_at', sems.rfc3339(c.lifted_at), 'lifted_why', c.lifted_why,
            'in_force', c.lifted_at IS NULL,
            'review_is_due', c.lifted_at IS NULL AND c.review_on < (SELECT t.day FROM today AS t),
            'keeps', CASE WHEN $2::bigint IS NOT NULL THEN (SELECT coalesce(jsonb_agg(to_jsonb(k) ORDER BY k.kind), '[]')
                FROM sems.hold_records(c.hold_id) AS k) END))
        ORDER BY c.lifted_at IS NOT NULL, c.hold_id DESC) FROM chosen AS c), '[]'))
