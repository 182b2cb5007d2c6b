-- The kinds and sources that have a record of this id. $1: record_id; $2: of this source, or NULL; $3: 1 when
-- tests under embargo may be seen.
SELECT r.kind, r.source FROM sems.any_record AS r
WHERE $3::int = 1 AND r.occurred_at = sems.uuid_time($1::uuid) AND r.record_id = $1::uuid
    AND ($2::text IS NULL OR r.source = $2::text)
UNION ALL
SELECT r.kind, r.source FROM sems.known_record AS r
WHERE $3::int <> 1 AND r.occurred_at = sems.uuid_time($1::uuid) AND r.record_id = $1::uuid
    AND ($2::text IS NULL OR r.source = $2::text)
ORDER BY 1, 2
