-- The scheme by which risks are scored. $1: as it was known at the end of this day, NULL: now.
SELECT jsonb_build_object('scheme', x.content || jsonb_build_object('version', x.version, 'set_on', sems.entity_day(x.set_at), 'set_by', x.set_by))
FROM sems.risk_scheme_at(sems.end_of($1, 'infinity')) AS x
