#include "store/proof/proof_sql.h"

#include "base/buf.h"

#include <string.h>

#define SQL_MAX (1 << 18)

/* The quarter as instants; its days, and the days outside it of records that belong to it. */
static const char quarter_sql[] =
    "q AS MATERIALIZED (SELECT min(c.starts_at) AS lo, max(c.ends_at) AS hi,\n"
    "    min(c.day) AS first, max(c.day) AS last FROM sems.civil_day c WHERE c.quarter = $1)";

/* Which days had tests, or what was said of tests, is not told: they are one. */
static const char one_day_sql[] =
    "days AS MATERIALIZED (SELECT q.first AS day, '-infinity'::timestamptz AS starts_at,\n"
    "    'infinity'::timestamptz AS ends_at FROM q)";

/* What came into the quarter by a correction, is a plan for it or lasts into it: the roots, of
 * another quarter. */
static const char came_sql[] =
    "came AS MATERIALIZED (SELECT c.* FROM q, (\n"
    "    SELECT x.root_occurred_at, x.root_record_id, x.root_source, x.kind, x.occurred_at,\n"
    "    x.record_id, x.source FROM q, sems.correction x\n"
    "    WHERE NOT x.is_void AND x.occurred_at >= q.lo AND x.occurred_at < q.hi UNION ALL\n"
    "    SELECT coalesce(sems.uuid_time(p.corrects_record_id), p.occurred_at),\n"
    "    coalesce(p.corrects_record_id, p.record_id), CASE WHEN p.corrects_record_id IS NULL\n"
    "    THEN p.source ELSE coalesce(p.corrects_source, p.source) END, 'plan', p.occurred_at,\n"
    "    p.record_id, p.source FROM q, sems.plan p WHERE p.period_start >= q.lo AND p.period_start "
    "< q.hi%s\n"
    "    ) AS c WHERE NOT (c.root_occurred_at >= q.lo AND c.root_occurred_at < q.hi)";

static const char lasting_sql[] =
    " UNION ALL\n"
    "    SELECT r.root_occurred_at, r.root_record_id, r.root_source, r.kind, r.occurred_at,\n"
    "    r.record_id, r.source FROM q, sems.reaching(q.lo, q.hi) r";

/* Of those only what the freeze knew: what came later brings no earlier record in. */
static const char known_sql[] =
    "\n    AND sems.has_leaf($1, $2::int, c.kind, c.source, c.record_id, c.occurred_at)";

/* What is among the leaves and not of the quarter by itself, even when what it corrects is gone. */
static const char among_sql[] =
    "\n    UNION SELECT sems.uuid_time(u.id), u.id, u.source FROM (\n"
    "    SELECT encode(substr(l.leaves, 52 * i + 1, 16), 'hex')::uuid AS id,\n"
    "    l.sources[('x' || encode(substr(l.leaves, 52 * i + 17, 4), 'hex'))::bit(32)::int] AS "
    "source\n"
    "    FROM q, sems.spd_leaves l, generate_series(0, octet_length(l.leaves) / 52 - 1) AS i\n"
    "    WHERE l.quarter = $1 AND l.revision = $2::int AND l.kind = '%s'\n"
    "    AND (sems.tells_of_tests(l.kind) OR l.day NOT BETWEEN q.first AND q.last)) AS u";

/* Of other quarters, what lasts into this one; and what has come since that changes what does. */
static const char reaching_sql[] =
    "\n    UNION SELECT r.occurred_at, r.record_id, r.source FROM q,\n"
    "    sems.reaching(q.lo, q.hi) r WHERE r.kind = '%s'";
static const char late_sql[] =
    "\n    UNION SELECT r.occurred_at, r.record_id, r.source FROM q\n"
    "    JOIN sems.spd_revision v ON v.quarter = $1 AND v.revision = $2::int CROSS JOIN LATERAL\n"
    "    sems.spd_lasting(q.lo, q.hi, v.read_until, v.in_flight) r WHERE r.own_kind = '%s'";

/* Those and the quarter's own that are corrected, and all that corrects or voids them. */
static const char family_sql[] =
    "family AS MATERIALIZED (SELECT m.* FROM sems.correction m JOIN (\n"
    "    SELECT c.root_occurred_at, c.root_record_id, c.root_source FROM came c UNION\n"
    "    SELECT x.root_occurred_at, x.root_record_id, x.root_source FROM q, sems.correction x\n"
    "    WHERE x.root_occurred_at >= q.lo AND x.root_occurred_at < q.hi) AS r\n"
    "    USING (root_occurred_at, root_record_id, root_source))";

