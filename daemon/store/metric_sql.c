#include "store/metric_sql.h"

#include "base/buf.h"
#include "base/embed.h"

#include <inttypes.h>
#include <string.h>

#define SQL_MAX     (1 << 20)
#define COLUMNS_MAX 1000 /* PostgreSQL takes 1,664 */
#define USES_MAX    2000

/* Of a statement that counts persons: 2 to this power are the grouping sets there may be. */
#define PERSON_DIMS_MAX 8

/* A statement of QUERY_SUMS while it is put together. */
struct draft {
	struct arena *arena;
	const struct catalogue *c;
	struct query *q;
	const char *columns[COLUMNS_MAX];
	int n_columns;
};

static void
add_literal(struct buf *b, const char *s)
{
	(void)buf_add(b, "'", 1);
	for (; *s != '\0'; s++) {
		(void)buf_add(b, s, 1);
		if (*s == '\'') {
			(void)buf_add(b, s, 1);
		}
	}
	(void)buf_add(b, "'", 1);
}

static void
add_list(struct buf *b, char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		(void)buf_addf(b, i == 0 ? "(" : ", ");
		add_literal(b, list[i]);
	}
	(void)buf_addf(b, ")");
}

/* The catalogue's check has seen the field in the view's tables. */
static const char *
column_name(const struct view *v, const char *field)
{
	struct column col;
	return view_column(v, field, &col) ? col.name : NULL;
}

static void
add_condition(struct buf *b, const struct view *v, const struct condition *w)
{
	const char *name = column_name(v, w->field);
	if (w->in != NULL) {
		(void)buf_addf(b, "v.\"%s\" IN ", name);
		add_list(b, w->in, w->in_count);
	} else if (w->not_in != NULL) {
		(void)buf_addf(b, "(v.\"%s\" IS NULL OR v.\"%s\" NOT IN ", name, name);
		add_list(b, w->not_in, w->not_in_count);
		(void)buf_addf(b, ")");
	} else if (w->present != NULL) {
		(void)buf_addf(b, "v.\"%s\" IS %sNULL", name, *w->present ? "NOT " : "");
	} else if (w->at_least != NULL) {
		(void)buf_addf(b, "v.\"%s\" >= %" PRId64, name, *w->at_least);
	} else {
		(void)buf_addf(b, "v.\"%s\" <= %" PRId64, name, *w->at_most);
	}
}

static void
add_conditions(struct buf *b, const struct term *t)
{
	for (unsigned i = 0; i < t->where_count; i++) {
		(void)buf_addf(b, "%s", i == 0 ? "" : " AND ");
		add_condition(b, t->view, &t->where[i]);
	}
}

/* An aggregate that is NULL when it found nothing to count. */
static void
add_aggregate(struct buf *b, const struct term *t)
{
	if (t->sum != NULL) {
		(void)buf_addf(b, "(sum(v.\"%s\")", column_name(t->view, t->sum));
	} else {
		(void)buf_addf(b, "nullif(count(*)");
	}
	if (t->where_count > 0) {
		(void)buf_addf(b, " FILTER (WHERE ");
		add_conditions(b, t);
		(void)buf_addf(b, ")");
	}
	(void)buf_addf(b, "%s", t->sum != NULL ? ")::bigint" : ", 0)");
}

/* FROM and the period; more conditions may follow, each with AND. */
static enum code
add_source(struct buf *b, const struct view *v, struct err *e)
{
	if (v->relation != NULL) {
		(void)buf_addf(b,
			       " FROM %s AS v WHERE v.counted_at >= $1::timestamptz"
			       " AND v.counted_at < $2::timestamptz",
			       v->relation);
		return OK;
	}
	const char *text = embed_text(v->query);
	if (text == NULL) {
		return err_set(e, FATAL_BUG, v->query, "is not compiled in");
	}
	(void)buf_addf(b, " FROM (\n%s) AS v WHERE true", text);
	return OK;
}

static const char *
finish_text(struct arena *a, struct buf *b, struct err *e)
{
	char *text = b->failed ? NULL : arena_dup(a, b->p, b->n);
	if (text == NULL) {
		(void)err_set(e, FATAL_BUG, "metrics",
			      "the statements of the catalogue are too large");
	}
	return text;
}

/* The column of a dimension in a statement, added when it is new; -1 when the view lacks it. */
static int
dim_column(struct query *q, const char *dimension)
{
	struct column col;
	if (!view_column(q->view, dimension, &col) || col.type == COLUMN_OTHER) {
		return -1;
	}
	for (unsigned i = 0; i < q->n_dims; i++) {
		if (strcmp(q->dims[i], col.name) == 0) {
			return (int)i;
		}
	}
	if (q->n_dims == QUERY_DIMS_MAX) {
		return -1;
	}
	q->dims[q->n_dims] = col.name;
	return (int)q->n_dims++;
}

