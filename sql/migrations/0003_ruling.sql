-- Which of a root, its corrections and its voids counts. Nothing stored is ever changed; what changes is
-- which record counts, and that is worked out here, once, whenever something of the family comes in: in
-- any order, and with the same result.
--
-- A correction counts when its principal might have sent what it changes, and, where it makes a figure
-- better, moves a record or comes late, when a second person has confirmed it. Until then the record
-- counts as before.

-- One row per stored record that corrects or voids another, with what was so when it came.
CREATE TABLE sems.correction (
	-- The record that itself corrects nothing; what a correction of a correction names is resolved.
	root_source text NOT NULL,
	root_record_id uuid NOT NULL,
	root_occurred_at timestamptz NOT NULL,
	root_kind text,                -- NULL: it is not here
	-- What its sender named, which may be a correction or a void itself.
	named_source text NOT NULL,
	named_record_id uuid NOT NULL,
	source text NOT NULL,
	record_id uuid NOT NULL,
	occurred_at timestamptz NOT NULL,
	corrected_at timestamptz NOT NULL,
	kind text NOT NULL,
	is_void boolean NOT NULL,
	received_at timestamptz NOT NULL,
	stored_in bigint NOT NULL,
	made_by text NOT NULL,         -- the principal
	is_of_office boolean NOT NULL, -- whose role corrects and voids anything
	grants text[] NOT NULL,        -- else what it might send for the root's source: 'kind@site'
	two_people boolean NOT NULL,   -- what the entity had declared
	alone_for interval NOT NULL,   -- how long after the root's receipt one person suffices
	is_waiting boolean NOT NULL DEFAULT true,  -- for its root
	PRIMARY KEY (root_occurred_at, root_record_id, root_source, record_id, source, kind)
);
CREATE INDEX ON sems.correction (root_record_id);
CREATE INDEX ON sems.correction (record_id);
CREATE INDEX ON sems.correction (made_by) WHERE is_waiting;

-- The records of such families that do not count, and why. Rows are added and closed, so that what
-- counted for an earlier snapshot can be told.
CREATE TABLE sems.ruling (
	record_id uuid NOT NULL,
	source text NOT NULL,
	kind text NOT NULL,
	occurred_at timestamptz NOT NULL,
	root_source text NOT NULL,
	root_record_id uuid NOT NULL,
	why text NOT NULL CHECK (why IN (
	    'CORRECTED',    -- a root in whose place a correction counts
	    'VOIDED',       -- the family has a void in effect
	    'SUPERSEDED',   -- by a later correction
	    'PENDING',      -- waits for a second person
	    'DECLINED',     -- by one
	    'NOT_GRANTED'   -- its principal might not have sent what it changes
	)),
	is_corrected boolean NOT NULL,  -- a correction of the family is in effect, or would be but for a void
	since bigint NOT NULL DEFAULT sems.this_transaction(),
	until bigint  -- the transaction from which it holds no more
);
CREATE UNIQUE INDEX ON sems.ruling (record_id, source, kind) WHERE until IS NULL;
CREATE INDEX ON sems.ruling (root_record_id);
GRANT SELECT ON sems.correction, sems.ruling TO sems_compute, sems_retention;

-- --- what a changed field means -------------------------------------------------------------------

-- How a change of a field bears on the figures. A field that is not here must be confirmed whatever the
-- change: so a new field is safe before anybody thought of it. kind '*': of every kind that has no row
-- of its own.
CREATE TABLE sems.weight (
	kind text NOT NULL,
	field text NOT NULL,
	item text NOT NULL DEFAULT '',  -- a field of a list's items
	weight text NOT NULL CHECK (weight IN (
	    'FREE',     -- no figure counts it
	    'MOVES',    -- any change must be confirmed
	    'RANK',     -- ranks: of a value; one may go to a lower or equal rank. '' is "not given"
	    'RISE',     -- a number that may only rise
	    'FALL',     -- one that may only fall
	    'GIVE',     -- may be given or changed and not be taken away
	    'QUARTER',  -- a time that may not leave its quarter
	    'ITEMS'     -- a list whose items have a key; ranks: {"key": ..., "sign": ...}: an item may be
	                -- added when its sign has a rank below nought, and none may go
	)),
	ranks jsonb,
	PRIMARY KEY (kind, field, item)
);
INSERT INTO sems.weight (kind, field, weight)
SELECT '*', f, 'FREE' FROM unnest(ARRAY['record_id', 'source', 'source_record_id', 'schema_version',
    'requirement_refs', 'risk_control_ids', 'precision', 'occurred_end', 'device_local_time',
    'utc_offset_min', 'recorded_by', 'shift_id', 'corrects_record_id', 'corrects_source', 'corrected_at',
    'correction_reason', 'marking', 'received_at', 'received_from', 'received_as', 'stored_in']) AS f;
INSERT INTO sems.weight (kind, field, weight, ranks) VALUES
    ('*', 'occurred_at', 'QUARTER', NULL),
    ('*', 'embargo', 'RANK', '{"": 0, "false": 0, "true": 1}'),
    ('activity', 'occurred_end', 'MOVES', NULL),
    ('heartbeat', 'occurred_end', 'MOVES', NULL),
    ('tip_session', 'occurred_end', 'MOVES', NULL),
    ('observation', 'template_version', 'FREE', NULL),
    ('observation', 'activity_observed', 'FREE', NULL),
    ('observation', 'immediate_action', 'FREE', NULL),
    ('observation', 'finding_id', 'FREE', NULL),
    ('observation', 'note', 'FREE', NULL),
    ('observation', 'criteria', 'ITEMS', '{"key": "criterion_id", "sign": "result"}'),
    ('test', 'test_protocol_version', 'FREE', NULL),
    ('test', 'authorisation_ref', 'FREE', NULL),
    ('test', 'tester_id', 'FREE', NULL),
    ('test', 'failure_stage', 'FREE', NULL),
    ('test', 'root_cause', 'FREE', NULL),
    ('test', 'finding_id', 'FREE', NULL),
    ('test', 'debriefed_at', 'GIVE', NULL),
    ('test', 'outcome', 'RANK', '{"PASS": 3, "PARTIAL": 2, "FAIL": 1}'),
    ('test', 'layers', 'ITEMS', '{"key": "layer", "sign": "detected"}'),
    ('audit', 'scope', 'FREE', NULL),
    ('audit', 'auditors', 'FREE', NULL),
    ('audit', 'techniques', 'FREE', NULL),
    ('audit', 'announced', 'FREE', NULL),
    ('audit', 'ratings', 'ITEMS', '{"key": "measure_code", "sign": "classification"}'),
    ('audit', 'findings', 'ITEMS', '{"key": "finding_id", "sign": "severity"}'),
    ('tip_event', 'outcome', 'RANK', '{"HIT": 2, "MISS_DECIDED": 1, "MISS_TIMEOUT": 1}'),
    ('tip_event', 'response_ms', 'RISE', NULL),
    ('tip_event', 'decision_at', 'FREE', NULL),
    ('tip_event', 'view_count', 'FREE', NULL),
    ('tip_event', 'bag_ref', 'FREE', NULL),
    ('tip_session', 'hits', 'FALL', NULL),
    ('tip_session', 'misses', 'RISE', NULL),
    ('tip_session', 'vendor_pd', 'FREE', NULL),
    ('tip_session', 'vendor_pfa', 'FREE', NULL),
    ('tip_session', 'vendor_dprime', 'FREE', NULL),
    ('plan', 'occurred_at', 'FREE', NULL),
    ('plan', 'period_start', 'QUARTER', NULL),
    ('plan', 'planned_count', 'RISE', NULL),
    ('equipment_check', 'result', 'RANK', '{"PASS": 2, "FAIL": 1, "NOT_DONE": 1}'),
    ('training', 'hours', 'FALL', NULL),
    ('training', 'result', 'RANK', '{"PASS": 2, "FAIL": 1, "NOT_DONE": 1}'),
    ('deployment', 'occurred_end', 'MOVES', NULL),
    ('incident', 'incident_ref', 'FREE', NULL),
    ('incident', 'severity', 'RANK',
	'{"": 0, "OBSERVATION_ONLY": -1, "MINOR": -2, "SERIOUS": -3, "CRITICAL": -4}'),
    ('incident', 'unlawful_interference', 'RANK', '{"": 1, "false": 1, "true": 0}'),
    ('incident', 'channel', 'FREE', NULL),
    ('incident', 'breach_of', 'GIVE', NULL),
    ('incident', 'breach_confirmed', 'RANK', '{"": 1, "false": 1, "true": 0}'),
    ('incident', 'missed_by', 'GIVE', NULL),
    ('incident', 'closed_at', 'FREE', NULL),
    ('incident', 'note', 'FREE', NULL),
    -- It is given by a correction, days later as a rule.
    ('report', 'acknowledged_at', 'GIVE', NULL),
    ('report', 'closed_at', 'FREE', NULL),
    ('report', 'incident_ref', 'FREE', NULL),
    ('report', 'note', 'FREE', NULL),
    ('patrol', 'result', 'RANK', '{"DONE": 4, "EXCUSED": 3, "LATE": 2, "MISSED": 1}'),
    ('patrol', 'planned_ref', 'FREE', NULL),
    ('patrol', 'purpose', 'FREE', NULL),
    ('patrol', 'persons', 'FREE', NULL),
    ('exercise', 'scenario', 'FREE', NULL),
    ('exercise', 'note', 'FREE', NULL),
    ('exercise', 'objectives', 'ITEMS', '{"key": "objective", "sign": "met"}');
