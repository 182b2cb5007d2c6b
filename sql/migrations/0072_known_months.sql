-- The months that hold something which may be known. That there is a partition of tests, or of words about
-- tests, tells that there were tests, which are nobody's business before their debrief.
CREATE VIEW sems.known_month AS
SELECT m.* FROM sems.evidence_month m
WHERE CASE m.kind
    WHEN 'test' THEN EXISTS (SELECT FROM sems.known_test r
	WHERE r.occurred_at >= m.starts_at AND r.occurred_at < m.ends_at)
    WHEN 'void' THEN EXISTS (SELECT FROM sems.known_void r
	WHERE r.occurred_at >= m.starts_at AND r.occurred_at < m.ends_at)
    WHEN 'confirmation' THEN EXISTS (SELECT FROM sems.known_confirmation r
	WHERE r.occurred_at >= m.starts_at AND r.occurred_at < m.ends_at)
    ELSE pg_relation_size(m.partition) > 0 END;
GRANT SELECT ON sems.known_month TO sems_compute, sems_retention;
