#include "store/count/cube.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define STATEMENT_MAX (1 << 20)

struct cube *
cube_new(struct cube_set *s, const char *name, const char *kind, const char *fact)
{
	struct cube *c = s->n == CUBES_MAX ? NULL : arena_zalloc(s->arena, 1, sizeof(*c));

	if (c == NULL)
		return NULL;
	*c = (struct cube){.name = name, .kind = kind, .fact = fact, .where = ""};
	s->cubes[s->n++] = c;
	return c;
}

unsigned
cube_index(const struct cube_set *s, const struct cube *c)
{
	unsigned i = 0;

	while (i < s->n && s->cubes[i] != c)
		i++;
	return i;
}

const char *
cube_key_of(const struct cube *c, const char *expr)
{
	for (unsigned i = 0; i < c->n_keys; i++)
		if (strcmp(c->keys[i].expr, expr) == 0)
			return c->keys[i].name;
	return NULL;
}

void
cube_key(struct cube *c, struct arena *a, const char *name, const char *expr, bool weekly)
{
	unsigned i = 0;

	while (i < c->n_keys && strcmp(c->keys[i].name, name) != 0)
		i++;
	if (i == CUBE_KEYS_MAX) {
		c->is_full = true;
		return;
	}
	if (i == c->n_keys) {
		c->keys[i] = (struct cube_key){name, arena_dup(a, expr, strlen(expr)), false};
		c->is_full = c->is_full || c->keys[i].expr == NULL;
		c->n_keys++;
	}
	c->keys[i].weekly = c->keys[i].weekly || weekly;
}

void
cube_sum(struct cube *c, const char *column)
{
	for (unsigned i = 0; i < c->n_sums; i++)
		if (strcmp(c->sums[i], column) == 0)
			return;
	if (c->n_sums == CUBE_SUMS_MAX) {
		c->is_full = true;
		return;
	}
	c->sums[c->n_sums++] = column;
}

/* --- parts of statements ---------------------------------------------------------------------- */

/* The instants of which a fact is asked: all of the ranges lie within. */
struct span {
	const char *since;
	const char *until;
};

static void
add_fact(struct buf *b, const char *fact, const struct span *span, const char *end)
{
	const struct {
		const char *token;
		const char *value;
	} tokens[] = {{"%END%", end}, {"%SINCE%", span->since}, {"%UNTIL%", span->until}};
	while (*fact != '\0') {
		size_t i = 0;

		while (i < COUNT(tokens) &&
		       strncmp(fact, tokens[i].token, strlen(tokens[i].token)) != 0)
			i++;
		if (i < COUNT(tokens)) {
			buf_addf(b, "'%s'", tokens[i].value);
			fact += strlen(tokens[i].token);
		} else {
			size_t n = 1 + strcspn(fact + 1, "%");

			buf_add(b, fact, n);
			fact += n;
		}
	}
}

/* The facts of a cube as k1.., s1.., value, and the bucket of their time. */
static void
add_facts(struct buf *b, const struct cube *c, const char *bucket, const char *ranges,
	  const struct span *span, const struct cube_period *p)
{
	buf_addf(b, "SELECT %s AS w", bucket);
	for (unsigned i = 0; i < c->n_keys; i++)
		buf_addf(b, ", %s AS k%u", c->keys[i].expr, i + 1);
	for (unsigned i = 0; i < c->n_sums; i++)
		buf_addf(b, ", v.\"%s\" AS s%u", c->sums[i], i + 1);
	if (c->value != NULL)
		buf_addf(b, ", (%s)::bigint AS value", c->value);
	buf_addf(b, " FROM (");
	add_fact(b, c->fact, span, p->end);
	buf_addf(b, ") AS v WHERE (%s)%s", ranges, c->where);
	if (c->value != NULL)
		buf_addf(b, " AND (%s) IS NOT NULL", c->value);
}

static void
add_k(struct buf *b, const struct cube *c)
{
	for (unsigned i = 0; i < c->n_keys; i++)
		buf_addf(b, ", k%u", i + 1);
}