static enum code
map_dims(struct query *q, const struct catalogue *c, unsigned metric, struct err *e)
{
	const struct metric *m = &c->metrics[metric];
	for (unsigned d = 0; d < m->dimension_count; d++) {
		q->dim_column[metric][d] = dim_column(q, m->dimension[d]);
	}
	return q->n_dims < QUERY_DIMS_MAX ? OK
					  : err_set(e, FATAL_CONFIG, q->view->name,
						    "the metrics have too many dimensions");
}

static struct query *
new_query(struct query_plan *p, struct arena *a, const struct catalogue *c, enum query_shape shape,
	  const struct view *v)
{
	struct query *q = &p->queries[p->n];
	*q = (struct query){.shape = shape, .view = v};
	q->dim_column = arena_zalloc(a, c->metrics_count, sizeof(*q->dim_column));
	q->uses = shape == QUERY_SUMS ? arena_zalloc(a, USES_MAX, sizeof(*q->uses)) : NULL;
	p->n++;
	return arena_failed(a) ? NULL : q;
}

/* Persons and quantiles count their numerator and denominator in their own statement. */
static bool
is_own(const struct metric *m, unsigned group)
{
	return (m->shape == SHAPE_QUANTILE || m->shape == SHAPE_PERSONS) &&
	       (group == GROUP_NUMERATOR || group == GROUP_DENOMINATOR);
}

static enum code
add_term(struct draft *d, unsigned metric, unsigned group, const struct term *t, struct err *e)
{
	struct buf b;
	buf_init(&b, SQL_MAX);
	add_aggregate(&b, t);
	const char *text = finish_text(d->arena, &b, e);
	buf_fini(&b);
	if (text == NULL) {
		return FATAL_BUG;
	}
	int column = 0;
	while (column < d->n_columns && strcmp(d->columns[column], text) != 0) {
		column++;
	}
	if (column == COLUMNS_MAX || d->q->n_uses == USES_MAX) {
		return err_set(e, FATAL_CONFIG, t->from, "too many different counts of one view");
	}
	if (column == d->n_columns) {
		d->columns[d->n_columns++] = text;
	}
	d->q->uses[d->q->n_uses++] = (struct query_use){metric, group, t->minus ? -1 : 1, column};
	return map_dims(d->q, d->c, metric, e);
}

static enum code
add_metric(struct draft *d, unsigned metric, struct err *e)
{
	const struct metric *m = &d->c->metrics[metric];
	enum code code = OK;
	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, g, &n);
		for (unsigned i = 0; code == OK && i < n; i++) {
			if (t[i].view == d->q->view && !is_own(m, g)) {
				code = add_term(d, metric, g, &t[i], e);
			}
		}
	}
	return code;
}

static void
add_dims(struct buf *b, const struct query *q, bool named)
{
	for (unsigned i = 0; i < q->n_dims; i++) {
		(void)buf_addf(b, "%s", i == 0 ? "" : ", ");
		if (named) {
			(void)buf_addf(b, "v.\"%s\"::text AS d%u", q->dims[i], i);
		} else {
			(void)buf_addf(b, "d%u", i);
		}
	}
}

static enum code
write_sums(struct draft *d, struct err *e)
{
	struct buf b;
	buf_init(&b, SQL_MAX);
	(void)buf_addf(&b, "SELECT ");
	add_dims(&b, d->q, true);
	for (int i = 0; i < d->n_columns; i++) {
		(void)buf_addf(&b, ",\n%s", d->columns[i]);
	}
	enum code code = add_source(&b, d->q->view, e);
	(void)buf_addf(&b, "\nGROUP BY ");
	add_dims(&b, d->q, false);
	d->q->sql = code == OK ? finish_text(d->arena, &b, e) : NULL;
	buf_fini(&b);
	for (size_t i = 0; i < d->q->n_uses; i++) {
		d->q->uses[i].column += (int)d->q->n_dims;
	}
	return d->q->sql != NULL ? OK : e->code;
}

