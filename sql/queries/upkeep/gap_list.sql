-- The periods that may lack records, the newest first.
SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.gap_id DESC), '[]')
FROM (
    SELECT gap_id, lacks_from, lacks_to, reason, noted_by, found_at, resolved_at, resolved_by, resolution
    FROM sems.restore_gap ORDER BY gap_id DESC LIMIT 1000
) AS g
