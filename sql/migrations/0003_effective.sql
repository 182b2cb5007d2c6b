-- What counts: of a root and its corrections the one with the greatest (corrected_at, record_id);
-- a void removes the root and all its corrections, whenever it comes. The order of arrival does not
-- matter, nor whether the root ever arrives.
--
-- A correction of another kind moves the record to that kind.
DO $$
DECLARE
	k text;
	counted text;
BEGIN
	FOR k IN SELECT kind FROM sems.kind WHERE kind <> 'void' LOOP
		-- A plan counts in the period it is for, whenever it was made.
		counted := CASE k WHEN 'plan' THEN 'coalesce(r.period_start, r.occurred_at)'
		    ELSE 'r.occurred_at' END;
		EXECUTE format(
		    'CREATE VIEW sems.%I AS SELECT r.*, %s AS counted_at FROM sems.%I r '
		    'WHERE NOT EXISTS (SELECT FROM sems.correction c '
		    'WHERE c.root_record_id = coalesce(r.corrects_record_id, r.record_id) '
		    'AND c.root_source = coalesce(r.corrects_source, r.source) '
		    'AND (c.is_void OR r.corrects_record_id IS NULL '
		    'OR (c.corrected_at, c.record_id, c.source) > '
		    '(coalesce(r.corrected_at, r.occurred_at), r.record_id, r.source)))',
		    CASE k WHEN 'test' THEN 'folded_test' ELSE 'effective_' || k END, counted, k);
	END LOOP;
END
$$;

-- The embargo ends by a record, the debrief that corrects the test, never by the clock.
CREATE VIEW sems.effective_test AS
SELECT * FROM sems.folded_test
WHERE embargo IS NOT TRUE AND (mode IS DISTINCT FROM 'COVERT' OR debriefed_at IS NOT NULL);

-- What a freeze must know about and nobody may see.
CREATE VIEW sems.embargoed_test AS
SELECT * FROM sems.folded_test
WHERE embargo IS TRUE OR (mode = 'COVERT' AND debriefed_at IS NULL);

-- A void has no content of its own; those that removed something, or will.
CREATE VIEW sems.effective_void AS
SELECT r.*, r.occurred_at AS counted_at FROM sems.void r;

DO $$
DECLARE
	k text;
BEGIN
	FOR k IN SELECT kind FROM sems.kind LOOP
		EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute, sems_retention, sems_report',
		    'effective_' || k);
	END LOOP;
END
$$;
GRANT SELECT ON sems.embargoed_test TO sems_compute;