static void
add_keys(struct buf *b, const struct cube *c)
{
	buf_addf(b, "ARRAY[");
	for (unsigned i = 0; i < c->n_keys; i++)
		buf_addf(b, "%sk%u::text", i == 0 ? "" : ", ", i + 1);
	buf_addf(b, "]::text[]");
}

/* Counts from records: w, keys, n, sums; of a histogram w, keys, value, n. */
static void
add_counts(struct buf *b, const struct cube *c, const char *bucket, const char *ranges,
	   const struct span *span, const struct cube_period *p)
{
	buf_addf(b, "SELECT w, ");
	add_keys(b, c);
	buf_addf(b, " AS keys, %scount(*) AS n", c->value != NULL ? "value, " : "");
	if (c->value == NULL) {
		buf_addf(b, ", ARRAY[");
		for (unsigned i = 0; i < c->n_sums; i++) {
			buf_addf(b, "%ssum(s%u)::bigint, count(s%u)", i == 0 ? "" : ", ", i + 1,
				 i + 1);
		}
		buf_addf(b, "]::bigint[] AS sums");
	}
	buf_addf(b, "\nFROM (");
	add_facts(b, c, bucket, ranges, span, p);
	buf_addf(b, ") AS facts GROUP BY w");
	add_k(b, c);
	buf_addf(b, "%s", c->value != NULL ? ", value" : "");
}

/* ARRAY[f(sums[1]), ..] */
static void
add_sums(struct buf *b, const struct cube *c, const char *before, const char *after)
{
	buf_addf(b, "ARRAY[");
	for (unsigned i = 1; i <= 2 * c->n_sums; i++)
		buf_addf(b, "%s%ssums[%u]%s", i == 1 ? "" : ", ", before, i, after);
	buf_addf(b, "]::bigint[]");
}

/* The day's week in the quarter. */
static void
add_week_of_day(struct buf *b, const struct cube_period *p)
{
	buf_addf(b, "greatest(date_trunc('week', day)::date, '%s'::date)", p->first_day);
}

static void
add_masked_keys(struct buf *b, const struct cube *c)
{
	buf_addf(b, "ARRAY[");
	for (unsigned i = 0; i < c->n_keys; i++) {
		buf_addf(b, "%s", i == 0 ? "" : ", ");
		buf_addf(b, c->keys[i].weekly ? "keys[%u]" : "NULL", i + 1);
	}
	buf_addf(b, "]::text[]");
}

/* --- what a run counts from records ----------------------------------------------------------- */

static void
add_week_arrays(struct buf *bucket, struct buf *name, const struct cube_period *p)
{
	buf_addf(bucket, "width_bucket(v.counted_at, ARRAY[");
	buf_addf(name, "(ARRAY[");
	for (unsigned i = 0; i < p->n_weeks; i++) {
		buf_addf(bucket, "%s'%s'", i == 0 ? "" : ", ", p->weeks[i].starts_at);
		buf_addf(name, "%s'%s'", i == 0 ? "" : ", ", p->weeks[i].first_day);
	}
	buf_add(bucket, "]::timestamptz[])", sizeof("]::timestamptz[])"));
	buf_add(name, "]::date[])[w]", sizeof("]::date[])[w]"));
}

/* --- one reading for several cubes ------------------------------------------------------------ */

/*
 * Reading and folding records takes longer than counting them. Cubes that count the same relation
 * in the same days share a reading of it, which counts by all their keys. Not persons and
 * histograms: with their values there would be as many groups as there are records. Texts are one
 * array, which is made where records are read: hashing one value is less work than hashing many.
 * Flags stay what they are: making texts of them takes longer than all the rest.
 */
#define SCAN_KEYS_MAX 128
#define SCAN_SUMS_MAX 64