/* The statement of a view; leaves no query behind when no metric counts there. */
static enum code
plan_view(const struct catalogue *c, const struct view *v, struct arena *a, struct query_plan *p,
	  struct err *e)
{
	struct draft *d = arena_zalloc(a, 1, sizeof(*d));
	if (d == NULL) {
		return err_set(e, TRY_LIMIT, "metrics", "out of memory");
	}
	*d = (struct draft){.arena = a, .c = c, .q = new_query(p, a, c, QUERY_SUMS, v)};
	if (d->q == NULL) {
		return err_set(e, TRY_LIMIT, "metrics", "out of memory");
	}
	for (unsigned m = 0; m < c->metrics_count; m++) {
		enum code code = add_metric(d, m, e);
		if (code != OK) {
			return code;
		}
	}
	if (d->q->n_uses == 0) {
		p->n--;
		return OK;
	}
	return write_sums(d, e);
}

static enum code
plan_values(const struct catalogue *c, unsigned metric, struct arena *a, struct query_plan *p,
	    struct err *e)
{
	const struct metric *m = &c->metrics[metric];
	const struct term *t = &m->denominator[0];
	struct query *q = new_query(p, a, c, QUERY_VALUES, t->view);
	if (q == NULL) {
		return err_set(e, TRY_LIMIT, "metrics", "out of memory");
	}
	q->metric = metric;
	enum code code = map_dims(q, c, metric, e);
	if (code != OK) {
		return code;
	}
	struct buf b;
	buf_init(&b, SQL_MAX);
	(void)buf_addf(&b, "SELECT ");
	add_dims(&b, q, true);
	(void)buf_addf(&b, ", v.\"%s\"::bigint AS value, count(*)", column_name(t->view, m->of));
	code = add_source(&b, t->view, e);
	(void)buf_addf(&b, " AND v.\"%s\" IS NOT NULL", column_name(t->view, m->of));
	if (t->where_count > 0) {
		(void)buf_addf(&b, " AND ");
		add_conditions(&b, t);
	}
	(void)buf_addf(&b, "\nGROUP BY ");
	add_dims(&b, q, false);
	(void)buf_addf(&b, ", value ORDER BY value");
	q->sql = code == OK ? finish_text(a, &b, e) : NULL;
	buf_fini(&b);
	return q->sql != NULL ? OK : e->code;
}

/* What one metric counts of a person, in the statement's first level; the second adds it up. */
static void
add_amount(struct buf *b, const struct term *terms, unsigned n, char name, size_t at)
{
	(void)buf_addf(b, ", 0");
	for (unsigned i = 0; i < n; i++) {
		(void)buf_addf(b, " %c coalesce(", terms[i].minus ? '-' : '+');
		add_aggregate(b, &terms[i]);
		(void)buf_addf(b, ", 0)");
	}
	(void)buf_addf(b, " AS %c%zu", name, at);
}

static void
add_amounts(struct buf *b, const struct query *q, bool summed)
{
	for (size_t i = 0; i < q->n_persons; i++) {
		if (summed) {
			(void)buf_addf(b, ", sum(n%zu) AS n%zu, sum(x%zu) AS x%zu", i, i, i, i);
		} else {
			(void)buf_addf(b, ", n%zu, x%zu", i, i);
		}
	}
}

/* The bits of grouping(): the first dimension is the highest, 1 where it is not grouped by. */
static void
set_grouping(const struct query *q, const struct metric *m, struct query_persons *p)
{
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		const struct breakdown *k = &m->breakdown[i];
		p->grouping[i] = (1 << q->n_dims) - 1;
		for (unsigned j = 0; j < k->n; j++) {
			int at = q->dim_column[p->metric][k->dimension[j]];
			p->grouping[i] &= ~(1 << ((int)q->n_dims - 1 - at));
		}
	}
}

/* One grouping set per breakdown of any of the metrics: the person and its dimensions. */
static void
add_sets(struct buf *b, const struct query *q, const struct catalogue *c)
{
	bool done[1 << PERSON_DIMS_MAX] = {false};
	(void)buf_addf(b, "\nGROUP BY GROUPING SETS (");
	const char *comma = "";
	for (size_t i = 0; i < q->n_persons; i++) {
		const struct query_persons *p = &q->persons[i];
		for (unsigned j = 0; j < c->metrics[p->metric].breakdown_count; j++) {
			if (done[p->grouping[j]]) {
				continue;
			}
			done[p->grouping[j]] = true;
			(void)buf_addf(b, "%s(p", comma);
			comma = ", ";
			for (unsigned d = 0; d < q->n_dims; d++) {
				bool in = (p->grouping[j] >> (q->n_dims - 1 - d) & 1) == 0;
				(void)buf_addf(b, in ? ", d%u" : "", d);
			}
			(void)buf_addf(b, ")");
		}
	}
	(void)buf_addf(b, ")");
}

/* Persons are counted at the finest dimensions first, so that the many rows are read in parallel;
 * then each breakdown groups what is left. The person itself is in no row that comes out. */