/* Whether a record counts in the quarter hangs on what corrects, voids and confirms it. */
static const char kin_sql[] =
    "    SELECT m.occurred_at, m.record_id, m.source FROM family m WHERE m.kind = '%s'";
static const char kin_confirmation_sql[] =
    "    SELECT f.occurred_at, f.record_id, f.source FROM family m JOIN sems.%s f\n"
    "    ON f.occurred_at = m.occurred_at AND f.confirms_record_id = m.record_id\n"
    "    AND coalesce(f.confirms_source, f.source) = m.source";

/* As sems.tells_of_tests() has it. */
static bool
tells_of_tests(const struct kind *k)
{
	return k->id == KIND_TEST || k->id == KIND_VOID || k->id == KIND_CONFIRMATION;
}

static bool
lasts(const struct kind *k)
{
	return k->id == KIND_ACTIVITY || k->id == KIND_EQUIPMENT_CHECK || k->id == KIND_TRAINING;
}

static void
add_kin(struct buf *b, const struct kind *k, bool frozen)
{
	bool with_lasting = lasts(k) || tells_of_tests(k);

	buf_addf(b, came_sql, with_lasting ? lasting_sql : "");
	buf_addf(b, "%s),\n%s,\nkin AS MATERIALIZED (\n", frozen ? known_sql : "", family_sql);
	buf_addf(b, k->id == KIND_CONFIRMATION ? kin_confirmation_sql : kin_sql, k->name);
	if (lasts(k))
		buf_addf(b, reaching_sql, k->name);
	if (frozen && with_lasting)
		buf_addf(b, late_sql, k->name);
	if (frozen)
		buf_addf(b, among_sql, k->name);
	buf_addf(b, "),\n");
}

static void
add_days(struct buf *b, const struct kind *k)
{
	if (tells_of_tests(k)) {
		buf_addf(b, "%s", one_day_sql);
		return;
	}
	buf_addf(
	    b, "days AS MATERIALIZED (SELECT c.day, c.starts_at, c.ends_at FROM sems.civil_day c\n"
	       "    WHERE c.quarter = $1 UNION SELECT c.day, c.starts_at, c.ends_at FROM (\n"
	       "    SELECT n.occurred_at FROM kin n");
	if (k->id == KIND_PLAN)
		buf_addf(b, " UNION SELECT p.occurred_at FROM q, sems.plan p\n"
			    "    WHERE p.period_start >= q.lo AND p.period_start < q.hi");
	buf_addf(b, ") AS o\n"
		    "    JOIN sems.civil_day c ON c.starts_at <= o.occurred_at\n"
		    "    AND c.ends_at > o.occurred_at)");
}

/* The kind's records of one day that belong to the quarter. */
static void
add_records(struct buf *b, const struct kind *k)
{
	buf_addf(b,
		 "sems.%s r WHERE r.occurred_at >= d.starts_at AND r.occurred_at < d.ends_at\n"
		 "    AND ((r.occurred_at >= q.lo AND r.occurred_at < q.hi)\n"
		 "    OR (sems.uuid_time(r.corrects_record_id) >= q.lo\n"
		 "    AND sems.uuid_time(r.corrects_record_id) < q.hi)%s\n"
		 "    OR (r.occurred_at, r.record_id, r.source) IN (\n"
		 "    SELECT n.occurred_at, n.record_id, n.source FROM kin n))",
		 k->name,
		 k->id == KIND_PLAN ? " OR (r.period_start >= q.lo AND r.period_start < q.hi)"
				    : "");
}

/* The days with their leaves: day, n, sources, leaves. Sources are numbered by rank, in one pass: a
 * join with their list makes the planner read the day once a source. */