struct scan {
	const char *keys[SCAN_KEYS_MAX]; /* SQL over v: texts */
	unsigned n_keys;
	const char *flags[SCAN_KEYS_MAX]; /* true or false; also what its cubes choose rows by */
	unsigned n_flags;
	const char *sums[SCAN_SUMS_MAX]; /* columns of the relation */
	unsigned n_sums;
	bool is_weekly;
	bool is_full;
};

/* Where the text is in the list, added when it is new. */
static unsigned
scan_item(struct scan *x, const char **list, unsigned *n, unsigned max, const char *text)
{
	unsigned i = 0;

	while (i < *n && strcmp(list[i], text) != 0)
		i++;
	if (i == max) {
		x->is_full = true;
		return 0;
	}
	if (i == *n)
		list[(*n)++] = text;
	return i;
}

/* Where the key is among the flags or the texts. */
static unsigned
scan_key(struct scan *x, const char *expr)
{
	if (expr[0] == '(')
		return scan_item(x, x->flags, &x->n_flags, SCAN_KEYS_MAX, expr);
	return scan_item(x, x->keys, &x->n_keys, SCAN_KEYS_MAX, expr);
}

/* The key in the rows of the reading. */
static void
add_scan_key(struct buf *b, struct scan *x, const char *expr)
{
	if (expr[0] == '(')
		buf_addf(b, "f%u", scan_key(x, expr));
	else
		buf_addf(b, "keys[%u]", scan_key(x, expr) + 1);
}

static unsigned
scan_sum(struct scan *x, const char *column)
{
	return scan_item(x, x->sums, &x->n_sums, SCAN_SUMS_MAX, column);
}

/* What a cube's condition, " AND ...", is as a key. */
static const char *
test_of(const struct cube *c)
{
	return c->where[0] == '\0' ? NULL : c->where + strlen(" AND ");
}

static bool
shares_scan(const struct cube_set *s, const struct cube_state *states, unsigned i, unsigned j)
{
	const struct cube *a = s->cubes[i];
	const struct cube *b = s->cubes[j];

	return states[i].is_dirty && states[j].is_dirty && a->value == NULL && b->value == NULL &&
	       (a->is_dear || (!a->is_personal && !b->is_personal)) &&
	       strcmp(a->fact, b->fact) == 0 && strcmp(states[i].ranges, states[j].ranges) == 0;
}

/* The reading that cube i has a part in. */
static void
scan_of(struct scan *x, const struct cube_set *s, const struct cube_state *states, unsigned i)
{
	*x = (struct scan){0};
	for (unsigned j = 0; j < s->n; j++) {
		const struct cube *c = s->cubes[j];

		if (!shares_scan(s, states, i, j))
			continue;
		x->is_weekly = x->is_weekly || c->is_weekly;
		for (unsigned k = 0; k < c->n_keys; k++)
			scan_key(x, c->keys[k].expr);
		for (unsigned k = 0; k < c->n_sums; k++)
			scan_sum(x, c->sums[k]);
		if (test_of(c) != NULL)
			scan_key(x, test_of(c));
	}
}

unsigned
cube_scan(const struct cube_set *s, const struct cube_state *states, unsigned i)
{
	unsigned n = 0;
	unsigned first = s->n;

	for (unsigned j = s->n; j-- > 0;) {
		if (shares_scan(s, states, i, j)) {
			first = j;
			n++;
		}
	}
	return n > 1 ? first : s->n;
}

