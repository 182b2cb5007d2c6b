-- Who the persons in the records are. Records have pseudonyms; the house may keep here whom the identifiers belong
-- to that its senders use. A schema and a role of their own: nothing else of semsd reads it, and no pseudonym is
-- in it beside a name, so that a year's key, once it is destroyed, leaves nobody to be recognised, in no backup.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'sems_identity') THEN
		RAISE EXCEPTION 'there is no role sems_identity: run sql/roles.sql as a superuser first';
	END IF;
END
$$;
CREATE SCHEMA identity AUTHORIZATION sems_owner;
COMMENT ON SCHEMA identity IS 'Who the persons in the records are; read by sems_identity.';

CREATE TABLE identity.person (
	person text COLLATE "C" PRIMARY KEY CHECK (person <> '' AND octet_length(person) <= 1000),  -- as senders name him
	name text NOT NULL CHECK (name <> '' AND length(name) <= 200),
	until date,  -- his last day with the entity; NULL: he is with it
	noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE identity.erasure (
	erasure_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reason text NOT NULL CHECK (reason <> ''),
	erased_by text NOT NULL,
	erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- By which nobody is to be recognised any more: those of all years whose keys were here, of no name.
CREATE TABLE identity.erased (
	pseudonym bytea PRIMARY KEY CHECK (octet_length(pseudonym) = 16),
	erasure_id bigint NOT NULL REFERENCES identity.erasure
);
GRANT USAGE ON SCHEMA identity TO sems_identity;
GRANT SELECT, INSERT, UPDATE ON identity.person TO sems_identity;
GRANT SELECT ON identity.erased, identity.erasure TO sems_identity;
GRANT USAGE ON SCHEMA sems TO sems_identity;
GRANT EXECUTE ON FUNCTION sems.log_put(text, text, jsonb) TO sems_identity;

-- Takes a person out of the map and bars his pseudonyms (in hexadecimal digits); whether he was in it. Not while a
-- legal hold is about him.
CREATE FUNCTION identity.erase(of_person text, pseudonyms text[], why text, by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	codes bytea[] := ARRAY(SELECT decode(p, 'hex') FROM unnest(pseudonyms) AS p);
	holding bigint := (SELECT min(h.hold_id) FROM sems.hold h WHERE h.lifted_at IS NULL AND h.persons && codes);
	this_one bigint;
BEGIN
	IF holding IS NOT NULL THEN
		RAISE EXCEPTION 'hold % is about that person: lift it first, or wait until it is', holding;
	END IF;
	INSERT INTO identity.erasure (reason, erased_by) VALUES (why, by) RETURNING erasure_id INTO this_one;
	INSERT INTO identity.erased SELECT c, this_one FROM unnest(codes) AS c ON CONFLICT DO NOTHING;
	DELETE FROM identity.person p WHERE p.person = of_person;
	RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION identity.erase(text, text[], text, text) TO sems_identity;

-- Whoever left goes from the map when no record of him is here any more: the longest maximum of all kinds after the
-- month of his last day, and no month up to that one is left, whatever keeps it. Where a kind has no maximum, nobody
-- goes. How many went.
CREATE FUNCTION identity.expire(at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	months int := (SELECT CASE WHEN count(*) = count(r.max_months) THEN max(r.max_months) END
	    FROM sems.retention_policy r);
	gone bigint;
BEGIN
	DELETE FROM identity.person p
	WHERE sems.months_since(date_trunc('month', p.until)::date, at) >= months
	AND NOT EXISTS (SELECT FROM sems.evidence_month m WHERE m.month <= p.until);
	GET DIAGNOSTICS gone = ROW_COUNT;
	IF gone > 0 THEN
		PERFORM sems.log_put('identity.expire', gone || ' left long ago',
		    jsonb_build_object('who', 'semsd', 'months', months));
	END IF;
	RETURN gone;
END
$$;
GRANT USAGE ON SCHEMA identity TO sems_retention;
GRANT EXECUTE ON FUNCTION identity.expire(timestamptz) TO sems_retention;
