-- The run $1 with a page of its records behind ($2, $3), at most $4; $5: 1, who asks may know of tests.
SELECT jsonb_build_object('runs', sems.run_list($1, $5::int = 1),
    'records', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(r)) ORDER BY r.kind, r.record_id)
        FILTER (WHERE $5::int = 1 OR r.kind NOT IN ('test', 'void', 'confirmation')), '[]')
        FROM sems.run_records($1, $2, $3::uuid, $4::int) AS r),
    'next', (SELECT CASE WHEN count(*) = $4::int THEN (array_agg(r.kind || '/' || r.record_id ORDER BY r.kind DESC,
        r.record_id DESC))[1] END FROM sems.run_records($1, $2, $3::uuid, $4::int) AS r))
