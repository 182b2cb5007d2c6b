-- Passkeys of people who come by HTTP: what shows that a browser is somebody's. A link is used once, for one passkey;
-- of the link a digest is kept, of the passkey its public half.

CREATE TABLE sems.passkey_invitation (
	principal text PRIMARY KEY REFERENCES sems.principal CHECK (principal LIKE 'web:_%'),
	link_sha256 bytea UNIQUE CHECK (length(link_sha256) = 32),  -- NULL: it was used
	link_until timestamptz NOT NULL,
	invited_at timestamptz NOT NULL,
	invited_by text NOT NULL
);
-- Who is revoked stays, for the log's and the list's sake, and is nobody.
CREATE TABLE sems.passkey (
	passkey bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	principal text NOT NULL REFERENCES sems.principal CHECK (principal LIKE 'web:_%'),
	credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
	public_key bytea NOT NULL CHECK (length(public_key) BETWEEN 32 AND 1024),  -- a COSE_Key
	sign_count bigint NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
	name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	since timestamptz NOT NULL DEFAULT clock_timestamp(),
	last_used_at timestamptz,
	went_back_at timestamptz,  -- its count did, which a copy's does; NULL: never
	revoked_at timestamptz,
	revoked_by text,
	CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX ON sems.passkey (principal);

CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON sems.passkey_invitation
    FOR EACH ROW EXECUTE FUNCTION sems.log_change('passkey.invitation', 'principal', 'link_sha256', '');
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON sems.passkey
    FOR EACH ROW EXECUTE FUNCTION sems.log_change('passkey', 'principal',
	'credential_id public_key sign_count last_used_at', '');

GRANT SELECT, INSERT, UPDATE ON sems.passkey_invitation, sems.passkey TO sems_admin;
