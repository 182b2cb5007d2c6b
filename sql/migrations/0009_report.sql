-- What the house looks at with its own tools: views of what is kept, each with its version in its name. One that has
-- been released keeps its columns and what they mean; another meaning is another view. Of tests nothing is in them
-- but what frozen documents say; of persons, nothing.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'sems_viewer') THEN
		RAISE EXCEPTION 'there is no role sems_viewer: run sql/roles.sql as a superuser first';
	END IF;
END
$$;
CREATE SCHEMA report AUTHORIZATION sems_owner;
COMMENT ON SCHEMA report IS 'Views for the house''s own tools; read by sems_viewer.';

-- What was frozen, and what became of it. Not who did it, nor why.
CREATE VIEW report.quarter_v1 WITH (security_barrier) AS
SELECT s.quarter, d.first_day, d.last_day, s.revision,
    s.revision = max(s.revision) OVER (PARTITION BY s.quarter) AS is_newest,
    s.state, s.state_at, s.as_of, s.created_at AS frozen_at, s.reviewed_at, s.approved_at, s.submitted_at,
    s.acknowledged_at, encode(s.sha256, 'hex') AS document_sha256
FROM sems.spd_status s
JOIN LATERAL (SELECT min(c.day) AS first_day, max(c.day) AS last_day FROM sems.civil_day c
    WHERE c.quarter = s.quarter) AS d ON true;

-- The figures of the whole entity and of its sites, as the frozen documents print them: kept beside each, since to
-- read one of one and a half megabytes takes 150 ms.
CREATE TABLE sems.spd_figure (
	quarter text NOT NULL,
	revision int NOT NULL,
	metric text NOT NULL,
	metric_version text,
	name text,
	unit text,
	form text,
	direction text,
	site_id text,  -- NULL: the entity
	part text,     -- of a metric that is counted apart
	numerator double precision,
	denominator double precision,
	value double precision,
	interval_low double precision,  -- the one that the status goes by
	interval_high double precision,
	target double precision,
	target_low double precision,
	target_high double precision,
	status text,
	no_data text,
	FOREIGN KEY (quarter, revision) REFERENCES sems.spd_revision
);
CREATE INDEX ON sems.spd_figure (quarter, revision);

CREATE FUNCTION sems.number_of(v jsonb) RETURNS double precision
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN jsonb_typeof(v) = 'number' THEN v::double precision END
$$;