void
cube_write_scan(struct buf *b, const struct cube_set *s, unsigned i,
		const struct cube_state *states, const struct cube_period *p)
{
	struct scan x;
	struct buf bucket;
	struct buf name;

	scan_of(&x, s, states, i);
	buf_init(&bucket, STATEMENT_MAX);
	buf_init(&name, STATEMENT_MAX);
	add_week_arrays(&bucket, &name, p);
	buf_addf(b,
		 "CREATE TEMPORARY TABLE scan_%u ON COMMIT DROP AS\n"
		 "SELECT w, keys",
		 i);
	for (unsigned k = 0; k < x.n_flags; k++)
		buf_addf(b, ", f%u", k);
	buf_addf(b, ", count(*) AS n");
	for (unsigned k = 0; k < x.n_sums; k++)
		buf_addf(b, ", sum(y%u)::bigint AS y%u, count(y%u) AS c%u", k, k, k, k);
	buf_addf(b, "\nFROM (SELECT %s AS w, ARRAY[", x.is_weekly ? (const char *)bucket.p : "0");
	for (unsigned k = 0; k < x.n_keys; k++)
		buf_addf(b, "%s(%s)::text", k == 0 ? "" : ", ", x.keys[k]);
	buf_addf(b, "]::text[] AS keys");
	for (unsigned k = 0; k < x.n_flags; k++)
		buf_addf(b, ", %s AS f%u", x.flags[k], k);
	for (unsigned k = 0; k < x.n_sums; k++)
		buf_addf(b, ", v.\"%s\" AS y%u", x.sums[k], k);
	buf_addf(b, " FROM (");
	add_fact(b, s->cubes[i]->fact, &(struct span){states[i].since, states[i].until}, p->end);
	buf_addf(b, ") AS v WHERE (%s)) AS facts GROUP BY w, keys", states[i].ranges);
	for (unsigned k = 0; k < x.n_flags; k++)
		buf_addf(b, ", f%u", k);
	buf_add(b, "", 1);
	b->failed = b->failed || bucket.failed || name.failed || x.is_full;
	buf_fini(&bucket);
	buf_fini(&name);
}

/* What add_counts() gives, from the reading that the cube has a part in. */
static void
add_scanned(struct buf *b, const struct cube_set *s, const struct cube_state *states, unsigned i)
{
	const struct cube *c = s->cubes[i];
	struct scan x;

	scan_of(&x, s, states, i);
	buf_addf(b, "SELECT %s, ARRAY[", c->is_weekly ? "w" : "0 AS w");
	for (unsigned k = 0; k < c->n_keys; k++) {
		buf_addf(b, "%s", k == 0 ? "" : ", ");
		add_scan_key(b, &x, c->keys[k].expr);
		buf_addf(b, "::text");
	}
	buf_addf(b, "]::text[] AS keys, sum(n)::bigint AS n, ARRAY[");
	for (unsigned k = 0; k < c->n_sums; k++) {
		unsigned y = scan_sum(&x, c->sums[k]);

		buf_addf(b, "%ssum(y%u)::bigint, sum(c%u)::bigint", k == 0 ? "" : ", ", y, y);
	}
	buf_addf(b, "]::bigint[] AS sums FROM pg_temp.scan_%u", cube_scan(s, states, i));
	if (test_of(c) != NULL)
		buf_addf(b, " WHERE f%u", scan_key(&x, test_of(c)));
	buf_addf(b, " GROUP BY %s", c->is_weekly ? "w" : "()");
	for (unsigned k = 0; k < c->n_keys; k++) {
		buf_addf(b, ", ");
		add_scan_key(b, &x, c->keys[k].expr);
	}
	b->failed = b->failed || x.is_full;
}

/* From the reading that it has a part in, or its own. */
static void
add_run_counts(struct buf *b, const struct cube_set *s, unsigned i, const struct cube_state *states,
	       const char *bucket, const struct cube_period *p)
{
	if (cube_scan(s, states, i) < s->n) {
		add_scanned(b, s, states, i);
	} else {
		add_counts(b, s->cubes[i], bucket, states[i].ranges,
			   &(struct span){states[i].since, states[i].until}, p);
	}
}

