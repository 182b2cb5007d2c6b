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
