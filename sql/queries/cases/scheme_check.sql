-- Why this is no scheme; {}: it is one. $1: it.
SELECT jsonb_strip_nulls(jsonb_build_object('lacks', sems.risk_scheme_lacks($1::jsonb)))
