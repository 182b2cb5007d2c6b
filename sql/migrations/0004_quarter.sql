-- The documents that are made of what the metrics count, and what may change them.

-- What may change a quarter's figures: each record that counts in it, and each correction or void of
-- one that did, for it may have moved or removed it. A correction within the quarter is there twice.
CREATE VIEW sems.spd_change AS
SELECT r.kind, CASE WHEN r.corrects_record_id IS NULL THEN 'LATE' ELSE 'CORRECTION' END AS how,
    r.record_id, r.source, r.site_id, r.measure, r.counted_at, r.received_at,
    r.corrects_record_id AS root_record_id, r.kind AS own_kind, r.occurred_at, r.stored_in
FROM sems.spd_record r
UNION ALL
SELECT root.kind, 'CORRECTION', n.record_id, n.source, root.site_id, root.measure, root.counted_at,
    n.received_at, root.record_id, n.kind, n.occurred_at, n.stored_in
FROM sems.correction c
JOIN sems.spd_record root ON root.occurred_at = c.root_occurred_at
    AND root.record_id = c.root_record_id AND root.source = c.root_source
JOIN sems.spd_record n ON n.occurred_at = c.occurred_at AND n.record_id = c.record_id
    AND n.source = c.source
WHERE NOT c.is_void
UNION ALL
SELECT root.kind, 'VOID', v.record_id, v.source, root.site_id, root.measure, root.counted_at,
    v.received_at, root.record_id, 'void', v.occurred_at, v.stored_in
FROM sems.correction c
JOIN sems.spd_record root ON root.occurred_at = c.root_occurred_at
    AND root.record_id = c.root_record_id AND root.source = c.root_source
JOIN sems.void v ON v.occurred_at = c.occurred_at AND v.record_id = c.record_id
    AND v.source = c.source
WHERE c.is_void
UNION ALL
-- A second person's word, where the record was and where it is to be.
SELECT p.kind, 'CONFIRMATION', f.record_id, f.source, p.site_id, p.measure, p.counted_at,
    f.received_at, c.root_record_id, 'confirmation', f.occurred_at, f.stored_in
FROM sems.correction c
JOIN sems.confirmation f ON f.occurred_at = c.occurred_at AND f.confirms_record_id = c.record_id
    AND coalesce(f.confirms_source, f.source) = c.source
JOIN sems.spd_record p ON (p.occurred_at = c.root_occurred_at AND p.record_id = c.root_record_id
	AND p.source = c.root_source)
    OR (p.occurred_at = c.occurred_at AND p.record_id = c.record_id AND p.source = c.source);
GRANT SELECT ON sems.spd_change TO sems_compute;

-- The same bytes from two senders are one record, and none once one of them was taken. A refused test,
-- and what may be one or be about one, is in no count: nobody has said that its embargo is over.
-- It counts where what it tells of belongs: by the time that its identity carries, unless that is ahead of its
-- receipt or before all calendars; else where it was received first.
CREATE VIEW sems.spd_quarantine AS
SELECT DISTINCT ON (q.source, q.raw_mac) q.kind, q.source, q.reason, NULL::text AS site_id,
    NULL::text AS measure, NULL::text AS provider_id,
    CASE WHEN substr(q.record_id::text, 15, 1) IN ('7', '8')
        AND sems.uuid_time(q.record_id) BETWEEN timestamptz '2000-01-02 00:00:00Z'
            AND sems.hours_on(q.received_at, 24)
        THEN sems.uuid_time(q.record_id) ELSE q.received_at END AS counted_at
FROM sems.quarantine q
WHERE NOT q.is_covert AND NOT EXISTS (SELECT FROM sems.quarantine t
    WHERE t.source = q.source AND t.raw_mac = q.raw_mac AND t.state = 'REQUEUED')
ORDER BY q.source, q.raw_mac, q.received_at, q.quarantine_id;

