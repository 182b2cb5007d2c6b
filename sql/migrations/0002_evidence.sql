-- The evidence: one table per record kind, its columns the kind's fields in the order of the core's
-- tables, then what semsd adds. Partitioned by the entity's civil months. No DEFAULT partition: one
-- would block making the right one.
--
-- A record's identity is (source, record_id); the id's time bits are occurred_at, so the primary
-- key is as unique as the identity, and puts time first for locality.
--
-- stored_in is nobody's word: what a freeze read is told by it. See 0001_entity.sql.

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
