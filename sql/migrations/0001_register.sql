-- The entity, its civil calendar, its register (sites, sources, who may send what) and settings.
-- Migrations run as sems_owner, each in one transaction, and are never changed once released.
CREATE SCHEMA IF NOT EXISTS sems AUTHORIZATION sems_owner;
GRANT USAGE ON SCHEMA sems TO sems_ingest, sems_compute, sems_retention, sems_admin, sems_report;
-- A function is for nobody until a grant names who may call it.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TABLE sems.schema_migration (
	version int PRIMARY KEY,
	applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	sha256 text NOT NULL
);

-- The clusters that this database has lived in, the newest last: a dump that is restored comes into another
-- one, whose transactions are counted anew.
CREATE TABLE sems.cluster (
	number int PRIMARY KEY,
	system_identifier bigint NOT NULL UNIQUE,
	since timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Whoever starts on the database notes which cluster it is in, before anything is stored there. From then on
-- transactions have numbers above all earlier ones: 2^44 for each cluster, and PostgreSQL's own.
CREATE FUNCTION sems.note_cluster() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	here bigint := (SELECT c.system_identifier FROM pg_control_system() AS c);
	newest sems.cluster;
BEGIN
	SELECT c.* INTO newest FROM sems.cluster c ORDER BY c.number DESC LIMIT 1;
	IF newest.system_identifier = here THEN
		RETURN;
	END IF;
	INSERT INTO sems.cluster (number, system_identifier) VALUES (coalesce(newest.number, 0) + 1, here);
	-- A constant, so that a default which adds it costs nothing.
	EXECUTE format('CREATE OR REPLACE FUNCTION sems.cluster_base() RETURNS bigint LANGUAGE sql '
	    'IMMUTABLE PARALLEL SAFE AS $q$SELECT %s::bigint$q$',
	    (coalesce(newest.number, 0) + 1)::bigint << 44);
	GRANT EXECUTE ON FUNCTION sems.cluster_base() TO PUBLIC;
END
$$;
SELECT sems.note_cluster();

-- The number of this transaction: what a stored record is kept with.
CREATE FUNCTION sems.this_transaction() RETURNS bigint
LANGUAGE sql STABLE AS $$
	SELECT sems.cluster_base() + txid_current()
$$;
GRANT EXECUTE ON FUNCTION sems.this_transaction() TO PUBLIC;

-- What the current snapshot reads: what transactions below read_until stored, but for those in flight.
CREATE FUNCTION sems.this_snapshot(OUT read_until bigint, OUT in_flight bigint[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT sems.cluster_base() + txid_snapshot_xmax(s), ARRAY(SELECT sems.cluster_base() + x
	    FROM txid_snapshot_xip(s) AS x ORDER BY x)
	FROM txid_current_snapshot() AS s
$$;

-- The rule: whether a snapshot did not read what a transaction stored. No clock is asked.
CREATE FUNCTION sems.not_read(stored_in bigint, read_until bigint, in_flight bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT stored_in >= read_until OR stored_in = ANY (in_flight)
$$;
GRANT EXECUTE ON FUNCTION sems.not_read(bigint, bigint, bigint[]) TO PUBLIC;
GRANT EXECUTE ON FUNCTION sems.this_snapshot() TO sems_compute;

-- One database holds one entity.
CREATE TABLE sems.entity (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	name text NOT NULL CHECK (name <> ''),
	zone text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The only place where civil time and instants meet. A day has 23 to 25 hours, or none at all where
-- a zone skipped it.
CREATE TABLE sems.civil_day (
	day date PRIMARY KEY,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
	month date NOT NULL,    -- its first day
	quarter text NOT NULL,  -- '2026-Q2'
	year int NOT NULL
);
CREATE INDEX ON sems.civil_day (starts_at);
CREATE INDEX ON sems.civil_day (month);
CREATE INDEX ON sems.civil_day (quarter);

CREATE TABLE sems.kind (
	kind text PRIMARY KEY
);
INSERT INTO sems.kind VALUES ('observation'), ('test'), ('audit'), ('tip_event'), ('tip_session'),
    ('activity'), ('plan'), ('equipment_check'), ('heartbeat'), ('void'), ('confirmation'), ('training'),
    ('deployment'), ('incident'), ('report'), ('patrol'), ('exercise');

CREATE TABLE sems.site (
	site_id text PRIMARY KEY,
	name text NOT NULL
);
CREATE TABLE sems.location (
	site_id text NOT NULL REFERENCES sems.site,
	location_id text NOT NULL,
	name text NOT NULL,
	PRIMARY KEY (site_id, location_id)
);
CREATE TABLE sems.provider (
	provider_id text PRIMARY KEY,
	name text NOT NULL
);
-- Where records come from; a principal is who sends them.
CREATE TABLE sems.source (
	source text PRIMARY KEY,
	description text NOT NULL DEFAULT ''
);
-- Somebody, however they connect: four eyes are those of two of them.
CREATE TABLE sems.person (
	person text PRIMARY KEY,
	name text CHECK (length(name) <= 200),  -- as printed where they sign
	post text CHECK (length(post) <= 200)
);
CREATE TABLE sems.principal (
	principal text PRIMARY KEY,
	role text NOT NULL,
	person text REFERENCES sems.person,  -- NULL: nobody else is this principal
	CHECK (role <> 'gateway' OR person IS NULL)  -- who speaks for persons is none of them
);
-- Devices that come by HTTP, one row each: what shows that it is one. A code is exchanged once, for a key of the
-- device's own or for a token; of code and token only digests are kept. Who is revoked is nobody until he enrols anew.
CREATE TABLE sems.device (
	principal text PRIMARY KEY REFERENCES sems.principal CHECK (principal LIKE 'device:_%'),
	code_sha256 bytea UNIQUE CHECK (length(code_sha256) = 32),  -- NULL: none is open
	code_until timestamptz CHECK ((code_until IS NULL) = (code_sha256 IS NULL)),
	key_id text UNIQUE,
	public_key bytea CHECK (length(public_key) = 65),  -- a point of P-256
	token_sha256 bytea UNIQUE CHECK (length(token_sha256) = 32),
	invited_at timestamptz NOT NULL,
	invited_by text NOT NULL,
	enrolled_at timestamptz,
	last_seen_at timestamptz,
	revoked_at timestamptz,
	revoked_by text,
	CHECK ((key_id IS NULL) = (public_key IS NULL)),
	CHECK (num_nonnulls(public_key, token_sha256) = num_nonnulls(enrolled_at)),
	CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE TABLE sems.source_grant (
	principal text NOT NULL REFERENCES sems.principal,
	source text NOT NULL,
	kind text NOT NULL,  -- '*': any
	site text NOT NULL,  -- '*': any
	PRIMARY KEY (principal, source, kind, site)
);

-- In civil months after the month a record occurred in. NULL maximum: no ceiling.
CREATE TABLE sems.retention_policy (
	kind text PRIMARY KEY REFERENCES sems.kind,
	min_months int NOT NULL CHECK (min_months >= 0),
	max_months int CHECK (max_months >= min_months),
	legal_basis text NOT NULL
);
INSERT INTO sems.retention_policy VALUES
    ('observation', 36, 36, 'entity default: no public rule; aligned with maritime practice of 3 years'),
    ('test', 36, 36, 'entity default: no public rule'),
    ('audit', 84, 84, 'entity default: no public UK rule; audit records kept 7 years'),
    ('tip_event', 13, 13, 'entity default: four quarters and the revision window'),
    ('tip_session', 13, 13, 'entity default: four quarters and the revision window'),
    ('activity', 36, 36, 'entity default: denominators live as long as observations'),
    ('plan', 36, 36, 'entity default: denominators live as long as observations'),
    ('equipment_check', 84, 84, 'entity default: life of the device and 2 years'),
    ('heartbeat', 13, 13, 'entity default: as long as the TIP events they vouch for'),
    ('void', 84, 84, 'entity default: as long as the longest record they remove'),
    ('confirmation', 84, 84, 'entity default: as long as the longest record they let change'),
    ('training', 48, 48, 'entity default: a cycle of certification of 3 years, and a year'),
    ('deployment', 36, 36, 'entity default: denominators live as long as observations'),
    ('incident', 84, 84, 'entity default: no public rule'),
    ('report', 36, 36, 'entity default: no public rule'),
    ('patrol', 36, 36, 'entity default: no public rule; aligned with maritime practice of 3 years'),
    ('exercise', 36, 36, 'entity default: maritime practice of 3 years');

-- What occurred before the floor was purged and is never taken again.
CREATE TABLE sems.purge_floor (
	kind text PRIMARY KEY REFERENCES sems.kind,
	floor timestamptz NOT NULL
);

-- What was dropped, under which rule and by whom. A month that has one is never made again, and takes no record
-- that is not there; what a legal hold kept of it may go later, with a certificate of its own.
CREATE TABLE sems.purge_certificate (
	certificate_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL REFERENCES sems.kind,
	month date NOT NULL,  -- its first civil day
	quarter text NOT NULL,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	records bigint NOT NULL,
	first_occurred_at timestamptz,
	last_occurred_at timestamptz,
	set_sha256 bytea NOT NULL CHECK (length(set_sha256) = 32),  -- of the identities that went: set_digest()
	held bigint NOT NULL,    -- records that stayed
	holds bigint[] NOT NULL, -- for these
	min_months int NOT NULL,
	max_months int NOT NULL,
	legal_basis text NOT NULL,
	dropped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	dropped_by text NOT NULL
);
CREATE INDEX ON sems.purge_certificate (kind, month);

-- Months that take no record for now, because they are being counted and dropped. An hour only: whoever
-- closed one may have ended before he dropped it. A clock that was set back opens it at once.
CREATE TABLE sems.closed_month (
	kind text NOT NULL REFERENCES sems.kind,
	month date NOT NULL,  -- its first civil day
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	closed_at timestamptz NOT NULL,
	PRIMARY KEY (kind, month)
);
CREATE VIEW sems.closed_now AS
SELECT c.kind, c.month, c.starts_at, c.ends_at FROM sems.closed_month c
WHERE clock_timestamp() BETWEEN c.closed_at AND c.closed_at + interval '1 hour';

-- Append only: the newest row of the greatest from_quarter not after a quarter counts in it.
CREATE TABLE sems.target (
	target_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	metric text NOT NULL,
	value double precision,
	low double precision,  -- of a band, which has no value: from low to high
	high double precision,
	approved_by text NOT NULL,
	from_quarter text NOT NULL CHECK (from_quarter ~ '^[0-9]{4}-Q[1-4]$'),
	of_part text,  -- of a metric that is counted apart: of which part
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text,  -- the principal who was signed in
	CHECK (CASE WHEN value IS NULL THEN low IS NOT NULL AND high IS NOT NULL AND low <= high
		ELSE low IS NULL AND high IS NULL END)
);

-- Append only: the newest row of a metric and week counts. From the week on, a Monday, the limits of the
-- metric's chart are of their own.
CREATE TABLE sems.chart_rebase (
	rebase_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	metric text NOT NULL,
	first_day date NOT NULL CHECK (extract(isodow FROM first_day) = 1),
	reason text NOT NULL,
	approved_by text NOT NULL,
	is_withdrawn boolean NOT NULL,
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text NOT NULL  -- the principal who was signed in
);

-- Metrics that are none of this entity's business, and why. Append only, as targets are.
CREATE TABLE sems.not_applicable (
	declaration_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	metric text NOT NULL,
	applies boolean NOT NULL,  -- from this quarter on it is again
	reason text NOT NULL,
	declared_by text NOT NULL,
	from_quarter text NOT NULL CHECK (from_quarter ~ '^[0-9]{4}-Q[1-4]$'),
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text  -- the principal who was signed in
);

CREATE TABLE sems.setting (
	name text PRIMARY KEY,
	value text NOT NULL
);
INSERT INTO sems.setting VALUES
    ('quarantine_open_max', '10000'),  -- open entries per source (or stranger), beyond: RETRY
    ('quarantine_open_bytes', '67108864'),  -- of their bytes, the same; beyond: RETRY
    ('quarantine_days', '90'),
    ('corrections_waiting_max', '1000'),  -- of a principal, whose record is not here; beyond: quarantined
    ('correction_alone_hours', '24');  -- after a record's receipt, in which one person may correct it

GRANT SELECT ON sems.schema_migration, sems.entity, sems.civil_day, sems.kind, sems.site,
    sems.location, sems.provider, sems.source, sems.person, sems.principal, sems.source_grant,
    sems.retention_policy, sems.purge_floor, sems.purge_certificate, sems.target, sems.chart_rebase,
    sems.not_applicable, sems.setting TO sems_compute, sems_retention, sems_admin;
GRANT SELECT, INSERT, UPDATE ON sems.device TO sems_admin;
GRANT SELECT ON sems.entity, sems.civil_day, sems.site, sems.location, sems.provider
    TO sems_report;
GRANT INSERT, UPDATE ON sems.site, sems.location, sems.provider, sems.source, sems.person, sems.principal,
    sems.retention_policy, sems.setting TO sems_admin;
GRANT INSERT, DELETE ON sems.source_grant TO sems_admin;
GRANT INSERT ON sems.target, sems.chart_rebase, sems.not_applicable TO sems_admin;

-- Once somebody administers, somebody does: else nobody could give anybody a role. Two who take each other's role
-- away at once wait here for each other's row.
CREATE FUNCTION sems.keep_an_administrator() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM sems.principal WHERE role = 'admin' FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION '% is the last administrator: make somebody else one first', OLD.principal;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER keep_an_administrator AFTER UPDATE ON sems.principal FOR EACH ROW
    WHEN (OLD.role = 'admin' AND NEW.role <> 'admin') EXECUTE FUNCTION sems.keep_an_administrator();

-- Who a principal is; whoever has no person, or is not registered, is nobody else.
CREATE FUNCTION sems.person_of(of_principal text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce((SELECT p.person FROM sems.principal p WHERE p.principal = of_principal), of_principal)
$$;
GRANT EXECUTE ON FUNCTION sems.person_of(text) TO sems_compute, sems_retention, sems_admin;

-- The instant of a record identity: its first 48 bits are Unix milliseconds.
CREATE FUNCTION sems.uuid_time(id uuid) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0)
$$;
GRANT EXECUTE ON FUNCTION sems.uuid_time(uuid) TO PUBLIC;

-- An instant as every answer and document writes it.
CREATE FUNCTION sems.rfc3339(at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
GRANT EXECUTE ON FUNCTION sems.rfc3339(timestamptz) TO PUBLIC;

-- So many hours on, or back. An interval may be days, which depend on the session's zone: so PostgreSQL works
-- `at + interval` out when a statement begins, and plans it over all months. Hours depend on nothing.
CREATE FUNCTION sems.hours_on(at timestamptz, hours int) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT at + make_interval(hours => hours)
$$;
GRANT EXECUTE ON FUNCTION sems.hours_on(timestamptz, int) TO PUBLIC;

CREATE FUNCTION sems.fill_calendar(zone text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
	DELETE FROM sems.civil_day;
	INSERT INTO sems.civil_day
	SELECT d, d::timestamp AT TIME ZONE zone, (d + 1)::timestamp AT TIME ZONE zone,
	    date_trunc('month', d)::date, to_char(d, 'YYYY-"Q"Q'), extract(year FROM d)::int
	FROM (SELECT date '2000-01-01' + i AS d
	    FROM generate_series(0, date '2100-12-31' - date '2000-01-01') AS i) AS days;
$$;

-- --- changes of the register ---------------------------------------------------------------------

-- Who serves from a copy of the register asks now and then whether it changed: another semsd, or
-- somebody with psql, may have changed it. One row a transaction, so that nobody waits for anybody;
-- how many there are tells.
CREATE TABLE sems.register_change (
	xact xid8 PRIMARY KEY
);
GRANT SELECT ON sems.register_change TO sems_admin;

CREATE FUNCTION sems.note_register_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.register_change VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	-- What store/schema/load.c reads.
	FOREACH name IN ARRAY ARRAY['entity', 'civil_day', 'site', 'principal', 'source_grant',
	    'purge_floor'] LOOP
		EXECUTE format('CREATE TRIGGER note_register_change AFTER INSERT OR UPDATE OR DELETE '
		    'OR TRUNCATE ON sems.%I FOR EACH STATEMENT '
		    'EXECUTE FUNCTION sems.note_register_change()', name);
	END LOOP;
END
$$;