static enum code
write_persons(struct query *q, const struct catalogue *c, struct arena *a, struct err *e)
{
	const struct metric *first = &c->metrics[q->persons[0].metric];
	const char *person = column_name(q->view, first->persons->id);
	struct buf b;
	buf_init(&b, SQL_MAX);
	(void)buf_addf(&b, "SELECT g, ");
	add_dims(&b, q, false);
	add_amounts(&b, q, false);
	(void)buf_addf(&b, ", count(*) FROM (\nSELECT grouping(");
	add_dims(&b, q, false);
	(void)buf_addf(&b, ") AS g, ");
	add_dims(&b, q, false);
	add_amounts(&b, q, true);
	(void)buf_addf(&b, " FROM (\nSELECT v.\"%s\" AS p, ", person);
	add_dims(&b, q, true);
	for (size_t i = 0; i < q->n_persons; i++) {
		const struct metric *m = &c->metrics[q->persons[i].metric];
		add_amount(&b, m->denominator, m->denominator_count, 'n', i);
		add_amount(&b, m->numerator, m->numerator_count, 'x', i);
	}
	enum code code = add_source(&b, q->view, e);
	(void)buf_addf(&b, " AND v.\"%s\" IS NOT NULL\nGROUP BY p, ", person);
	add_dims(&b, q, false);
	(void)buf_addf(&b, ") AS fine");
	add_sets(&b, q, c);
	(void)buf_addf(&b, ") AS persons\nGROUP BY g, ");
	add_dims(&b, q, false);
	add_amounts(&b, q, false);
	q->sql = code == OK ? finish_text(a, &b, e) : NULL;
	buf_fini(&b);
	return q->sql != NULL ? OK : e->code;
}

/* True when the metric counts the persons that the metric `other` counts. */
static bool
is_same_persons(const struct metric *m, const struct metric *other)
{
	return m->shape == SHAPE_PERSONS && m->denominator[0].view == other->denominator[0].view &&
	       strcmp(m->persons->id, other->persons->id) == 0;
}

/* The statement for a metric that counts persons, and all that count the same; the first of them
 * makes it. */
static enum code
plan_persons(const struct catalogue *c, unsigned metric, struct arena *a, struct query_plan *p,
	     struct err *e)
{
	const struct metric *m = &c->metrics[metric];
	for (unsigned i = 0; i < metric; i++) {
		if (is_same_persons(&c->metrics[i], m)) {
			return OK;
		}
	}
	struct query *q = new_query(p, a, c, QUERY_PERSONS, m->denominator[0].view);
	struct query_persons *list = arena_zalloc(a, c->metrics_count, sizeof(*list));
	if (q == NULL || list == NULL) {
		return err_set(e, TRY_LIMIT, "metrics", "out of memory");
	}
	q->persons = list;
	enum code code = OK;
	for (unsigned i = metric; code == OK && i < c->metrics_count; i++) {
		if (is_same_persons(&c->metrics[i], m)) {
			list[q->n_persons++].metric = i;
			code = map_dims(q, c, i, e);
		}
	}
	if (code == OK && q->n_dims > PERSON_DIMS_MAX) {
		code = err_set(e, FATAL_CONFIG, m->id, "persons have too many dimensions");
	}
	if (code != OK) {
		return code;
	}
	for (size_t i = 0; i < q->n_persons; i++) {
		set_grouping(q, &c->metrics[list[i].metric], &list[i]);
		list[i].n_column = 1 + (int)q->n_dims + 2 * (int)i;
	}
	q->persons_column = 1 + (int)q->n_dims + 2 * (int)q->n_persons;
	return write_persons(q, c, a, e);
}

enum code
metric_sql_plan(const struct catalogue *c, struct arena *a, struct query_plan *out, struct err *e)
{
	enum code code = OK;
	out->n = 0;
	out->queries = arena_zalloc(a, view_count + c->metrics_count, sizeof(*out->queries));
	if (out->queries == NULL) {
		return err_set(e, TRY_LIMIT, "metrics", "out of memory");
	}
	for (size_t i = 0; code == OK && i < view_count; i++) {
		code = plan_view(c, &view_table[i], a, out, e);
	}
	for (unsigned m = 0; code == OK && m < c->metrics_count; m++) {
		if (c->metrics[m].shape == SHAPE_QUANTILE) {
			code = plan_values(c, m, a, out, e);
		} else if (c->metrics[m].shape == SHAPE_PERSONS) {
			code = plan_persons(c, m, a, out, e);
		}
	}
	return code;
}