INSERT INTO sems.weight VALUES
    ('observation', 'criteria', 'result', 'RANK', '{"MET": 1, "NOT_MET": -1}'),
    ('observation', 'criteria', 'mandatory', 'RANK', '{"false": 2, "": 1, "true": 1}'),
    ('observation', 'criteria', 'severity', 'RANK',
	'{"": 0, "OBSERVATION_ONLY": -1, "MINOR": -2, "SERIOUS": -3, "CRITICAL": -4}'),
    ('test', 'layers', 'detected', 'RANK', '{"true": 1, "false": -1}'),
    ('test', 'layers', 'resolved', 'RANK', '{"true": 1, "false": -1}'),
    ('exercise', 'objectives', 'met', 'RANK', '{"": 0, "true": 1, "false": -1}'),
    ('audit', 'ratings', 'classification', 'RANK', '{"FULLY_COMPLIANT": 2,
	"COMPLIANT_IMPROVEMENT_DESIRABLE": 1, "NOT_COMPLIANT": -1, "NOT_COMPLIANT_SERIOUS": -2}'),
    ('audit', 'findings', 'severity', 'RANK',
	'{"OBSERVATION_ONLY": -1, "MINOR": -2, "SERIOUS": -3, "CRITICAL": -4}'),
    ('audit', 'findings', 'state', 'RANK',
	'{"": 1, "OPEN": 1, "CORRECTED": 2, "VERIFIED": 3, "CLOSED": 4}'),
    ('audit', 'findings', 'requirement_ref', 'FREE', NULL),
    ('audit', 'findings', 'detected_at', 'FREE', NULL),
    ('audit', 'findings', 'control_id', 'FREE', NULL);
GRANT SELECT ON sems.weight TO sems_compute;

