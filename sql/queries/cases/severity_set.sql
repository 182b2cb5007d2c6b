-- A grade of the entity's own scale of severity. $1: its name; $2: what it is mapped to; $3: who says so.
INSERT INTO sems.severity_scale (local_severity, severity, set_by) VALUES ($1::text, $2::text, $3::text)
RETURNING '{}'
