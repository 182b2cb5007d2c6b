-- Every grant in the database that is not its owner's own, nor PostgreSQL's to everybody, against $1, lines of
-- "role privilege... kind object": one row for each difference, none when there is none.
WITH given AS (
	SELECT x.grantee, x.privilege_type, x.is_grantable, c.relowner AS owner, c.relnamespace AS schema,
	    CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END AS what,
	    c.oid::regclass::text AS object
	FROM pg_class c, aclexplode(c.relacl) AS x
	WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
	UNION ALL
	SELECT x.grantee, x.privilege_type, x.is_grantable, c.relowner, c.relnamespace, 'column',
	    c.oid::regclass || '.' || a.attname
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) AS x
	UNION ALL
	SELECT x.grantee, x.privilege_type, x.is_grantable, p.proowner, p.pronamespace, 'function',
	    p.oid::regprocedure::text
	FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS x
	UNION ALL
	SELECT x.grantee, x.privilege_type, x.is_grantable, t.typowner, t.typnamespace, 'type', t.oid::regtype::text
	FROM pg_type t, aclexplode(t.typacl) AS x
	UNION ALL
	SELECT x.grantee, x.privilege_type, x.is_grantable, n.nspowner,
	    CASE WHEN n.nspname <> 'public' THEN n.oid END, 'schema', n.nspname
	FROM pg_namespace n, aclexplode(n.nspacl) AS x
	UNION ALL
	SELECT x.grantee, x.privilege_type, x.is_grantable, d.datdba, NULL, 'database', '-'
	FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS x
	WHERE d.datname = current_database()
	UNION ALL
	SELECT x.grantee, x.privilege_type, x.is_grantable, NULL, NULL, 'future',
	    CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
	    WHEN 'T' THEN 'types' ELSE 'schemas' END || ' of ' || d.defaclrole::regrole
	    || coalesce(' in ' || nullif(d.defaclnamespace, 0)::regnamespace, '')
	FROM pg_default_acl d, aclexplode(d.defaclacl) AS x
	UNION ALL
	SELECT m.member, 'MEMBER', m.admin_option, NULL, NULL, 'role', m.roleid::regrole::text
	FROM pg_auth_members m WHERE m.member::regrole::text ~ '^sems' OR m.roleid::regrole::text ~ '^sems'
	UNION ALL
	SELECT r.oid, a.name, false, NULL, NULL, 'itself', NULL
	FROM pg_roles r, LATERAL (VALUES ('SUPERUSER', r.rolsuper), ('CREATEROLE', r.rolcreaterole),
	    ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication), ('BYPASSRLS', r.rolbypassrls),
	    ('LOGIN', r.rolcanlogin), ('INHERIT', r.rolinherit)) AS a (name, has)
	WHERE r.rolname ~ '^sems' AND a.has
), told AS (
	SELECT concat_ws(' ', coalesce(nullif(g.grantee, 0)::regrole::text, 'PUBLIC'),
	    string_agg(DISTINCT g.privilege_type || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ' '
		ORDER BY g.privilege_type || CASE WHEN g.is_grantable THEN '*' ELSE '' END),
	    g.what, regexp_replace(g.object, '_[0-9]{6}$', '_MONTH')) AS line
	FROM given g
	WHERE g.grantee IS DISTINCT FROM g.owner
	-- What PostgreSQL gives to everybody in its own schemas is none of semsd's.
	AND (g.schema IS NULL OR g.schema >= 16384
	    OR pg_get_userbyid(g.grantee) !~ '^pg_' AND g.grantee NOT IN (0, 10))
	AND pg_get_userbyid(g.grantee) !~ '^pg_'
	GROUP BY g.grantee, g.what, g.object
), wanted AS (
	SELECT regexp_replace(btrim(l), '\s+', ' ', 'g') AS line FROM regexp_split_to_table($1, '\n') AS l
	WHERE l !~ '^\s*(#|$)'
)
SELECT 'one too many: ' || t.line FROM (SELECT line FROM told EXCEPT SELECT line FROM wanted) AS t
UNION ALL
SELECT 'one too few: ' || t.line FROM (SELECT line FROM wanted EXCEPT SELECT line FROM told) AS t
ORDER BY 1