static void
add_delta_counts(struct buf *b, const struct cube_set *s, unsigned i,
		 const struct cube_state *states, const struct cube_period *p)
{
	const struct cube *c = s->cubes[i];
	const struct cube_state *st = &states[i];
	struct buf bucket;
	struct buf week;

	buf_init(&bucket, STATEMENT_MAX);
	buf_init(&week, STATEMENT_MAX);
	add_week_arrays(&bucket, &week, p);
	if (c->is_weekly) {
		buf_addf(b, "SELECT %s AS week, keys, n, sums FROM (", (const char *)week.p);
		add_run_counts(b, s, i, states, (const char *)bucket.p, p);
	} else {
		buf_addf(b, "SELECT NULL::date AS week, keys, n, sums FROM (");
		add_run_counts(b, s, i, states, "0", p);
	}
	buf_addf(b, ") AS counts WHERE n > 0");
	if (st->taken != NULL) {
		buf_addf(b, "\nUNION ALL SELECT ");
		if (c->is_weekly)
			add_week_of_day(b, p);
		else
			buf_addf(b, "NULL");
		buf_addf(b, ", keys, -n, ");
		add_sums(b, c, "-", "");
		buf_addf(b, " FROM sems.day_count WHERE cube_id = %" PRId64 " AND day IN (%s)",
			 st->id, st->taken);
	}
	b->failed = b->failed || bucket.failed || week.failed;
	buf_fini(&bucket);
	buf_fini(&week);
}

static void
add_delta_bins(struct buf *b, const struct cube_set *s, unsigned i, const struct cube_state *states,
	       const struct cube_period *p)
{
	const struct cube_state *st = &states[i];

	buf_addf(b, "SELECT keys, value, n FROM (");
	add_run_counts(b, s, i, states, "0", p);
	buf_addf(b, ") AS counts");
	if (st->taken != NULL) {
		buf_addf(b,
			 "\nUNION ALL SELECT d.keys, x.value, -x.n FROM sems.day_count AS d,"
			 " unnest(d.bins, d.sums) AS x(value, n)"
			 " WHERE d.cube_id = %" PRId64 " AND d.day IN (%s)",
			 st->id, st->taken);
	}
}

void
cube_write_delta(struct buf *b, const struct cube_set *s, unsigned i,
		 const struct cube_state *states, const struct cube_period *p)
{
	buf_addf(b, "CREATE TEMPORARY TABLE cube_%u ON COMMIT DROP AS\n", i);
	if (s->cubes[i]->value == NULL)
		add_delta_counts(b, s, i, states, p);
	else
		add_delta_bins(b, s, i, states, p);
	buf_add(b, "", 1);
}

/* --- the rows that the metrics' statements see ------------------------------------------------ */

static void
add_kept(struct buf *b, const struct cube_state *st, const struct cube_period *p, bool weekly)
{
	buf_addf(b,
		 "SELECT week, keys, n, sums FROM sems.quarter_count WHERE cube_id = %" PRId64
		 " AND quarter = '%s' AND week IS %sNULL",
		 st->id, p->quarter, weekly ? "NOT " : "");
}

/* (week,) keys, n, sums by name; `sum` when rows of several places are to be added up. */
static void
add_columns(struct buf *b, const struct cube *c, bool weekly, bool sum)
{
	const char *open;
	const char *shut;

	buf_addf(b, "%s", weekly ? "week" : "");
	for (unsigned i = 0; i < c->n_keys; i++) {
		buf_addf(b, "%s", i == 0 && !weekly ? "" : ", ");
		buf_addf(b, weekly && !c->keys[i].weekly ? "NULL::text" : "keys[%u]", i + 1);
		buf_addf(b, " AS \"%s\"", c->keys[i].name);
	}
	open = sum ? "sum(" : "";
	shut = sum ? ")" : "";
	buf_addf(b, "%s%sn%s%s AS n", c->n_keys == 0 && !weekly ? "" : ", ", open, shut,
		 sum ? "::bigint" : "");
	for (unsigned i = 0; i < c->n_sums; i++) {
		buf_addf(b, ", CASE WHEN %ssums[%u]%s > 0 THEN %ssums[%u]%s END AS \"%s\"", open,
			 2 * i + 2, shut, open, 2 * i + 1, shut, c->sums[i]);
	}
}

