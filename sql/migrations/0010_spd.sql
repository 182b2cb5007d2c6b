-- What the metrics count: the effective views with what the catalogue asks for worked out, and the
-- documents that were made of it. Every view names the measure a row is about as `measure`, which a
-- test or a rating says in its body. Views that need the period are in sql/queries/spd_*.sql.

-- Derived, never typed: a mandatory criterion not met fails the observation; one met and none failed
-- passes it; all else was not observed. A criterion is mandatory unless it says it is not.
CREATE VIEW sems.spd_observation AS
SELECT o.*, o.measure_code AS measure, c.overall
FROM sems.effective_observation o
CROSS JOIN LATERAL (
	SELECT CASE WHEN bool_or(x.result = 'NOT_MET' AND coalesce(x.mandatory, true)) THEN 'FAIL'
	    WHEN bool_or(x.result = 'MET') THEN 'PASS' ELSE 'NOT_OBSERVED' END AS overall
	FROM jsonb_to_recordset(coalesce(o.criteria, '[]'))
	    AS x(result text, mandatory boolean)
) AS c;

CREATE VIEW sems.spd_criterion AS
SELECT o.*, o.measure_code AS measure, x.criterion_id, coalesce(x.mandatory, true) AS mandatory,
    x.result, x.severity
FROM sems.effective_observation o,
    jsonb_to_recordset(coalesce(o.criteria, '[]'))
	AS x(criterion_id text, mandatory boolean, result text, severity text);

CREATE VIEW sems.spd_test AS
SELECT t.*, coalesce(t.target_measure, t.measure_code) AS measure
FROM sems.effective_test t;

CREATE VIEW sems.spd_layer AS
SELECT t.*, coalesce(t.target_measure, t.measure_code) AS measure, x.layer, x.detected, x.resolved
FROM sems.effective_test t,
    jsonb_to_recordset(coalesce(t.layers, '[]')) AS x(layer text, detected boolean, resolved boolean);

CREATE VIEW sems.spd_rating AS
SELECT a.*, coalesce(x.measure_code, a.measure_code) AS measure, x.classification
FROM sems.effective_audit a,
    jsonb_to_recordset(coalesce(a.ratings, '[]')) AS x(measure_code text, classification text);

-- Every finding as every audit listed it.
CREATE VIEW sems.spd_listed_finding AS
SELECT a.*, coalesce(x.measure_code, a.measure_code) AS measure, x.finding_id, x.severity,
    coalesce(x.state, 'OPEN') AS state, x.origin, x.requirement_ref, x.repeat_of, x.control_id
FROM sems.effective_audit a,
    jsonb_to_recordset(coalesce(a.findings, '[]')) AS x(finding_id text, severity text, state text,
	origin text, measure_code text, requirement_ref text, repeat_of text, control_id text);

CREATE VIEW sems.spd_first_listed AS
SELECT DISTINCT ON (source, site_id, finding_id) source, site_id, finding_id,
    counted_at AS first_at, record_id AS first_id
FROM sems.spd_listed_finding ORDER BY source, site_id, finding_id, counted_at, record_id;

-- An audit may list again what an earlier one raised, whatever the kinds of the two: that is no new
-- finding, else those raised and those open do not reconcile. A finding repeats one of the last
-- twelve months, or one whose record is not here.
CREATE VIEW sems.spd_finding AS
SELECT l.*, f.first_id = l.record_id AS raised,
    l.repeat_of IS NOT NULL AND coalesce(e.first_at >= l.counted_at - interval '12 months', true)
	AS repeated
FROM sems.spd_listed_finding l
JOIN sems.spd_first_listed f
    ON f.source = l.source AND f.site_id = l.site_id AND f.finding_id = l.finding_id
LEFT JOIN sems.spd_first_listed e
    ON e.source = l.source AND e.site_id = l.site_id AND e.finding_id = l.repeat_of;

CREATE VIEW sems.spd_activity AS
SELECT a.*, a.measure_code AS measure FROM sems.effective_activity a;

CREATE VIEW sems.spd_equipment_check AS
SELECT e.*, e.measure_code AS measure, e.counted_at <= e.due_at AS on_time,
    coalesce(e.attempt, 1) = 1 AS first_attempt,
    extract(epoch FROM e.mode_to - e.mode_from)::bigint AS mode_seconds
FROM sems.effective_equipment_check e;

-- Every stored record of a quarter and what became of it. The lag runs from the end of what the
-- record is about: of its interval, or of the day when no more is known.
DO $$
DECLARE
	k text;
	parts text[] := '{}';
BEGIN
	FOR k IN SELECT kind FROM sems.kind WHERE kind <> 'void' ORDER BY kind LOOP
		parts := parts || format(
		    'SELECT %L::text AS kind, r.record_id, r.source, r.site_id, r.measure_code AS measure, '
		    'r.provider_id, %s AS counted_at, r.occurred_at, r.occurred_end, r."precision", '
		    'r.received_at, r.corrects_record_id, r.corrects_source, r.clock_offset_ms '
		    'FROM sems.%I r%s', k,
		    CASE k WHEN 'plan' THEN 'coalesce(r.period_start, r.occurred_at)'
			ELSE 'r.occurred_at' END,
		    k,
		    -- An embargoed test is in no count; once debriefed its first record is, too.
		    CASE k WHEN 'test' THEN
			' WHERE (r.embargo IS NOT TRUE AND (r.mode IS DISTINCT FROM ''COVERT'' '
			'OR r.debriefed_at IS NOT NULL)) OR EXISTS (SELECT FROM sems.effective_test t '
			'WHERE coalesce(t.corrects_record_id, t.record_id) = '
			'coalesce(r.corrects_record_id, r.record_id) '
			'AND coalesce(t.corrects_source, t.source) = coalesce(r.corrects_source, r.source))'
			ELSE '' END);
	END LOOP;
	EXECUTE 'CREATE VIEW sems.spd_record AS ' || array_to_string(parts, ' UNION ALL ');
