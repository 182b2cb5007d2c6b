-- The months that hold something which may be known. That there is a partition of tests tells that there
-- were tests, which are nobody's business before their debrief: of those only what is effective counts.
CREATE VIEW sems.known_month AS
SELECT m.* FROM sems.evidence_month m
WHERE CASE WHEN m.kind <> 'test' THEN pg_relation_size(m.partition) > 0
    ELSE EXISTS (SELECT FROM sems.effective_test t
	WHERE t.occurred_at >= m.starts_at AND t.occurred_at < m.ends_at) END;
GRANT SELECT ON sems.known_month TO sems_compute, sems_retention;
