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
    ('equipment_check', 'result', 'RANK', '{"PASS": 2, "FAIL": 1, "NOT_DONE": 1}');
INSERT INTO sems.weight VALUES
    ('observation', 'criteria', 'result', 'RANK', '{"MET": 1, "NOT_MET": -1}'),
    ('observation', 'criteria', 'mandatory', 'RANK', '{"false": 2, "": 1, "true": 1}'),
    ('observation', 'criteria', 'severity', 'RANK',
	'{"": 0, "OBSERVATION_ONLY": -1, "MINOR": -2, "SERIOUS": -3, "CRITICAL": -4}'),
    ('test', 'layers', 'detected', 'RANK', '{"true": 1, "false": -1}'),
    ('test', 'layers', 'resolved', 'RANK', '{"true": 1, "false": -1}'),
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
	AND (f.received_from <> c.made_by OR f.decision = 'DECLINED')
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
	n bigint;
	changed bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended(format('sems.family %s %s', of_id, of_source), 0));
	IF NOT EXISTS (SELECT FROM sems.roots_of(of_source, of_id)) THEN
		-- Whoever is storing the root just now, and did not see that it is waited for, has ended when
		-- this is granted.
		PERFORM pg_advisory_xact_lock(hashtextextended('sems.waiting', 0));
	END IF;
	-- It would change what is counted for the last time.
	IF EXISTS (SELECT FROM sems.closed_now m WHERE (at >= m.starts_at AND at < m.ends_at)
	    OR EXISTS (SELECT FROM sems.correction c WHERE c.root_occurred_at = at AND c.root_record_id = of_id
		AND c.root_source = of_source AND c.occurred_at >= m.starts_at AND c.occurred_at < m.ends_at)) THEN
		RAISE EXCEPTION 'a month of a record and its corrections is being dropped'
		    USING ERRCODE = 'SM004';
	END IF;
	UPDATE sems.correction c SET is_waiting = false WHERE c.is_waiting AND c.root_occurred_at = at
	AND c.root_record_id = of_id AND c.root_source = of_source
	AND EXISTS (SELECT FROM sems.roots_of(of_source, of_id));
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
	INSERT INTO sems.correction (root_source, root_record_id, root_occurred_at, source, record_id,
	    occurred_at, corrected_at, kind, is_void, received_at, stored_in, made_by, is_of_office, grants, two_people,
	    alone_for, is_waiting)
	SELECT of_source, of_id, sems.uuid_time(of_id), NEW.source, NEW.record_id,
	    NEW.occurred_at, coalesce(NEW.corrected_at, NEW.occurred_at), TG_ARGV[0], TG_ARGV[0] = 'void',
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
		WHERE f.field <> ALL (ARRAY['record_id', 'source', 'source_record_id', 'schema_version',
		    'corrects_record_id', 'corrects_source', 'corrected_at', 'correction_reason', 'recorded_by',
		    'received_at', 'received_from', 'received_as', 'stored_in'])
	) AS x
	WHERE NOT c.is_void
$$;
GRANT EXECUTE ON FUNCTION sems.changes_of(sems.correction), sems.decision_on(sems.correction),
    sems.reason_of(uuid, text), sems.roots_of(text, uuid), sems.content_of(text, text, uuid, timestamptz),
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