static void
add_leaves(struct buf *b, const struct kind *k, const char *const *columns, size_t n)
{
	buf_addf(
	    b,
	    "SELECT d.day, d.starts_at, d.ends_at, l.n, l.sources, l.leaves\n"
	    "FROM days d CROSS JOIN q CROSS JOIN LATERAL (\n"
	    "    SELECT count(*) AS n, array_agg(DISTINCT x.source) AS sources,\n"
	    "    string_agg(uuid_send(x.record_id) || int4send(x.at::int) || x.hash, ''::bytea)\n"
	    "    AS leaves FROM (SELECT y.*, dense_rank() OVER (ORDER BY y.source) AS at FROM (\n"
	    "    SELECT r.occurred_at, r.record_id, r.source COLLATE \"C\" AS source,\n"
	    "    sha256('\\x0001'::bytea || record_send(ROW('%s'::text",
	    k->name);
	for (size_t i = 0; i < n; i++)
		buf_addf(b, ", r.\"%s\"", columns[i]);
	buf_addf(b, "))) AS hash FROM ");
	add_records(b, k);
	buf_addf(b, "    OFFSET 0) AS y ORDER BY y.occurred_at, y.record_id, y.source) AS x\n"
		    "    HAVING count(*) > 0) AS l");
}

static const char *
finish(struct buf *b, struct arena *a)
{
	const char *text = b->failed || !buf_add(b, "", 1) ? NULL : arena_dup(a, b->p, b->n);

	buf_fini(b);
	return text;
}

const char *const *
proof_columns(const struct kind *k, struct arena *a, size_t *n)
{
	size_t fields = kind_n_fields(k);
	const char **list = arena_zalloc(a, fields + 3, sizeof *list);

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < fields; i++)
		list[i] = kind_field(k, i)->name;
	list[fields] = "received_at";
	list[fields + 1] = "received_from";
	list[fields + 2] = "received_as";
	*n = fields + 3;
	return list;
}

const char *
proof_sql_keep(const struct kind *k, struct arena *a)
{
	size_t n = 0;

	const char *const *columns = proof_columns(k, a, &n);
	struct buf b;

	if (columns == NULL)
		return NULL;
	buf_init(&b, SQL_MAX);
	buf_addf(&b, "WITH %s, ", quarter_sql);
	add_kin(&b, k, false);
	add_days(&b, k);
	buf_addf(
	    &b,
	    "\nINSERT INTO sems.spd_leaves (quarter, revision, kind, day, n, sources, leaves)\n"
	    "SELECT $1, $2::int, '%s', f.day, f.n, f.sources, f.leaves FROM (",
	    k->name);
	add_leaves(&b, k, columns, n);
	buf_addf(&b, ") AS f");
	return finish(&b, a);
}

/* The leaves of a day, one a row; MATERIALIZED, or the join would carry the whole day's leaves with
 * each of them. */
static void
add_unpacked(struct buf *b, const char *name, const char *sources, const char *leaves)
{
	buf_addf(b,
		 ",\n%s AS MATERIALIZED (SELECT d.day, d.starts_at, d.ends_at,\n"
		 "    encode(substr(d.%s, 52 * i + 1, 16), 'hex')::uuid AS record_id,\n"
		 "    d.%s[('x' || encode(substr(d.%s, 52 * i + 17, 4), 'hex'))::bit(32)::int] AS "
		 "source,\n"
		 "    substr(d.%s, 52 * i + 21, 32) AS hash\n"
		 "    FROM differing d, generate_series(0, octet_length(d.%s) / 52 - 1) AS i\n"
		 "    WHERE NOT d.gone)",
		 name, leaves, sources, leaves, leaves, leaves);
}

static void
add_found(struct buf *b, const struct kind *k)
{
	buf_addf(b,
		 ",\nfound AS (SELECT CASE WHEN x.was IS NULL THEN "
		 "sems.without_leaf(r.stored_in, v.read_until, v.in_flight)\n"
		 "    WHEN x.is IS NOT NULL THEN 'altered'\n"
		 "    WHEN EXISTS (SELECT FROM sems.purge_certificate p WHERE p.kind = '%s'\n"
		 "    AND sems.uuid_time(x.record_id) >= p.starts_at\n"
		 "    AND sems.uuid_time(x.record_id) < p.ends_at) THEN 'purged' ELSE "
		 "'missing' END AS what,\n"
		 "    x.record_id, x.source, x.day, r.received_at,\n"
		 "    r.received_at < v.as_of AS claims\n"
		 "    FROM (SELECT * FROM sems.spd_revision WHERE quarter = $1\n"
		 "    AND revision = $2::int) AS v CROSS JOIN (SELECT record_id, source, "
		 "o.hash AS was, n.hash AS is,\n"
		 "    coalesce(o.day, n.day) AS day, n.starts_at, n.ends_at\n"
		 "    FROM old o FULL JOIN new n USING (record_id, source)\n"
		 "    WHERE o.hash IS DISTINCT FROM n.hash) AS x\n"
		 "    LEFT JOIN sems.%s r ON r.occurred_at >= x.starts_at AND r.occurred_at "
		 "< x.ends_at\n"
		 "    AND r.record_id = x.record_id AND r.source = x.source)",
		 k->name, k->name);
}