GRANT SELECT ON sems.spd_quarantine TO sems_compute;

-- The documents. A revision is made by freezing and never changes; what people do with it afterwards
-- is another table, to which can only be added. So the state of a revision is what its last event
-- left it in, and nobody can set it.

-- What may follow what in the life of whatever has one; daemon/core/life has the same tables, a test compares them.
CREATE TABLE sems.transition (
	machine text NOT NULL,
	state text NOT NULL,
	event text NOT NULL,
	next text NOT NULL,
	given text NOT NULL,       -- what must hold besides; goes before the same step without it
	"right" text NOT NULL,     -- that it takes; '': nobody asks for it
	others text[] NOT NULL,    -- whose work it must not be
	PRIMARY KEY (machine, state, event, given)
);
-- What anybody else says after the review, the reviewer has not read: it has to be reviewed again.
INSERT INTO sems.transition VALUES
    ('spd', 'COLLECTING', 'FREEZE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'REJECTED', 'FREEZE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'WITHDRAWN', 'FREEZE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'SUBMITTED', 'REVISE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'ACKNOWLEDGED', 'REVISE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'REJECTED', 'REVISE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'WITHDRAWN', 'REVISE', 'DRAFT', '', 'prepare_spd', '{}'),
    ('spd', 'DRAFT', 'COMMENT', 'DRAFT', '', 'comment_spd', '{}'),
    ('spd', 'IN_QA', 'COMMENT', 'IN_QA', 'by_reviewer', 'comment_spd', '{}'),
    ('spd', 'IN_QA', 'COMMENT', 'DRAFT', '', 'comment_spd', '{}'),
    ('spd', 'DRAFT', 'QA', 'IN_QA', '', 'review_spd', '{preparer_of_three}'),
    ('spd', 'IN_QA', 'APPROVE', 'APPROVED', '', 'approve_spd', '{preparer,reviewer_of_three}'),
    ('spd', 'DRAFT', 'REJECT', 'REJECTED', '', 'reject_spd', '{}'),
    ('spd', 'IN_QA', 'REJECT', 'REJECTED', '', 'reject_spd', '{}'),
    ('spd', 'APPROVED', 'REJECT', 'REJECTED', '', 'reject_spd', '{}'),
    ('spd', 'SUBMITTED', 'REJECT', 'REJECTED', '', 'prepare_spd', '{}'),
    ('spd', 'DRAFT', 'WITHDRAW', 'WITHDRAWN', '', 'prepare_spd', '{}'),
    ('spd', 'IN_QA', 'WITHDRAW', 'WITHDRAWN', '', 'prepare_spd', '{}'),
    ('spd', 'APPROVED', 'WITHDRAW', 'WITHDRAWN', '', 'prepare_spd', '{}'),
    ('spd', 'SUBMITTED', 'WITHDRAW', 'WITHDRAWN', '', 'prepare_spd', '{}'),
    ('spd', 'APPROVED', 'SUBMIT', 'SUBMITTED', '', 'prepare_spd', '{}'),
    ('spd', 'SUBMITTED', 'ACKNOWLEDGE', 'ACKNOWLEDGED', '', 'prepare_spd', '{}'),
    ('spd', 'SUBMITTED', 'SUPERSEDE', 'SUPERSEDED', '', '', '{}'),
    ('spd', 'ACKNOWLEDGED', 'SUPERSEDE', 'SUPERSEDED', '', '', '{}');
-- How an event moves a revision. The freezes make one instead.
CREATE VIEW sems.spd_transition AS
SELECT t.state, t.event AS action, t.next, t.given = 'by_reviewer' AS by_reviewer
FROM sems.transition t WHERE t.machine = 'spd' AND t.event NOT IN ('FREEZE', 'REVISE');

