-- The access log: who came, asked for what is not everybody's, and changed what decides. An entry is written in
-- the transaction that does the thing; a moment later it is linked to the one before by a digest, so that no
-- transaction waits for another's place. Evidence is not here: it has proofs of its own.

-- `line` is the entry, as JSON; the other columns are read from it, and cannot be changed beside it.
CREATE TABLE sems.access_log (
	entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	line text NOT NULL CHECK (jsonb_typeof(line::jsonb) = 'object'),
	at_ms bigint NOT NULL GENERATED ALWAYS AS ((line::jsonb ->> 'at_ms')::bigint) STORED,
	who text NOT NULL GENERATED ALWAYS AS (line::jsonb ->> 'who') STORED,
	what text NOT NULL GENERATED ALWAYS AS (line::jsonb ->> 'what') STORED,
	subject text NOT NULL GENERATED ALWAYS AS (line::jsonb ->> 'subject') STORED,
	-- For whoever may know of tests under embargo alone.
	is_covert boolean NOT NULL GENERATED ALWAYS AS (line::jsonb ? 'covert') STORED
);
CREATE INDEX ON sems.access_log (what, subject, entry_id);

-- The chain: sha256 is that of the link before (32 zeros before the first), the number in eight bytes, the
-- greatest first, and the line.
CREATE TABLE sems.access_link (
	number bigint PRIMARY KEY CHECK (number > 0),
	entry_id bigint NOT NULL UNIQUE REFERENCES sems.access_log,
	sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
-- What has no link yet; whoever links takes it out, so that of two who link at once one begins again.
CREATE TABLE sems.access_unlinked (
	entry_id bigint PRIMARY KEY
);

-- Whose transaction this is: semsd says it, in hexadecimal; whoever comes to the database by himself is that one.
CREATE FUNCTION sems.log_who(setting text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(convert_from(decode(nullif(current_setting(setting, true), ''), 'hex'), 'UTF8'),
	    CASE WHEN setting = 'sems.who' THEN 'database:' || session_user END)
$$;

-- `more` is what an entry says besides; its members `who` and `covert` are the entry's own.
CREATE FUNCTION sems.log_put(of_what text, of_subject text, more jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	doer text := coalesce(more ->> 'who', sems.log_who('sems.who'));
	new_id bigint;
BEGIN
	INSERT INTO sems.access_log (line) VALUES ((jsonb_strip_nulls(jsonb_build_object(
	    'at_ms', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
	    'who', doer,
	    'person', (SELECT p.name FROM sems.person p WHERE p.person = sems.person_of(doer)),
	    'gateway', sems.log_who('sems.gateway'),
	    'what', of_what, 'subject', of_subject)) || (more - 'who'))::text)
	RETURNING entry_id INTO new_id;
	INSERT INTO sems.access_unlinked VALUES (new_id);
END
$$;

-- Links what is there and has no link; the head.
CREATE FUNCTION sems.link_log(OUT number bigint, OUT sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e record;
	n bigint := 0;
	head bytea := decode(repeat('00', 32), 'hex');
	last record;
BEGIN
	SELECT l.number, l.sha256 INTO last FROM sems.access_link l ORDER BY l.number DESC LIMIT 1;
	IF FOUND THEN
		n := last.number;
		head := last.sha256;
	END IF;
	FOR e IN WITH taken AS (DELETE FROM sems.access_unlinked RETURNING entry_id)
	    SELECT a.entry_id, a.line FROM taken JOIN sems.access_log a USING (entry_id) ORDER BY a.entry_id
	LOOP
		n := n + 1;
		head := sha256(head || int8send(n) || convert_to(e.line, 'UTF8'));
		INSERT INTO sems.access_link VALUES (n, e.entry_id, head);
	END LOOP;
	number := n;
	sha256 := encode(head, 'hex');
END
$$;

-- The digest that the chain has at a number, computed from the lines; NULL: up to there some were altered, or are gone.
CREATE FUNCTION sems.log_head(at_number bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	e record;
	n bigint := 0;
	head bytea := decode(repeat('00', 32), 'hex');
BEGIN
	FOR e IN SELECT l.number, l.sha256, a.line FROM sems.access_link l
	    LEFT JOIN sems.access_log a USING (entry_id) WHERE l.number <= at_number ORDER BY l.number
	LOOP
		n := n + 1;
		head := sha256(head || int8send(n) || convert_to(e.line, 'UTF8'));
		IF (e.number, e.sha256) IS DISTINCT FROM (n, head) THEN
			RETURN NULL;
		END IF;
	END LOOP;
	RETURN CASE WHEN n = at_number THEN encode(head, 'hex') END;
END
$$;

-- A row was added, changed or removed. Arguments: what to call it; the columns that name the row; those that are
-- told to nobody; and the column that says who did it, '': the transaction does.
CREATE FUNCTION sems.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	hidden text[] := string_to_array(TG_ARGV[2], ' ');
	was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - hidden END;
	now_is jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - hidden END;
BEGIN
	IF was IS DISTINCT FROM now_is THEN
		PERFORM sems.log_put(TG_ARGV[0], (SELECT string_agg(coalesce(now_is, was) ->> k, ' ')
		    FROM unnest(string_to_array(TG_ARGV[1], ' ')) AS k), jsonb_strip_nulls(jsonb_build_object(
		    'who', now_is ->> nullif(TG_ARGV[3], ''))) || jsonb_build_object('was', was, 'is', now_is));
	END IF;
	RETURN NULL;
END
$$;

-- What somebody did with a revision: the step, and the digest of what it says, which is kept as it is.
CREATE FUNCTION sems.log_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM sems.log_put('spd.' || lower(NEW.action), NEW.quarter || ' ' || NEW.revision, jsonb_build_object(
	    'who', NEW.made_by, 'step', NEW.step, 'state', NEW.state, 'document_sha256', encode(NEW.sha256, 'hex'),
	    'row_sha256', encode(sha256(convert_to(to_jsonb(NEW)::text, 'UTF8')), 'hex')));
	RETURN NULL;
END
$$;
CREATE TRIGGER log_step AFTER INSERT ON sems.spd_event FOR EACH ROW EXECUTE FUNCTION sems.log_step();

-- What somebody decided about a refused record. Of one that is about a test not everybody may know.
CREATE FUNCTION sems.log_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM sems.log_put('quarantine.' || lower(NEW.state), NEW.quarantine_id::text,
	    jsonb_strip_nulls(jsonb_build_object('who', NEW.decided_by, 'reason', NEW.decided_why,
	    'covert', CASE WHEN NEW.is_covert THEN true END)));
	RETURN NULL;
END
$$;
CREATE TRIGGER log_decision AFTER UPDATE ON sems.quarantine FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state <> 'OPEN') EXECUTE FUNCTION sems.log_decision();

DO $$
DECLARE
	t text[];
	row_is jsonb;
BEGIN
	-- The table, what it is called, what names a row, what is hidden, and who did it.
	FOREACH t SLICE 1 IN ARRAY ARRAY[
	    ['entity', 'register.entity', 'singleton', '', ''],
	    ['site', 'register.site', 'site_id', '', ''],
	    ['location', 'register.location', 'site_id location_id', '', ''],
	    ['provider', 'register.provider', 'provider_id', '', ''],
	    ['source', 'register.source', 'source', '', ''],
	    ['person', 'register.person', 'person', '', ''],
	    ['principal', 'register.principal', 'principal', '', ''],
	    ['source_grant', 'register.grant', 'principal source kind site', '', ''],
	    ['retention_policy', 'register.retention', 'kind', '', ''],
	    ['target', 'register.target', 'target_id', '', ''],
	    ['chart_rebase', 'register.rebase', 'rebase_id', '', ''],
	    ['not_applicable', 'register.not_applicable', 'declaration_id', '', ''],
	    ['expected_feed', 'register.feed', 'source kind from_day', '', ''],
	    ['spd_policy', 'register.policy', 'policy_id', '', ''],
	    ['setting', 'register.setting', 'name', '', ''],
	    ['device', 'device', 'principal', 'code_sha256 code_until token_sha256 public_key last_seen_at', ''],
	    ['signing_key', 'key', 'key_id', 'public_key', ''],
	    ['restore_gap', 'gap', 'gap_id', '', ''],
	    ['hold', 'hold', 'hold_id', 'persons', ''],
	    ['calendar_change', 'calendar', 'change_no', 'runs', 'changed_by'],
	    ['purge_certificate', 'retention.drop', 'kind month', 'records first_occurred_at last_occurred_at',
		'dropped_by'],
	    ['import_run', 'import', 'run', 'started_at ended_at', '']] LOOP
		EXECUTE format('CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON sems.%I '
		    'FOR EACH ROW EXECUTE FUNCTION sems.log_change(%L, %L, %L, %L)', t[1], t[2], t[3], t[4], t[5]);
		-- What was there before there was a log.
		FOR row_is IN EXECUTE format('SELECT to_jsonb(r) - %L::text[] FROM sems.%I r',
		    string_to_array(t[4], ' '), t[1])
		LOOP
			PERFORM sems.log_put(t[2], (SELECT string_agg(row_is ->> k, ' ')
			    FROM unnest(string_to_array(t[3], ' ')) AS k),
			    jsonb_build_object('who', 'semsd', 'is', row_is));
		END LOOP;
	END LOOP;
	FOREACH t SLICE 1 IN ARRAY ARRAY[['access_log'], ['access_link']] LOOP
		EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.%I '
		    'FOR EACH ROW EXECUTE FUNCTION sems.keep_forever()', t[1]);
		EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.%I '
		    'FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever()', t[1]);
	END LOOP;
END
$$;
SELECT sems.link_log();

-- The register as it stood before an instant, in the form of a file of semsctl init; NULL: there was none.
CREATE FUNCTION sems.register_before(before_ms bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	WITH last AS MATERIALIZED (
		SELECT DISTINCT ON (a.what, a.subject) a.what, a.subject, a.entry_id, a.line::jsonb -> 'is' AS r
		FROM sems.access_log a WHERE a.what LIKE 'register.%' AND a.at_ms < before_ms
		ORDER BY a.what, a.subject, a.entry_id DESC
	), kept AS MATERIALIZED (
		SELECT substr(l.what, 10) AS what, l.r FROM last l WHERE jsonb_typeof(l.r) = 'object'
	), setting AS (
		SELECT s.as_name, CASE WHEN s.is_number THEN to_jsonb((k.r ->> 'value')::numeric) ELSE k.r -> 'value' END AS v
		FROM (VALUES ('revision_window_days', 'revision_window_days', true),
		    ('correction_alone_hours', 'correction_alone_hours', true),
		    ('spd_grace_working_days', 'grace_working_days', true),
		    ('spd_materiality_pp', 'materiality_pp', true), ('spd_marking', 'marking', false),
		    ('spd_handling', 'handling', false)) AS s (name, as_name, is_number)
		JOIN kept k ON k.what = 'setting' AND k.r ->> 'name' = s.name
	)
	SELECT jsonb_strip_nulls(jsonb_build_object('entity', e.r ->> 'name', 'zone', e.r ->> 'zone',
	    'sites', (SELECT jsonb_agg(jsonb_build_object('id', k.r -> 'site_id', 'name', k.r -> 'name', 'locations',
		(SELECT jsonb_agg(jsonb_build_object('id', o.r -> 'location_id', 'name', o.r -> 'name')
		    ORDER BY o.r ->> 'location_id')
		FROM kept o WHERE o.what = 'location' AND o.r ->> 'site_id' = k.r ->> 'site_id'))
		ORDER BY k.r ->> 'site_id') FROM kept k WHERE k.what = 'site'),
	    'providers', (SELECT jsonb_agg(jsonb_build_object('id', k.r -> 'provider_id', 'name', k.r -> 'name')
		ORDER BY k.r ->> 'provider_id') FROM kept k WHERE k.what = 'provider'),
	    'principals', (SELECT jsonb_agg(jsonb_build_object('principal', k.r -> 'principal', 'role', k.r -> 'role',
		'person', k.r -> 'person', 'name', p.r -> 'name', 'post', p.r -> 'post') ORDER BY k.r ->> 'principal')
		FROM kept k LEFT JOIN kept p ON p.what = 'person' AND p.r ->> 'person' = k.r ->> 'person'
		WHERE k.what = 'principal'),
	    'sources', (SELECT jsonb_agg(jsonb_build_object('id', k.r -> 'source', 'description',
		nullif(k.r ->> 'description', ''), 'senders', (SELECT jsonb_agg(jsonb_build_object('principal',
		    g.principal, 'kinds', g.kinds, 'sites', g.sites) ORDER BY g.principal, g.sites)
		FROM (SELECT b.principal, b.kinds, jsonb_agg(b.site ORDER BY b.site) AS sites
		    FROM (SELECT o.r ->> 'principal' AS principal, o.r ->> 'site' AS site,
			jsonb_agg(o.r ->> 'kind' ORDER BY o.r ->> 'kind') AS kinds
			FROM kept o WHERE o.what = 'grant' AND o.r ->> 'source' = k.r ->> 'source' GROUP BY 1, 2) AS b
		    GROUP BY b.principal, b.kinds) AS g)) ORDER BY k.r ->> 'source')
		FROM kept k WHERE k.what = 'source'),
	    'retention', (SELECT jsonb_agg(k.r ORDER BY k.r ->> 'kind') FROM kept k WHERE k.what = 'retention'),
	    'targets', (SELECT jsonb_agg(jsonb_build_object('metric', k.r -> 'metric', 'of', k.r -> 'of_part',
		'value', k.r -> 'value', 'low', k.r -> 'low', 'high', k.r -> 'high', 'approved_by', k.r -> 'approved_by',
		'from_quarter', k.r -> 'from_quarter') ORDER BY (k.r ->> 'target_id')::bigint)
		FROM kept k WHERE k.what = 'target'),
	    'rebases', (SELECT jsonb_agg(jsonb_build_object('metric', k.r -> 'metric', 'first_day', k.r -> 'first_day',
		'reason', k.r -> 'reason', 'approved_by', k.r -> 'approved_by',
		'withdrawn', nullif(k.r -> 'is_withdrawn', 'false')) ORDER BY (k.r ->> 'rebase_id')::bigint)
		FROM kept k WHERE k.what = 'rebase'),
	    'not_applicable', (SELECT jsonb_agg(jsonb_build_object('metric', k.r -> 'metric', 'reason', k.r -> 'reason',
		'declared_by', k.r -> 'declared_by', 'from_quarter', k.r -> 'from_quarter',
		'applies', nullif(k.r -> 'applies', 'false')) ORDER BY (k.r ->> 'declaration_id')::bigint)
		FROM kept k WHERE k.what = 'not_applicable'),
	    'feeds', (SELECT jsonb_agg(jsonb_build_object('source', k.r -> 'source', 'kind', k.r -> 'kind',
		'site', k.r -> 'site_id', 'every_hours', k.r -> 'every_hours', 'from_day', k.r -> 'from_day',
		'until_day', k.r -> 'until_day') ORDER BY k.r ->> 'source', k.r ->> 'kind', k.r ->> 'from_day')
		FROM kept k WHERE k.what = 'feed'),
	    'spd_policy', (SELECT jsonb_build_object('approval', k.r -> 'approval', 'corrections', k.r -> 'corrections',
		'declared_by', k.r -> 'declared_by', 'declared_on', k.r -> 'declared_on') FROM kept k
		WHERE k.what = 'policy' ORDER BY (k.r ->> 'policy_id')::bigint DESC LIMIT 1)))
	    || coalesce((SELECT jsonb_object_agg(s.as_name, s.v) FROM setting s), '{}')
	FROM kept e WHERE e.what = 'entity'
$$;

-- When it was set up first.
CREATE FUNCTION sems.register_since() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT to_timestamp(min(a.at_ms) / 1000.0) FROM sems.access_log a WHERE a.what = 'register.entity'
$$;

GRANT SELECT ON sems.access_log TO sems_admin;
GRANT SELECT ON sems.access_link TO sems_admin, sems_compute;
GRANT EXECUTE ON FUNCTION sems.register_before(bigint), sems.register_since(), sems.log_head(bigint) TO sems_compute;
GRANT EXECUTE ON FUNCTION sems.log_put(text, text, jsonb), sems.link_log() TO sems_compute, sems_retention, sems_admin;
