-- Cases: findings, actions and whatever else has a number and a life. A case is nothing but its events, to which
-- can only be added; what it is now, or was on any day, is the fold of those up to then.

-- How a case goes on. The lives are those of sems.transition.
INSERT INTO sems.transition VALUES
    ('finding', 'NEW', 'RAISE', 'OPEN', '', 'raise_cases', '{}'),
    ('finding', 'OPEN', 'CHANGE', 'OPEN', '', 'work_on_cases', '{}'),
    ('finding', 'CORRECTED', 'CHANGE', 'CORRECTED', '', 'work_on_cases', '{}'),
    ('finding', 'OPEN', 'NOTE', 'OPEN', '', 'raise_cases', '{}'),
    ('finding', 'CORRECTED', 'NOTE', 'CORRECTED', '', 'raise_cases', '{}'),
    ('finding', 'VERIFIED', 'NOTE', 'VERIFIED', '', 'raise_cases', '{}'),
    ('finding', 'CLOSED', 'NOTE', 'CLOSED', '', 'raise_cases', '{}'),
    ('finding', 'REJECTED', 'NOTE', 'REJECTED', '', 'raise_cases', '{}'),
    ('finding', 'OPEN', 'CORRECT', 'CORRECTED', '', 'work_on_cases', '{}'),
    ('finding', 'CORRECTED', 'VERIFY', 'VERIFIED', '', 'verify_cases', '{owner,claimed_by}'),
    ('finding', 'VERIFIED', 'CLOSE', 'CLOSED', '', 'close_cases', '{}'),
    ('finding', 'CORRECTED', 'REOPEN', 'OPEN', '', 'verify_cases', '{}'),
    ('finding', 'VERIFIED', 'REOPEN', 'OPEN', '', 'verify_cases', '{}'),
    ('finding', 'CLOSED', 'REOPEN', 'OPEN', '', 'verify_cases', '{}'),
    ('finding', 'REJECTED', 'REOPEN', 'OPEN', '', 'verify_cases', '{}'),
    ('finding', 'OPEN', 'REJECT', 'REJECTED', '', 'close_cases', '{owner}'),
    ('action', 'NEW', 'ADD', 'OPEN', '', 'raise_cases', '{}'),
    ('action', 'OPEN', 'CHANGE', 'OPEN', '', 'work_on_cases', '{}'),
    ('action', 'PLANNED', 'CHANGE', 'PLANNED', '', 'work_on_cases', '{}'),
    ('action', 'IN_PROGRESS', 'CHANGE', 'IN_PROGRESS', '', 'work_on_cases', '{}'),
    ('action', 'REOPENED', 'CHANGE', 'REOPENED', '', 'work_on_cases', '{}'),
    ('action', 'OPEN', 'NOTE', 'OPEN', '', 'raise_cases', '{}'),
    ('action', 'PLANNED', 'NOTE', 'PLANNED', '', 'raise_cases', '{}'),
    ('action', 'IN_PROGRESS', 'NOTE', 'IN_PROGRESS', '', 'raise_cases', '{}'),
    ('action', 'DONE_CLAIMED', 'NOTE', 'DONE_CLAIMED', '', 'raise_cases', '{}'),
    ('action', 'VERIFIED_EFFECTIVE', 'NOTE', 'VERIFIED_EFFECTIVE', '', 'raise_cases', '{}'),
    ('action', 'CLOSED', 'NOTE', 'CLOSED', '', 'raise_cases', '{}'),
    ('action', 'REOPENED', 'NOTE', 'REOPENED', '', 'raise_cases', '{}'),
    ('action', 'REJECTED', 'NOTE', 'REJECTED', '', 'raise_cases', '{}'),
    ('action', 'OPEN', 'EXTEND', 'OPEN', '', 'work_on_cases', '{}'),
    ('action', 'PLANNED', 'EXTEND', 'PLANNED', '', 'work_on_cases', '{}'),
    ('action', 'IN_PROGRESS', 'EXTEND', 'IN_PROGRESS', '', 'work_on_cases', '{}'),
    ('action', 'REOPENED', 'EXTEND', 'REOPENED', '', 'work_on_cases', '{}'),
    ('action', 'OPEN', 'PLAN', 'PLANNED', '', 'work_on_cases', '{}'),
    ('action', 'REOPENED', 'PLAN', 'PLANNED', '', 'work_on_cases', '{}'),
    ('action', 'OPEN', 'START', 'IN_PROGRESS', '', 'work_on_cases', '{}'),
    ('action', 'PLANNED', 'START', 'IN_PROGRESS', '', 'work_on_cases', '{}'),
    ('action', 'REOPENED', 'START', 'IN_PROGRESS', '', 'work_on_cases', '{}'),
    ('action', 'OPEN', 'CLAIM', 'DONE_CLAIMED', '', 'work_on_cases', '{}'),
    ('action', 'PLANNED', 'CLAIM', 'DONE_CLAIMED', '', 'work_on_cases', '{}'),
    ('action', 'IN_PROGRESS', 'CLAIM', 'DONE_CLAIMED', '', 'work_on_cases', '{}'),
    ('action', 'REOPENED', 'CLAIM', 'DONE_CLAIMED', '', 'work_on_cases', '{}'),
    ('action', 'DONE_CLAIMED', 'VERIFY', 'VERIFIED_EFFECTIVE', '', 'verify_cases', '{owner,claimed_by}'),
    ('action', 'VERIFIED_EFFECTIVE', 'CLOSE', 'CLOSED', '', 'close_cases', '{}'),
    ('action', 'DONE_CLAIMED', 'REOPEN', 'REOPENED', '', 'verify_cases', '{}'),
    ('action', 'VERIFIED_EFFECTIVE', 'REOPEN', 'REOPENED', '', 'verify_cases', '{}'),
    ('action', 'CLOSED', 'REOPEN', 'REOPENED', '', 'verify_cases', '{}'),
    ('action', 'REJECTED', 'REOPEN', 'REOPENED', '', 'verify_cases', '{}'),
    ('action', 'OPEN', 'REJECT', 'REJECTED', '', 'close_cases', '{owner}'),
    ('action', 'PLANNED', 'REJECT', 'REJECTED', '', 'close_cases', '{owner}'),
    ('action', 'IN_PROGRESS', 'REJECT', 'REJECTED', '', 'close_cases', '{owner}'),
    ('action', 'REOPENED', 'REJECT', 'REJECTED', '', 'close_cases', '{owner}'),
    ('control', 'NEW', 'ENTER', 'IN_FORCE', '', 'keep_register', '{}'),
    ('control', 'IN_FORCE', 'CHANGE', 'IN_FORCE', '', 'keep_register', '{}'),
    ('control', 'EXEMPT', 'CHANGE', 'EXEMPT', '', 'keep_register', '{}'),
    ('control', 'IN_FORCE', 'NOTE', 'IN_FORCE', '', 'raise_cases', '{}'),
    ('control', 'EXEMPT', 'NOTE', 'EXEMPT', '', 'raise_cases', '{}'),
    ('control', 'RETIRED', 'NOTE', 'RETIRED', '', 'raise_cases', '{}'),
    ('control', 'IN_FORCE', 'EXEMPT', 'EXEMPT', '', 'close_cases', '{owner}'),
    ('control', 'EXEMPT', 'EXEMPT', 'EXEMPT', '', 'close_cases', '{owner}'),
    ('control', 'EXEMPT', 'WATCH', 'IN_FORCE', '', 'keep_register', '{}'),
    ('control', 'IN_FORCE', 'RETIRE', 'RETIRED', '', 'close_cases', '{}'),
    ('control', 'EXEMPT', 'RETIRE', 'RETIRED', '', 'close_cases', '{}'),
    ('control', 'RETIRED', 'REINSTATE', 'IN_FORCE', '', 'close_cases', '{}'),
    ('assessment', 'NEW', 'ASSESS', 'DRAFT', '', 'keep_register', '{}'),
    ('assessment', 'DRAFT', 'CHANGE', 'DRAFT', '', 'keep_register', '{}'),
    ('assessment', 'DRAFT', 'NOTE', 'DRAFT', '', 'raise_cases', '{}'),
    ('assessment', 'ADOPTED', 'NOTE', 'ADOPTED', '', 'raise_cases', '{}'),
    ('assessment', 'REJECTED', 'NOTE', 'REJECTED', '', 'raise_cases', '{}'),
    ('assessment', 'DRAFT', 'ADOPT', 'ADOPTED', '', 'close_cases', '{raised_by,changed_by}'),
    ('assessment', 'DRAFT', 'REJECT', 'REJECTED', '', 'close_cases', '{}'),
    ('acceptance', 'NEW', 'PROPOSE', 'PROPOSED', '', 'keep_register', '{}'),
    ('acceptance', 'PROPOSED', 'NOTE', 'PROPOSED', '', 'raise_cases', '{}'),
    ('acceptance', 'ACCEPTED', 'NOTE', 'ACCEPTED', '', 'raise_cases', '{}'),
    ('acceptance', 'REVOKED', 'NOTE', 'REVOKED', '', 'raise_cases', '{}'),
    ('acceptance', 'REJECTED', 'NOTE', 'REJECTED', '', 'raise_cases', '{}'),
    ('acceptance', 'PROPOSED', 'ACCEPT', 'ACCEPTED', '', 'accept_risks', '{raised_by}'),
    ('acceptance', 'ACCEPTED', 'REVOKE', 'REVOKED', '', 'accept_risks', '{}'),
    ('acceptance', 'PROPOSED', 'REJECT', 'REJECTED', '', 'accept_risks', '{}');
