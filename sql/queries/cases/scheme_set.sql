-- Another scheme from now on. $1: it; $2: who says so.
INSERT INTO sems.risk_scheme (content, set_by) VALUES ($1::jsonb, $2::text) RETURNING jsonb_build_object('version', version)
