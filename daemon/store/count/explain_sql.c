#include "store/count/explain_sql.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/file/embed.h"
#include "core/metric/figure.h"
#include "store/count/condition_sql.h"
#include "store/count/view_sql.h"

#include <string.h>

#define SQL_MAX  (1 << 20)
#define USES_MAX 1500 /* PostgreSQL has 1,664 columns */

/* Views that metrics read from counts, as records. */
static const struct {
	const char *view;
	const char *path;
} by_record[] = {
    {"tip_event", "sql/queries/count/explain_tip_event.sql"},
    {"tip_exposure", "sql/queries/count/explain_tip_exposure.sql"},
};

static const char *
query_of(const struct view *v)
{
	for (size_t i = 0; i < COUNT(by_record); i++)
		if (strcmp(by_record[i].view, v->name) == 0)
			return embed_text(by_record[i].path);
	return v->query == NULL ? NULL : embed_text(v->query);
}

/* What was refused, what is told of several records at once, what came for other quarters, and
 * cases, which are none. */
static bool
has_records(const struct view *v)
{
	static const char *const nameless[] = {
	    "quarantine",    "feed",          "overtaking",       "action_due",
	    "action_at_end", "action_closed", "finding_verified", "scenario_at_end",
	    "control_at_end"};

	for (size_t i = 0; i < COUNT(nameless); i++)
		if (strcmp(v->name, nameless[i]) == 0)
			return false;
	return true;
}

/* --- pieces of SQL ---------------------------------------------------------------------------- */

/* Only rows with a value are in a quantile. */
static const char *
quantile_field(const struct metric *m, unsigned group)
{
	return metric_has_values(m) && group == GROUP_DENOMINATOR ? m->of : NULL;
}

static void
add_term(struct buf *b, const struct term *t, const char *of)
{
	buf_addf(b, "sum(%s", t->minus ? "-" : "");
	if (t->sum != NULL)
		buf_addf(b, "v.\"%s\"", condition_sql_column(t->view, t->sum));
	else
		buf_addf(b, "1");
	buf_addf(b, ") FILTER (WHERE true");
	for (unsigned i = 0; i < t->where_count; i++) {
		buf_addf(b, " AND ");
		condition_sql_add(b, t->view, &t->where[i]);
	}
	if (of != NULL)
		buf_addf(b, " AND v.\"%s\" IS NOT NULL", condition_sql_column(t->view, of));
	buf_addf(b, ")");
}

/* What the group counts of the rows of the view; NULL when it counts none of them. */
static void
add_amount(struct buf *b, const struct metric *m, unsigned group, const struct view *v)
{
	const char *of = quantile_field(m, group);
	unsigned n = 0;
	const struct term *t = metric_terms(m, group, &n);

	buf_addf(b, "nullif(num_nonnulls(NULL");
	for (unsigned i = 0; i < n; i++) {
		if (t[i].view == v) {
			buf_addf(b, ", ");
			add_term(b, &t[i], of);
		}
	}
	/* Nothing counted is not zero. */
	buf_addf(b, "), 0) * 0 + 0::numeric");
	for (unsigned i = 0; i < n; i++) {
		if (t[i].view == v) {
			buf_addf(b, " + coalesce(");
			add_term(b, &t[i], of);
			buf_addf(b, ", 0)");
		}
	}
}

/* What the statement says of now, of what was known then. */
static void
add_then(struct buf *b, const char *text)
{
	static const char of[] = "sems.";
	static const char *const words[] = {"effective_", "spd_"};

	for (const char *at; (at = strstr(text, of)) != NULL;) {
		size_t n = (size_t)(at - text) + sizeof of - 1;

		buf_add(b, text, n);
		text += n;
		for (size_t i = 0; i < COUNT(words); i++)
			if (strncmp(text, words[i], strlen(words[i])) == 0)
				buf_addf(b, "then_");
	}
	buf_addf(b, "%s", text);
}

static void
add_text(struct buf *b, const char *text, bool then)
{
	if (then)
		add_then(b, text);
	else
		buf_addf(b, "%s", text);
}

