-- The entity's own scale of severity.
SELECT jsonb_build_object('scale', coalesce(jsonb_agg(jsonb_build_object('local_severity', s.local_severity,
    'severity', s.severity, 'set_by', s.set_by, 'set_at', sems.rfc3339(s.set_at)) ORDER BY s.local_severity), '[]'))
FROM (SELECT DISTINCT ON (x.local_severity) x.* FROM sems.severity_scale AS x
    ORDER BY x.local_severity, x.scale_id DESC) AS s
