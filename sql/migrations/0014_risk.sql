-- The register of risks, joined to what was measured: scores by a scheme that is data, the states of controls by the
-- figures of frozen documents, flags, and what was accepted. All of it can be asked as of any instant: the cases as
-- they were so before it and told before another, the documents as they were frozen before that.

-- --- the scheme ---------------------------------------------------------------------------------------------------

-- How threat, impact and vulnerability are scored, and what a product is. Append these: the last row counts, those
-- before it are what was scored by.
CREATE TABLE sems.risk_scheme (
	version int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	content jsonb NOT NULL,
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text NOT NULL  -- the principal who was signed in; 'semsd': the one that is there to begin with
);

-- Why something is no scheme; NULL: it is one.
CREATE FUNCTION sems.risk_scheme_lacks(c jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(
	    (SELECT k || ' has to have the scores 4, 3, 2, 1, each with a name and criteria'
		FROM unnest('{threat,impact,vulnerability}'::text[]) AS k
		WHERE coalesce(jsonb_path_query_array(c -> k, 'strict $[*].score', '{}', true) <> '[4,3,2,1]'
		    OR jsonb_array_length(jsonb_path_query_array(c -> k, 'strict $[*].name ? (@.type() == "string" && @ != "")',
			'{}', true)) <> 4
		    OR jsonb_array_length(jsonb_path_query_array(c -> k, 'strict $[*].criteria ? (@.type() == "array")',
			'{}', true)) <> 4, true) LIMIT 1),
	    (SELECT 'no band, or more than one, has the product ' || s.s
		FROM (SELECT DISTINCT t * i * v AS s FROM generate_series(1, 4) AS t, generate_series(1, 4) AS i,
		    generate_series(1, 4) AS v) AS s
		WHERE 1 <> jsonb_array_length(jsonb_path_query_array(c, 'strict $.bands[*] ? (@.name.type() == "string" '
		    '&& @.name != "" && @.low <= $s && @.high >= $s)', jsonb_build_object('s', s.s), true))
		ORDER BY s.s LIMIT 1),
	    (SELECT 'each band has a name of at most 200 bytes that no other has, and whole numbers of 1 to 64 from which to which it '
		'goes; there are at most 6'
		WHERE (SELECT count(*) FILTER (WHERE b ->> 'low' ~ '^[0-9]{1,2}$' AND b ->> 'high' ~ '^[0-9]{1,2}$'
		    AND jsonb_typeof(b -> 'low') = 'number' AND jsonb_typeof(b -> 'high') = 'number'
		    AND octet_length(b ->> 'name') <= 200) <> jsonb_array_length(c -> 'bands')
			OR count(DISTINCT b ->> 'name') <> count(*) OR count(*) > 6
		    FROM jsonb_path_query(c, 'strict $.bands[*]', '{}', true) AS b)),
	    CASE WHEN coalesce(jsonb_typeof(c -> 'name'), '') <> 'string' OR c ->> 'name' = '' THEN 'it has no name'
		WHEN coalesce(jsonb_typeof(c -> 'figures'), 'object') <> 'object' THEN 'figures is no object' END)
$$;
ALTER TABLE sems.risk_scheme ADD CHECK (sems.risk_scheme_lacks(content) IS NULL AND octet_length(content::text) <= 65536);

-- MSC.1/Circ.1283, appendix, tables 2, 4 and 7 and section 6, in words of our own. {figure} is what the entity has
-- agreed for that score.
INSERT INTO sems.risk_scheme (set_by, content) VALUES ('semsd', $${
 "name": "IMO MSC.1/Circ.1283",
 "threat": [
  {"score": 4, "name": "PROBABLE", "criteria": ["It has been reported before",
   "Groups or persons who can do it are known of", "This very target, or its type, is known to be aimed at"]},
  {"score": 3, "name": "LIKELY", "criteria": ["It has been reported before",
   "Groups or persons who can do it now are known of", "In general, targets of this type may be aimed at"]},
  {"score": 2, "name": "UNLIKELY", "criteria": ["Groups or persons who can do it are known of",
   "Nothing says that this target, or its type, is aimed at"]},
  {"score": 1, "name": "IMPROBABLE", "criteria": ["It has been reported nowhere in the world",
   "Nobody is known of who could do it"]}],
 "impact": [
  {"score": 4, "name": "SUBSTANTIAL", "criteria": ["Many could die", "Grave loss of, or damage to, assets or infrastructure",
   "Costs more than {figure}", "Reported widely, with grave damage to reputation"]},
  {"score": 3, "name": "SIGNIFICANT", "criteria": ["Somebody could die", "Considerable damage that can be repaired",
   "Costs less than {figure}", "Reported against in the whole country"]},
  {"score": 2, "name": "MODERATE", "criteria": ["Somebody could be gravely injured", "Minor loss or damage for a short time",
   "Costs less than {figure}", "Considerable damage to reputation nearby"]},
  {"score": 1, "name": "MINOR", "criteria": ["Somebody could be slightly injured", "Operations hardly disturbed",
   "Costs less than {figure}", "Little damage to reputation"]}],
 "vulnerability": [
  {"score": 4, "name": "NO CONTROLS", "criteria": ["There is nothing against it"]},
  {"score": 3, "name": "SOME CONTROLS", "criteria": ["There is something against it"]},
  {"score": 2, "name": "ACCEPTABLE", "criteria": ["What there is keeps the threat at a level that can be accepted"]},
  {"score": 1, "name": "ROBUST", "criteria": ["What there is is full and effective"]}],
 "figures": {},
 "bands": [
  {"name": "HIGH", "low": 27, "high": 64, "meaning": "not acceptable: look for other or more controls"},
  {"name": "MEDIUM", "low": 8, "high": 24, "meaning": "can be managed: watch it"},
  {"name": "LOW", "low": 1, "high": 6, "meaning": "can be borne: no further controls are needed"}]
}$$);

CREATE FUNCTION sems.risk_scheme_at(told_before timestamptz) RETURNS sems.risk_scheme
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT s FROM sems.risk_scheme s WHERE s.set_at < told_before OR s.set_by = 'semsd' ORDER BY s.version DESC LIMIT 1
$$;
CREATE FUNCTION sems.risk_band(score int, scheme jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT b ->> 'name' FROM jsonb_array_elements(scheme -> 'bands') AS b
	WHERE score BETWEEN (b ->> 'low')::int AND (b ->> 'high')::int
$$;

-- --- what was frozen ----------------------------------------------------------------------------------------------

-- The figures of a document that controls are watched by: of the whole entity (site ''), and of each site. Written with
-- the revision, and can be made anew of it.
CREATE TABLE sems.frozen_figure (
	quarter text NOT NULL,
	revision int NOT NULL,
	metric text NOT NULL,
	site text NOT NULL,
	frozen_at timestamptz NOT NULL,
	is_whole boolean NOT NULL,  -- the quarter was over when it was read
	status text NOT NULL,
	of_metric jsonb NOT NULL,   -- what the document says of the metric, without its figures and charts
	figure jsonb NOT NULL,
	PRIMARY KEY (quarter, revision, metric, site),
	FOREIGN KEY (quarter, revision) REFERENCES sems.spd_revision
);

-- What is there and not told, because its parts are not to be added or its persons are few, proves nothing and is not silent.
CREATE FUNCTION sems.figures_of(document jsonb) RETURNS TABLE (metric text, site text, status text, of_metric jsonb, figure jsonb)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT m ->> 'id', coalesce(f #>> '{by,site}', ''),
	    CASE WHEN f ->> 'no_data' IN ('NOT_POOLED', 'SUPPRESSED') THEN 'INSUFFICIENT' ELSE f ->> 'status' END,
	    m - 'figures' - 'chart' - 'case_mix' - 'definition' - 'funnel',
	    f - 'history' - 'details' - 'excluded' - 'previous' - 'change'
	FROM jsonb_array_elements(document -> 'metrics') AS m
	CROSS JOIN LATERAL jsonb_array_elements(m -> 'figures') AS f
	WHERE f -> 'by' = '{}' OR (f -> 'by' ? 'site' AND (SELECT count(*) FROM jsonb_object_keys(f -> 'by')) = 1)
$$;

CREATE FUNCTION sems.keep_frozen_figures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	d jsonb := NEW.document;
BEGIN
	INSERT INTO sems.frozen_figure SELECT NEW.quarter, NEW.revision, f.metric, f.site, NEW.created_at,
	    coalesce(NEW.as_of >= (d #>> '{quarter,end}')::timestamptz, false), f.status, f.of_metric, f.figure
	FROM sems.figures_of(d) AS f;
	RETURN NULL;
END
$$;
CREATE TRIGGER keep_frozen_figures AFTER INSERT ON sems.spd_revision FOR EACH ROW EXECUTE FUNCTION sems.keep_frozen_figures();

-- The revisions of quarters that were over which stood before an instant: those that nobody had rejected or withdrawn.
-- `rank`: 1 of a quarter's newest; `age`: 1 of the newest quarter.
CREATE FUNCTION sems.standing_revisions(told_before timestamptz)
RETURNS TABLE (quarter text, revision int, frozen_at timestamptz, rank bigint, age bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT r.quarter, r.revision, r.created_at, row_number() OVER (PARTITION BY r.quarter ORDER BY r.revision DESC),
	    dense_rank() OVER (ORDER BY r.quarter DESC)
	FROM sems.spd_revision r
	WHERE r.created_at < told_before
	    AND EXISTS (SELECT FROM sems.frozen_figure f WHERE (f.quarter, f.revision) = (r.quarter, r.revision) AND f.is_whole)
	    AND coalesce((SELECT e.state FROM sems.spd_event e WHERE (e.quarter, e.revision) = (r.quarter, r.revision)
		AND e.at < told_before ORDER BY e.step DESC LIMIT 1), '') NOT IN ('REJECTED', 'WITHDRAWN')
$$;
-- Of each quarter the newest, which is the one that counts.
CREATE FUNCTION sems.counting_revisions(told_before timestamptz)
RETURNS TABLE (quarter text, revision int, frozen_at timestamptz, age bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT r.quarter, r.revision, r.frozen_at, r.age FROM sems.standing_revisions(told_before) AS r WHERE r.rank = 1
$$;

-- These few have no search_path of their own, so that they become part of the statement that calls them for each row.
-- What a figure says of what it watches. Unknown is never PROVEN. rule: NOT_PROVEN: that alone is a breach.
CREATE FUNCTION sems.figure_state(status text, rule text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN status = 'MET' THEN 'PROVEN'
	    WHEN status = 'NOT_MET' OR (status = 'NOT_PROVEN' AND rule = 'NOT_PROVEN') THEN 'FAILING'
	    WHEN status IS NULL OR status = 'NO_DATA' THEN 'SILENT'
	    ELSE 'NOT_PROVEN' END
$$;
-- The worse, the smaller.
CREATE FUNCTION sems.control_rank(state text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_position('{FAILING,SILENT,UNCOVERED,NOT_PROVEN,EXEMPT,PROVEN}'::text[], state)
$$;

-- Somebody's name, by his principal or as a person; NULL: he has none.
CREATE FUNCTION sems.name_of(who text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT p.name FROM sems.person p WHERE p.person = sems.person_of(who)
$$;

-- --- the register, as of any instant ------------------------------------------------------------------------------

-- Cases of some kinds as they were (sems.cases_at); `these`: of these numbers alone, NULL: all.
CREATE FUNCTION sems.cases_of(kinds text[], so_before timestamptz, told_before timestamptz, these text[])
RETURNS SETOF sems.case_event
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT l.* FROM (SELECT c.number FROM sems.case_file c WHERE these IS NULL AND c.kind = ANY (kinds)
	    UNION ALL
	    SELECT c.number FROM unnest(these) AS t JOIN sems.case_file c ON c.number = t WHERE c.kind = ANY (kinds)) AS c
	CROSS JOIN LATERAL (SELECT e.* FROM sems.case_event e
	    WHERE e.number = c.number AND e.valid < so_before AND e.received < told_before
	    ORDER BY e.step DESC LIMIT 1) AS l
$$;

-- The metrics of a word of that type, with their rules.
CREATE FUNCTION sems.watched(metrics text) RETURNS TABLE (metric text, rule text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT split_part(w, ':', 1), coalesce(nullif(split_part(w, ':', 2), ''), 'NOT_MET')
	FROM unnest(string_to_array(metrics, ' ')) AS w
$$;

-- Each metric of each control, and what the newest quarter's figure of it says: of the control's site where it has one
-- and the document has that.
CREATE FUNCTION sems.control_watch(so_before timestamptz, told_before timestamptz, these text[])
RETURNS TABLE (control text, metric text, rule text, site text, state text, quarter text, revision int, status text,
    of_metric jsonb, figure jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.number, w.metric, w.rule, f.site, sems.figure_state(f.status, w.rule), q.quarter, q.revision, f.status,
	    f.of_metric, f.figure
	FROM sems.cases_of('{control}', so_before, told_before, these) AS c
	CROSS JOIN LATERAL sems.watched(c.folded ->> 'metrics') AS w
	LEFT JOIN sems.counting_revisions(told_before) AS q ON q.age = 1
	LEFT JOIN LATERAL (SELECT x.* FROM sems.frozen_figure x
	    WHERE (x.quarter, x.revision, x.metric) = (q.quarter, q.revision, w.metric)
		AND x.site IN ('', c.folded ->> 'site_id') ORDER BY x.site DESC LIMIT 1) AS f ON true
	WHERE c.state <> 'RETIRED'
$$;

-- Each control that is not retired, and its state on a day.
CREATE FUNCTION sems.control_states(so_before timestamptz, told_before timestamptz, on_day text, these text[])
RETURNS TABLE (control text, state text, folded jsonb, case_state text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.number, CASE WHEN c.state = 'EXEMPT' AND c.folded ->> 'exempt_until' >= on_day THEN 'EXEMPT'
	    WHEN w.state IS NULL THEN 'UNCOVERED' ELSE w.state END, c.folded, c.state
	FROM sems.cases_of('{control}', so_before, told_before, these) AS c
	LEFT JOIN (SELECT x.control, (array_agg(x.state ORDER BY sems.control_rank(x.state)))[1] AS state
	    FROM sems.control_watch(so_before, told_before, these) AS x GROUP BY x.control) AS w ON w.control = c.number
	WHERE c.state <> 'RETIRED'
$$;

-- Each adopted assessment of the scenarios, `age` 1 of the one in force.
CREATE FUNCTION sems.risk_assessments(so_before timestamptz, told_before timestamptz, these text[])
RETURNS TABLE (scenario text, number text, adopted_at timestamptz, told_at timestamptz, age bigint, version bigint, folded jsonb, threat int, impact int,
    vulnerability int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	-- What is adopted stays so, as it was adopted.
	SELECT e.folded ->> 'scenario', e.number, e.valid, e.received,
	    row_number() OVER (PARTITION BY e.folded ->> 'scenario' ORDER BY e.valid DESC, e.number DESC),
	    row_number() OVER (PARTITION BY e.folded ->> 'scenario' ORDER BY e.valid, e.number), e.folded,
	    (e.folded ->> 'threat')::int, (e.folded ->> 'impact')::int, (e.folded ->> 'vulnerability')::int
	FROM (SELECT a.* FROM sems.case_event a WHERE these IS NULL AND a.event = 'ADOPT'
	    UNION ALL
	    SELECT a.* FROM unnest(these) AS t
	    JOIN sems.case_event a ON a.event = 'ADOPT' AND a.folded ->> 'scenario' = t) AS e
	WHERE e.valid < so_before AND e.received < told_before
$$;
CREATE INDEX case_event_of_scenario ON sems.case_event ((folded ->> 'scenario'))
    WHERE kind IN ('action', 'acceptance', 'finding');
CREATE INDEX case_event_adopted ON sems.case_event ((folded ->> 'scenario')) WHERE event = 'ADOPT';

-- A flag on a scenario for each metric of its controls that is not proven by the newest quarter, or was not by one
-- that was frozen since the scenario was entered, until somebody decides on that very figure. `occurrence`: in how
-- many quarters.
CREATE FUNCTION sems.risk_flags(so_before timestamptz, told_before timestamptz, these text[])
RETURNS TABLE (scenario text, metric text, quarter text, revision int, state text, control text, raised_at timestamptz,
    occurrence bigint, decision text, of_metric jsonb, figure jsonb, status text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH s AS MATERIALIZED (
	    SELECT x.number, string_to_array(x.folded ->> 'controls', ' ') AS controls,
		(SELECT e.valid FROM sems.case_event e WHERE e.number = x.number AND e.step = 1) AS entered
	    FROM sems.cases_of('{scenario}', so_before, told_before, these) AS x
	    WHERE x.state = 'IN_FORCE'
	), c AS MATERIALIZED (
	    SELECT x.number, x.folded ->> 'site_id' AS site, w.metric, w.rule
	    FROM sems.cases_of('{control}', so_before, told_before, CASE WHEN these IS NOT NULL
		THEN ARRAY(SELECT DISTINCT unnest(s.controls) FROM s) END) AS x
	    CROSS JOIN LATERAL sems.watched(x.folded ->> 'metrics') AS w
	    WHERE x.state = 'IN_FORCE' OR (x.state = 'EXEMPT' AND x.folded ->> 'exempt_until'
		< sems.entity_day(least(so_before - interval '1 microsecond', clock_timestamp())))
	), q AS MATERIALIZED (
	    -- A newer revision does not take back what an older one raised.
	    SELECT * FROM sems.standing_revisions(told_before)
	), r AS MATERIALIZED (
	    -- Few: what each control's figure said in each quarter.
	    SELECT c.number, c.metric, q.quarter, q.revision, q.frozen_at, q.rank = 1 AND q.age = 1 AS is_newest, sems.figure_state(f.status, c.rule) AS state, f.site
	    FROM c CROSS JOIN q
	    LEFT JOIN LATERAL (SELECT x.status, x.site FROM sems.frozen_figure x
		WHERE (x.quarter, x.revision, x.metric) = (q.quarter, q.revision, c.metric) AND x.site IN ('', c.site)
		ORDER BY x.site DESC LIMIT 1) AS f ON true
	), b AS (
	    SELECT s.number AS scenario, r.metric, r.quarter, r.revision, r.frozen_at, r.number AS control, r.state, r.site
	    FROM s CROSS JOIN LATERAL unnest(s.controls) AS k JOIN r ON r.number = k
	    WHERE r.state <> 'PROVEN' AND (r.is_newest OR r.frozen_at > s.entered)
	), n AS (
	    SELECT b.scenario, b.metric, count(DISTINCT b.quarter) AS occurrence FROM b GROUP BY b.scenario, b.metric
	), last AS (
	    SELECT DISTINCT ON (b.scenario, b.metric) b.* FROM b
	    ORDER BY b.scenario, b.metric, b.quarter DESC, b.revision DESC, sems.control_rank(b.state), b.control
	), d AS MATERIALIZED (
	    SELECT x.folded ->> 'scenario' AS scenario, g.flag, min(x.number) AS number
	    FROM sems.cases_of('{decision}', so_before, told_before, NULL) AS x
	    CROSS JOIN LATERAL unnest(string_to_array(x.folded ->> 'flag', ' ')) AS g (flag)
	    WHERE x.state = 'IN_FORCE' GROUP BY 1, 2
	)
	SELECT l.scenario, l.metric, l.quarter, l.revision, l.state, l.control, l.frozen_at, n.occurrence, d.number,
	    f.of_metric, f.figure, f.status
	FROM last AS l JOIN n USING (scenario, metric)
	LEFT JOIN sems.frozen_figure f ON (f.quarter, f.revision, f.metric, f.site) = (l.quarter, l.revision, l.metric, l.site)
	LEFT JOIN d ON d.scenario = l.scenario AND d.flag = l.metric || '@' || l.quarter || '/' || l.revision
$$;

-- What somebody accepts who accepts the residual risk of a scenario: its scores, its controls, what the figures say of
-- them, and the threat information that bears on it. Any of it that changes makes the acceptance void.
CREATE FUNCTION sems.risk_basis(so_before timestamptz, told_before timestamptz, these text[])
RETURNS TABLE (scenario text, basis jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH s AS MATERIALIZED (
	    SELECT x.number, string_to_array(x.folded ->> 'controls', ' ') AS controls
	    FROM sems.cases_of('{scenario}', so_before, told_before, these) AS x
	), a AS MATERIALIZED (
	    SELECT * FROM sems.risk_assessments(so_before, told_before, these) AS x WHERE x.age = 1
	), c AS MATERIALIZED (
	    SELECT x.number, x.state, md5(x.folded::text) AS digest
	    FROM sems.cases_of('{control}', so_before, told_before,
		CASE WHEN these IS NOT NULL THEN ARRAY(SELECT DISTINCT unnest(s.controls) FROM s) END) AS x
	), w AS MATERIALIZED (
	    SELECT x.control, x.metric, x.state FROM sems.control_watch(so_before, told_before,
		CASE WHEN these IS NOT NULL THEN ARRAY(SELECT DISTINCT unnest(s.controls) FROM s) END) AS x
	), t AS MATERIALIZED (
	    SELECT x.number, string_to_array(x.folded ->> 'scenarios', ' ') AS scenarios
	    FROM sems.cases_of('{threat_information}', so_before, told_before, NULL) AS x WHERE x.state = 'IN_FORCE'
	), m AS MATERIALIZED (
	    SELECT s.number, jsonb_object_agg(w.control || ' ' || w.metric, w.state) AS metrics
	    FROM s CROSS JOIN LATERAL unnest(s.controls) AS k JOIN w ON w.control = k GROUP BY s.number
	), k AS MATERIALIZED (
	    SELECT s.number, jsonb_object_agg(c.number, c.state || ' ' || c.digest) AS controls
	    FROM s CROSS JOIN LATERAL unnest(s.controls) AS k JOIN c ON c.number = k GROUP BY s.number
	), i AS MATERIALIZED (
	    SELECT x.scenario AS number, jsonb_agg(t.number ORDER BY t.number) AS infos
	    FROM t CROSS JOIN LATERAL unnest(t.scenarios) AS x (scenario) GROUP BY x.scenario
	)
	SELECT s.number, jsonb_build_object(
	    'scores', jsonb_build_object('assessment', a.number, 'threat', a.threat, 'impact', a.impact,
		'vulnerability', a.vulnerability),
	    'controls', coalesce(k.controls, '{}'), 'metrics', coalesce(m.metrics, '{}'),
	    'threat_information', coalesce(i.infos, '[]'))
	FROM s LEFT JOIN a ON a.scenario = s.number LEFT JOIN k ON k.number = s.number LEFT JOIN m ON m.number = s.number
	LEFT JOIN i ON i.number = s.number
$$;
CREATE FUNCTION sems.risk_digest(basis jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT encode(sha256(convert_to(basis::text, 'UTF8')), 'hex')
$$;

-- What became of an acceptance by a day, and which of its parts changed; band: that of the residual risk now.
CREATE FUNCTION sems.acceptance_standing(state text, folded jsonb, basis jsonb, band text, on_day text, OUT standing text, OUT changed text[])
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN state <> 'ACCEPTED' THEN state WHEN folded ->> 'expires_on' < on_day THEN 'EXPIRED'
		WHEN cardinality(c.changed) = 0 THEN 'HOLDS' ELSE 'VOID' END,
	    CASE WHEN state = 'ACCEPTED' THEN nullif(c.changed, '{}') END
	FROM (SELECT ARRAY(SELECT p.p
	    FROM unnest('{scores,controls,metrics,threat_information}'::text[]) WITH ORDINALITY AS p (p, o)
	    WHERE folded -> 'basis' -> p.p IS DISTINCT FROM basis -> p.p ORDER BY p.o)
	    -- The scheme may put the same product into another band.
	    || CASE WHEN folded ->> 'band' IS DISTINCT FROM band THEN '{band}'::text[] ELSE '{}' END AS changed) AS c
$$;

-- --- what must not be told ----------------------------------------------------------------------------------------

-- A figure of a frozen document by its name, OUT01@2026-Q3/1.
CREATE FUNCTION sems.cited_figure(named text) RETURNS sems.frozen_figure
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT f FROM sems.frozen_figure f
	WHERE f.metric = split_part(named, '@', 1) AND f.quarter = split_part(split_part(named, '@', 2), '/', 1)
	    AND f.revision = split_part(named, '/', 2)::int AND f.site = ''
$$;

-- Why an event must not be told now, for what is known of other cases and of frozen documents; no row: it may.
-- of_number: NULL: a new case; `folded`: the case's fields before it.
CREATE FUNCTION sems.case_hindered(of_number text, of_kind text, of_event text, folded jsonb, content jsonb, at timestamptz)
RETURNS TABLE (field text, why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	f jsonb := coalesce(folded, '{}') || content;
	of_scenario text := f ->> 'scenario';
	today text := sems.entity_day(clock_timestamp());  -- whenever it is said to have been so
	scheme jsonb;
	in_force record;
	worst int;
BEGIN
	IF of_kind NOT IN ('scenario', 'assessment', 'acceptance', 'control', 'decision') OR of_event IN ('NOTE', 'REJECT', 'REVOKE') THEN
		RETURN;
	END IF;
	IF of_kind = 'control' THEN
		IF of_event = 'EXEMPT' AND f ->> 'exempt_until' < today THEN
			RETURN QUERY SELECT 'exempt_until', 'is before ' || today || ', the day on which it is told';
		END IF;
		-- What a flag stands on does not go without a decision on the flag.
		RETURN QUERY SELECT CASE WHEN of_event <> 'CHANGE' THEN 'event' WHEN content ? 'metrics' THEN 'metrics' ELSE 'site_id' END, 'would take away ' || r.metric
		    || ', whose flag on ' || r.scenario || ' is open; decide on that first (semsctl risk flags)'
		FROM sems.risk_flags('infinity', 'infinity', ARRAY(SELECT s.number
		    FROM sems.cases_of('{scenario}', 'infinity', 'infinity', NULL) AS s
		    WHERE s.state = 'IN_FORCE' AND of_number = ANY (string_to_array(s.folded ->> 'controls', ' ')))) AS r
		WHERE r.decision IS NULL AND r.control = of_number AND (of_event IN ('RETIRE', 'EXEMPT')
		    OR (of_event = 'CHANGE' AND content ? 'site_id') OR (of_event = 'CHANGE' AND content ? 'metrics'
			AND r.metric NOT IN (SELECT w.metric FROM sems.watched(f ->> 'metrics') AS w)));
		RETURN;
	END IF;
	IF of_kind = 'scenario' THEN
		RETURN QUERY SELECT CASE of_event WHEN 'RETIRE' THEN 'event' ELSE 'controls' END, 'would take away ' || r.control
		    || ', whose flag for ' || r.metric || ' is open; decide on that first (semsctl risk flags)'
		FROM sems.risk_flags('infinity', 'infinity', ARRAY[of_number]) AS r
		WHERE r.decision IS NULL AND (of_event = 'RETIRE' OR (of_event = 'CHANGE' AND content ? 'controls'
		    AND r.control <> ALL (string_to_array(f ->> 'controls', ' '))));
		RETURN;
	END IF;
	IF of_kind = 'decision' THEN
		IF of_event <> 'ENTER' AND content ?| '{flag,scenario}' THEN
			RETURN QUERY SELECT CASE WHEN content ? 'flag' THEN 'flag' ELSE 'scenario' END,
			    'is said when a decision is entered, and never changed; enter another';
		ELSIF content ? 'flag' AND of_scenario IS NULL THEN
			RETURN QUERY SELECT 'scenario', 'goes with flag; give both';
		ELSIF content ? 'flag' AND EXISTS (SELECT FROM unnest(string_to_array(content ->> 'flag', ' ')) AS n
		    WHERE NOT EXISTS (SELECT FROM sems.risk_flags('infinity', 'infinity', ARRAY[of_scenario]) AS r
			WHERE r.decision IS NULL AND r.metric || '@' || r.quarter || '/' || r.revision = n)) THEN
			RETURN QUERY SELECT 'flag', 'is no open flag of ' || of_scenario || ' (semsctl risk flags)';
		END IF;
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM sems.case_now n WHERE n.number = of_scenario AND n.state = 'IN_FORCE') THEN
		RETURN QUERY SELECT 'scenario', of_scenario || ' is not in force';
		RETURN;
	END IF;
	SELECT a.* INTO in_force FROM sems.risk_assessments('infinity', 'infinity', ARRAY[of_scenario]) AS a WHERE a.age = 1;
	scheme := (sems.risk_scheme_at('infinity')).content;
	IF of_kind = 'acceptance' THEN
		IF in_force.number IS NULL THEN
			RETURN QUERY SELECT 'scenario', of_scenario || ' was never assessed';
		ELSIF f ->> 'expires_on' <= today THEN
			RETURN QUERY SELECT 'expires_on', 'is not after ' || today || ', the day on which it is told';
		ELSIF f ->> 'band' <> sems.risk_band(in_force.threat * in_force.impact * in_force.vulnerability, scheme) THEN
			RETURN QUERY SELECT 'band', 'is not that of ' || of_scenario || ', whose residual risk is '
			    || sems.risk_band(in_force.threat * in_force.impact * in_force.vulnerability, scheme);
		ELSIF of_event = 'ACCEPT' AND at < in_force.adopted_at THEN
			RETURN QUERY SELECT 'valid', 'is before what is accepted was adopted';
		ELSIF of_event = 'ACCEPT' AND in_force.folded ->> 'review_on' < today THEN
			RETURN QUERY SELECT 'scenario', of_scenario || ' was to be looked at again on '
			    || (in_force.folded ->> 'review_on') || ': that comes first';
		ELSIF of_event = 'ACCEPT' AND content ->> 'digest' <> (SELECT sems.risk_digest(b.basis)
		    FROM sems.risk_basis('infinity', 'infinity', ARRAY[of_scenario]) AS b) THEN
			RETURN QUERY SELECT 'digest', 'is not of what ' || of_scenario || ' is now; look at it again (semsctl risk show '
			    || of_scenario || ')';
		END IF;
		RETURN;
	END IF;
	-- An assessment.
	SELECT max(abs((f ->> i)::int - (f ->> 'impact')::int)) INTO worst
	FROM unnest('{impact_safety,impact_security,impact_finance,impact_reputation}'::text[]) AS i;
	IF f ->> 'review_on' <= today THEN
		RETURN QUERY SELECT 'review_on', 'is not after ' || today || ', the day on which it is told';
	ELSIF EXISTS (SELECT FROM unnest(string_to_array(f ->> 'cites', ' ')) AS n
	    WHERE (sems.cited_figure(n)).metric IS NULL) THEN
		RETURN QUERY SELECT 'cites', 'names what is no figure of a frozen document';
	ELSIF worst >= 2 AND coalesce(f ->> 'outlier', '') = '' THEN
		RETURN QUERY SELECT 'outlier', 'is missing: one of the four impacts is two or more from the impact';
	ELSIF of_event = 'ADOPT' AND (f ->> 'vulnerability')::int < in_force.vulnerability THEN
		IF EXISTS (SELECT FROM sems.risk_flags('infinity', 'infinity', ARRAY[of_scenario]) AS r WHERE r.decision IS NULL) THEN
			RETURN QUERY SELECT 'vulnerability', 'is lowered while a flag on ' || of_scenario
			    || ' is open; decide on that first (semsctl risk flags)';
		ELSIF NOT EXISTS (SELECT FROM unnest(string_to_array(f ->> 'cites', ' ')) AS n
		    CROSS JOIN LATERAL sems.cited_figure(n) AS g
		    JOIN sems.counting_revisions('infinity') AS q ON (q.quarter, q.revision, q.age) = (g.quarter, g.revision, 1)
		    WHERE EXISTS (SELECT FROM sems.cases_of('{control}', 'infinity', 'infinity',
			(SELECT string_to_array(x.folded ->> 'controls', ' ') FROM sems.case_event x
			    WHERE x.number = of_scenario ORDER BY x.step DESC LIMIT 1)) AS c
			CROSS JOIN LATERAL sems.watched(c.folded ->> 'metrics') AS w
			-- By the figure that the control goes by.
			CROSS JOIN LATERAL (SELECT x.status FROM sems.frozen_figure x WHERE (x.quarter, x.revision, x.metric)
			    = (g.quarter, g.revision, g.metric) AND x.site IN ('', c.folded ->> 'site_id') ORDER BY x.site DESC LIMIT 1) AS o
			WHERE c.state = 'IN_FORCE' AND w.metric = g.metric AND o.status = 'MET')) THEN
			RETURN QUERY SELECT 'cites', 'names no figure of the newest frozen quarter that meets its target and '
			    'watches a control of ' || of_scenario || '; a vulnerability is not lowered without one';
		END IF;
	END IF;
END
$$;

-- What is accepted is kept with the acceptance, so that what changed can be told.
CREATE FUNCTION sems.keep_basis() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NEW.event = 'ACCEPT' THEN
		NEW.folded := NEW.folded || jsonb_build_object('accepted_on', sems.entity_day(NEW.valid), 'basis',
		    (SELECT b.basis FROM sems.risk_basis('infinity', 'infinity', ARRAY[NEW.folded ->> 'scenario']) AS b));
	END IF;
	RETURN NEW;
END
$$;
-- By its name after the check, which makes the fold.
CREATE TRIGGER keep_basis BEFORE INSERT ON sems.case_event
    FOR EACH ROW WHEN (NEW.kind = 'acceptance') EXECUTE FUNCTION sems.keep_basis();

CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON sems.risk_scheme
    FOR EACH ROW EXECUTE FUNCTION sems.log_change('register.scheme', 'version', '', 'set_by');
DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['risk_scheme', 'frozen_figure'] LOOP
		EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.%I '
		    'FOR EACH ROW EXECUTE FUNCTION sems.keep_forever()', t);
		EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.%I '
		    'FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever()', t);
	END LOOP;
END
$$;

-- The lines of a word that is a table, with the names of its columns.
CREATE FUNCTION sems.table_of(said text, VARIADIC columns text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT jsonb_agg((SELECT jsonb_object_agg(columns[c.o], btrim(c.c)) FROM unnest(string_to_array(l.l, '|'))
	    WITH ORDINALITY AS c (c, o) WHERE btrim(c.c) <> '') ORDER BY l.o)
	FROM unnest(string_to_array(said, E'\n')) WITH ORDINALITY AS l (l, o)
$$;

GRANT SELECT ON sems.risk_scheme, sems.frozen_figure TO sems_compute;
GRANT INSERT ON sems.risk_scheme TO sems_compute;
GRANT EXECUTE ON FUNCTION sems.name_of(text), sems.risk_scheme_lacks(jsonb), sems.risk_scheme_at(timestamptz), sems.risk_band(int, jsonb),
    sems.standing_revisions(timestamptz), sems.counting_revisions(timestamptz), sems.figure_state(text, text), sems.control_rank(text),
    sems.cases_of(text[], timestamptz, timestamptz, text[]), sems.watched(text),
    sems.control_watch(timestamptz, timestamptz, text[]), sems.control_states(timestamptz, timestamptz, text, text[]),
    sems.risk_assessments(timestamptz, timestamptz, text[]), sems.risk_flags(timestamptz, timestamptz, text[]),
    sems.risk_basis(timestamptz, timestamptz, text[]), sems.risk_digest(jsonb),
    sems.acceptance_standing(text, jsonb, jsonb, text, text), sems.cited_figure(text),
    sems.case_hindered(text, text, text, jsonb, jsonb, timestamptz), sems.table_of(text, text[]) TO sems_compute;