/* FROM and the period; more conditions may follow, each with AND. */
static enum code
add_source(struct buf *b, const struct view *v, bool then, struct err *e)
{
	struct buf text;
	bool is_there;

	if (v->relation != NULL && query_of(v) == NULL) {
		buf_addf(b, " FROM ");
		add_text(b, v->relation, then);
		buf_addf(b, " AS v WHERE v.counted_at >= $1::timestamptz"
			    " AND v.counted_at < $2::timestamptz");
		return OK;
	}
	buf_init(&text, SQL_MAX);
	is_there = query_of(v) != NULL && view_sql_add(&text, query_of(v)) && buf_add(&text, "", 1);
	buf_addf(b, " FROM (\n");
	if (is_there)
		add_text(b, (const char *)text.p, then);
	buf_fini(&text);
	if (!is_there)
		return err_set(e, FATAL_BUG, v->name, "its statement is not compiled in");
	buf_addf(b, ") AS v WHERE $1::timestamptz < $2::timestamptz");
	return OK;
}

static const char *
finish(struct arena *a, struct buf *b, struct err *e)
{
	char *text = b->failed || !buf_add(b, "", 1) ? NULL : arena_dup(a, b->p, b->n);

	buf_fini(b);
	if (text == NULL)
		err_set(e, TRY_LIMIT, "explain", "out of memory; try again");
	return text;
}

/* --- a figure's records ----------------------------------------------------------------------- */

const char *
explain_group_name(const struct metric *m, unsigned group)
{
	static const char *const names[] = {[GROUP_NUMERATOR] = "numerator",
					    [GROUP_DENOMINATOR] = "denominator",
					    [GROUP_FALSE_ALARMS] = "false_alarms",
					    [GROUP_NOISE] = "noise",
					    [GROUP_EVIDENCE] = "evidence"};
	COVERS(names, GROUP_NAMED);

	if (m->shape == SHAPE_KAPPA && group == GROUP_FALSE_ALARMS)
		return "first_met";
	if (m->shape == SHAPE_KAPPA && group == GROUP_NOISE)
		return "second_met";
	if (group < GROUP_NAMED)
		return names[group];
	group -= GROUP_NAMED;
	if (group < m->excluded_count)
		return m->excluded[group].name;
	return m->parts[group - m->excluded_count].name;
}

static bool
counts_in(const struct metric *m, const struct view *v)
{
	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, g, &n);

		for (unsigned i = 0; i < n && g != GROUP_EVIDENCE; i++)
			if (t[i].view == v)
				return true;
	}
	return false;
}

static void
add_where(struct buf *b, const struct view *v, const struct explain_dim *where, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct column col;
		bool none = strcmp(where[i].value, FIGURE_NOT_GIVEN) == 0;
		bool has = view_column(v, where[i].name, &col) && col.type != COLUMN_OTHER;

		if (!has) {
			buf_addf(b, " AND %s", none ? "true" : "false");
			continue;
		}
		buf_addf(b, " AND v.\"%s\"%s", col.name, none ? " IS NULL" : "::text = ");
		if (!none)
			condition_sql_literal(b, where[i].value);
	}
}

/* The records of one view: identity, where and when, and an amount for each group. */
static enum code
add_view(struct buf *b, const struct explain_wish *w, const struct view *v, bool then,
	 struct err *e)
{
	enum code code;

	buf_addf(b, "SELECT v.record_id, v.source, ");
	if (v->base == KIND_COUNT)
		buf_addf(b, "v.kind");
	else
		buf_addf(b, "'%s'::text", kinds[v->base]->name);
	buf_addf(b, " AS kind, v.counted_at, v.site_id, v.measure, v.received_at");
	for (unsigned g = 0; g < metric_groups(w->m); g++) {
		if (g == GROUP_EVIDENCE)
			continue;
		buf_addf(b, ",\n");
		add_amount(b, w->m, g, v);
		buf_addf(b, " AS g%u", g);
	}
	code = add_source(b, v, then, e);
	add_where(b, v, w->where, w->n_where);
	buf_addf(b, "\nGROUP BY 1, 2, 3, 4, 5, 6, 7");
	return code;
}

/* Which views the metric has records in. */
static void
look_at_views(const struct metric *m, struct explain_plan *out)
{
	for (size_t i = 0; i < view_count; i++) {
		const struct view *v = &view_table[i];

		if (!counts_in(m, v))
			continue;
		if (!has_records(v))
			out->nameless = v->name;
		out->audits = out->audits || v->base == KIND_AUDIT;
	}
}

/* Every group as a column, each with this before and behind it. */
static void
add_groups(struct buf *b, const struct explain_plan *p, const char *before, const char *behind)
{
	for (unsigned i = 0; i < p->n_groups; i++)
		buf_addf(b, "%sg%u%s", before, p->groups[i], behind);
}