-- What has no course of its own.
INSERT INTO sems.transition SELECT m.m, t.state, t.event, t.next, '', t."right", '{}'
FROM unnest('{scenario,asset,process_map,supplier,change,threat_information,decision,chapter,gap}'::text[]) AS m (m)
CROSS JOIN (VALUES
    ('NEW', 'ENTER', 'IN_FORCE', 'keep_register'),
    ('IN_FORCE', 'CHANGE', 'IN_FORCE', 'keep_register'),
    ('IN_FORCE', 'NOTE', 'IN_FORCE', 'raise_cases'),
    ('RETIRED', 'NOTE', 'RETIRED', 'raise_cases'),
    ('IN_FORCE', 'RETIRE', 'RETIRED', 'close_cases'),
    ('RETIRED', 'REINSTATE', 'IN_FORCE', 'close_cases')
) AS t (state, event, next, "right");

-- What is said with an event; nothing else is kept with it. Who did it is kept in the fold under `marks`.
CREATE TABLE sems.deed (
	machine text NOT NULL,
	event text NOT NULL,
	needs text[] NOT NULL,
	may text[] NOT NULL,
	marks text,
	PRIMARY KEY (machine, event)
);
INSERT INTO sems.deed VALUES
    ('spd', 'FREEZE', '{}', '{text}', NULL),
    ('spd', 'REVISE', '{text}', '{}', NULL),
    ('spd', 'COMMENT', '{metric,text}', '{}', NULL),
    ('spd', 'QA', '{}', '{text}', NULL),
    ('spd', 'APPROVE', '{}', '{text}', NULL),
    ('spd', 'REJECT', '{text}', '{}', NULL),
    ('spd', 'WITHDRAW', '{text}', '{}', NULL),
    ('spd', 'SUBMIT', '{channel,reference}', '{}', NULL),
    ('spd', 'ACKNOWLEDGE', '{reference}', '{}', NULL),
    ('spd', 'SUPERSEDE', '{}', '{}', NULL),
    ('finding', 'RAISE', '{title,origin}', '{severity,local_severity,record,finding_id,of_source,site_id,'
	'measure_code,provider_id,requirement_ref,detected_on,repeat_of,owner,root_cause,scenario,control,'
	'metric,ref,text}', 'raised_by'),
    ('finding', 'CHANGE', '{}', '{title,severity,local_severity,record,site_id,measure_code,provider_id,'
	'requirement_ref,repeat_of,owner,root_cause,scenario,control,metric,ref,reason,text}', NULL),
    ('finding', 'NOTE', '{text}', '{evidence}', NULL),
    ('finding', 'CORRECT', '{text}', '{evidence}', 'claimed_by'),
    ('finding', 'VERIFY', '{text}', '{evidence}', 'verified_by'),
    ('finding', 'CLOSE', '{}', '{text}', NULL),
    ('finding', 'REOPEN', '{reason}', '{evidence}', NULL),
    ('finding', 'REJECT', '{reason}', '{}', NULL),
    ('action', 'ADD', '{title,owner,type,original_due}', '{site_id,measure_code,provider_id,root_cause,finding,'
	'scenario,control,by_group,level,reach,priority,lead_agency,resources,timetable,review_on,metric,ref,'
	'text}', 'raised_by'),
    ('action', 'CHANGE', '{}', '{title,site_id,measure_code,provider_id,owner,root_cause,type,finding,scenario,'
	'control,by_group,level,reach,priority,lead_agency,resources,timetable,review_on,metric,ref,reason,'
	'text}', NULL),
    ('action', 'NOTE', '{text}', '{evidence}', NULL),
    ('action', 'PLAN', '{}', '{resources,timetable,review_on,text}', NULL),
    ('action', 'START', '{}', '{text}', NULL),
    ('action', 'EXTEND', '{due,reason}', '{}', NULL),
    ('action', 'CLAIM', '{text}', '{evidence}', 'claimed_by'),
    ('action', 'VERIFY', '{text}', '{evidence}', 'verified_by'),
    ('action', 'CLOSE', '{}', '{text}', NULL),
    ('action', 'REOPEN', '{reason}', '{evidence}', NULL),
    ('action', 'REJECT', '{reason}', '{}', NULL),
    ('scenario', 'ENTER', '{title}', '{site_id,owner,review_on,evidence,ref,domain,leads,support,perpetrators,'
	'how,precedent,intent,capability,assets,controls,causes,control_review,text}', 'raised_by'),
    ('scenario', 'CHANGE', '{}', '{title,site_id,owner,review_on,evidence,ref,domain,leads,support,'
	'perpetrators,how,precedent,intent,capability,assets,controls,causes,control_review,reason,text}', NULL),
    ('control', 'ENTER', '{title,side}', '{site_id,measure_code,provider_id,owner,review_on,evidence,ref,'
	'effect,metrics,text}', 'raised_by'),
    ('control', 'CHANGE', '{}', '{title,site_id,measure_code,provider_id,owner,review_on,evidence,ref,side,'
	'effect,metrics,reason,text}', NULL),
    ('control', 'NOTE', '{text}', '{evidence}', NULL),
    ('control', 'EXEMPT', '{exempt_until,reason}', '{}', 'exempted_by'),
    ('control', 'WATCH', '{reason}', '{}', NULL),
    ('control', 'RETIRE', '{reason}', '{}', NULL),
    ('control', 'REINSTATE', '{reason}', '{}', NULL),
    ('asset', 'ENTER', '{title,asset_class}', '{site_id,owner,review_on,evidence,ref,strengths,weaknesses,'
	'opportunities,predictability,target_rating,stakeholders,improvement,text}', 'raised_by'),
    ('asset', 'CHANGE', '{}', '{title,site_id,owner,review_on,evidence,ref,asset_class,strengths,weaknesses,'
	'opportunities,predictability,target_rating,stakeholders,improvement,reason,text}', NULL),
    ('assessment', 'ASSESS', '{scenario,review_on,threat,impact,vulnerability,assessors,justification}',
	'{title,evidence,ref,target_vulnerability,impact_safety,impact_security,impact_finance,'
	'impact_reputation,outlier,impacts,cites,text}', 'raised_by'),
    ('assessment', 'CHANGE', '{}', '{title,review_on,evidence,ref,threat,impact,vulnerability,'
	'target_vulnerability,impact_safety,impact_security,impact_finance,impact_reputation,outlier,impacts,'
	'assessors,justification,cites,reason,text}', NULL),
    ('assessment', 'NOTE', '{text}', '{evidence}', NULL),
    ('assessment', 'ADOPT', '{}', '{text}', 'adopted_by'),
    ('assessment', 'REJECT', '{reason}', '{}', NULL),
    ('acceptance', 'PROPOSE', '{scenario,justification,band,expires_on}', '{title,evidence,ref,text}', 'raised_by'),
    ('acceptance', 'NOTE', '{text}', '{evidence}', NULL),
    ('acceptance', 'ACCEPT', '{digest}', '{text}', 'accepted_by'),
    ('acceptance', 'REVOKE', '{reason}', '{}', NULL),
    ('acceptance', 'REJECT', '{reason}', '{}', NULL),
    ('supplier', 'ENTER', '{title}', '{measure_code,provider_id,owner,review_on,evidence,ref,contract,'
	'audited_on,text}', 'raised_by'),
    ('supplier', 'CHANGE', '{}', '{title,measure_code,provider_id,owner,review_on,evidence,ref,contract,'
	'audited_on,reason,text}', NULL),
    ('change', 'ENTER', '{title,security_impact}', '{site_id,owner,control,review_on,evidence,ref,scenarios,'
	'changes_on,text}', 'raised_by'),
    ('change', 'CHANGE', '{}', '{title,site_id,owner,control,review_on,evidence,ref,scenarios,security_impact,'
	'changes_on,reason,text}', NULL),
    ('threat_information', 'ENTER', '{title,threat_reach,received_on}', '{site_id,owner,review_on,evidence,ref,'
	'scenarios,text}', 'raised_by'),
    ('threat_information', 'CHANGE', '{}', '{title,site_id,owner,review_on,evidence,ref,scenarios,threat_reach,'
	'received_on,reason,text}', NULL),
    ('decision', 'ENTER', '{title,text}', '{owner,scenario,review_on,evidence,ref,body,decided_on,flag}', 'raised_by'),
    ('decision', 'CHANGE', '{}', '{title,owner,scenario,review_on,evidence,ref,body,decided_on,flag,reason,'
	'text}', NULL),
    ('chapter', 'ENTER', '{title,chapter}', '{owner,review_on,evidence,ref,phase,phase_on,text}', 'raised_by'),
    ('chapter', 'CHANGE', '{}', '{title,owner,review_on,evidence,ref,chapter,phase,phase_on,reason,text}', NULL),
    ('gap', 'ENTER', '{title,chapter}', '{owner,resources,timetable,review_on,evidence,ref,phase,phase_on,'
	'text}', 'raised_by'),
    ('gap', 'CHANGE', '{}', '{title,owner,resources,timetable,review_on,evidence,ref,chapter,phase,phase_on,'
	'reason,text}', NULL),
    ('process_map', 'ENTER', '{title,journey,steps}', '{site_id,owner,review_on,evidence,ref,scenarios,text}',
	'raised_by'),
    ('process_map', 'CHANGE', '{}', '{title,site_id,owner,review_on,evidence,ref,journey,steps,scenarios,'
	'reason,text}', NULL);