-- Append only: the last row is what the entity declares now.
CREATE TABLE sems.spd_policy (
	policy_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	approval text NOT NULL CHECK (approval IN ('THREE_PEOPLE', 'APPROVER_DIFFERS')),
	corrections text NOT NULL DEFAULT 'TWO_PEOPLE' CHECK (corrections IN ('TWO_PEOPLE', 'ONE_PERSON')),
	declared_by text NOT NULL,
	declared_on date NOT NULL,
	set_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE sems.spd_revision (
	quarter text NOT NULL CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
	revision int NOT NULL CHECK (revision > 0),
	document text NOT NULL,
	sha256 bytea NOT NULL CHECK (sha256 = sha256(convert_to(document, 'UTF8'))),
	as_of timestamptz NOT NULL,
	created_by text NOT NULL CHECK (created_by <> ''),
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	reason text,  -- why early, why without embargoed tests, why again
	-- Who has to differ from whom, as the document says; kept from it below.
	approval text NOT NULL DEFAULT 'THREE_PEOPLE'
	    CHECK (approval IN ('THREE_PEOPLE', 'APPROVER_DIFFERS')),
	-- What it read of what is stored: sems.this_snapshot().
	read_until bigint NOT NULL,
	in_flight bigint[] NOT NULL,
	PRIMARY KEY (quarter, revision)
);

-- What people did with a revision. `step` counts from 1, so that of two who act on what they both
-- saw one is refused.
CREATE TABLE sems.spd_event (
	quarter text NOT NULL,
	revision int NOT NULL,
	step int NOT NULL,
	at timestamptz NOT NULL,
	made_by text NOT NULL CHECK (made_by <> ''),
	action text NOT NULL,
	state text NOT NULL,  -- after it
	metric text,
	by_dims jsonb NOT NULL DEFAULT '{}',
	text text CHECK (length(text) <= 4000),
	reference text CHECK (length(reference) <= 200),
	channel text CHECK (length(channel) <= 200),
	sha256 bytea NOT NULL,  -- of the document that they had before them
	-- Who that was when it was done, as they are printed; NULL: the principal had no name, or no post.
	made_by_name text,
	made_by_post text,
	-- A comment of this earlier revision on a figure that has not changed since, carried over by the
	-- freeze: said then, by whom it was said.
	carried_from int,
	stored_in bigint NOT NULL DEFAULT sems.this_transaction(),  -- what came after is told by it
	PRIMARY KEY (quarter, revision, step),
	FOREIGN KEY (quarter, revision) REFERENCES sems.spd_revision
);

-- What a revision has come to. A review holds until something leads back to a draft; what was submitted
-- once stays so in the last columns, whatever became of it.
CREATE VIEW sems.spd_status AS
SELECT r.quarter, r.revision, l.state, l.at AS state_at, l.made_by AS state_by, r.sha256, r.as_of,
    r.created_by, r.created_at, r.reason, r.approval,
    q.made_by AS reviewed_by, q.at AS reviewed_at, p.made_by AS approved_by, p.at AS approved_at,
    s.made_by AS submitted_by, s.at AS submitted_at, s.reference, s.channel,
    a.made_by AS acknowledged_by, a.at AS acknowledged_at, a.reference AS acknowledgement
FROM sems.spd_revision r
CROSS JOIN LATERAL (SELECT e.* FROM sems.spd_event e WHERE e.quarter = r.quarter
    AND e.revision = r.revision ORDER BY e.step DESC LIMIT 1) AS l
LEFT JOIN sems.spd_event q ON (q.quarter, q.revision, q.action) = (r.quarter, r.revision, 'QA')
    AND NOT EXISTS (SELECT FROM sems.spd_event d WHERE d.quarter = q.quarter
	AND d.revision = q.revision AND d.step > q.step AND d.state = 'DRAFT')
LEFT JOIN sems.spd_event p ON (p.quarter, p.revision, p.action) = (r.quarter, r.revision, 'APPROVE')
LEFT JOIN sems.spd_event s ON (s.quarter, s.revision, s.action) = (r.quarter, r.revision, 'SUBMIT')
LEFT JOIN sems.spd_event a
    ON (a.quarter, a.revision, a.action) = (r.quarter, r.revision, 'ACKNOWLEDGE');

CREATE FUNCTION sems.keep_forever() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION '% keeps what was written; it is never changed: add to it', TG_TABLE_NAME;
END
$$;

-- The next revision follows one that nobody works on any more.
CREATE FUNCTION sems.check_revision() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	newest record;
BEGIN
	SELECT s.revision, s.state INTO newest FROM sems.spd_status s
	WHERE s.quarter = NEW.quarter ORDER BY s.revision DESC LIMIT 1;
	IF NEW.revision <> coalesce(newest.revision, 0) + 1 THEN
		RAISE EXCEPTION 'revision % of % does not follow the newest', NEW.revision, NEW.quarter;
	END IF;
	IF newest.state IN ('DRAFT', 'IN_QA', 'APPROVED') THEN
		RAISE EXCEPTION '% has revision %, which is %; withdraw it first (semsctl spd withdraw %)',
		    NEW.quarter, newest.revision, newest.state, NEW.quarter;
	END IF;
	NEW.created_at := clock_timestamp();
	SELECT s.read_until, s.in_flight INTO NEW.read_until, NEW.in_flight FROM sems.this_snapshot() AS s;
	NEW.approval := coalesce(NEW.document::jsonb #>> '{policy,approval}', 'THREE_PEOPLE');
	RETURN NEW;
END
$$;

-- The figures of a document on which somebody may have said something, each by what a comment explains.
CREATE FUNCTION sems.spd_figures(document text, of_metrics text[])
RETURNS TABLE (metric text, by_dims jsonb, status text, explained jsonb)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT m ->> 'id', f -> 'by', f ->> 'status', jsonb_build_array(f -> 'numerator',
	    f -> 'denominator', f -> 'value', f -> 'target', f -> 'status', f -> 'no_data')
	FROM jsonb_array_elements(document::jsonb -> 'metrics') AS m
	CROSS JOIN LATERAL jsonb_array_elements(m -> 'figures') AS f
	WHERE m ->> 'id' = ANY (of_metrics)
$$;

-- The last comment on each figure of the revision before holds on when the figure is what it was; one on
-- a whole metric when every part that misses its target is, too, for it covers them.
CREATE FUNCTION sems.carry_comments(r sems.spd_revision) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	before text;
	commented text[];
BEGIN
	SELECT array_agg(DISTINCT e.metric) INTO commented FROM sems.spd_event e
	WHERE e.quarter = r.quarter AND e.revision = r.revision - 1 AND e.action = 'COMMENT';
	IF commented IS NULL THEN
		RETURN;
	END IF;
	SELECT b.document INTO before FROM sems.spd_revision b
	WHERE b.quarter = r.quarter AND b.revision = r.revision - 1;
	INSERT INTO sems.spd_event (quarter, revision, at, made_by, made_by_name, made_by_post, action,
	    metric, by_dims, text, carried_from)
	WITH figure AS MATERIALIZED (
		SELECT n.metric, n.by_dims, n.status,
		    o.explained IS NOT DISTINCT FROM n.explained AS is_same
		FROM sems.spd_figures(r.document, commented) AS n
		LEFT JOIN sems.spd_figures(before, commented) AS o USING (metric, by_dims)
	), said AS (
		SELECT DISTINCT ON (e.metric, e.by_dims) e.* FROM sems.spd_event e
		WHERE e.quarter = r.quarter AND e.revision = r.revision - 1 AND e.action = 'COMMENT'
		ORDER BY e.metric, e.by_dims, e.step DESC
	)
	SELECT r.quarter, r.revision, s.at, s.made_by, s.made_by_name, s.made_by_post, 'COMMENT', s.metric,
	    s.by_dims, s.text, coalesce(s.carried_from, s.revision)
	FROM said s
	WHERE (SELECT bool_and(f.is_same) FROM figure f WHERE f.metric = s.metric
	    AND (f.by_dims = s.by_dims OR s.by_dims = '{}' AND f.status = 'NOT_MET'))
	ORDER BY s.step;
END
$$;

CREATE FUNCTION sems.note_freeze() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.spd_event (quarter, revision, step, at, made_by, action, state, text, sha256)
	VALUES (NEW.quarter, NEW.revision, 1, NEW.created_at, NEW.created_by, 'FREEZE', 'DRAFT',
	    NEW.reason, NEW.sha256);
	PERFORM sems.carry_comments(NEW);
	RETURN NULL;
END
$$;

-- Why a person may not do this; NULL: they may.
CREATE FUNCTION sems.spd_four_eyes(e sems.spd_event, s sems.spd_status) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
	WHEN e.action = 'APPROVE' AND sems.person_of(e.made_by) = sems.person_of(s.created_by)
	    THEN 'whoever froze a revision may not approve it'
	WHEN e.action = 'APPROVE' AND s.approval = 'THREE_PEOPLE'
	    AND sems.person_of(e.made_by) = sems.person_of(s.reviewed_by)
	    THEN 'whoever reviewed a revision may not approve it'
	WHEN e.action = 'QA' AND s.approval = 'THREE_PEOPLE'
	    AND sems.person_of(e.made_by) = sems.person_of(s.created_by)
	    THEN 'whoever froze a revision may not review it'
	END
$$;

CREATE FUNCTION sems.spd_lacks(e sems.spd_event) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
	WHEN e.action IN ('REJECT', 'WITHDRAW', 'COMMENT') AND coalesce(e.text, '') = '' THEN 'text'
	WHEN e.action = 'COMMENT' AND length(btrim(e.text, E' \n')) < 10 THEN 'text'
	WHEN e.action = 'COMMENT' AND coalesce(e.metric, '') = '' THEN 'metric'
	WHEN e.action = 'SUBMIT' AND coalesce(e.channel, '') = '' THEN 'channel'
	WHEN e.action IN ('SUBMIT', 'ACKNOWLEDGE') AND coalesce(e.reference, '') = '' THEN 'reference'
	END
$$;

-- What is said with a step that nobody would look for there; NULL: nothing.
CREATE FUNCTION sems.spd_adds(e sems.spd_event) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
	WHEN e.action IN ('SUBMIT', 'ACKNOWLEDGE') AND e.text <> '' THEN 'text'
	WHEN e.action <> 'COMMENT' AND (e.metric <> '' OR e.by_dims <> '{}') THEN 'metric'
	WHEN e.action <> 'SUBMIT' AND e.channel <> '' THEN 'channel'
	WHEN e.action NOT IN ('SUBMIT', 'ACKNOWLEDGE') AND e.reference <> '' THEN 'reference'
	END
$$;

CREATE FUNCTION sems.check_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	s sems.spd_status;
	to_state text;
	why text;
BEGIN
	-- Who a principal is, the register says; what is carried over has it of its day.
	IF NEW.carried_from IS NULL OR pg_trigger_depth() = 1 THEN
		NEW.carried_from := NULL;
		SELECT p.name, p.post INTO NEW.made_by_name, NEW.made_by_post
		FROM sems.person p WHERE p.person = sems.person_of(NEW.made_by);
	END IF;
	IF NEW.action = 'FREEZE' AND pg_trigger_depth() > 1 THEN
		RETURN NEW;
	END IF;
	SELECT * INTO s FROM sems.spd_status x
	WHERE x.quarter = NEW.quarter AND x.revision = NEW.revision;
	SELECT t.next INTO to_state FROM sems.spd_transition t
	WHERE t.state = s.state AND t.action = NEW.action
	    AND (NOT t.by_reviewer OR sems.person_of(NEW.made_by) = sems.person_of(s.reviewed_by))
	ORDER BY t.by_reviewer DESC LIMIT 1;
	IF to_state IS NULL THEN
		RAISE EXCEPTION '% cannot follow: revision % of % is %', NEW.action, NEW.revision,
		    NEW.quarter, coalesce(s.state, 'not there');
	END IF;
	IF NEW.action = 'SUPERSEDE' AND NOT EXISTS (SELECT FROM sems.spd_status l
	    WHERE l.quarter = NEW.quarter AND l.revision > NEW.revision AND l.state = 'SUBMITTED') THEN
		RAISE EXCEPTION 'no later revision of % was submitted', NEW.quarter;
	END IF;
	why := sems.spd_four_eyes(NEW, s);
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '%', why;
	END IF;
	why := sems.spd_lacks(NEW);
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '% without %', NEW.action, why;
	END IF;
	why := sems.spd_adds(NEW);
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '% does not go with %', why, NEW.action;
	END IF;
	NEW.state := to_state;
	NEW.sha256 := s.sha256;
	IF NEW.carried_from IS NULL THEN
		NEW.at := clock_timestamp();
	END IF;
	SELECT max(e.step) + 1 INTO NEW.step FROM sems.spd_event e
	WHERE e.quarter = NEW.quarter AND e.revision = NEW.revision;
	RETURN NEW;
END
$$;

CREATE FUNCTION sems.note_superseded() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO sems.spd_event (quarter, revision, made_by, action, text)
	SELECT s.quarter, s.revision, NEW.made_by, 'SUPERSEDE', 'by revision ' || NEW.revision
	FROM sems.spd_status s
	WHERE s.quarter = NEW.quarter AND s.revision < NEW.revision
	    AND s.state IN ('SUBMITTED', 'ACKNOWLEDGED');
	RETURN NULL;
END
$$;

CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.spd_revision
    FOR EACH ROW EXECUTE FUNCTION sems.keep_forever();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.spd_revision
    FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever();
CREATE TRIGGER check_revision BEFORE INSERT ON sems.spd_revision
    FOR EACH ROW EXECUTE FUNCTION sems.check_revision();
CREATE TRIGGER note_freeze AFTER INSERT ON sems.spd_revision
    FOR EACH ROW EXECUTE FUNCTION sems.note_freeze();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.spd_event
    FOR EACH ROW EXECUTE FUNCTION sems.keep_forever();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.spd_event
    FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever();
CREATE TRIGGER check_event BEFORE INSERT ON sems.spd_event
    FOR EACH ROW EXECUTE FUNCTION sems.check_event();
CREATE TRIGGER note_superseded AFTER INSERT ON sems.spd_event
    FOR EACH ROW WHEN (NEW.action = 'SUBMIT') EXECUTE FUNCTION sems.note_superseded();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.spd_policy
    FOR EACH ROW EXECUTE FUNCTION sems.keep_forever();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.spd_policy
    FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever();

-- The newest provisional document of a quarter, as the duty at its end left it.
CREATE TABLE sems.spd_live (
	quarter text PRIMARY KEY CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
	as_of timestamptz NOT NULL,
	document text NOT NULL
);

INSERT INTO sems.setting VALUES
    ('spd_grace_working_days', '10'),
    ('spd_materiality_pp', '1');

-- Until when late records of a quarter are waited for: the end of so many working days after it.
-- Public holidays count as working days: the calendar does not know them.
CREATE FUNCTION sems.spd_grace_end(of_quarter text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce((SELECT max(w.ends_at) FROM (
		SELECT d.ends_at FROM sems.civil_day d
		WHERE d.day > (SELECT max(l.day) FROM sems.civil_day l WHERE l.quarter = of_quarter)
		    AND extract(isodow FROM d.day) < 6
		ORDER BY d.day
		LIMIT (SELECT g.value::int FROM sems.setting g WHERE g.name = 'spd_grace_working_days')
	    ) AS w),
	    (SELECT max(l.ends_at) FROM sems.civil_day l WHERE l.quarter = of_quarter))
$$;
GRANT EXECUTE ON FUNCTION sems.spd_grace_end(text) TO sems_compute, sems_admin;
GRANT EXECUTE ON FUNCTION sems.carry_comments(sems.spd_revision), sems.spd_figures(text, text[]),
    sems.spd_four_eyes(sems.spd_event, sems.spd_status),
    sems.spd_lacks(sems.spd_event), sems.spd_adds(sems.spd_event) TO sems_compute;

GRANT SELECT, INSERT ON sems.spd_revision, sems.spd_event TO sems_compute;
GRANT SELECT ON sems.spd_status, sems.spd_transition, sems.transition, sems.spd_policy TO sems_compute;
GRANT SELECT, INSERT, UPDATE ON sems.spd_live TO sems_compute;
GRANT SELECT ON sems.spd_revision, sems.spd_event, sems.spd_status, sems.spd_live, sems.spd_policy
    TO sems_retention, sems_admin;
GRANT INSERT ON sems.spd_policy TO sems_admin;

-- --- proof ---------------------------------------------------------------------------------------

-- What proves a frozen revision: the leaves of its records, the root over them, its signature.
-- proto/PROOF.md has the formats.

-- The register of those who may sign: their public halves; the private ones are not in the database.
-- The first is who starts first on an empty register, later ones are an administrator's decision.
CREATE TABLE sems.signing_key (
	key_id text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
	public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
	registered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row a freeze. `number` has no gaps and cannot be taken twice, so that of two freezes at once
-- one is refused: each root covers the one before it.
CREATE TABLE sems.spd_proof (
	number bigint PRIMARY KEY CHECK (number > 0),
	quarter text NOT NULL,
	revision int NOT NULL,
	encoding int NOT NULL,
	columns jsonb NOT NULL,  -- per kind, in their order: what its leaves are made of
	leaves bigint NOT NULL,
	root bytea NOT NULL CHECK (octet_length(root) = 32),
	previous bytea CHECK (octet_length(previous) = 32),  -- the root of freeze number - 1
	signature bytea NOT NULL CHECK (octet_length(signature) = 64),
	key_id text NOT NULL REFERENCES sems.signing_key,
	UNIQUE (quarter, revision),
	FOREIGN KEY (quarter, revision) REFERENCES sems.spd_revision,
	CHECK ((number = 1) = (previous IS NULL))
);

-- The leaves of a kind and a civil day: 52 bytes each, record_id, number in `sources`, SHA-256.
CREATE TABLE sems.spd_leaves (
	quarter text NOT NULL,
	revision int NOT NULL,
	kind text NOT NULL,
	day date NOT NULL,
	n bigint NOT NULL CHECK (n > 0),
	sources text[] NOT NULL,
	leaves bytea NOT NULL CHECK (octet_length(leaves) = 52 * n),
	PRIMARY KEY (quarter, revision, kind, day),
	FOREIGN KEY (quarter, revision) REFERENCES sems.spd_revision DEFERRABLE INITIALLY DEFERRED
);
-- Digests do not compress, and are read in pieces.
ALTER TABLE sems.spd_leaves ALTER COLUMN leaves SET STORAGE EXTERNAL;

DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['signing_key', 'spd_proof', 'spd_leaves'] LOOP
		EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON sems.%I '
		    'FOR EACH ROW EXECUTE FUNCTION sems.keep_forever()', t);
		EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON sems.%I '
		    'FOR EACH STATEMENT EXECUTE FUNCTION sems.keep_forever()', t);
		EXECUTE format('GRANT SELECT ON sems.%I TO sems_compute', t);
	END LOOP;
	GRANT INSERT ON sems.spd_proof, sems.spd_leaves TO sems_compute;
	GRANT SELECT, INSERT ON sems.signing_key TO sems_admin;
END
$$;