/* Two relations: r_NAME, a row for each view that has the record, and NAME, one for each record. */
static enum code
add_records(struct buf *b, const struct explain_wish *w, const char *name,
	    const struct explain_plan *p, struct err *e)
{
	bool then = w->then && strcmp(name, "now") != 0;
	enum code code = OK;
	bool any = false;

	buf_addf(b, "r_%s AS (", name);
	for (size_t i = 0; i < view_count && code == OK; i++) {
		const struct view *v = &view_table[i];

		if (!counts_in(w->m, v) || !has_records(v))
			continue;
		buf_addf(b, any ? "\nUNION ALL\n" : "\n");
		any = true;
		code = add_view(b, w, v, then, e);
	}
	if (!any) {
		buf_addf(b,
			 "SELECT NULL::uuid AS record_id, NULL::text AS source, NULL::text AS "
			 "kind, $1::timestamptz AS counted_at, NULL::text AS site_id, NULL::text "
			 "AS measure, $2::timestamptz AS received_at");
		add_groups(b, p, ", NULL::numeric AS ", "");
	}
	buf_addf(b,
		 "),\n%s AS (SELECT r.record_id, r.source, max(r.kind) AS kind,"
		 " min(r.counted_at) AS counted_at, min(r.site_id) AS site_id,"
		 " min(r.measure) AS measure, min(r.received_at) AS received_at",
		 name);
	for (unsigned i = 0; i < p->n_groups; i++)
		buf_addf(b, ", sum(r.g%u) AS g%u", p->groups[i], p->groups[i]);
	buf_addf(b, " FROM r_%s AS r WHERE num_nonnulls(NULL", name);
	add_groups(b, p, ", r.", "");
	buf_addf(b, ") > 0 GROUP BY 1, 2)");
	return code;
}

static enum code
write_totals(const struct explain_wish *w, struct arena *a, struct explain_plan *out, struct err *e)
{
	struct buf b;
	enum code code;

	buf_init(&b, SQL_MAX);
	buf_addf(&b, "WITH ");
	code = add_records(&b, w, "c", out, e);
	buf_addf(&b, "\nSELECT count(*)");
	add_groups(&b, out, ", sum(c.", ")");
	buf_addf(&b, " FROM c");
	out->totals = finish(a, &b, e);
	return out->totals == NULL ? TRY_LIMIT : code;
}

#define SHOWN_TIME(column, unit) \
	"to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS." unit "\"Z\"')"

static enum code
write_page(const struct explain_wish *w, struct arena *a, struct explain_plan *out, struct err *e)
{
	struct buf b;
	enum code code;

	buf_init(&b, SQL_MAX);
	buf_addf(&b, "WITH ");
	code = add_records(&b, w, "c", out, e);
	buf_addf(
	    &b,
	    "\nSELECT c.record_id, c.source, c.kind, " SHOWN_TIME(
		"c.counted_at",
		"US") ",\nc.site_id, c.measure, " SHOWN_TIME("c.received_at",
							     "MS") ",\nsems.source_number(c.kind, "
								   "c.source, c.record_id)");
	add_groups(&b, out, ", c.", "");
	/* A number is looked up for those of the page alone. */
	buf_addf(&b, " FROM (SELECT c.* FROM c WHERE $3::timestamptz IS NULL\n"
		     "OR (c.counted_at, c.record_id, c.source) > ($3::timestamptz, $4::uuid, $5)\n"
		     "ORDER BY c.counted_at, c.record_id, c.source LIMIT $6::bigint) AS c\n"
		     "ORDER BY c.counted_at, c.record_id, c.source");
	out->page = finish(a, &b, e);
	return out->page == NULL ? TRY_LIMIT : code;
}

/* What counted then beside what counts now, of each record. */
static enum code
write_changed(const struct explain_wish *w, struct arena *a, struct explain_plan *out,
	      struct err *e)
{
	struct buf b;
	enum code code;