INSERT INTO sems.deed SELECT m.m, d.event, d.needs::text[], d.may::text[], NULL
FROM unnest('{scenario,asset,process_map,supplier,change,threat_information,decision,chapter,gap}'::text[]) AS m (m)
CROSS JOIN (VALUES
    ('NOTE', '{text}', '{evidence}'),
    ('RETIRE', '{reason}', '{}'),
    ('REINSTATE', '{reason}', '{}')
) AS d (event, needs, may);

CREATE TABLE sems.case_kind (
	kind text PRIMARY KEY,
	letter text NOT NULL UNIQUE,
	machine text NOT NULL
);
INSERT INTO sems.case_kind VALUES
    ('finding', 'F', 'finding'),
    ('action', 'A', 'action'),
    ('scenario', 'R', 'scenario'),
    ('control', 'C', 'control'),
    ('asset', 'K', 'asset'),
    ('assessment', 'AS', 'assessment'),
    ('acceptance', 'AC', 'acceptance'),
    ('supplier', 'SU', 'supplier'),
    ('change', 'CH', 'change'),
    ('threat_information', 'TI', 'threat_information'),
    ('decision', 'D', 'decision'),
    ('chapter', 'FC', 'chapter'),
    ('gap', 'G', 'gap'),
    ('process_map', 'PM', 'process_map');

