-- The evidence: one table per record kind, its columns the kind's fields in the order of the core's
-- tables, then what semsd adds. Partitioned by the entity's civil months. No DEFAULT partition: one
-- would block making the right one.
--
-- A record's identity is (source, record_id); the id's time bits are occurred_at, so the primary
-- key is as unique as the identity, and puts time first for locality.
--
-- stored_in is nobody's word: what a freeze read is told by it. See 0001_register.sql.

-- The envelope, which every kind's table begins with. Never a row in it: only its columns are used.
CREATE TABLE sems.envelope (
	record_id uuid,
	source text,
	source_record_id text,
	schema_version bigint,
	site_id text,
	location_id text,
	measure_code text,
	requirement_refs jsonb,
	risk_control_ids jsonb,
	provider_id text,
	occurred_at timestamptz,
	"precision" text,
	occurred_end timestamptz,
	device_local_time text,
	utc_offset_min bigint,
	clock_offset_ms bigint,
	-- A person is 16 bytes of keyed hash: a plain name or staff number is refused here.
	recorded_by bytea CONSTRAINT recorded_by_is_pseudonym CHECK (octet_length(recorded_by) = 16),
	subject_person bytea CONSTRAINT subject_is_pseudonym CHECK (octet_length(subject_person) = 16),
	shift_id text,
	corrects_record_id uuid,
	corrects_source text,
	corrected_at timestamptz,
	correction_reason text,
	embargo boolean,
	marking text
);