static void
add_rows(struct buf *b, const struct cube_set *s, unsigned i, const struct cube_state *st,
	 const struct cube_period *p, bool weekly)
{
	const struct cube *c = s->cubes[i];
	bool sum = st->is_dirty;

	buf_addf(b, "(SELECT ");
	add_columns(b, c, weekly, sum);
	buf_addf(b, " FROM (");
	if (st->id != 0 || !st->is_dirty) {
		add_kept(b, st, p, weekly);
		buf_addf(b, "%s", sum ? " UNION ALL " : "");
	}
	if (sum)
		buf_addf(b, "SELECT week, keys, n, sums FROM pg_temp.cube_%u", i);
	buf_addf(b, ") AS c");
	if (sum) {
		buf_addf(b, " GROUP BY %s", weekly ? "week" : "()");
		for (unsigned k = 0; k < c->n_keys; k++)
			if (!weekly || c->keys[k].weekly)
				buf_addf(b, ", keys[%u]", k + 1);
		buf_addf(b, " HAVING sum(n) <> 0");
	}
	buf_addf(b, ")");
}

static bool
is_in_set(const struct cube *c, unsigned set, unsigned key)
{
	return (set >> (c->n_keys - 1 - key) & 1) == 0;
}

/* The keys of one set, the others NULL, from an array of all of them. */
static void
add_set_keys(struct buf *b, const struct cube *c, unsigned set)
{
	for (unsigned i = 0; i < c->n_keys; i++)
		buf_addf(b, is_in_set(c, set, i) ? ", keys[%u]" : ", NULL::text", i + 1);
}

static void
add_set_groups(struct buf *b, const struct cube *c, unsigned set)
{
	for (unsigned i = 0; i < c->n_keys; i++)
		if (is_in_set(c, set, i))
			buf_addf(b, ", keys[%u]", i + 1);
}

static void
add_bins(struct buf *b, const struct cube_set *s, unsigned i, const struct cube_state *st,
	 const struct cube_period *p)
{
	const struct cube *c = s->cubes[i];

	if (st->id != 0 || !st->is_dirty) {
		buf_addf(b, "SELECT keys[1]");
		for (unsigned k = 0; k < c->n_keys; k++)
			buf_addf(b, ", keys[%u]", k + 2);
		buf_addf(b,
			 ", bins, sums FROM sems.quarter_count WHERE cube_id = %" PRId64
			 " AND quarter = '%s'",
			 st->id, p->quarter);
	}
	for (unsigned j = 0; st->is_dirty && j < c->n_sets; j++) {
		buf_addf(b, "%sSELECT '%u'", j == 0 && st->id == 0 ? "" : "\nUNION ALL ",
			 c->sets[j]);
		for (unsigned k = 0; k < c->n_keys; k++)
			buf_addf(b, ", k%u", k + 1);
		buf_addf(b, ", array_agg(value ORDER BY value), array_agg(n ORDER BY value)"
			    " FROM (SELECT value, sum(n)::bigint AS n");
		for (unsigned k = 0; k < c->n_keys; k++) {
			buf_addf(b, is_in_set(c, c->sets[j], k) ? ", keys[%u]" : ", NULL::text",
				 k + 1);
			buf_addf(b, " AS k%u", k + 1);
		}
		buf_addf(b, " FROM pg_temp.cube_%u GROUP BY value", i);
		add_set_groups(b, c, c->sets[j]);
		buf_addf(b, " HAVING sum(n) <> 0) AS x GROUP BY ()");
		add_k(b, c);
	}
}

void
cube_expand(struct buf *b, const char *template, const struct cube_set *s,
	    const struct cube_state *states, const struct cube_period *p)
{
	for (const char *t = template; *t != '\0';) {
		size_t plain = strcspn(t, "\001\002\003");
		unsigned i;

		buf_add(b, t, plain);
		t += plain;
		if (*t == '\0')
			break;
		i = (unsigned)(t[1] - '0') * 10 + (unsigned)(t[2] - '0');
		if (*t == '\003')
			add_bins(b, s, i, &states[i], p);
		else
			add_rows(b, s, i, &states[i], p, *t == '\002');
		t += 3;
	}
	buf_add(b, "", 1);
}