-- The entity's own scale of severity. Append only: the last row of a name counts.
CREATE TABLE sems.severity_scale (
	scale_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	local_severity text NOT NULL CHECK (length(local_severity) BETWEEN 1 AND 200),
	severity text NOT NULL CHECK (severity IN ('CRITICAL', 'SERIOUS', 'MINOR', 'OBSERVATION_ONLY')),
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text NOT NULL  -- the principal who was signed in
);
CREATE FUNCTION sems.severity_of(of_local text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT s.severity FROM sems.severity_scale s WHERE s.local_severity = of_local
	ORDER BY s.scale_id DESC LIMIT 1
$$;

-- The last number of a kind and year. Its row is held until whoever takes the next one is done, so that there is no
-- gap where one goes back, and no number twice.
CREATE TABLE sems.case_counter (
	kind text NOT NULL REFERENCES sems.case_kind,
	year int NOT NULL,
	last int NOT NULL,
	PRIMARY KEY (kind, year)
);

CREATE TABLE sems.case_file (
	number text PRIMARY KEY,
	kind text NOT NULL REFERENCES sems.case_kind,
	year int NOT NULL,
	serial int NOT NULL,
	-- The finding of an audit that this one is.
	of_source text,
	site_id text,
	finding_id text,
	UNIQUE (kind, year, serial)
);
CREATE UNIQUE INDEX ON sems.case_file (of_source, site_id, finding_id) WHERE finding_id IS NOT NULL;

CREATE TABLE sems.case_event (
	event_id uuid PRIMARY KEY,   -- whoever tells it makes it: told again it is the same
	number text NOT NULL REFERENCES sems.case_file,
	kind text NOT NULL,
	step int NOT NULL,           -- from 1, without gaps
	event text NOT NULL,
	state text NOT NULL,         -- after it
	is_over boolean NOT NULL GENERATED ALWAYS AS (state IN ('CLOSED', 'REJECTED', 'RETIRED', 'REVOKED')) STORED,
	valid timestamptz NOT NULL,  -- when it was so; not before the event before it
	received timestamptz NOT NULL,
	made_by text NOT NULL CHECK (made_by <> ''),
	person text NOT NULL,        -- who that is, however he came
	made_by_name text,           -- as it was then
	made_by_post text,
	content jsonb NOT NULL,
	folded jsonb NOT NULL,       -- the case's fields, and who did what, after it
	occurrence int NOT NULL,     -- 1, and one more with each time that it was opened again
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	-- What a case was on a day is looked up here.
	UNIQUE (number, step) INCLUDE (valid, received, state, is_over)
);
CREATE INDEX ON sems.case_event (valid);
-- The actions of a finding, on any day.
CREATE INDEX case_event_of_finding ON sems.case_event ((folded ->> 'finding')) WHERE kind = 'action';

-- The last event of each case, and what lists ask for of it. Written by a trigger, and can be made anew.
CREATE TABLE sems.case_now (
	number text PRIMARY KEY REFERENCES sems.case_file,
	kind text NOT NULL,
	year int NOT NULL,
	serial int NOT NULL,
	step int NOT NULL,
	state text NOT NULL,
	is_over boolean NOT NULL,
	owner text,
	finding text,
	severity text,
	site_id text,
	due_on text  -- the day in force, as it is written
);

-- Why an event is not one that may be told with this content; NULL: it is.
CREATE FUNCTION sems.case_lacks(d sems.deed, content jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(
	    (SELECT n || ' is missing' FROM unnest(d.needs) AS n WHERE coalesce(btrim(content ->> n), '') = '' LIMIT 1),
	    (SELECT k || ' does not go with ' || d.event FROM jsonb_object_keys(content) AS k
		WHERE k <> ALL (d.needs || d.may) LIMIT 1))
$$;

-- The word of a content that names what is not there; NULL: none does.
CREATE FUNCTION sems.case_strays(content jsonb) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
	WHEN content ? 'owner' AND NOT EXISTS (SELECT FROM sems.principal p WHERE p.principal = content ->> 'owner')
	    AND NOT EXISTS (SELECT FROM sems.person p WHERE p.person = content ->> 'owner') THEN 'owner'
	WHEN content ? 'site_id' AND NOT EXISTS (SELECT FROM sems.site s
	    WHERE s.site_id = content ->> 'site_id') THEN 'site_id'
	WHEN content ? 'local_severity' AND NOT content ? 'severity'
	    AND sems.severity_of(content ->> 'local_severity') IS NULL THEN 'local_severity'
	ELSE (SELECT w.word FROM (VALUES ('finding', 'finding'), ('repeat_of', 'finding'), ('scenario', 'scenario'),
		('control', 'control'), ('scenarios', 'scenario'), ('assets', 'asset'), ('controls', 'control')) AS w (word, kind)
	    CROSS JOIN LATERAL unnest(string_to_array(content ->> w.word, ' ')) AS n
	    WHERE NOT EXISTS (SELECT FROM sems.case_file c WHERE c.number = n AND c.kind = w.kind) LIMIT 1)
	END
$$;

-- Whether what is said of a case names a record that is not there for everybody: one under embargo, of whose being
-- whoever sees the register would know, or one that is not stored, which may yet turn out to be one.
CREATE FUNCTION sems.case_names_unknown(content jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	query text;
	named record;
	is_known boolean;
BEGIN
	-- By constants, so that each kind is planned over one month alone.
	SELECT string_agg(format('SELECT FROM sems.%I r WHERE r.occurred_at = $1 AND r.record_id = $2 AND r.source = $3',
	    CASE WHEN sems.tells_of_tests(k.kind) THEN 'known_' || k.kind ELSE k.kind END), ' UNION ALL ')
	INTO query FROM sems.kind k;
	FOR named IN SELECT DISTINCT m[1] AS source, m[2]::uuid AS id
	    FROM regexp_matches(concat_ws(' ', content ->> 'record', content ->> 'evidence'),
		'([^ ]+)/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})', 'g') AS m
	LOOP
		EXECUTE format('SELECT EXISTS (%s)', query) INTO is_known
		USING sems.uuid_time(named.id), named.id, named.source;
		IF NOT is_known THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;

-- The fields after an event: what was said with it stays said. Its reasons, and what is said of the step alone, are
-- its own.
CREATE FUNCTION sems.case_fold(before jsonb, of_event text, content jsonb, marks text, person text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(before, '{}') || (content - 'reason' - CASE WHEN before IS NULL OR of_event = 'CHANGE'
	    THEN '{}'::text[] ELSE '{text,evidence}' END)
	    || CASE WHEN marks IS NULL THEN '{}' ELSE jsonb_build_object(marks, person) END
	    || CASE WHEN content ? 'owner' THEN jsonb_build_object('owner', sems.person_of(content ->> 'owner'),
		'owner_as', content ->> 'owner')
		ELSE '{}' END
	    || CASE WHEN content ? 'local_severity' AND NOT content ? 'severity'
		THEN jsonb_build_object('severity', sems.severity_of(content ->> 'local_severity')) ELSE '{}' END
$$;

-- What lists ask for.
CREATE FUNCTION sems.case_key(folded jsonb, OUT owner text, OUT finding text, OUT severity text, OUT site_id text,
    OUT due_on text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT folded ->> 'owner', folded ->> 'finding', folded ->> 'severity', folded ->> 'site_id',
	    coalesce(folded ->> 'due', folded ->> 'original_due')
$$;

-- Which of `others` a person is to a case. Names are looked up now: whoever was given a person after he told something is
-- that person. Its owners are all that it had since it was opened last, so that nobody gets rid of his own by handing it
-- over.
CREATE FUNCTION sems.case_others(of_number text, of_person text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH l AS (
	    SELECT e.occurrence, e.folded FROM sems.case_event e WHERE e.number = of_number ORDER BY e.step DESC LIMIT 1
	)
	SELECT ARRAY(
	    SELECT o.o FROM l CROSS JOIN unnest('{claimed_by,raised_by}'::text[]) AS o (o)
	    WHERE sems.person_of(l.folded ->> o.o) = of_person
	    UNION ALL
	    SELECT 'changed_by' WHERE EXISTS (SELECT FROM sems.case_event e
		WHERE e.number = of_number AND e.event = 'CHANGE' AND sems.person_of(e.made_by) = of_person)
	    UNION ALL
	    SELECT 'owner' WHERE EXISTS (SELECT FROM l JOIN sems.case_event e
		ON e.number = of_number AND e.occurrence = l.occurrence
		WHERE sems.person_of(e.folded ->> 'owner') = of_person))
$$;

-- The number of a new case, which is counted in the year in which it is told.
CREATE FUNCTION sems.case_open(of_kind text, content jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	in_year int := extract(year FROM clock_timestamp()
	    AT TIME ZONE coalesce((SELECT e.zone FROM sems.entity e), 'UTC'));
	n int;
	new_number text;
BEGIN
	INSERT INTO sems.case_counter VALUES (of_kind, in_year, 1)
	ON CONFLICT (kind, year) DO UPDATE SET last = sems.case_counter.last + 1
	RETURNING last INTO n;
	SELECT k.letter || '-' || in_year || '-' || lpad(n::text, greatest(3, length(n::text)), '0') INTO new_number
	FROM sems.case_kind k WHERE k.kind = of_kind;
	INSERT INTO sems.case_file VALUES (new_number, of_kind, in_year, n, content ->> 'of_source',
	    CASE WHEN content ? 'finding_id' THEN content ->> 'site_id' END, content ->> 'finding_id');
	RETURN new_number;
END
$$;

-- Nothing that core refuses is kept, whoever writes it: what may follow, whose work it must not be, what is said.
-- Who may, by his role, only the daemon knows.
CREATE FUNCTION sems.check_case_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	before sems.case_event;
	of_machine text;
	t sems.transition;
	d sems.deed;
	is_other text[];
	other text;
	why text;
BEGIN
	IF NEW.number IS NOT NULL THEN
		-- Held, so that of two who act on what they both saw one waits for the other.
		SELECT c.kind INTO NEW.kind FROM sems.case_file c WHERE c.number = NEW.number FOR UPDATE;
		SELECT e.* INTO before FROM sems.case_event e WHERE e.number = NEW.number ORDER BY e.step DESC LIMIT 1;
	END IF;
	SELECT k.machine INTO of_machine FROM sems.case_kind k WHERE k.kind = NEW.kind;
	SELECT x.* INTO t FROM sems.transition x
	WHERE (x.machine, x.state, x.event) = (of_machine, coalesce(before.state, 'NEW'), NEW.event);
	SELECT x.* INTO d FROM sems.deed x WHERE (x.machine, x.event) = (of_machine, NEW.event);
	IF t IS NULL THEN
		RAISE EXCEPTION '% cannot follow: % is %', NEW.event, coalesce(NEW.number, 'what is not there'),
		    coalesce(before.state, 'NEW');
	END IF;
	NEW.person := sems.person_of(NEW.made_by);
	SELECT p.name, p.post INTO NEW.made_by_name, NEW.made_by_post FROM sems.person p WHERE p.person = NEW.person;
	is_other := sems.case_others(NEW.number, NEW.person);
	FOREACH other IN ARRAY t.others LOOP
		IF other = ANY (is_other) THEN
			RAISE EXCEPTION '% is for another than its %', NEW.event, other;
		END IF;
	END LOOP;
	why := coalesce(sems.case_lacks(d, NEW.content),
	    sems.case_strays(NEW.content) || ' names what is not there');
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '% of %: %', NEW.event, NEW.kind, why;
	END IF;
	NEW.received := clock_timestamp();
	NEW.valid := coalesce(NEW.valid, NEW.received);
	-- The daemon's clock and this one may differ by a little.
	IF NEW.valid > sems.hours_on(NEW.received, 1) OR NEW.valid < before.valid THEN
		RAISE EXCEPTION '% cannot have been so %: it is told at %, and what came before was so %', NEW.event,
		    NEW.valid, NEW.received, before.valid;
	END IF;
	SELECT h.field || ' ' || h.why INTO why
	FROM sems.case_hindered(NEW.number, NEW.kind, NEW.event, before.folded, NEW.content, NEW.valid) AS h LIMIT 1;
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '% of %: %', NEW.event, NEW.kind, why;
	END IF;
	IF NEW.content ->> 'detected_on' > sems.entity_day(NEW.valid) THEN
		RAISE EXCEPTION 'detected_on is %, after the day on which it was brought up', NEW.content ->> 'detected_on';
	END IF;
	IF NEW.number IS NULL THEN
		NEW.number := sems.case_open(NEW.kind, NEW.content);
	END IF;
	NEW.step := coalesce(before.step, 0) + 1;
	NEW.state := t.next;
	NEW.folded := sems.case_fold(before.folded, NEW.event, NEW.content, d.marks, NEW.person);
	IF NEW.kind = 'finding' AND NEW.folded ->> 'severity' IS NULL THEN
		RAISE EXCEPTION 'a finding without its severity';
	END IF;
	NEW.occurrence := coalesce(before.occurrence, 1) + CASE NEW.event WHEN 'REOPEN' THEN 1 ELSE 0 END;
	RETURN NEW;
END
$$;

CREATE FUNCTION sems.note_case_now() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.case_now SELECT c.number, c.kind, c.year, c.serial, NEW.step, NEW.state, NEW.is_over, k.*
	FROM sems.case_file c CROSS JOIN sems.case_key(NEW.folded) AS k WHERE c.number = NEW.number
	ON CONFLICT (number) DO UPDATE SET (step, state, is_over, owner, finding, severity, site_id, due_on)
	    = (excluded.step, excluded.state, excluded.is_over, excluded.owner, excluded.finding, excluded.severity,
		excluded.site_id, excluded.due_on);
	RETURN NULL;
END
$$;
CREATE TRIGGER note_case_now AFTER INSERT ON sems.case_event
    FOR EACH ROW EXECUTE FUNCTION sems.note_case_now();

CREATE TRIGGER check_case_event BEFORE INSERT ON sems.case_event
    FOR EACH ROW EXECUTE FUNCTION sems.check_case_event();

-- What somebody told of a case, and the digest of the row, which is kept as it is.
CREATE FUNCTION sems.log_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM sems.log_put('case.' || lower(NEW.event), NEW.number, jsonb_build_object('who', NEW.made_by,
	    'step', NEW.step, 'state', NEW.state,
	    'row_sha256', encode(sha256(convert_to(to_jsonb(NEW)::text, 'UTF8')), 'hex')));
	RETURN NULL;
END
$$;
CREATE TRIGGER log_case AFTER INSERT ON sems.case_event FOR EACH ROW EXECUTE FUNCTION sems.log_case();
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON sems.severity_scale
    FOR EACH ROW EXECUTE FUNCTION sems.log_change('register.severity', 'scale_id', '', 'set_by');

DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['case_event', 'case_file', 'severity_scale'] LOOP
		EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.%I '
		    'FOR EACH ROW EXECUTE FUNCTION sems.keep_forever()', t);
		EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.%I '
		    'FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever()', t);
	END LOOP;
END
$$;

-- Each case as the last event left it that was so before one instant and told before another: as anybody knew it then.
CREATE FUNCTION sems.cases_at(so_before timestamptz, told_before timestamptz) RETURNS SETOF sems.case_event
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT l.* FROM sems.case_file c
	CROSS JOIN LATERAL (SELECT e.* FROM sems.case_event e
	    WHERE e.number = c.number AND e.valid < so_before AND e.received < told_before
	    ORDER BY e.step DESC LIMIT 1) AS l
$$;

-- The entity's day of an instant, as words of cases write it.
CREATE FUNCTION sems.entity_day(at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT to_char(at AT TIME ZONE coalesce((SELECT e.zone FROM sems.entity e), 'UTC'), 'YYYY-MM-DD')
$$;

-- When a day of the entity ends; an instant is one already. NULL: `or_else`.
CREATE FUNCTION sems.end_of(day text, or_else timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN coalesce(day, '') = '' THEN or_else
	    WHEN length(day) = 10 THEN ((day::date + 1)::timestamp
		AT TIME ZONE coalesce((SELECT e.zone FROM sems.entity e), 'UTC'))
	    ELSE day::timestamptz END
$$;

GRANT SELECT ON sems.deed, sems.case_kind, sems.case_file, sems.case_now, sems.severity_scale TO sems_compute;
GRANT SELECT, INSERT ON sems.case_event TO sems_compute;
GRANT INSERT ON sems.severity_scale TO sems_compute;
GRANT EXECUTE ON FUNCTION sems.severity_of(text), sems.case_strays(jsonb), sems.case_names_unknown(jsonb),
    sems.case_others(text, text), sems.case_key(jsonb), sems.cases_at(timestamptz, timestamptz),
    sems.end_of(text, timestamptz), sems.entity_day(timestamptz) TO sems_compute;