/* Tests under embargo are not told from others by what is said of them; a late one is not said. */
static const char tests_sql[] =
    ",\nshown AS (SELECT f.what, CASE WHEN v.seen THEN f.record_id END AS record_id,\n"
    "    CASE WHEN v.seen THEN f.source END AS source, CASE WHEN v.seen THEN f.day END AS day,\n"
    "    CASE WHEN v.seen THEN f.received_at END AS received_at, v.seen AND f.claims AS claims\n"
    "    FROM found f CROSS JOIN LATERAL (SELECT $4::int = 1 OR EXISTS (\n"
    "    SELECT FROM sems.known_%s s WHERE s.record_id = f.record_id\n"
    "    AND s.source = f.source AND f.what <> 'altered') AS seen) AS v\n"
    "    WHERE v.seen OR f.what <> 'late')";
static const char others_sql[] = ",\nshown AS (SELECT f.* FROM found f WHERE $4::int IS NOT NULL)";

const char *
proof_sql_compare(const struct kind *k, const char *const *columns, size_t n, struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_addf(&b, "WITH %s, ", quarter_sql);
	add_kin(&b, k, true);
	add_days(&b, k);
	buf_addf(&b, ",\nfresh AS MATERIALIZED (");
	add_leaves(&b, k, columns, n);
	/* A day of which everything was purged is not looked at leaf by leaf. */
	buf_addf(
	    &b,
	    "),\ndiffering AS MATERIALIZED (SELECT coalesce(f.day, k.day) AS day, f.starts_at, "
	    "f.ends_at,\n"
	    "    k.sources AS old_sources, k.leaves || ''::bytea AS old_leaves, k.n AS old_n,\n"
	    "    f.sources AS new_sources, f.leaves AS new_leaves,\n"
	    "    f.n IS NULL AND EXISTS (SELECT FROM sems.purge_certificate p\n"
	    "    JOIN sems.civil_day c ON c.day = k.day AND c.month = p.month\n"
	    "    WHERE p.kind = '%s') AND NOT sems.tells_of_tests('%s') AS gone\n"
	    "    FROM (SELECT * FROM sems.spd_leaves WHERE quarter = $1 AND revision = $2::int\n"
	    "    AND kind = '%s') AS k FULL JOIN fresh f ON f.day = k.day\n"
	    "    WHERE (k.leaves, k.sources) IS DISTINCT FROM (f.leaves, f.sources))",
	    k->name, k->name, k->name);
	add_unpacked(&b, "old", "old_sources", "old_leaves");
	add_unpacked(&b, "new", "new_sources", "new_leaves");
	add_found(&b, k);
	if (tells_of_tests(k))
		buf_addf(&b, tests_sql, k->name);
	else
		buf_addf(&b, "%s", others_sql);
	buf_addf(
	    &b,
	    "\nSELECT z.what, z.record_id, z.source, to_char(z.day, 'YYYY-MM-DD'),\n"
	    "    sems.rfc3339(z.received_at),"
	    " z.total, z.claims::int, sems.source_number('%s', z.source, z.record_id)\n"
	    "FROM (SELECT s.*, count(*) OVER (PARTITION BY s.what) AS total,\n"
	    "    row_number() OVER (PARTITION BY s.what ORDER BY s.day, s.record_id, s.source) AS "
	    "place\n"
	    "    FROM shown s) AS z WHERE z.place <= CASE z.what WHEN 'purged' THEN 1\n"
	    "    ELSE $3::bigint END\n"
	    "UNION ALL SELECT 'gone', NULL, NULL, NULL, NULL, sum(d.old_n)::bigint, 0, NULL\n"
	    "    FROM differing d WHERE d.gone HAVING count(*) > 0\n"
	    "ORDER BY 4, 1, 2, 3",
	    k->name);
	return finish(&b, a);
}