bool
cube_version(struct buf *b, const char *template, const struct cube_state *states)
{
	bool any = false;

	for (const char *t = strpbrk(template, "\001\002\003"); t != NULL;
	     t = strpbrk(t + 3, "\001\002\003")) {
		const struct cube_state *st =
		    &states[(unsigned)(t[1] - '0') * 10 + (unsigned)(t[2] - '0')];

		if (st->is_dirty)
			return false;
		/* Of nothing nothing is counted, until something is. */
		buf_addf(b, "%" PRId64 " %s\n", st->id, st->version == NULL ? "none" : st->version);
		any = true;
	}
	buf_add(b, "", 1);
	return any && !b->failed;
}

/* --- counting days ---------------------------------------------------------------------------- */

static void
add_day_list(struct buf *b, const struct cube_day *days, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s'%s'", i == 0 ? "" : ", ", days[i].day);
}

/* The days' instants as one condition, and the number of the day as the bucket. */
static void
add_day_ranges(struct buf *ranges, struct buf *bucket, const struct cube_day *days, size_t n)
{
	buf_addf(bucket, "width_bucket(v.counted_at, ARRAY[");
	for (size_t i = 0; i < n; i++) {
		size_t last = i;

		buf_addf(bucket, "%s'%s'", i == 0 ? "" : ", ", days[i].starts_at);
		while (last + 1 < n && strcmp(days[last].ends_at, days[last + 1].starts_at) == 0) {
			last++;
			buf_addf(bucket, ", '%s'", days[last].starts_at);
		}
		buf_addf(ranges, "%s(v.counted_at >= '%s' AND v.counted_at < '%s')",
			 i == 0 ? "" : " OR ", days[i].starts_at, days[last].ends_at);
		i = last;
	}
	buf_add(ranges, "", 1);
	buf_add(bucket, "]::timestamptz[])", sizeof("]::timestamptz[])"));
}

static void
add_fresh_counts(struct buf *b, const struct cube *c, const struct cube_period *p,
		 const struct cube_day *days, size_t n)
{
	struct buf ranges;
	struct buf bucket;

	buf_init(&ranges, STATEMENT_MAX);
	buf_init(&bucket, STATEMENT_MAX);
	add_day_ranges(&ranges, &bucket, days, n);
	buf_addf(b, "SELECT (ARRAY[");
	add_day_list(b, days, n);
	buf_addf(b, "]::date[])[w] AS day, keys, %s FROM (",
		 c->value == NULL ? "n, sums, NULL::bigint[] AS bins"
				  : "sum(n)::bigint AS n, array_agg(n ORDER BY value) AS sums,"
				    " array_agg(value ORDER BY value) AS bins");
	add_counts(b, c, (const char *)bucket.p, (const char *)ranges.p,
		   &(struct span){days[0].starts_at, days[n - 1].ends_at}, p);
	buf_addf(b, ") AS x%s", c->value == NULL ? " WHERE n > 0" : " GROUP BY w, keys");
	b->failed = b->failed || ranges.failed || bucket.failed;
	buf_fini(&ranges);
	buf_fini(&bucket);
}

/* What the quarter had, and what changed, added up. */
static void
add_new_sums(struct buf *b, const struct cube *c, const struct cube_period *p)
{
	buf_addf(b, ", keys, sum(n), ");
	add_sums(b, c, "sum(", ")");
	buf_addf(b, ", NULL FROM (SELECT week, keys, n, sums FROM had"
		    " UNION ALL SELECT NULL, keys, n, sums FROM change");
	if (c->is_weekly) {
		buf_addf(b, " UNION ALL SELECT ");
		add_week_of_day(b, p);
		buf_addf(b, ", ");
		add_masked_keys(b, c);
		buf_addf(b, ", n, sums FROM change");
	}
	buf_addf(b, ") AS x GROUP BY week, keys HAVING sum(n) <> 0");
}