	buf_init(&b, SQL_MAX);
	buf_addf(&b, "WITH ");
	code = add_records(&b, w, "c", out, e);
	buf_addf(&b, ",\n");
	if (code == OK)
		code = add_records(&b, w, "now", out, e);
	buf_addf(
	    &b,
	    "\nSELECT coalesce(c.record_id, now.record_id), coalesce(c.source, now.source),"
	    " coalesce(c.kind, now.kind), " SHOWN_TIME(
		"coalesce(c.counted_at, now.counted_at)",
		"US") ",\ncoalesce(c.site_id, now.site_id), coalesce(c.measure, now.measure),"
		      " " SHOWN_TIME("coalesce(c.received_at, now.received_at)",
				     "MS") ",\nsems.source_number(coalesce(c.kind, now.kind), "
					   "coalesce(c.source, "
					   "now.source), coalesce(c.record_id, now.record_id))");
	add_groups(&b, out, ", c.", "");
	add_groups(&b, out, ", now.", "");
	buf_addf(&b, ",\nc.record_id IS NOT NULL, now.record_id IS NOT NULL, count(*) OVER (),\n"
		     "sems.reason_of(coalesce(c.record_id, now.record_id), coalesce(c.source, "
		     "now.source))\n"
		     "FROM c FULL JOIN now ON now.record_id = c.record_id "
		     "AND now.source = c.source\nWHERE ROW(c.record_id");
	add_groups(&b, out, ", c.", "");
	buf_addf(&b, ") IS DISTINCT FROM ROW(now.record_id");
	add_groups(&b, out, ", now.", "");
	buf_addf(&b, ")\nORDER BY 4, 1, 2 LIMIT $3::bigint");
	out->changed = finish(a, &b, e);
	return out->changed == NULL ? TRY_LIMIT : code;
}

enum code
explain_sql_plan(const struct explain_wish *w, struct arena *a, struct explain_plan *out,
		 struct err *e)
{
	enum code code;

	*out = (struct explain_plan){0};
	for (unsigned g = 0; g < metric_groups(w->m); g++) {
		unsigned terms = 0;

		metric_terms(w->m, g, &terms);
		if (g == GROUP_EVIDENCE || (terms == 0 && g > GROUP_DENOMINATOR))
			continue;
		if (out->n_groups == EXPLAIN_GROUPS_MAX)
			return err_set(e, FATAL_CONFIG, w->m->id,
				       "it has too many exclusions and parts");
		out->groups[out->n_groups++] = g;
	}
	look_at_views(w->m, out);
	code = write_totals(w, a, out, e);
	if (code == OK)
		code = write_page(w, a, out, e);
	return code == OK && w->then ? write_changed(w, a, out, e) : code;
}

/* --- a record's metrics ----------------------------------------------------------------------- */

/* The columns of what all metrics count of the view's rows. */
static enum code
add_uses(struct buf *b, const struct catalogue *c, const struct view *v, struct explain_trace *out,
	 struct err *e)
{
	for (unsigned i = 0; i < c->metrics_count; i++) {
		const struct metric *m = &c->metrics[i];

		for (unsigned g = 0; g < metric_groups(m) && counts_in(m, v); g++) {
			unsigned n = 0;
			const struct term *t = metric_terms(m, g, &n);
			bool here = false;

			for (unsigned j = 0; j < n; j++)
				here = here || t[j].view == v;
			if (g == GROUP_EVIDENCE || !here)
				continue;
			if (out->n_uses == USES_MAX)
				return err_set(e, FATAL_CONFIG, v->name,
					       "too many metrics count it");
			buf_addf(b, "%s", out->n_uses == 0 ? "" : ",\n");
			add_amount(b, m, g, v);
			out->uses[out->n_uses++] = (struct explain_use){m, g};
		}
	}
	return OK;
}

enum code
explain_sql_trace(const struct catalogue *c, const struct view *v, struct arena *a,
		  struct explain_trace *out, struct err *e)
{
	struct buf b;
	enum code code;

	*out = (struct explain_trace){.uses = arena_zalloc(a, USES_MAX, sizeof *out->uses)};
	if (out->uses == NULL)
		return err_set(e, TRY_LIMIT, "trace", "out of memory; try again");
	if (!has_records(v))
		return OK;
	buf_init(&b, SQL_MAX);
	buf_addf(&b, "SELECT ");
	code = add_uses(&b, c, v, out, e);
	if (code != OK || out->n_uses == 0) {
		buf_fini(&b);
		return code;
	}
	buf_addf(&b, ",\njsonb_build_object('site', min(v.site_id), 'measure', min(v.measure))");
	code = add_source(&b, v, false, e);
	buf_addf(&b, " AND v.record_id = $3::uuid AND v.source = $4\nHAVING count(*) > 0");
	out->sql = finish(a, &b, e);
	return out->sql == NULL ? TRY_LIMIT : code;
}