-- Those of a document. Figures of few persons are suppressed in it; of one in which they are not, there are none.
CREATE FUNCTION sems.report_figures(quarter text, revision int, document text) RETURNS SETOF sems.spd_figure
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH doc AS MATERIALIZED (
		SELECT document::jsonb AS j
	), figure AS (
		SELECT m, f, f -> 'by' ->> (m ->> 'apart') AS part,
		    CASE f ->> 'interval_by' WHEN 'GENERAL' THEN f #> '{clusters,low}'
			ELSE f #> '{interval,lo}' END AS low,
		    CASE f ->> 'interval_by' WHEN 'GENERAL' THEN f #> '{clusters,high}'
			ELSE f #> '{interval,hi}' END AS high,
		    -- Of a metric that is counted apart it is for one part; what names no part is of that one.
		    CASE WHEN f ->> 'status' NOT IN ('NONE', 'NO_TARGET')
			AND coalesce(f -> 'by' ->> (m ->> 'apart') = m #>> '{target,of}', true)
			THEN m -> 'target' END AS target
		FROM doc
		CROSS JOIN LATERAL jsonb_path_query(doc.j, '$.metrics[*]') AS m
		CROSS JOIN LATERAL jsonb_path_query(m, '$.figures[*]') AS f
		WHERE doc.j #> '{small_cells,shown}' = 'false' AND jsonb_typeof(f -> 'by') = 'object'
		AND (f -> 'by') - 'site' - coalesce(m ->> 'apart', 'site') = '{}'
	)
	SELECT quarter, revision, coalesce(m ->> 'id', ''), m ->> 'version', m ->> 'name', m ->> 'unit', m ->> 'form',
	    m ->> 'direction', f #>> '{by,site}', part, sems.number_of(f -> 'numerator'),
	    sems.number_of(f -> 'denominator'), sems.number_of(f -> 'value'), sems.number_of(low),
	    sems.number_of(high), sems.number_of(target -> 'value'), sems.number_of(target -> 'low'),
	    sems.number_of(target -> 'high'), f ->> 'status', f ->> 'no_data'
	FROM figure
$$;

CREATE FUNCTION sems.keep_figures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.spd_figure
	SELECT f.* FROM sems.report_figures(NEW.quarter, NEW.revision, NEW.document) AS f;
	RETURN NULL;
END
$$;
CREATE TRIGGER keep_figures AFTER INSERT ON sems.spd_revision
    FOR EACH ROW EXECUTE FUNCTION sems.keep_figures();
INSERT INTO sems.spd_figure
SELECT f.* FROM sems.spd_revision r, sems.report_figures(r.quarter, r.revision, r.document) AS f;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.spd_figure
    FOR EACH ROW EXECUTE FUNCTION sems.keep_forever();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.spd_figure
    FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever();

CREATE VIEW report.figure_v1 WITH (security_barrier) AS
SELECT f.quarter, f.revision, s.state, f.metric, f.metric_version, f.name, f.unit, f.form, f.direction, f.site_id,
    f.part, f.numerator, f.denominator, f.value, f.interval_low, f.interval_high, f.target, f.target_low,
    f.target_high, f.status, f.no_data
FROM sems.spd_status s
JOIN sems.spd_figure f ON f.quarter = s.quarter AND f.revision = s.revision
WHERE s.state IN ('APPROVED', 'SUBMITTED', 'ACKNOWLEDGED');

-- Days that are over, as they were counted last; nothing is counted for whoever asks.
CREATE VIEW report.daily_v1 WITH (security_barrier) AS
SELECT f.day, f.kind, f.site_id, s.name AS site, sum(f.records)::bigint AS records
FROM sems.feed_day f
LEFT JOIN sems.site s ON s.site_id = f.site_id
WHERE NOT sems.tells_of_tests(f.kind)
GROUP BY f.day, f.kind, f.site_id, s.name;

-- What came last. The days that are over have it kept; the last two are looked into, so that what asks reads no more
-- than their records. Whatever sent nothing for 400 days, and is expected to send nothing, is none of it.
CREATE VIEW report.feed_v1 WITH (security_barrier) AS
WITH seen AS (
	SELECT f.source, f.kind, max(f.last_received_at) AS last_received_at, max(f.last_at) AS last_occurred_at
	FROM sems.feed_day f WHERE f.day >= current_date - 400 GROUP BY f.source, f.kind
	UNION ALL
	SELECT r.source, r.kind, max(r.received_at), max(r.occurred_at)
	FROM sems.any_record r WHERE r.occurred_at >= sems.hours_on(now(), -48) AND r.kind <> 'plan'
	AND NOT sems.tells_of_tests(r.kind) GROUP BY r.source, r.kind
	UNION ALL
	SELECT e.source, e.kind, NULL, NULL FROM sems.expected_feed e
	WHERE current_date >= e.from_day AND current_date < coalesce(e.until_day, 'infinity')
)
SELECT s.source, s.kind, max(s.last_received_at) AS last_received_at, max(s.last_occurred_at) AS last_occurred_at,
    (SELECT min(e.every_hours) FROM sems.expected_feed e WHERE e.source = s.source AND e.kind = s.kind
	AND current_date >= e.from_day AND current_date < coalesce(e.until_day, 'infinity')) AS every_hours
FROM seen s
WHERE NOT sems.tells_of_tests(s.kind) AND s.kind <> 'plan'
GROUP BY s.source, s.kind;

-- What was refused, by why. What is a test, or may be one or be about one, is not in it.
CREATE VIEW report.quarantine_v1 WITH (security_barrier) AS
SELECT q.reason, q.kind, q.state, count(*) AS entries, min(q.received_at) AS first_received_at,
    max(coalesce(q.last_received_at, q.received_at)) AS last_received_at
FROM sems.quarantine q
WHERE NOT q.is_covert AND NOT sems.tells_of_tests(q.kind)
GROUP BY q.reason, q.kind, q.state;

DO $$
DECLARE
	-- View, column (or none), what it says.
	t text[];
BEGIN
	FOREACH t SLICE 1 IN ARRAY ARRAY[
	    ['quarter_v1', '', 'Frozen quarters: one row a revision.'],
	    ['quarter_v1', 'quarter', 'The quarter, as 2026-Q2.'],
	    ['quarter_v1', 'first_day', 'Its first civil day.'],
	    ['quarter_v1', 'last_day', 'Its last civil day.'],
	    ['quarter_v1', 'revision', 'Counted from 1 in each quarter.'],
	    ['quarter_v1', 'is_newest', 'No later revision of the quarter is frozen.'],
	    ['quarter_v1', 'state', 'DRAFT, IN_QA, APPROVED, SUBMITTED, ACKNOWLEDGED, REJECTED, WITHDRAWN '
		'or SUPERSEDED.'],
	    ['quarter_v1', 'state_at', 'When the last step was made.'],
	    ['quarter_v1', 'as_of', 'The instant that the figures are of.'],
	    ['quarter_v1', 'frozen_at', 'When it was frozen.'],
	    ['quarter_v1', 'reviewed_at', 'When it was reviewed; NULL: not, or commented on since.'],
	    ['quarter_v1', 'approved_at', 'When it was approved; NULL: not.'],
	    ['quarter_v1', 'submitted_at', 'When it was submitted; NULL: not.'],
	    ['quarter_v1', 'acknowledged_at', 'When the regulator acknowledged it; NULL: not.'],
	    ['quarter_v1', 'document_sha256', 'SHA-256 of the document, hexadecimal.'],
	    ['figure_v1', '', 'Figures of the entity and of its sites in documents that are APPROVED, SUBMITTED or '
		'ACKNOWLEDGED, as printed there; those of few persons are suppressed.'],
	    ['figure_v1', 'quarter', 'The quarter, as 2026-Q2.'],
	    ['figure_v1', 'revision', 'Of the document. An approved one may stand beside a submitted one.'],
	    ['figure_v1', 'state', 'APPROVED, SUBMITTED or ACKNOWLEDGED.'],
	    ['figure_v1', 'metric', 'The metric''s id in the catalogue.'],
	    ['figure_v1', 'metric_version', 'Of its definition: figures of two versions do not compare.'],
	    ['figure_v1', 'name', 'The metric''s name.'],
	    ['figure_v1', 'unit', 'Of the value. Of %, the value is a share from 0 to 1.'],
	    ['figure_v1', 'form', 'QUANTITATIVE, QUALITATIVE, OUTPUT or INFORMATION.'],
	    ['figure_v1', 'direction', 'What is better: UP, DOWN, BAND (within the target) or TREND.'],
	    ['figure_v1', 'site_id', 'The site; NULL: the whole entity.'],
	    ['figure_v1', 'part', 'Of a metric that is counted apart, as OVERT or COVERT: the part; NULL: '
		'that of the '
		'target, or a metric that is not.'],
	    ['figure_v1', 'numerator', 'NULL: none, or suppressed.'],
	    ['figure_v1', 'denominator', 'NULL: none, or suppressed.'],
	    ['figure_v1', 'value', 'NULL: none; status and no_data say why.'],
	    ['figure_v1', 'interval_low', 'Lower end of the 95 % interval that the status goes by; NULL: '
		'it has none.'],
	    ['figure_v1', 'interval_high', 'Upper end of that interval.'],
	    ['figure_v1', 'target', 'What it should be; NULL: no target, or a band.'],
	    ['figure_v1', 'target_low', 'Lower end of a target that is a band.'],
	    ['figure_v1', 'target_high', 'Upper end of a target that is a band.'],
	    ['figure_v1', 'status', 'MET, NOT_MET, NOT_PROVEN, INSUFFICIENT, NO_TARGET, NONE or NO_DATA.'],
	    ['figure_v1', 'no_data', 'Why there is no value, as SUPPRESSED; NULL: there is one, or the '
		'status says why.'],
	    ['daily_v1', '', 'Records by the civil day that they tell of, kind and site, of days that are '
		'over: the first '
		'of each, corrections and what became of it left out. Plans, tests, voids and confirmations are not '
		'in it. '
		'What came since a day was counted last is not in yet.'],
	    ['daily_v1', 'day', 'The civil day.'],
	    ['daily_v1', 'kind', 'The record kind.'],
	    ['daily_v1', 'site_id', 'The site; NULL: the records name none.'],
	    ['daily_v1', 'site', 'Its name; NULL: not registered.'],
	    ['daily_v1', 'records', 'How many.'],
	    ['feed_v1', '', 'Feeds: one row a source and kind that sent within 400 days, or is expected to '
		'send today. Plans, '
		'tests, voids and confirmations are not in it.'],
	    ['feed_v1', 'source', 'The source.'],
	    ['feed_v1', 'kind', 'The record kind.'],
	    ['feed_v1', 'last_received_at', 'When the newest of its records was received; what tells of days before '
		'yesterday is seen once they are counted again. NULL: none.'],
	    ['feed_v1', 'last_occurred_at', 'The latest instant that its records tell of; NULL: none.'],
	    ['feed_v1', 'every_hours', 'It is expected to send once in so many hours; NULL: nothing is registered.'],
	    ['quarantine_v1', '', 'Refused records by reason. Those that are tests, or may be or be about '
		'one, are not in it.'],
	    ['quarantine_v1', 'reason', 'Why, as a code of the protocol.'],
	    ['quarantine_v1', 'kind', 'What the record says that it is.'],
	    ['quarantine_v1', 'state', 'OPEN, REQUEUED or DISCARDED.'],
	    ['quarantine_v1', 'entries', 'How many.'],
	    ['quarantine_v1', 'first_received_at', 'When the first of them came.'],
	    ['quarantine_v1', 'last_received_at', 'When one of them came last, the same bytes once more '
		'among it.']] LOOP
		EXECUTE format(CASE t[2] WHEN '' THEN 'COMMENT ON VIEW report.%1$I IS %3$L'
		    ELSE 'COMMENT ON COLUMN report.%1$I.%2$I IS %3$L' END, t[1], t[2], t[3]);
	END LOOP;
END
$$;

-- Nobody who reads evidence needs them, and who reads them needs no evidence.
GRANT USAGE ON SCHEMA report TO sems_viewer;
GRANT SELECT ON report.quarter_v1, report.figure_v1, report.daily_v1, report.feed_v1, report.quarantine_v1
    TO sems_viewer;