static void
add_new_bins(struct buf *b, const struct cube *c)
{
	buf_addf(b, ", keys, sum(n), array_agg(n ORDER BY value),"
		    " array_agg(value ORDER BY value)"
		    " FROM (SELECT NULL::date AS week, keys, value, sum(n) AS n FROM ("
		    "SELECT keys, x.value, x.n FROM had, unnest(bins, sums) AS x(value, n)");
	for (unsigned j = 0; j < c->n_sets; j++) {
		buf_addf(b, "\nUNION ALL SELECT ARRAY['%u'", c->sets[j]);
		add_set_keys(b, c, c->sets[j]);
		buf_addf(b, "], x.value, sum(x.n * change.n / abs(change.n))"
			    " FROM change, unnest(bins, sums) AS x(value, n)"
			    " GROUP BY x.value");
		add_set_groups(b, c, c->sets[j]);
	}
	buf_addf(b, ") AS y GROUP BY keys, value HAVING sum(n) <> 0) AS z"
		    " GROUP BY week, keys");
}

void
cube_write_recount(struct buf *b, const struct cube *c, int64_t id, const struct cube_period *p,
		   const struct cube_day *days, size_t n)
{
	buf_addf(b, "WITH fresh AS MATERIALIZED (");
	add_fresh_counts(b, c, p, days, n);
	buf_addf(b,
		 "),\ngone AS (DELETE FROM sems.day_count WHERE cube_id = %" PRId64 " AND day IN (",
		 id);
	add_day_list(b, days, n);
	buf_addf(b,
		 ") RETURNING day, keys, n, sums, bins),\n"
		 "came AS (INSERT INTO sems.day_count SELECT %" PRId64
		 ", day, keys, n, sums, bins FROM fresh),\n"
		 "change AS MATERIALIZED (SELECT day, keys, n, sums, bins FROM fresh"
		 " UNION ALL SELECT day, keys, -n, ",
		 id);
	if (c->value == NULL)
		add_sums(b, c, "-", "");
	else
		buf_addf(b, "sums");
	buf_addf(b,
		 ", bins FROM gone),\n"
		 "had AS (DELETE FROM sems.quarter_count WHERE cube_id = %" PRId64
		 " AND quarter = '%s' RETURNING week, keys, n, sums, bins),\n"
		 "done AS (INSERT INTO sems.counted_day (cube_id, day) SELECT %" PRId64
		 ", d FROM unnest(ARRAY[",
		 id, p->quarter, id);
	add_day_list(b, days, n);
	buf_addf(b,
		 "]::date[]) AS d ON CONFLICT (cube_id, day)"
		 " DO UPDATE SET is_stale = false, counted_at = now())\n"
		 "INSERT INTO sems.quarter_count SELECT %" PRId64 ", '%s', week",
		 id, p->quarter);
	if (c->value == NULL)
		add_new_sums(b, c, p);
	else
		add_new_bins(b, c);
	buf_add(b, "", 1);
}

/* --- digests ---------------------------------------------------------------------------------- */

/* Whatever makes other counts is in the statements that make them. */
enum code
cube_set_seal(struct cube_set *s, struct err *e)
{
	static const struct cube_period period = {.quarter = "Q", .first_day = "D", .end = "E"};
	static const struct cube_day day = {"D", "S", "E"};
	struct buf b;
	unsigned char digest[SHA256_SIZE];
	enum code code = OK;

	buf_init(&b, STATEMENT_MAX);
	for (unsigned i = 0; code == OK && i < s->n; i++) {
		buf_clear(&b);
		cube_write_recount(&b, s->cubes[i], 0, &period, &day, 1);
		if (b.failed || s->cubes[i]->is_full) {
			code = err_set(e, FATAL_CONFIG, s->cubes[i]->name,
				       "the metrics ask for too many dimensions or sums");
		} else if (!sha256(b.p, b.n, digest)) {
			code = err_set(e, TRY_LIMIT, "metrics", "out of memory; try again");
		} else {
			hex_encode(digest, sizeof digest, s->cubes[i]->digest);
		}
	}
	buf_fini(&b);
	return code;
}