CREATE TABLE sems.observation (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	template_id text,
	template_version text,
	observer_id bytea CONSTRAINT observer_is_pseudonym CHECK (octet_length(observer_id) = 16),
	observer_role text,
	mode text,
	activity_observed text,
	units_observed bigint,
	criteria jsonb,
	immediate_action text,
	finding_id text,
	note text,
	pair_id text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,  -- of a correction, void or confirmation the role it was sent in
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.test (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	test_protocol_id text,
	test_protocol_version text,
	authorisation_ref text,
	campaign_id text,
	mode text,
	commissioned_by text,
	tester_id bytea CONSTRAINT tester_is_pseudonym CHECK (octet_length(tester_id) = 16),
	target_measure text,
	method_class text,
	test_item_class text,
	outcome text,
	invalid_reason text,
	layers jsonb,
	failure_stage text,
	root_cause text,
	debriefed_at timestamptz,
	finding_id text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.audit (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	type text,
	scope text,
	planned_for timestamptz,
	auditors jsonb,
	person_days double precision,
	techniques jsonb,
	announced boolean,
	ratings jsonb,
	findings jsonb,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.tip_event (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	device_id text,
	device_model text,
	sw_version text,
	stream text,
	screener_id bytea CONSTRAINT screener_is_pseudonym CHECK (octet_length(screener_id) = 16),
	login_session_id text,
	event_no bigint,
	image_id text,
	library_id text,
	library_version text,
	image_type text,
	threat_category text,
	decision_at timestamptz,
	response_ms bigint,
	time_limit_ms bigint,
	outcome text,
	abort_reason text,
	view_count bigint,
	bag_ref text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.tip_session (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	device_id text,
	stream text,
	screener_id bytea CONSTRAINT screener_is_pseudonym CHECK (octet_length(screener_id) = 16),
	login_session_id text,
	images_viewed bigint,
	tip_shown bigint,
	hits bigint,
	misses bigint,
	non_tip_alarms bigint,
	non_tip_alarms_confirmed_threat bigint,
	aborted bigint,
	tip_enabled_seconds bigint,
	first_event_no bigint,
	last_event_no bigint,
	vendor_pd double precision,
	vendor_pfa double precision,
	vendor_dprime double precision,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

-- As of activity counts, below.
CREATE INDEX tip_session_long ON sems.tip_session (occurred_at)
WHERE occurred_end - occurred_at > interval '24 hours';

CREATE TABLE sems.activity (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	activity text,
	count bigint,
	method text,
	means text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

-- Who counts a period looks for intervals that began before it: those of more than a day are few.
CREATE INDEX activity_long ON sems.activity (occurred_at)
WHERE occurred_end - occurred_at > interval '24 hours';

CREATE TABLE sems.plan (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	plan_id text,
	what text,
	period_start timestamptz,
	period_end timestamptz,
	planned_count bigint,
	window_start_min bigint,
	window_end_min bigint,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.equipment_check (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	device_id text,
	check_type text,
	due_at timestamptz,
	result text,
	attempt bigint,
	service_mode text,
	mode_from timestamptz,
	mode_to timestamptz,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

-- A mode counts in the periods that it lasts in, whenever the check was.
CREATE INDEX equipment_check_mode ON sems.equipment_check (mode_from) WHERE service_mode IS NOT NULL;

CREATE TABLE sems.heartbeat (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	device_id text,
	events_made jsonb,
	last_event_no bigint,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.void (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.confirmation (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	confirms_record_id uuid,
	confirms_source text,
	decision text,
	decided_at timestamptz,
	decision_reason text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.training (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	course text,
	basis text,
	method text,
	hours double precision,
	result text,
	expires_at timestamptz,
	previous_expires_at timestamptz,
	image_recognition boolean,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

-- A renewal counts in the period in which it fell due, whenever it was done.
CREATE INDEX training_due ON sems.training (previous_expires_at) WHERE previous_expires_at IS NOT NULL;

CREATE TABLE sems.deployment (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	role text,
	competences jsonb,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.incident (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	incident_ref text,
	category text,
	severity text,
	unlawful_interference boolean,
	channel text,
	breach_of text,
	breach_confirmed boolean,
	missed_by text,
	exposure text,
	closed_at timestamptz,
	note text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.report (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	category text,
	channel text,
	acknowledged_at timestamptz,
	closed_at timestamptz,
	incident_ref text,
	note text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.patrol (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	route text,
	result text,
	slot_minutes bigint,
	planned_ref text,
	purpose text,
	persons bigint,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE sems.exercise (
	LIKE sems.envelope INCLUDING CONSTRAINTS,
	scope text,
	type text,
	scenario text,
	objectives jsonb,
	note text,
	received_at timestamptz NOT NULL,
	received_from text NOT NULL,
	received_as text,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),
	PRIMARY KEY (occurred_at, record_id, source)
) PARTITION BY RANGE (occurred_at);

-- One row for each transaction, kind and UTC day that it stored records of: the first and the last
-- instant of them. A correction changes the day it occurred on, its root's, and those of every other
-- correction of that root: which those are is looked up by the root when the log is read.
CREATE TABLE sems.touched_day (
	mark_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL,
	since timestamptz NOT NULL,
	until timestamptz NOT NULL,
	root_source text,
	root_record_id uuid
);
GRANT INSERT ON sems.touched_day TO sems_ingest;
GRANT SELECT, DELETE ON sems.touched_day TO sems_compute;

-- What an answer of semsd meant on the entity's days on which it took something: "local", on this
-- server's disk; "replicated", on a synchronous standby, too. Both, where two levels were in force on
-- a day. Written in the transaction that stores, so that no day is missing whose records are here.
CREATE TABLE sems.durability_day (
	day date NOT NULL,
	level text NOT NULL CHECK (level IN ('local', 'replicated')),
	PRIMARY KEY (day, level)
);
GRANT SELECT ON sems.durability_day TO sems_compute, sems_admin;

-- at: when semsd received what the transaction stores.
CREATE FUNCTION sems.note_durability(level text, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO sems.durability_day (day, level)
	SELECT t.day, $1 FROM (SELECT d.day FROM sems.civil_day d WHERE d.starts_at <= $2
	    ORDER BY d.starts_at DESC LIMIT 1) AS t
	WHERE NOT EXISTS (SELECT FROM sems.durability_day k WHERE k.day = t.day AND k.level = $1)
	ON CONFLICT DO NOTHING
$$;
REVOKE ALL ON FUNCTION sems.note_durability(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sems.note_durability(text, timestamptz) TO sems_ingest;

-- The writer knows the days of what it stores and says that it logs them. Whoever else changes
-- evidence has touched all of the kind. And a record may be one that its corrections wait for.
CREATE FUNCTION sems.touch_all() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF current_setting('sems.marked', true) IS DISTINCT FROM 'on' THEN
		INSERT INTO sems.touched_day (kind, since, until)
		VALUES (TG_TABLE_NAME, '-infinity', 'infinity');
	END IF;
	IF TG_OP = 'INSERT' THEN
		PERFORM sems.adopt(TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END
$$;

-- Of a month that retention closed: whatever comes is left with its sender. See close_month().
CREATE FUNCTION sems.refuse_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF EXISTS (SELECT FROM sems.closed_now c WHERE c.kind = TG_ARGV[0] AND c.month = TG_ARGV[1]::date) THEN
		RAISE EXCEPTION '% of % is being dropped', TG_ARGV[0], to_char(TG_ARGV[1]::date, 'YYYY-MM')
		    USING ERRCODE = 'SM004';
	END IF;
	RETURN NEW;
END
$$;

-- Of a month that retention dropped but for what is under a legal hold: nothing comes to that. SM001, as where
-- there is no month any more; settle() tells what is there from what is not.
CREATE FUNCTION sems.refuse_purged() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION 'records of that month have been purged' USING ERRCODE = 'SM001';
END
$$;

-- Makes the partition that holds the instant, unless it is there, and returns its bounds, and whether it
-- takes no records for now.
-- CREATE TABLE LIKE and ATTACH instead of PARTITION OF, which waits behind every reader.
-- SQLSTATE SM001: before the purge floor. SM002: outside the calendar, or no entity yet.
CREATE FUNCTION sems.make_partition(kind text, at timestamptz,
    OUT starts_at timestamptz, OUT ends_at timestamptz, OUT is_closed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' SET timezone = 'UTC'
SET datestyle = 'ISO' AS $$
DECLARE
	first_day date;
	part text;
BEGIN
	IF NOT EXISTS (SELECT FROM sems.kind k WHERE k.kind = make_partition.kind) THEN
		RAISE EXCEPTION 'there is no record kind "%"', kind;
	END IF;
	IF EXISTS (SELECT FROM sems.purge_floor f WHERE f.kind = make_partition.kind AND at < f.floor) THEN
		RAISE EXCEPTION 'records of that time have been purged' USING ERRCODE = 'SM001';
	END IF;
	SELECT d.month INTO first_day FROM sems.civil_day d
	WHERE d.starts_at <= at AND d.ends_at > at
	ORDER BY d.starts_at DESC LIMIT 1;
	IF first_day IS NULL THEN
		RAISE EXCEPTION 'the civil calendar has no such day; is the entity set up?'
		    USING ERRCODE = 'SM002';
	END IF;
	SELECT min(d.starts_at), max(d.ends_at) INTO starts_at, ends_at
	FROM sems.civil_day d WHERE d.month = first_day;
	part := kind || '_' || to_char(first_day, 'YYYYMM');
	is_closed := EXISTS (SELECT FROM sems.closed_now c
	    WHERE c.kind = make_partition.kind AND c.month = first_day);
	-- to_regclass sees what others committed, whatever this transaction's snapshot is. Asked again
	-- under the lock that ATTACH takes anyway: getting a table's lock is what makes this session
	-- notice what others did, which an advisory lock does not.
	IF to_regclass('sems.' || part) IS NOT NULL THEN
		RETURN;
	END IF;
	EXECUTE format('LOCK TABLE sems.%I IN SHARE UPDATE EXCLUSIVE MODE', kind);
	IF to_regclass('sems.' || part) IS NOT NULL THEN
		RETURN;
	END IF;
	-- Under the lock as well: whoever dropped the month held a stronger one until it was certified.
	IF EXISTS (SELECT FROM sems.purge_certificate c
	    WHERE c.kind = make_partition.kind AND c.month = first_day) THEN
		RAISE EXCEPTION 'records of that month have been purged' USING ERRCODE = 'SM001';
	END IF;
	EXECUTE format('CREATE TABLE sems.%I (LIKE sems.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS '
	    'INCLUDING INDEXES INCLUDING STORAGE)', part, kind);
	EXECUTE format('ALTER TABLE sems.%I ATTACH PARTITION sems.%I FOR VALUES FROM (%L) TO (%L)',
	    kind, part, starts_at, ends_at);
END
$$;
GRANT EXECUTE ON FUNCTION sems.make_partition(text, timestamptz)
    TO sems_ingest, sems_compute, sems_retention, sems_admin;

-- This month's partitions and those of so many months to come; how many were missing.
CREATE FUNCTION sems.make_partitions_ahead(months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	k text;
	at timestamptz;
	part text;
	made int := 0;
BEGIN
	FOR at, part IN
		SELECT m.at, to_char(m.month, 'YYYYMM') FROM (
		    SELECT d.month, min(d.starts_at) AS at, max(d.ends_at) AS until
		    FROM sems.civil_day d
		    WHERE d.month BETWEEN current_date - 32 AND current_date + 32 + 31 * months
		    GROUP BY d.month) AS m
		WHERE m.until > now() ORDER BY m.month LIMIT months + 1
	LOOP
		FOR k IN SELECT kind FROM sems.kind ORDER BY kind LOOP
			IF to_regclass('sems.' || k || '_' || part) IS NULL THEN
				PERFORM sems.make_partition(k, at);
				made := made + 1;
			END IF;
		END LOOP;
	END LOOP;
	RETURN made;
END
$$;
GRANT EXECUTE ON FUNCTION sems.make_partitions_ahead(int)
    TO sems_ingest, sems_compute, sems_retention, sems_admin;

-- Names the entity and makes its calendar. May be repeated; the zone is fixed once there is evidence.
CREATE FUNCTION sems.setup_entity(name text, zone text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
	k text;
	part regclass;
	found_one boolean;
	old_zone text;
BEGIN
	IF name IS NULL OR name = '' THEN
		RAISE EXCEPTION 'the entity needs a name';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = setup_entity.zone) THEN
		RAISE EXCEPTION 'zone "%" is unknown; use an IANA name such as Europe/London', zone;
	END IF;
	PERFORM pg_advisory_xact_lock(hashtextextended('sems.entity', 0));
	SELECT e.zone INTO old_zone FROM sems.entity e FOR UPDATE;
	IF old_zone = setup_entity.zone THEN
		UPDATE sems.entity SET name = setup_entity.name;
		RETURN;
	END IF;
	IF old_zone IS NOT NULL THEN
		IF EXISTS (SELECT FROM sems.purge_floor) OR EXISTS (SELECT FROM sems.purge_certificate) THEN
			RAISE EXCEPTION 'the zone stays %: there has been evidence', old_zone;
		END IF;
		FOR k IN SELECT kind FROM sems.kind ORDER BY kind LOOP
			EXECUTE format('LOCK TABLE sems.%I IN ACCESS EXCLUSIVE MODE', k);
			EXECUTE format('SELECT EXISTS (SELECT FROM sems.%I)', k) INTO found_one;
			IF found_one THEN
				RAISE EXCEPTION 'the zone stays %: evidence exists', old_zone;
			END IF;
			-- Their bounds are the old zone's.
			FOR part IN SELECT inhrelid FROM pg_inherits
			    WHERE inhparent = ('sems.' || k)::regclass LOOP
				EXECUTE format('DROP TABLE %s', part);
			END LOOP;
		END LOOP;
	END IF;
	INSERT INTO sems.entity (name, zone) VALUES (setup_entity.name, setup_entity.zone)
	ON CONFLICT (singleton) DO UPDATE SET name = excluded.name, zone = excluded.zone;
	PERFORM sems.fill_calendar(setup_entity.zone);
END
$$;
GRANT EXECUTE ON FUNCTION sems.setup_entity(text, text) TO sems_admin;

-- --- settling, and the quarantine ----------------------------------------------------------------

-- The slow path: records are staged in temporary tables and settled one by one, which COPY into the
-- evidence cannot do; and the quarantine, for what cannot be evidence. The role that adds evidence
-- may call these functions and look at nothing.

-- Entries that not everybody may know of have numbers of their own, so that the others have no gaps.
CREATE SEQUENCE sems.quarantine_number;
CREATE SEQUENCE sems.quarantine_covert_number START 1000000000001;

CREATE TABLE sems.quarantine (
	quarantine_id bigint PRIMARY KEY DEFAULT nextval('sems.quarantine_number'),
	source text NOT NULL,  -- as far as it could be read; '' when not at all
	principal text NOT NULL,
	quota text NOT NULL DEFAULT '',  -- whose room it takes: 'source S', or 'principal P' without a grant for S
	reason text NOT NULL,
	field text NOT NULL,
	message text NOT NULL,
	record_id uuid,
	kind text,
	-- A test, or what may be one or be about one: who may not know of covert tests sees nothing of it.
	is_covert boolean NOT NULL GENERATED ALWAYS AS (kind IS NULL OR kind IN ('test', 'void')) STORED,
	received_at timestamptz NOT NULL,
	last_received_at timestamptz,  -- NULL: these bytes came once
	raw_sealed bytea NOT NULL,  -- encrypted to a key outside the database
	raw_mac bytea NOT NULL,     -- keyed, so that equal bytes can be told without reading them
	head_of bigint,      -- raw_sealed is the head alone of so many bytes; NULL: it is all of them
	whole_sha256 bytea CHECK ((whole_sha256 IS NULL) = (head_of IS NULL)),  -- of all that was sent
	kept_bytes int NOT NULL GENERATED ALWAYS AS (octet_length(raw_sealed)) STORED,
	state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'REQUEUED', 'DISCARDED')),
	decided_at timestamptz,
	decided_by text,
	decided_why text,
	-- The bytes are of who sent them: another sender of the same ones may have other rights.
	UNIQUE (principal, source, raw_mac)
);
CREATE INDEX ON sems.quarantine (source) WHERE state = 'OPEN';
CREATE INDEX ON sems.quarantine (quota) INCLUDE (kept_bytes) WHERE state = 'OPEN';
GRANT SELECT ON sems.quarantine TO sems_admin;
GRANT UPDATE (state, decided_at, decided_by, decided_why) ON sems.quarantine TO sems_admin;
GRANT SELECT (quarantine_id, source, principal, reason, field, kind, is_covert, received_at, state)
    ON sems.quarantine TO sems_compute;

-- Makes this connection's staging table for a kind, or for the quarantine, unless it is there.
-- Temporary tables of the owner: LIKE needs SELECT, which the caller has not.
CREATE FUNCTION sems.stage(kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF to_regclass('pg_temp.stage_' || kind) IS NOT NULL THEN
		RETURN;
	END IF;
	IF kind = 'quarantine' THEN
		CREATE TEMPORARY TABLE stage_quarantine (n int, source text, principal text, reason text,
		    field text, message text, record_id uuid, kind text, received_at timestamptz,
		    raw_sealed bytea, raw_mac bytea, head_of bigint, whole_sha256 bytea)
		    ON COMMIT DELETE ROWS;
	ELSIF EXISTS (SELECT FROM sems.kind k WHERE k.kind = stage.kind) THEN
		EXECUTE format('CREATE TEMPORARY TABLE %I (n int, LIKE sems.%I) ON COMMIT DELETE ROWS',
		    'stage_' || kind, kind);
		EXECUTE format('ALTER TABLE pg_temp.%I DROP COLUMN stored_in', 'stage_' || kind);
	ELSE
		RAISE EXCEPTION 'there is no record kind "%"', kind;
	END IF;
	EXECUTE format('GRANT INSERT ON pg_temp.%I TO sems_ingest', 'stage_' || kind);
END
$$;
GRANT EXECUTE ON FUNCTION sems.stage(text) TO sems_ingest;

-- Moves what is staged for a kind into the evidence. The verdict of each staged row n:
-- STORED; DUPLICATE (the same content is stored); CONFLICT (the identity is stored with other
-- content); EXPIRED (it is not there, and the rest of its month was purged); RETRY (it was purged while we
-- looked). No other kind is asked: what it holds would be
-- told to who may not know it.
--
-- Safe beside other writers: ON CONFLICT waits for an insert of the same key by another transaction
-- to end, and the comparison is a later statement, whose snapshot sees how it ended.
--
-- What is sent again is mostly there as it is: that is looked for first, and only the rest is inserted. An insert
-- that finds its key costs twice as much as the look.
CREATE FUNCTION sems.settle(kind text) RETURNS TABLE (n int, verdict text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	columns text;
	staged_content text;
	stored_content text;
	staged bigint;
	since timestamptz;
	until timestamptz;
	same int[];
	purged int[];
	won int[];
BEGIN
	-- A commit that writes waits for the standbys, which vouches for the duplicates, too.
	PERFORM pg_logical_emit_message(true, 'sems', '');
	SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum),
	    string_agg(format('s.%I', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE content),
	    string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE content)
	INTO STRICT columns, staged_content, stored_content
	FROM (SELECT attname, attnum, attname NOT IN ('received_at', 'received_from', 'received_as') AS content
	    FROM pg_attribute
	    WHERE attrelid = format('sems.%I', settle.kind)::regclass AND attnum > 0
	    AND NOT attisdropped AND attname <> 'stored_in') AS a;
	EXECUTE format('SELECT count(*), min(occurred_at), max(occurred_at) FROM pg_temp.%I',
	    'stage_' || kind)
	INTO staged, since, until;

	EXECUTE format('SELECT coalesce(array_agg(s.n), ''{}'') FROM pg_temp.%I s '
	    'JOIN sems.%I t ON t.occurred_at = s.occurred_at AND t.record_id = s.record_id AND t.source = s.source '
	    'AND t.occurred_at BETWEEN $1 AND $2 WHERE ROW (%s) IS NOT DISTINCT FROM ROW (%s)',
	    'stage_' || kind, kind, staged_content, stored_content)
	INTO same USING since, until;
	RETURN QUERY SELECT d.n, 'DUPLICATE' FROM unnest(same) AS d(n);
	staged := staged - cardinality(same);
	IF staged = 0 THEN
		RETURN;
	END IF;

	EXECUTE format('SELECT coalesce(array_agg(s.n), ''{}'') FROM pg_temp.%I s WHERE NOT s.n = ANY ($2) '
	    'AND EXISTS (SELECT FROM sems.purge_certificate c WHERE c.kind = $1 '
	    'AND s.occurred_at >= c.starts_at AND s.occurred_at < c.ends_at)', 'stage_' || kind)
	INTO purged USING kind, same;

	-- In key order, so that two writers with the same records cannot wait for each other.
	EXECUTE format('WITH first AS MATERIALIZED ('
	    'SELECT DISTINCT ON (occurred_at, record_id, source) * FROM pg_temp.%I '
	    'WHERE NOT n = ANY ($1) AND NOT n = ANY ($2) ORDER BY occurred_at, record_id, source, n), '
	    'won AS (INSERT INTO sems.%I (%s) SELECT %s FROM first '
	    'ORDER BY occurred_at, record_id, source ON CONFLICT DO NOTHING '
	    'RETURNING record_id, source) '
	    'SELECT coalesce(array_agg(f.n), ''{}'') FROM first f JOIN won USING (record_id, source)',
	    'stage_' || kind, kind, columns, columns)
	INTO won USING same, purged;

	IF cardinality(won) = staged THEN
		RETURN QUERY SELECT w.n, 'STORED' FROM unnest(won) AS w(n);
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format('SELECT s.n, CASE WHEN s.n = ANY ($1) THEN ''STORED'' '
	    'WHEN t.record_id IS NULL AND s.n = ANY ($5) THEN ''EXPIRED'' '
	    'WHEN t.record_id IS NULL THEN ''RETRY'' '
	    'WHEN ROW (%s) IS NOT DISTINCT FROM ROW (%s) THEN ''DUPLICATE'' '
	    'ELSE ''CONFLICT'' END '
	    'FROM pg_temp.%I s LEFT JOIN sems.%I t ON t.occurred_at = s.occurred_at '
	    'AND t.record_id = s.record_id AND t.source = s.source '
	    'AND t.occurred_at BETWEEN $2 AND $3 WHERE NOT s.n = ANY ($4)',
	    staged_content, stored_content, 'stage_' || kind, kind)
	USING won, since, until, same, purged;
END
$$;
GRANT EXECUTE ON FUNCTION sems.settle(text) TO sems_ingest;

-- Moves what is staged into the quarantine. QUARANTINED, also for bytes of this principal that are there
-- already, of which the last receipt is noted (none where received_at is NULL: they were tried again, nobody
-- sent them); RETRY beyond the quota, in entries and in bytes. Two writers at once may exceed it by one group.
--
-- The quota is the source's only for who may send for it: a stranger who names a source, or a
-- thousand, takes the room of its own and of nobody else.
CREATE FUNCTION sems.settle_quarantine() RETURNS TABLE (n int, verdict text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	open_max bigint;
	bytes_max bigint;
BEGIN
	PERFORM pg_logical_emit_message(true, 'sems', '');
	SELECT s.value::bigint INTO STRICT open_max FROM sems.setting s
	WHERE s.name = 'quarantine_open_max';
	SELECT s.value::bigint INTO STRICT bytes_max FROM sems.setting s
	WHERE s.name = 'quarantine_open_bytes';
	-- Locked in order, so that two writers with the same bytes cannot wait for each other.
	EXECUTE 'WITH again AS MATERIALIZED ('
	    'SELECT q.quarantine_id, s.last FROM sems.quarantine q JOIN ('
	    'SELECT principal, source, raw_mac, max(received_at) AS last FROM pg_temp.stage_quarantine '
	    'GROUP BY principal, source, raw_mac) AS s USING (principal, source, raw_mac) '
	    'ORDER BY q.quarantine_id FOR UPDATE OF q) '
	    'UPDATE sems.quarantine q SET last_received_at = a.last FROM again a '
	    'WHERE q.quarantine_id = a.quarantine_id '
	    'AND a.last > coalesce(q.last_received_at, q.received_at)';
	EXECUTE 'WITH fresh AS MATERIALIZED ('
	    'SELECT DISTINCT ON (principal, source, raw_mac) s.*, CASE WHEN EXISTS ('
	    'SELECT FROM sems.source_grant g '
	    'WHERE g.source = s.source AND g.principal = s.principal) '
	    'THEN ''source '' || s.source ELSE ''principal '' || s.principal END AS quota '
	    'FROM pg_temp.stage_quarantine s '
	    'WHERE NOT EXISTS (SELECT FROM sems.quarantine q '
	    'WHERE q.principal = s.principal AND q.source = s.source AND q.raw_mac = s.raw_mac) '
	    'ORDER BY principal, source, raw_mac, n), '
	    'placed AS (SELECT *, row_number() OVER w AS place, '
	    'sum(octet_length(raw_sealed)) OVER w AS bytes '
	    'FROM fresh WINDOW w AS (PARTITION BY quota ORDER BY n)), '
	    'taken AS (SELECT quota, count(*) AS n, sum(kept_bytes) AS bytes FROM sems.quarantine WHERE state = ''OPEN'' '
	    'AND quota IN (SELECT quota FROM fresh) GROUP BY quota) '
	    'INSERT INTO sems.quarantine (quarantine_id, source, principal, quota, reason, field, message, record_id, '
	    'kind, received_at, raw_sealed, raw_mac, head_of, whole_sha256) '
	    'SELECT nextval(CASE WHEN f.kind IS NULL OR f.kind IN (''test'', ''void'') '
	    'THEN ''sems.quarantine_covert_number'' ELSE ''sems.quarantine_number'' END::regclass), '
	    'f.source, f.principal, f.quota, f.reason, f.field, f.message, f.record_id, f.kind, '
	    'coalesce(f.received_at, clock_timestamp()), f.raw_sealed, f.raw_mac, f.head_of, f.whole_sha256 FROM placed AS f '
	    'LEFT JOIN taken AS o ON o.quota = f.quota WHERE coalesce(o.n, 0) + f.place <= $1 '
	    'AND coalesce(o.bytes, 0) + f.bytes <= $2 '
	    'ORDER BY f.principal, f.source, f.raw_mac ON CONFLICT DO NOTHING' USING open_max, bytes_max;
	RETURN QUERY EXECUTE 'SELECT s.n, CASE WHEN q.source IS NULL THEN ''RETRY'' '
	    'ELSE ''QUARANTINED'' END FROM pg_temp.stage_quarantine s '
	    'LEFT JOIN sems.quarantine q ON q.principal = s.principal AND q.source = s.source '
	    'AND q.raw_mac = s.raw_mac';
END
$$;
GRANT EXECUTE ON FUNCTION sems.settle_quarantine() TO sems_ingest;

-- Quarantined bytes are kept so long since they last came, and no longer unless a legal hold may be about them;
-- how many went.
CREATE FUNCTION sems.purge_quarantine(at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	days int;
	gone bigint;
BEGIN
	SELECT s.value::int INTO STRICT days FROM sems.setting s WHERE s.name = 'quarantine_days';
	LOCK TABLE sems.hold IN SHARE MODE;
	DELETE FROM sems.quarantine q
	WHERE coalesce(q.last_received_at, q.received_at) < at - make_interval(days => days)
	AND NOT sems.is_entry_held(q.kind, q.source, q.record_id);
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
GRANT EXECUTE ON FUNCTION sems.purge_quarantine(timestamptz) TO sems_retention;