CREATE FUNCTION sems.quarter_of(at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT d.quarter FROM sems.civil_day d WHERE d.starts_at <= at AND d.ends_at > at
	ORDER BY d.starts_at DESC LIMIT 1
$$;

-- What must be confirmed of a change from one value to another is true; what need not, false.
CREATE FUNCTION sems.is_grave_value(w sems.weight, was jsonb, becomes jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(CASE w.weight
	    WHEN 'FREE' THEN false
	    WHEN 'RANK' THEN (w.ranks ->> coalesce(becomes #>> '{}', ''))::int
		> (w.ranks ->> coalesce(was #>> '{}', ''))::int
	    WHEN 'RISE' THEN (becomes #>> '{}')::numeric < (was #>> '{}')::numeric
	    WHEN 'FALL' THEN (becomes #>> '{}')::numeric > (was #>> '{}')::numeric
	    WHEN 'GIVE' THEN becomes IS NULL OR becomes = 'null'
	    WHEN 'QUARTER' THEN sems.quarter_of((becomes #>> '{}')::timestamptz)
		<> sems.quarter_of((was #>> '{}')::timestamptz)
	END, true)
$$;

-- The same of a list whose items have a key. One key twice, or none: nobody can tell what became of what.
CREATE FUNCTION sems.is_grave_list(w sems.weight, was jsonb, becomes jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH o AS (
		SELECT x AS item, coalesce(x ->> (w.ranks ->> 'key'), '') AS key
		FROM jsonb_array_elements(CASE jsonb_typeof(was) WHEN 'array' THEN was ELSE '[]' END) AS x
	), n AS (
		SELECT x AS item, coalesce(x ->> (w.ranks ->> 'key'), '') AS key
		FROM jsonb_array_elements(CASE jsonb_typeof(becomes) WHEN 'array' THEN becomes ELSE '[]' END) AS x
	)
	SELECT (SELECT count(*) <> count(DISTINCT key) FROM o) OR (SELECT count(*) <> count(DISTINCT key) FROM n)
	    OR EXISTS (
		SELECT FROM o FULL JOIN n ON n.key = o.key
		LEFT JOIN sems.weight s ON (s.kind, s.field, s.item) = (w.kind, w.field, w.ranks ->> 'sign')
		WHERE CASE WHEN n.item IS NULL THEN true
		    WHEN o.item IS NULL THEN
			coalesce((s.ranks ->> coalesce(n.item ->> (w.ranks ->> 'sign'), ''))::int >= 0, true)
		    ELSE EXISTS (
			SELECT FROM (SELECT jsonb_object_keys(o.item || n.item) AS name) AS f
			LEFT JOIN sems.weight i ON (i.kind, i.field, i.item) = (w.kind, w.field, f.name)
			WHERE o.item -> f.name IS DISTINCT FROM n.item -> f.name
			AND sems.is_grave_value(i, o.item -> f.name, n.item -> f.name))
		    END)
$$;

-- The fields that differ between two stored records of one kind.
CREATE FUNCTION sems.changed_fields(kind text, was jsonb, becomes jsonb)
RETURNS TABLE (field text, was_value jsonb, becomes_value jsonb, is_grave boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT f.name, was -> f.name, becomes -> f.name, CASE w.weight
	    WHEN 'ITEMS' THEN sems.is_grave_list(w, was -> f.name, becomes -> f.name)
	    ELSE sems.is_grave_value(w, was -> f.name, becomes -> f.name) END
	FROM (SELECT jsonb_object_keys(was || becomes) AS name) AS f
	LEFT JOIN LATERAL (SELECT x.* FROM sems.weight x WHERE x.kind IN (changed_fields.kind, '*')
	    AND x.field = f.name AND x.item = '' ORDER BY x.kind = '*' LIMIT 1) AS w ON true
	WHERE coalesce(was -> f.name, 'null') <> coalesce(becomes -> f.name, 'null')
$$;
GRANT EXECUTE ON FUNCTION sems.quarter_of(timestamptz), sems.is_grave_value(sems.weight, jsonb, jsonb),
    sems.is_grave_list(sems.weight, jsonb, jsonb), sems.changed_fields(text, jsonb, jsonb) TO sems_compute;

-- Tests under embargo are nobody's business. It ends by a record, the debrief that corrects the test,
-- never by the clock.
CREATE FUNCTION sems.under_embargo(embargo boolean, mode text, debriefed_at timestamptz)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT embargo IS TRUE OR (mode IS NOT DISTINCT FROM 'COVERT' AND debriefed_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION sems.under_embargo(boolean, text, timestamptz) TO PUBLIC;

CREATE FUNCTION sems.is_embargoed(test jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT sems.under_embargo((test ->> 'embargo')::boolean, test ->> 'mode',
	    (test ->> 'debriefed_at')::timestamptz)
$$;

-- --- the ruling -----------------------------------------------------------------------------------

-- The stored records of an identity that are not corrections themselves; more than one when several
-- kinds have it. By the month's tables: a plan over all of them would take longer than all the rest.
CREATE FUNCTION sems.roots_of(of_source text, of_id uuid)
RETURNS TABLE (kind text, received_at timestamptz, content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	at timestamptz := sems.uuid_time(of_id);
	month text;
	query text;
BEGIN
	SELECT to_char(d.month, 'YYYYMM') INTO month FROM sems.civil_day d
	WHERE d.starts_at <= at AND d.ends_at > at ORDER BY d.starts_at DESC LIMIT 1;
	SELECT string_agg(format('SELECT %L::text, r.received_at, to_jsonb(r) '
	    'FROM sems.%I r WHERE r.occurred_at = $1 AND r.record_id = $2 AND r.source = $3 '
	    'AND r.corrects_record_id IS NULL', k.kind, k.kind || '_' || month), ' UNION ALL ')
	INTO query FROM sems.kind k
	WHERE k.kind NOT IN ('void', 'confirmation')
	AND to_regclass('sems.' || k.kind || '_' || month) IS NOT NULL;
	IF query IS NOT NULL THEN
		RETURN QUERY EXECUTE query USING at, of_id, of_source;
	END IF;
END
$$;

-- Of many records at once what each says, by groups of one kind and month, so that each is planned over the
-- month that it is about.
CREATE FUNCTION sems.contents_of(kinds text[], sources text[], ids uuid[], ats timestamptz[])
RETURNS TABLE (kind text, source text, record_id uuid, content jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	g record;
BEGIN
	FOR g IN SELECT w.kind, array_agg(w.source) AS sources, array_agg(w.id) AS ids, array_agg(w.at) AS ats,
		min(w.at) AS lo, max(w.at) AS hi
	    FROM unnest(kinds, sources, ids, ats) AS w (kind, source, id, at)
	    GROUP BY w.kind, date_trunc('month', w.at, 'UTC')
	LOOP
		RETURN QUERY EXECUTE format('SELECT %L::text, r.source, r.record_id, to_jsonb(r) '
		    'FROM unnest($1, $2, $3) AS w (source, id, at) JOIN sems.%I r ON r.occurred_at = w.at '
		    'AND r.record_id = w.id AND r.source = w.source AND r.occurred_at BETWEEN $4 AND $5',
		    g.kind, g.kind) USING g.sources, g.ids, g.ats, g.lo, g.hi;
	END LOOP;
END
$$;

CREATE FUNCTION sems.content_of(kind text, source text, record_id uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	content jsonb;
BEGIN
	EXECUTE format('SELECT to_jsonb(r) FROM sems.%I r WHERE r.occurred_at = $1 AND r.record_id = $2 '
	    'AND r.source = $3', kind) INTO content USING at, record_id, source;
	RETURN content;
END
$$;

-- The source's own number of a stored record.
CREATE FUNCTION sems.source_number(kind text, source text, record_id uuid) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
	SELECT sems.content_of(kind, source, record_id, sems.uuid_time(record_id)) ->> 'source_record_id'
$$;

-- Why a record is not what it was: the reason of the last correction or void of it, or its own.
CREATE FUNCTION sems.reason_of(id uuid, of_source text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT sems.content_of(c.kind, c.source, c.record_id, c.occurred_at) ->> 'correction_reason'
	FROM sems.correction c
	WHERE (c.root_record_id = id AND c.root_source = of_source) OR (c.record_id = id AND c.source = of_source)
	ORDER BY c.received_at DESC, c.record_id DESC LIMIT 1
$$;

-- What a second person said of a correction last. Who made it may take it back and not confirm it.
CREATE FUNCTION sems.decision_on(c sems.correction)
RETURNS TABLE (decision text, decided_by text, decided_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT f.decision, f.received_from, f.decided_at FROM sems.confirmation f
	WHERE f.occurred_at = c.occurred_at AND f.confirms_record_id = c.record_id
	AND coalesce(f.confirms_source, f.source) = c.source
	AND f.received_as IN ('compliance', 'manager', 'admin')
	AND (sems.person_of(f.received_from) <> sems.person_of(c.made_by) OR f.decision = 'DECLINED')
	ORDER BY f.decided_at DESC, f.record_id DESC, f.source DESC LIMIT 1
$$;

-- What that leaves a correction with that may not take effect by one person alone; NULL: it does.
CREATE FUNCTION sems.verdict_on(c sems.correction) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE d.decision WHEN 'CONFIRMED' THEN NULL WHEN 'DECLINED' THEN 'DECLINED' ELSE 'PENDING' END
	FROM (SELECT 1) AS one LEFT JOIN sems.decision_on(c) AS d ON true
$$;

-- Whether a correction changes what its principal might not have sent. To change a record's kind takes
-- the rights of a void.
CREATE FUNCTION sems.is_beyond(c sems.correction, kind text, site text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT NOT c.is_of_office AND (c.kind <> is_beyond.kind OR NOT EXISTS (
	    SELECT FROM unnest(c.grants) AS g WHERE split_part(g, '@', 1) IN ('*', is_beyond.kind)
	    AND substr(g, position('@' IN g) + 1) IN ('*', is_beyond.site)))
$$;

-- Whether a correction must be confirmed, held against what counts without it.
CREATE FUNCTION sems.is_grave(c sems.correction, first_at timestamptz, now_kind text, now_content jsonb,
    content jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN now_content IS NULL THEN NOT c.is_waiting  -- what it changes has been purged
	    WHEN now_kind <> c.kind THEN true
	    WHEN (SELECT bool_or(f.is_grave) FROM sems.changed_fields(c.kind, now_content, content) AS f)
	    THEN true
	    -- A debrief ends an embargo whenever it comes.
	    WHEN c.kind = 'test' AND sems.is_embargoed(now_content) AND NOT sems.is_embargoed(content)
	    THEN false
	    ELSE coalesce(c.received_at - first_at > c.alone_for, false) END
$$;

-- Who of a family does not count, and why, as far as one root goes (root.kind is NULL: it is not here).
-- The corrections are gone through by (corrected_at, record_id, source): each is held against what counted
-- before it. Those of other_roots are not this one's.
CREATE FUNCTION sems.rulings_on(of_source text, of_id uuid, root_kind text, root_content jsonb,
    first_at timestamptz, other_roots text[])
RETURNS TABLE (record_id uuid, source text, kind text, occurred_at timestamptz, why text, is_corrected boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	c sems.correction;
	standing sems.correction;
	now_kind text := root_kind;  -- what counts so far, and its content
	now_content jsonb := root_content;
	content jsonb;
	is_voided boolean := false;
	verdict text;
BEGIN
	FOR c IN SELECT x.* FROM sems.correction x WHERE x.root_occurred_at = sems.uuid_time(of_id)
	    AND x.root_record_id = of_id AND x.root_source = of_source
	    AND (x.is_void OR x.kind <> ALL (other_roots))
	    ORDER BY x.is_void, x.corrected_at, x.record_id, x.source, x.kind
	LOOP
		verdict := NULL;
		IF sems.is_beyond(c, root_kind, coalesce(root_content ->> 'site_id', ''))
		    OR sems.is_beyond(c, now_kind, coalesce(now_content ->> 'site_id', '')) THEN
			verdict := 'NOT_GRANTED';
		ELSIF c.is_void THEN
			verdict := CASE WHEN c.two_people THEN sems.verdict_on(c) END;
			is_voided := is_voided OR verdict IS NULL;
		ELSE
			content := sems.content_of(c.kind, c.source, c.record_id, c.occurred_at);
			IF c.two_people AND sems.is_grave(c, first_at, now_kind, now_content, content) THEN
				verdict := sems.verdict_on(c);
			END IF;
			IF verdict IS NULL THEN
				IF standing.record_id IS NOT NULL THEN
					RETURN QUERY SELECT standing.record_id, standing.source, standing.kind,
					    standing.occurred_at, 'SUPERSEDED', false;
				END IF;
				standing := c;
				now_kind := c.kind;
				now_content := content;
			END IF;
		END IF;
		IF verdict IS NOT NULL THEN
			RETURN QUERY SELECT c.record_id, c.source, c.kind, c.occurred_at, verdict, false;
		END IF;
	END LOOP;
	IF is_voided AND standing.record_id IS NOT NULL THEN
		RETURN QUERY SELECT standing.record_id, standing.source, standing.kind, standing.occurred_at,
		    'VOIDED', false;
	END IF;
	IF root_kind IS NOT NULL AND (is_voided OR standing.record_id IS NOT NULL) THEN
		RETURN QUERY SELECT of_id, of_source, root_kind, sems.uuid_time(of_id),
		    CASE WHEN is_voided THEN 'VOIDED' ELSE 'CORRECTED' END, standing.record_id IS NOT NULL;
	END IF;
END
$$;

-- The same of the whole family. One identity under two kinds is two records, each with its corrections.
CREATE FUNCTION sems.rulings_of(of_source text, of_id uuid)
RETURNS TABLE (record_id uuid, source text, kind text, occurred_at timestamptz, why text, is_corrected boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH root AS (
		SELECT r.kind, r.content, r.received_at,
		    array_agg(r.kind) OVER () AS kinds FROM sems.roots_of(of_source, of_id) AS r
		UNION ALL
		SELECT NULL, NULL, NULL, '{}' WHERE NOT EXISTS (SELECT FROM sems.roots_of(of_source, of_id))
	)
	SELECT DISTINCT ON (v.record_id, v.source, v.kind) v.*
	FROM root AS r CROSS JOIN LATERAL sems.rulings_on(of_source, of_id, r.kind, r.content, r.received_at,
	    coalesce(array_remove(r.kinds, r.kind), '{}')) AS v
	ORDER BY v.record_id, v.source, v.kind, v.why
$$;

-- Rules anew on a family and keeps what is different now. Its days are counted again. One at a time: of
-- two transactions that bring something of the same family the second sees what the first brought.
CREATE FUNCTION sems.rule(of_source text, of_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	at timestamptz := sems.uuid_time(of_id);
	rulings jsonb;
	kinds text[];
	n bigint;
	changed bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended(format('sems.family %s %s', of_id, of_source), 0));
	kinds := ARRAY(SELECT r.kind FROM sems.roots_of(of_source, of_id) AS r ORDER BY r.kind);
	IF kinds = '{}' THEN
		-- Whoever is storing the root just now, and did not see that it is waited for, has ended when
		-- this is granted.
		PERFORM pg_advisory_xact_lock(hashtextextended('sems.waiting', 0));
		kinds := ARRAY(SELECT r.kind FROM sems.roots_of(of_source, of_id) AS r ORDER BY r.kind);
	END IF;
	-- It would change what is counted for the last time.
	IF EXISTS (SELECT FROM sems.closed_now m WHERE (at >= m.starts_at AND at < m.ends_at)
	    OR EXISTS (SELECT FROM sems.correction c WHERE c.root_occurred_at = at AND c.root_record_id = of_id
		AND c.root_source = of_source AND c.occurred_at >= m.starts_at AND c.occurred_at < m.ends_at)) THEN
		RAISE EXCEPTION 'a month of a record and its corrections is being dropped'
		    USING ERRCODE = 'SM004';
	END IF;
	UPDATE sems.correction c SET is_waiting = false,
	    root_kind = CASE WHEN c.kind = ANY (kinds) THEN c.kind ELSE kinds[1] END
	WHERE kinds <> '{}' AND c.root_occurred_at = at AND c.root_record_id = of_id AND c.root_source = of_source
	AND (c.is_waiting OR c.root_kind IS DISTINCT FROM CASE WHEN c.kind = ANY (kinds) THEN c.kind ELSE kinds[1] END);
	SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') INTO rulings FROM sems.rulings_of(of_source, of_id) AS r;
	UPDATE sems.ruling o SET until = sems.this_transaction()
	WHERE o.until IS NULL
	AND ((o.record_id = of_id AND o.source = of_source) OR EXISTS (SELECT FROM sems.correction c
	    WHERE c.root_occurred_at = at AND c.root_record_id = of_id AND c.root_source = of_source
	    AND c.record_id = o.record_id AND c.source = o.source AND c.kind = o.kind))
	AND NOT EXISTS (SELECT FROM jsonb_to_recordset(rulings)
	    AS r (record_id uuid, source text, kind text, why text, is_corrected boolean)
	    WHERE (r.record_id, r.source, r.kind, r.why, r.is_corrected)
	    = (o.record_id, o.source, o.kind, o.why, o.is_corrected));
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO sems.ruling (record_id, source, kind, occurred_at, root_source, root_record_id, why,
	    is_corrected)
	SELECT r.record_id, r.source, r.kind, r.occurred_at, of_source, of_id, r.why, r.is_corrected
	FROM jsonb_to_recordset(rulings) AS r (record_id uuid, source text, kind text,
	    occurred_at timestamptz, why text, is_corrected boolean)
	ON CONFLICT (record_id, source, kind) WHERE until IS NULL DO NOTHING;
	GET DIAGNOSTICS n = ROW_COUNT;
	IF changed + n > 0 THEN
		INSERT INTO sems.touched_day (kind, since, until, root_source, root_record_id)
		SELECT min(k.kind), at, at, of_source, of_id FROM sems.kind k;
	END IF;
END
$$;

-- A trigger, so that there is one rule however a record comes in, and so that the role which adds
-- evidence needs no right on these tables. Its WHEN clause keeps it off the path of other records.
CREATE FUNCTION sems.note_correction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	named_source text := coalesce(NEW.corrects_source, NEW.source);
	of_source text;
	of_id uuid;
BEGIN
	-- What names a record and the record it names may come at once.
	PERFORM pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(
	    format('sems.record %s %s', x.id, x.source), 0) AS h FROM (VALUES (NEW.record_id, NEW.source),
	    (NEW.corrects_record_id, named_source)) AS x (id, source) ORDER BY h) AS locks;
	SELECT c.root_source, c.root_record_id INTO of_source, of_id FROM sems.correction c
	WHERE c.record_id = NEW.corrects_record_id AND c.source = named_source ORDER BY c.kind LIMIT 1;
	IF NOT FOUND THEN
		of_source := named_source;
		of_id := NEW.corrects_record_id;
	END IF;
	INSERT INTO sems.correction (root_source, root_record_id, root_occurred_at, named_source, named_record_id,
	    source, record_id, occurred_at, corrected_at, kind, is_void, received_at, stored_in, made_by, is_of_office, grants, two_people,
	    alone_for, is_waiting)
	SELECT of_source, of_id, sems.uuid_time(of_id), named_source, NEW.corrects_record_id, NEW.source,
	    NEW.record_id, NEW.occurred_at, coalesce(NEW.corrected_at, NEW.occurred_at), TG_ARGV[0], TG_ARGV[0] = 'void',
	    NEW.received_at, NEW.stored_in, NEW.received_from,
	    coalesce(NEW.received_as IN ('compliance', 'admin'), false),
	    ARRAY(SELECT g.kind || '@' || g.site FROM sems.source_grant g
		WHERE g.principal = NEW.received_from AND g.source IN (of_source, '*')),
	    coalesce((SELECT p.corrections FROM sems.spd_policy p ORDER BY p.policy_id DESC LIMIT 1),
		'TWO_PEOPLE') = 'TWO_PEOPLE',
	    make_interval(hours => (SELECT s.value::int FROM sems.setting s
		WHERE s.name = 'correction_alone_hours')),
	    NOT EXISTS (SELECT FROM sems.purge_certificate p WHERE p.kind = TG_ARGV[0]
		AND p.starts_at <= sems.uuid_time(of_id) AND p.ends_at > sems.uuid_time(of_id));
	-- Those that named this one before it came, and took it for a root.
	UPDATE sems.correction c SET root_source = of_source, root_record_id = of_id,
	    root_occurred_at = sems.uuid_time(of_id)
	WHERE c.root_record_id = NEW.record_id AND c.root_source = NEW.source
	AND c.root_occurred_at = NEW.occurred_at;
	INSERT INTO sems.touched_day (kind, since, until, root_source, root_record_id)
	VALUES (TG_ARGV[0], NEW.occurred_at, NEW.occurred_at, of_source, of_id);
	PERFORM sems.rule(of_source, of_id);
	-- Each record that comes is looked for among those that wait.
	IF (SELECT count(*) FROM sems.correction c WHERE c.is_waiting AND c.made_by = NEW.received_from)
	    > (SELECT s.value::bigint FROM sems.setting s WHERE s.name = 'corrections_waiting_max')
	    AND EXISTS (SELECT FROM sems.correction c WHERE c.is_waiting AND c.record_id = NEW.record_id
		AND c.source = NEW.source) THEN
		RAISE EXCEPTION 'too many corrections of % wait for their records', NEW.received_from
		    USING ERRCODE = 'SM003';
	END IF;
	RETURN NULL;
END
$$;

CREATE FUNCTION sems.note_confirmation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	confirms_source text := coalesce(NEW.confirms_source, NEW.source);
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended(
	    format('sems.record %s %s', NEW.confirms_record_id, confirms_source), 0));
	PERFORM sems.rule(c.root_source, c.root_record_id) FROM sems.correction c
	WHERE c.record_id = NEW.confirms_record_id AND c.source = confirms_source;
	RETURN NULL;
END
$$;

-- Rules on the families whose root has just come, after their corrections.
CREATE FUNCTION sems.adopt(kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	root record;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(hashtextextended('sems.waiting', 0));
	IF NOT EXISTS (SELECT FROM sems.correction c WHERE c.is_waiting) THEN
		RETURN;
	END IF;
	FOR root IN EXECUTE format('SELECT DISTINCT c.root_source, c.root_record_id FROM sems.correction c '
	    'JOIN sems.%I r ON r.occurred_at = c.root_occurred_at AND r.record_id = c.root_record_id '
	    'AND r.source = c.root_source AND r.corrects_record_id IS NULL WHERE c.is_waiting '
	    'ORDER BY c.root_source, c.root_record_id', kind)
	LOOP
		PERFORM sems.rule(root.root_source, root.root_record_id);
	END LOOP;
END
$$;

-- --- for people -----------------------------------------------------------------------------------

-- The fields in which a correction always differs from what it corrects.
CREATE FUNCTION sems.fields_of_sending() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT ARRAY['record_id', 'source', 'source_record_id', 'schema_version', 'corrects_record_id',
	    'corrects_source', 'corrected_at', 'correction_reason', 'recorded_by', 'received_at', 'received_from',
	    'received_as', 'stored_in']
$$;

-- What a correction changes of what counted before it: [{"field", "was", "becomes", "must_be_confirmed"}].
CREATE FUNCTION sems.changes_of(c sems.correction) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH earlier AS (
		SELECT p.kind, sems.content_of(p.kind, p.source, p.record_id, p.occurred_at) AS content
		FROM sems.correction p
		WHERE p.root_occurred_at = c.root_occurred_at AND p.root_record_id = c.root_record_id
		AND p.root_source = c.root_source AND NOT p.is_void
		AND (p.corrected_at, p.record_id, p.source, p.kind)
		< (c.corrected_at, c.record_id, c.source, c.kind)
		AND NOT EXISTS (SELECT FROM sems.ruling o WHERE o.until IS NULL AND o.record_id = p.record_id
		    AND o.source = p.source AND o.kind = p.kind AND o.why NOT IN ('SUPERSEDED', 'VOIDED'))
		ORDER BY p.corrected_at DESC, p.record_id DESC, p.source DESC, p.kind DESC LIMIT 1
	), base AS (
		SELECT e.kind, e.content, 1 AS place FROM earlier e
		UNION ALL
		SELECT r.kind, r.content, CASE r.kind WHEN c.kind THEN 2 ELSE 3 END
		FROM sems.roots_of(c.root_source, c.root_record_id) r
		ORDER BY place LIMIT 1
	)
	SELECT coalesce(jsonb_agg(jsonb_build_object('field', x.field, 'was', x.was, 'becomes', x.becomes,
	    'must_be_confirmed', x.is_grave) ORDER BY x.field <> 'kind', x.field), '[]')
	FROM (
		SELECT 'kind' AS field, to_jsonb(b.kind) AS was, to_jsonb(c.kind) AS becomes, true AS is_grave
		FROM base b WHERE b.kind <> c.kind
		UNION ALL
		SELECT f.field, f.was_value, f.becomes_value, f.is_grave
		FROM base b CROSS JOIN LATERAL sems.changed_fields(c.kind, b.content,
		    sems.content_of(c.kind, c.source, c.record_id, c.occurred_at)) AS f
		WHERE f.field <> ALL (sems.fields_of_sending())
	) AS x
	WHERE NOT c.is_void
$$;
GRANT EXECUTE ON FUNCTION sems.changes_of(sems.correction), sems.decision_on(sems.correction),
    sems.reason_of(uuid, text), sems.roots_of(text, uuid), sems.content_of(text, text, uuid, timestamptz),
    sems.contents_of(text[], text[], uuid[], timestamptz[]), sems.fields_of_sending(),
    sems.source_number(text, text, uuid), sems.is_embargoed(jsonb),
    sems.rulings_of(text, uuid) TO sems_compute;

-- A value as a document may tell it: of persons, free text and the method of a test only that it changed; of
-- what is long how long it is.
CREATE FUNCTION sems.told_value(field text, value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN value IS NULL OR value = 'null' THEN NULL
	    WHEN field = ANY (ARRAY['subject_person', 'observer_id', 'tester_id', 'screener_id', 'auditors', 'note',
		'method_class', 'test_item_class', 'authorisation_ref']) OR value #>> '{}' LIKE '\\x%'
	    THEN to_jsonb('(not shown)'::text)
	    WHEN length(value::text) > 1000 THEN to_jsonb(format('(%s characters)', length(value::text)))
	    ELSE value END
$$;
GRANT EXECUTE ON FUNCTION sems.told_value(text, jsonb) TO sems_compute;

-- --- what is effective ---------------------------------------------------------------------------

-- Which of the stored records count, and the views that say so. Each view is there twice: as things are
-- known today, and, with then_ before its name, as they were known when a revision was frozen. Both are
-- made of one text, so that there is one definition of what counts.

-- When a record of the kind counts: a plan in the period it is for, whenever it was made.
CREATE FUNCTION sems.counted_at_sql(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE kind WHEN 'plan' THEN 'coalesce(r.period_start, r.occurred_at)'
	    ELSE 'r.occurred_at' END
$$;

-- Makes the view of today (t is '') or its twin (t is 'then_'), whose names differ by t alone: in the
-- query `sems.@` stands for the schema and t. Of the twins nobody but sems_compute reads any.
CREATE FUNCTION sems.make_view(t text, name text, readers text, query text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE VIEW sems.%I AS ', t || name)
	    || replace(query, 'sems.@', 'sems.' || t);
	IF readers <> '' THEN
		EXECUTE format('GRANT SELECT ON sems.%I TO %s', t || name,
		    CASE t WHEN '' THEN readers ELSE 'sems_compute' END);
	END IF;
END
$$;

-- What the twins are made of: the stored records that a freeze read, which the settings sems.read_until and
-- sems.in_flight say, less those that sems.not_then names: which say that it did, and have no leaf.
CREATE FUNCTION sems.make_then_tables() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT k.kind FROM sems.kind k LOOP
		PERFORM sems.make_view('then_', name, '', format($q$
			SELECT r.* FROM sems.%I r
			WHERE NOT sems.not_read(r.stored_in,
			    (SELECT current_setting('sems.read_until')::bigint),
			    (SELECT current_setting('sems.in_flight')::bigint[]))
			AND NOT EXISTS (SELECT FROM unnest(current_setting('sems.not_then')::uuid[]) AS n (id)
			    WHERE n.id = r.record_id)$q$, name));
	END LOOP;
	PERFORM sems.make_view('then_', 'overruled', '', $q$
		SELECT r.* FROM sems.ruling r
		CROSS JOIN (SELECT current_setting('sems.read_until')::bigint AS read_until,
		    current_setting('sems.in_flight')::bigint[] AS in_flight OFFSET 0) AS s
		WHERE NOT sems.not_read(r.since, s.read_until, s.in_flight)
		AND (r.until IS NULL OR sems.not_read(r.until, s.read_until, s.in_flight))
		-- What was put in since ruled on nothing then.
		AND NOT EXISTS (SELECT FROM sems.correction c
		    WHERE c.root_record_id = r.root_record_id AND c.root_source = r.root_source
		    AND c.record_id = ANY (current_setting('sems.not_then')::uuid[]))$q$);
END
$$;

-- What does not count today, and why.
CREATE VIEW sems.overruled AS SELECT r.* FROM sems.ruling r WHERE r.until IS NULL;
GRANT SELECT ON sems.overruled TO sems_compute, sems_retention;

-- What whoever does not run tests may know: of each kind known_KIND, its stored records less what tells of a
-- test under embargo. A test is known as long as the newest of its family is not under embargo, also when it
-- was voided; a void and a confirmation when what they are about is here and known; a heartbeat does not say
-- how many tests, or words about tests, its device made.
CREATE FUNCTION sems.make_known_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	known text;
	k text;
BEGIN
	PERFORM sems.make_view(t, 'rooted_test', '', $q$
		SELECT r.*, coalesce(c.root_record_id, r.record_id) AS root_record_id,
		    coalesce(c.root_source, r.source) AS root_source
		FROM sems.@test r LEFT JOIN sems.correction c ON r.corrects_record_id IS NOT NULL
		    AND c.record_id = r.record_id AND c.source = r.source AND c.kind = 'test'$q$);
	-- Of each family the one in effect, or that would be but for a void.
	PERFORM sems.make_view(t, 'newest_test', '', $q$
		SELECT r.* FROM sems.@rooted_test r
		WHERE NOT EXISTS (SELECT FROM sems.@overruled o WHERE o.record_id = r.record_id
		    AND o.source = r.source AND o.kind = 'test' AND (o.why <> 'VOIDED' OR o.is_corrected))$q$);
	PERFORM sems.make_view(t, 'hidden_test', '', $q$
		SELECT r.occurred_at, r.record_id, r.source, r.root_record_id, r.root_source
		FROM sems.@rooted_test r
		WHERE sems.under_embargo(r.embargo, r.mode, r.debriefed_at)
		AND NOT EXISTS (SELECT FROM sems.@newest_test n WHERE n.root_record_id = r.root_record_id
		    AND n.root_source = r.root_source
		    AND NOT sems.under_embargo(n.embargo, n.mode, n.debriefed_at))$q$);
	FOR k IN SELECT kind FROM sems.kind LOOP
		known := CASE k
		    WHEN 'test' THEN $q$
			SELECT r.* FROM sems.@test r
			WHERE NOT EXISTS (SELECT FROM sems.@hidden_test h WHERE h.occurred_at = r.occurred_at
			    AND h.record_id = r.record_id AND h.source = r.source)$q$
		    WHEN 'void' THEN $q$
			SELECT r.* FROM sems.@void r
			WHERE EXISTS (SELECT FROM sems.correction c WHERE c.record_id = r.record_id
			    AND c.source = r.source AND c.kind = 'void' AND NOT c.is_waiting
			    AND NOT EXISTS (SELECT FROM sems.@hidden_test h
				WHERE h.root_record_id = c.root_record_id AND h.root_source = c.root_source))$q$
		    WHEN 'confirmation' THEN $q$
			SELECT r.* FROM sems.@confirmation r
			WHERE EXISTS (SELECT FROM sems.correction c WHERE c.record_id = r.confirms_record_id
			    AND c.source = coalesce(r.confirms_source, r.source) AND NOT c.is_waiting
			    AND NOT EXISTS (SELECT FROM sems.@hidden_test h
				WHERE h.root_record_id = c.root_record_id AND h.root_source = c.root_source))$q$
		    WHEN 'heartbeat' THEN (
			SELECT 'SELECT ' || string_agg(CASE a.attname WHEN 'events_made' THEN
			    $q$(SELECT jsonb_agg(e ORDER BY n) FROM jsonb_array_elements(r.events_made)
				WITH ORDINALITY AS x (e, n)
				WHERE e ->> 'kind' NOT IN ('test', 'void', 'confirmation')) AS events_made$q$
			    ELSE format('r.%I', a.attname) END, ', ' ORDER BY a.attnum)
			    || ' FROM sems.@heartbeat r'
			FROM pg_attribute a WHERE a.attrelid = 'sems.heartbeat'::regclass
			AND a.attnum > 0 AND NOT a.attisdropped)
		    ELSE format('SELECT r.* FROM sems.@%s r', k) END;
		PERFORM sems.make_view(t, 'known_' || k, 'sems_compute', known);
	END LOOP;
END
$$;

-- What counts is every record that nothing overrules (above).
CREATE FUNCTION sems.make_effective_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	readers text := 'sems_compute, sems_retention, sems_report';
	k text;
BEGIN
	FOR k IN SELECT kind FROM sems.kind WHERE kind NOT IN ('void', 'confirmation') LOOP
		PERFORM sems.make_view(t,
		    CASE k WHEN 'test' THEN 'folded_test' ELSE 'effective_' || k END,
		    CASE k WHEN 'test' THEN '' ELSE readers END, format($q$
			SELECT r.*, %s AS counted_at FROM sems.@%s%s r
			WHERE NOT EXISTS (SELECT FROM sems.@overruled o
			    WHERE o.record_id = r.record_id AND o.source = r.source AND o.kind = %L)$q$,
		    sems.counted_at_sql(k), CASE k WHEN 'heartbeat' THEN 'known_' ELSE '' END, k, k));
	END LOOP;
	PERFORM sems.make_view(t, 'effective_test', readers, $q$
		SELECT r.* FROM sems.@folded_test r
		WHERE NOT sems.under_embargo(r.embargo, r.mode, r.debriefed_at)$q$);
	-- These count nothing themselves.
	FOREACH k IN ARRAY ARRAY['void', 'confirmation'] LOOP
		PERFORM sems.make_view(t, 'effective_' || k, readers, format($q$
			SELECT r.*, r.occurred_at AS counted_at FROM sems.@known_%s r$q$, k));
	END LOOP;
END
$$;

-- --- what metrics count --------------------------------------------------------------------------

-- What the metrics count: the effective views with what the catalogue asks for worked out. Every view
-- names the measure a row is about as `measure`, which a test or a rating says in its body. Views that
-- need the period are in sql/queries/spd_*.sql. And what a migration that adds a record kind needs:
-- daemon/DESIGN.md, "How to add a record kind".

-- Every stored record of the kind that may be known, with what all kinds have.
CREATE FUNCTION sems.record_sql(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format($q$
		SELECT %L::text AS kind, r.record_id, r.source, r.site_id, r.measure_code AS measure,
		    r.provider_id, %s AS counted_at, r.occurred_at, r.occurred_end, r."precision",
		    r.received_at, r.corrects_record_id, r.corrects_source, r.corrected_at, r.clock_offset_ms,
		    r.stored_in
		FROM sems.@%s%s r$q$, kind, sems.counted_at_sql(kind),
	    CASE kind WHEN 'test' THEN 'known_' ELSE '' END, kind)
$$;

-- Of n that were counted from `since` on until `till` those that fall before `at`, shared by time. What is
-- shared so adds up to n, however often it is cut.
CREATE FUNCTION sems.count_until(n bigint, since timestamptz, till timestamptz, at timestamptz)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	-- Most are asked of an end, and numbers of any length are slow.
	SELECT CASE WHEN at >= till THEN n WHEN at <= since THEN 0
	    ELSE round(n * extract(epoch FROM at - since) / extract(epoch FROM till - since))::bigint END
$$;
GRANT EXECUTE ON FUNCTION sems.count_until(bigint, timestamptz, timestamptz, timestamptz) TO sems_compute;

-- A record that says of itself that it is later than its receipt, by more than clocks differ: impossible. So is a
-- correction that would win over what is corrected afterwards.
CREATE FUNCTION sems.is_ahead(occurred_at timestamptz, corrected_at timestamptz, received_at timestamptz)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT greatest(occurred_at, corrected_at) - received_at > interval '1 minute'
$$;
GRANT EXECUTE ON FUNCTION sems.is_ahead(timestamptz, timestamptz, timestamptz) TO sems_compute;

-- What is said of a record r as it was received. The lag runs from the end of what the record is about:
-- of its interval, or of the day when no more is known. What had ended before the entity was set up nobody
-- could have sent in time.
CREATE FUNCTION sems.received_sql() RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format($q$r.corrects_record_id IS NOT NULL AS correction,
		    r.corrects_record_id IS NULL AND c.is_corrected IS TRUE AS corrected,
		    r.corrects_record_id IS NULL AND c.why IS NOT DISTINCT FROM 'VOIDED' AS voided,
		    c.record_id IS NULL AS effective,
		    date_part('epoch', r.received_at - %1$s) / 3600 AS lag_hours,
		    sems.is_ahead(r.occurred_at, r.corrected_at, r.received_at) AS dated_ahead,
		    %1$s < (SELECT y.created_at FROM sems.entity y) AS before_setup,
		    abs(r.clock_offset_ms) AS clock_error_ms$q$,
		$q$coalesce(r.occurred_end, r.occurred_at + CASE r."precision" WHEN 'DAY' THEN interval '24 hours'
			WHEN 'MINUTE' THEN interval '1 minute' ELSE interval '0' END)$q$)
$$;

-- Each after those that it is made of.
CREATE FUNCTION sems.make_counted_views(t text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	reader text := 'sems_compute';
	k text;
BEGIN
	-- Derived, never typed: a mandatory criterion not met fails the observation; one met and none
	-- failed passes it; all else was not observed. A criterion is mandatory unless it says it is not.
	PERFORM sems.make_view(t, 'spd_observation', reader, $q$
		SELECT o.*, o.measure_code AS measure, c.overall,
		    extract(isodow FROM o.counted_at AT TIME ZONE (SELECT e.zone FROM sems.entity e))::int::text AS weekday,
		    CASE WHEN o.precision IS DISTINCT FROM 'DAY'
			THEN to_char(o.counted_at AT TIME ZONE (SELECT e.zone FROM sems.entity e), 'HH24') END AS hour
		FROM sems.@effective_observation o
		CROSS JOIN LATERAL (
			SELECT CASE WHEN bool_or(x.result = 'NOT_MET' AND coalesce(x.mandatory, true)) THEN 'FAIL'
			    WHEN bool_or(x.result = 'MET') THEN 'PASS' ELSE 'NOT_OBSERVED' END AS overall
			FROM jsonb_to_recordset(coalesce(o.criteria, '[]')) AS x(result text, mandatory boolean)
		) AS c$q$);
	PERFORM sems.make_view(t, 'spd_criterion', reader, $q$
		SELECT o.*, o.measure_code AS measure, o.record_id || ' ' || o.source AS record_key, x.criterion_id,
		    coalesce(x.mandatory, true) AS mandatory, x.result, x.severity
		FROM sems.@effective_observation o,
		    jsonb_to_recordset(coalesce(o.criteria, '[]'))
			AS x(criterion_id text, mandatory boolean, result text, severity text)$q$);
	PERFORM sems.make_view(t, 'spd_test', reader, $q$
		SELECT t.*, coalesce(t.target_measure, t.measure_code) AS measure
		FROM sems.@effective_test t$q$);
	PERFORM sems.make_view(t, 'spd_layer', reader, $q$
		SELECT t.*, coalesce(t.target_measure, t.measure_code) AS measure, x.layer, x.detected, x.resolved
		FROM sems.@effective_test t,
		    jsonb_to_recordset(coalesce(t.layers, '[]'))
			AS x(layer text, detected boolean, resolved boolean)$q$);
	PERFORM sems.make_view(t, 'spd_rating', reader, $q$
		SELECT a.*, coalesce(x.measure_code, a.measure_code) AS measure, a.record_id || ' ' || a.source AS record_key,
		    x.classification
		FROM sems.@effective_audit a,
		    jsonb_to_recordset(coalesce(a.ratings, '[]')) AS x(measure_code text, classification text)$q$);
	-- Every finding as every audit listed it. Whose it is: the source that the audit says, or that of
	-- the audit as it was first sent, whoever corrected it since.
	PERFORM sems.make_view(t, 'spd_listed_finding', reader, $q$
		SELECT a.*, coalesce(x.measure_code, a.measure_code) AS measure, x.finding_id, x.severity,
		    coalesce(x.state, 'OPEN') AS state, x.origin, x.requirement_ref, x.repeat_of, x.control_id, x.detected_at,
		    coalesce(x.of_source, c.root_source, a.source) AS owner
		FROM sems.@effective_audit a
		LEFT JOIN sems.correction c ON a.corrects_record_id IS NOT NULL AND c.record_id = a.record_id
		    AND c.source = a.source AND c.kind = 'audit'
		CROSS JOIN jsonb_to_recordset(coalesce(a.findings, '[]')) AS x(finding_id text, severity text,
			state text, origin text, measure_code text, requirement_ref text, repeat_of text,
			control_id text, detected_at timestamptz, of_source text)$q$);
	-- An audit may list again what an earlier one raised, whatever the kinds of the two: that is no new
	-- finding, else those raised and those open do not reconcile. A finding repeats one that
	-- was raised before it, in the last twelve months, or one whose record is not here. All audits there ever were are read for it, and once.
	PERFORM sems.make_view(t, 'spd_finding', reader, $q$
		WITH listed AS MATERIALIZED (
			SELECT l.* FROM sems.@spd_listed_finding l
		), first AS MATERIALIZED (
			SELECT DISTINCT ON (l.owner, l.site_id, l.finding_id) l.owner, l.site_id, l.finding_id,
			    l.counted_at AS first_at, l.record_id AS first_id
			FROM listed l ORDER BY l.owner, l.site_id, l.finding_id, l.counted_at, l.record_id
		)
		SELECT l.*, f.first_id = l.record_id AS raised,
		    l.repeat_of IS NOT NULL AND l.repeat_of <> l.finding_id
			AND coalesce(e.first_at >= l.counted_at - interval '12 months'
			AND (e.first_at, e.first_id) < (f.first_at, f.first_id), true) AS repeated
		FROM listed l
		JOIN first f
		    ON f.owner = l.owner AND f.site_id = l.site_id AND f.finding_id = l.finding_id
		LEFT JOIN first e
		    ON e.owner = l.owner AND e.site_id = l.site_id AND e.finding_id = l.repeat_of$q$);
	PERFORM sems.make_view(t, 'spd_equipment_check', reader, $q$
		SELECT e.*, e.measure_code AS measure, e.counted_at <= e.due_at AS on_time,
		    coalesce(e.attempt, 1) = 1 AS first_attempt
		FROM sems.@effective_equipment_check e$q$);
	PERFORM sems.make_view(t, 'spd_incident', reader, $q$
		SELECT i.*, i.measure_code AS measure, coalesce(i.exposure, 'PASSENGERS_SCREENED') AS exposed_by
		FROM sems.@effective_incident i$q$);
	PERFORM sems.make_view(t, 'spd_report', reader, $q$
		SELECT r.*, r.measure_code AS measure,
		    date_part('epoch', r.acknowledged_at - r.occurred_at) / 3600 AS answered_hours
		FROM sems.@effective_report r$q$);
	PERFORM sems.make_view(t, 'spd_objective', reader, $q$
		SELECT x.*, x.measure_code AS measure, o.objective, o.met
		FROM sems.@effective_exercise x,
		    jsonb_to_recordset(coalesce(x.objectives, '[]')) AS o (objective text, met boolean)$q$);
	-- Every stored record of a quarter, and what became of it.
	PERFORM sems.make_view(t, 'spd_record', reader, (SELECT string_agg(sems.record_sql(x.kind),
	    ' UNION ALL ' ORDER BY x.kind) FROM sems.kind x WHERE x.kind NOT IN ('void', 'confirmation')));
	PERFORM sems.make_view(t, 'spd_received', reader, format($q$
		SELECT r.kind, r.source, r.site_id, r.measure, r.provider_id, r.counted_at, r.received_at,
		    %s, r.record_id
		FROM sems.@spd_record r
		LEFT JOIN sems.@overruled c ON c.record_id = r.record_id AND c.source = r.source
		    AND c.kind = r.kind$q$, sems.received_sql()));
	-- Every TIP event with all that is counted of it: as it is counted (effective), and as it was received.
	PERFORM sems.make_view(t, 'spd_tip_event', reader, format($q$
		SELECT r.*, 'tip_event'::text AS kind, r.occurred_at AS counted_at, r.measure_code AS measure,
		    (r.outcome IN ('HIT', 'MISS_DECIDED', 'MISS_TIMEOUT'))::int::bigint AS shown,
		    (r.outcome = 'HIT')::int::bigint AS hits, %s
		FROM sems.@tip_event r
		LEFT JOIN sems.@overruled c ON c.record_id = r.record_id AND c.source = r.source
		    AND c.kind = 'tip_event'$q$, sems.received_sql()));
	-- Of every other kind its records as they are.
	FOR k IN SELECT x.kind FROM sems.kind x
	    WHERE x.kind NOT IN ('observation', 'test', 'tip_event', 'tip_session', 'equipment_check',
	    'incident', 'report') LOOP
		PERFORM sems.make_view(t, 'spd_' || k, reader, format($q$
			SELECT e.*, e.measure_code AS measure FROM sems.@effective_%s e$q$, k));
	END LOOP;
END
$$;

CREATE FUNCTION sems.make_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	t text;
BEGIN
	PERFORM sems.make_then_tables();
	FOREACH t IN ARRAY ARRAY['', 'then_'] LOOP
		PERFORM sems.make_known_views(t);
		PERFORM sems.make_effective_views(t);
		PERFORM sems.make_counted_views(t);
	END LOOP;
	-- Every stored record of every kind: which there are, and nothing of what is in them.
	PERFORM sems.make_view('', 'any_record', 'sems_compute', (SELECT string_agg(format($q$
		SELECT %L::text AS kind, r.occurred_at, r.record_id, r.source, r.received_at, r.stored_in
		FROM sems.%I r$q$, k.kind, k.kind), ' UNION ALL ' ORDER BY k.kind) FROM sems.kind k));
	PERFORM sems.make_view('', 'known_record', 'sems_compute', (SELECT string_agg(format($q$
		SELECT %L::text AS kind, r.occurred_at, r.record_id, r.source FROM sems.known_%s r$q$,
		k.kind, k.kind), ' UNION ALL ' ORDER BY k.kind) FROM sems.kind k));
END
$$;

-- A kind's table: its corrections are noted, changes of it are noticed, and who may what.
CREATE FUNCTION sems.watch_kind(kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER note_correction AFTER INSERT ON sems.%I FOR EACH ROW '
	    'WHEN (NEW.corrects_record_id IS NOT NULL) EXECUTE FUNCTION sems.note_correction(%L)',
	    kind, kind);
	EXECUTE format('CREATE TRIGGER touch_all AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
	    'ON sems.%I FOR EACH STATEMENT EXECUTE FUNCTION sems.touch_all()', kind);
	EXECUTE format('GRANT INSERT ON sems.%I TO sems_ingest', kind);
	EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute, sems_retention', kind);
END
$$;

-- The table of a new kind is there: from now on it is treated like every other kind's.
CREATE FUNCTION sems.add_kind(kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.kind VALUES (add_kind.kind);
	PERFORM sems.watch_kind(kind);
	PERFORM sems.make_views();
END
$$;

SELECT sems.watch_kind(k.kind) FROM sems.kind k;
CREATE TRIGGER note_confirmation AFTER INSERT ON sems.confirmation
    FOR EACH ROW EXECUTE FUNCTION sems.note_confirmation();
SELECT sems.make_views();

-- What a freeze must know about and nobody may see.
CREATE VIEW sems.embargoed_test AS
SELECT r.* FROM sems.folded_test r WHERE sems.under_embargo(r.embargo, r.mode, r.debriefed_at);
GRANT SELECT ON sems.embargoed_test TO sems_compute;

-- How many tests of a quarter are under embargo. In plpgsql, so that its bounds are known when it is planned.
CREATE FUNCTION sems.count_embargoed(of_quarter text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	since timestamptz;
	until timestamptz;
BEGIN
	SELECT min(d.starts_at), max(d.ends_at) INTO since, until FROM sems.civil_day d WHERE d.quarter = of_quarter;
	RETURN (SELECT count(*) FROM sems.embargoed_test t WHERE t.counted_at >= since AND t.counted_at < until);
END
$$;
GRANT EXECUTE ON FUNCTION sems.count_embargoed(text) TO sems_compute;