END
$$;

CREATE VIEW sems.spd_received AS
SELECT r.kind, r.source, r.site_id, r.measure, r.provider_id, r.counted_at, r.received_at,
    r.corrects_record_id IS NOT NULL AS correction,
    r.corrects_record_id IS NULL AND c.is_corrected IS TRUE AS corrected,
    r.corrects_record_id IS NULL AND c.is_voided IS TRUE AS voided,
    c.root_record_id IS NULL OR (NOT c.is_voided AND c.record_id = r.record_id
	AND c.source = r.source) AS effective,
    extract(epoch FROM r.received_at - coalesce(r.occurred_end, r.occurred_at
	+ CASE r."precision" WHEN 'DAY' THEN interval '24 hours' WHEN 'MINUTE' THEN interval '1 minute'
	ELSE interval '0' END)) / 3600 AS lag_hours,
    abs(r.clock_offset_ms) AS clock_error_ms
FROM sems.spd_record r
LEFT JOIN (
	SELECT DISTINCT ON (root_record_id, root_source) root_record_id, root_source, record_id, source,
	    bool_or(is_void) OVER w AS is_voided, bool_or(NOT is_void) OVER w AS is_corrected
	FROM sems.correction
	WINDOW w AS (PARTITION BY root_record_id, root_source)
	ORDER BY root_record_id, root_source, is_void, corrected_at DESC, record_id DESC, source DESC
) AS c ON c.root_record_id = coalesce(r.corrects_record_id, r.record_id)
    AND c.root_source = coalesce(r.corrects_source, r.source);

-- When it happened cannot be trusted in what was refused: it counts where it was received. A refused
-- test is in no count: nobody has said that its embargo is over.
CREATE VIEW sems.spd_quarantine AS
SELECT q.kind, q.source, q.reason, NULL::text AS site_id, NULL::text AS measure,
    NULL::text AS provider_id, q.received_at AS counted_at
FROM sems.quarantine q WHERE q.state <> 'REQUEUED' AND q.kind IS DISTINCT FROM 'test';

GRANT SELECT ON sems.spd_observation, sems.spd_criterion, sems.spd_test, sems.spd_layer,
    sems.spd_rating, sems.spd_listed_finding, sems.spd_first_listed, sems.spd_finding, sems.spd_activity,
    sems.spd_equipment_check, sems.spd_record, sems.spd_received, sems.spd_quarantine
    TO sems_compute;

-- The documents. A revision is made by freezing; nothing of it changes afterwards but its state and
-- what submitting adds.
CREATE TABLE sems.spd_revision (
	quarter text NOT NULL CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
	revision int NOT NULL CHECK (revision > 0),
	state text NOT NULL CHECK (state IN ('DRAFT', 'SUBMITTED', 'SUPERSEDED')),
	document text NOT NULL,
	sha256 bytea NOT NULL CHECK (sha256 = sha256(convert_to(document, 'UTF8'))),
	as_of timestamptz NOT NULL,
	created_by text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	submitted_by text,
	submitted_at timestamptz,
	reference text,
	PRIMARY KEY (quarter, revision),
	CHECK ((state = 'DRAFT') = (submitted_at IS NULL)),
	CHECK ((submitted_at IS NULL) = (submitted_by IS NULL))
);
CREATE UNIQUE INDEX spd_revision_submitted ON sems.spd_revision (quarter) WHERE state = 'SUBMITTED';

CREATE FUNCTION sems.keep_revision() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND (OLD.quarter, OLD.revision, OLD.document, OLD.sha256, OLD.as_of,
	    OLD.created_by, OLD.created_at) = (NEW.quarter, NEW.revision, NEW.document, NEW.sha256,
	    NEW.as_of, NEW.created_by, NEW.created_at)
	    AND ((OLD.state = 'DRAFT' AND NEW.state = 'SUBMITTED')
	    OR (OLD.state = 'SUBMITTED' AND NEW.state = 'SUPERSEDED'
	    AND (OLD.submitted_by, OLD.submitted_at, OLD.reference)
	    IS NOT DISTINCT FROM (NEW.submitted_by, NEW.submitted_at, NEW.reference))) THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'a revision of an SPD is never changed; freeze another';
END
$$;
CREATE TRIGGER keep_revision BEFORE UPDATE OR DELETE ON sems.spd_revision
    FOR EACH ROW EXECUTE FUNCTION sems.keep_revision();
CREATE TRIGGER keep_revisions BEFORE TRUNCATE ON sems.spd_revision
    FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_revision();

-- The newest provisional document of a quarter, as the duty at its end left it.
CREATE TABLE sems.spd_live (
	quarter text PRIMARY KEY CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
	as_of timestamptz NOT NULL,
	document text NOT NULL
);

GRANT SELECT, INSERT ON sems.spd_revision TO sems_compute;
GRANT UPDATE (state, submitted_by, submitted_at, reference) ON sems.spd_revision TO sems_compute;
GRANT SELECT, INSERT, UPDATE ON sems.spd_live TO sems_compute;
GRANT SELECT ON sems.spd_revision, sems.spd_live TO sems_retention, sems_admin;
