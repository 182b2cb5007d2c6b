#include "store/count/metric_sql.h"

#include "base/buf.h"
#include "base/count.h"
#include "core/spd/compare.h"
#include "store/count/condition_sql.h"
#include "store/count/metric_source.h"

#include <string.h>

#define SQL_MAX     (1 << 20)
#define COLUMNS_MAX 1000 /* PostgreSQL takes 1,664 */
#define USES_MAX    2000

/* Of a statement that counts persons: 2 to this power are the grouping sets there may be. */
#define PERSON_DIMS_MAX 8

/* The statements while they are put together. */
struct planner {
	struct arena *arena;
	const struct catalogue *c;
	struct query_plan *p;
	struct metric_sources sources;
};

/* A statement of QUERY_SUMS while it is put together. */
struct draft {
	struct planner *pl;
	struct metric_source source;
	struct query *q;
	const char *columns[COLUMNS_MAX];
	int n_columns;
};

static const char *
finish_text(struct arena *a, struct buf *b, struct err *e)
{
	char *text = b->failed ? NULL : arena_dup(a, b->p, b->n);

	if (text == NULL)
		err_set(e, FATAL_BUG, "metrics", "the statements of the catalogue are too large");
	return text;
}

/* --- dimensions ------------------------------------------------------------------------------- */

/* Texts that the register, the catalogue or the protocol has a list of are not. */
static bool
is_free(const struct column *col)
{
	static const char *const listed[] = {"kind", "source", "site_id", "basis", "quarter"};
	bool free = col->type == COLUMN_TEXT && col->names == NULL;

	for (size_t i = 0; i < COUNT(listed); i++)
		free = free && strcmp(listed[i], col->name) != 0;
	return free;
}

/* The column of a dimension in a statement, added when it is new; -1 when the view lacks it. */
static int
dim_column(struct query *q, const char *dimension)
{
	struct column col;

	if (!view_column(q->view, dimension, &col) || col.type == COLUMN_OTHER)
		return -1;
	for (unsigned i = 0; i < q->n_dims; i++)
		if (strcmp(q->dims[i], col.name) == 0)
			return (int)i;
	if (q->n_dims == QUERY_DIMS_MAX)
		return -1;
	q->dims[q->n_dims] = col.name;
	q->is_free[q->n_dims] = is_free(&col);
	return (int)q->n_dims++;
}

static enum code
map_dims(struct query *q, const struct catalogue *c, unsigned metric, struct err *e)
{
	const struct metric *m = &c->metrics[metric];

	for (unsigned d = 0; d < m->dimension_count; d++)
		q->dim_column[metric][d] = dim_column(q, m->dimension[d]);
	return q->n_dims < QUERY_DIMS_MAX ? OK
					  : err_set(e, FATAL_CONFIG, q->view->name,
						    "the metrics have too many dimensions");
}

static void
add_dim_keys(struct metric_source *s, const struct query *q)
{
	for (unsigned i = 0; s->is_cubed && i < q->n_dims; i++)
		metric_source_key(s, q->dims[i], false);
}

/* The bits of grouping() that are 0 for a dimension: it is grouped by it. */
static int
grouped_by(const struct query *q, unsigned metric, unsigned dimension)
{
	int at = q->dim_column[metric][dimension];

	return at < 0 ? -1 : ~(1 << ((int)q->n_dims - 1 - at));
}

/* The bits of grouping(): the first dimension is the highest, 1 where it is not grouped by. The
 * clusters of what is counted apart are of one part, which is not known yet. */
static void
set_grouping(const struct query *q, const struct catalogue *c, unsigned metric, int *grouping)
{
	const struct metric *m = &c->metrics[metric];

	for (unsigned i = 0; i < m->breakdown_count; i++) {
		const struct breakdown *k = &m->breakdown[i];

		grouping[i] = (1 << q->n_dims) - 1;
		for (unsigned j = 0; j < k->n; j++)
			grouping[i] &= grouped_by(q, metric, k->dimension[j]);
		for (unsigned d = 0; q->shape == QUERY_CLUSTERS && d < m->dimension_count; d++)
			if (m->apart != NULL && strcmp(m->dimension[d], m->apart) == 0)
				grouping[i] &= grouped_by(q, metric, d);
	}
}

static struct query *
new_query(struct planner *pl, enum query_shape shape, const struct view *v)
{
	struct query *q = &pl->p->queries[pl->p->n];
	struct arena *a = pl->arena;

	*q = (struct query){.shape = shape, .view = v};
	q->dim_column = arena_zalloc(a, pl->c->metrics_count, sizeof(*q->dim_column));
	q->uses = shape == QUERY_SUMS ? arena_zalloc(a, USES_MAX, sizeof(*q->uses)) : NULL;
	pl->p->n++;
	return arena_failed(a) ? NULL : q;
}

static enum code
no_room(struct err *e)
{
	return err_set(e, TRY_LIMIT, "metrics", "out of memory, or the catalogue is too large");
}

static void
add_dims(struct buf *b, const struct query *q, bool named)
{
	for (unsigned i = 0; i < q->n_dims; i++) {
		buf_addf(b, "%s", i == 0 ? "" : ", ");
		if (named)
			buf_addf(b, "v.\"%s\"::text AS d%u", q->dims[i], i);
		else
			buf_addf(b, "d%u", i);
	}
}

static enum code
add_from(struct buf *b, struct query *q, const struct metric_source *s, struct err *e)
{
	q->has_params = !s->is_cubed;
	return metric_source_from(s, b, e);
}

/* --- sums ------------------------------------------------------------------------------------- */

/* Persons and quantiles count their numerator and denominator in their own statement. */
static bool
is_own(const struct metric *m, unsigned group)
{
	return (metric_has_values(m) || m->shape == SHAPE_PERSONS) &&
	       (group == GROUP_NUMERATOR || group == GROUP_DENOMINATOR);
}

static enum code
add_term(struct draft *d, unsigned metric, unsigned group, const struct term *t, struct err *e)
{
	struct buf b;
	const char *text;
	int column;

	buf_init(&b, SQL_MAX);
	metric_source_amount(&d->source, &b, t);
	text = finish_text(d->pl->arena, &b, e);
	buf_fini(&b);
	if (text == NULL)
		return FATAL_BUG;
	column = 0;
	while (column < d->n_columns && strcmp(d->columns[column], text) != 0)
		column++;
	if (column == COLUMNS_MAX || d->q->n_uses == USES_MAX)
		return err_set(e, FATAL_CONFIG, t->from, "too many different counts of one view");
	if (column == d->n_columns)
		d->columns[d->n_columns++] = text;
	d->q->uses[d->q->n_uses++] = (struct query_use){metric, group, t->minus ? -1 : 1, column};
	return map_dims(d->q, d->pl->c, metric, e);
}

static enum code
add_metric(struct draft *d, unsigned metric, struct err *e)
{
	const struct metric *m = &d->pl->c->metrics[metric];
	enum code code = OK;

	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, g, &n);

		for (unsigned i = 0; code == OK && i < n; i++)
			if (t[i].view == d->q->view && !is_own(m, g))
				code = add_term(d, metric, g, &t[i], e);
	}
	return code;
}

static void
add_sum_columns(struct buf *b, const struct draft *d)
{
	for (int i = 0; i < d->n_columns; i++)
		buf_addf(b, ",\n%s", d->columns[i]);
}

/* Nobody looks at the weeks of anything else. */
static bool
is_charted(const struct draft *d)
{
	size_t i = 0;

	while (i < d->q->n_uses && !compare_is_rate(&d->pl->c->metrics[d->q->uses[i].metric]))
		i++;
	return i < d->q->n_uses;
}

int
query_part_column(const struct query *q, const struct metric *m)
{
	unsigned i = 0;

	while (i < q->n_parts && (m->apart == NULL || strcmp(q->parts[i], m->apart) != 0))
		i++;
	return i < q->n_parts ? 1 + (int)i : -1;
}

/* Weeks of what is counted apart are of one part, which is not known yet. */
static void
add_parts(struct draft *d)
{
	struct query *q = d->q;

	for (size_t i = 0; i < q->n_uses; i++) {
		const struct metric *m = &d->pl->c->metrics[q->uses[i].metric];

		if (metric_parts_are_few(m) && query_part_column(q, m) < 0 &&
		    q->n_parts < QUERY_PARTS_MAX) {
			q->parts[q->n_parts++] = m->apart;
			metric_source_key(&d->source, m->apart, true);
		}
	}
}

/* By week, of the whole entity. */
static enum code
write_weeks(struct draft *d, struct err *e)
{
	struct buf b;

	add_parts(d);
	buf_init(&b, SQL_MAX);
	buf_addf(&b, "SELECT v.week::text");
	for (unsigned i = 0; i < d->q->n_parts; i++)
		buf_addf(&b, ", v.\"%s\"", d->q->parts[i]);
	add_sum_columns(&b, d);
	buf_addf(&b, " FROM ");
	metric_source_rows(&d->source, &b, true);
	buf_addf(&b, " AS v\nGROUP BY v.week");
	for (unsigned i = 0; i < d->q->n_parts; i++)
		buf_addf(&b, ", v.\"%s\"", d->q->parts[i]);
	d->q->week_sql = finish_text(d->pl->arena, &b, e);
	buf_fini(&b);
	return d->q->week_sql != NULL ? OK : e->code;
}

static enum code
write_sums(struct draft *d, struct err *e)
{
	struct buf b;
	enum code code;

	add_dim_keys(&d->source, d->q);
	buf_init(&b, SQL_MAX);
	buf_addf(&b, "SELECT ");
	add_dims(&b, d->q, true);
	add_sum_columns(&b, d);
	code = add_from(&b, d->q, &d->source, e);
	buf_addf(&b, "\nGROUP BY ");
	add_dims(&b, d->q, false);
	d->q->sql = code == OK ? finish_text(d->pl->arena, &b, e) : NULL;
	buf_fini(&b);
	for (size_t i = 0; i < d->q->n_uses; i++)
		d->q->uses[i].column += (int)d->q->n_dims;
	d->q->n_sums = (unsigned)d->n_columns;
	if (d->q->sql != NULL && d->source.is_cubed && is_charted(d)) {
		for (unsigned i = 0; i < d->source.n_cubes; i++)
			d->source.cubes[i]->is_weekly = true;
		return write_weeks(d, e);
	}
	return d->q->sql != NULL ? OK : e->code;
}

/* The statement of a view; leaves no query behind when no metric counts there. */
static enum code
plan_view(struct planner *pl, const struct view *v, struct err *e)
{
	struct draft *d = arena_zalloc(pl->arena, 1, sizeof(*d));

	if (d == NULL)
		return no_room(e);
	*d = (struct draft){.pl = pl, .q = new_query(pl, QUERY_SUMS, v)};
	if (d->q == NULL || !metric_source_open(&d->source, &pl->sources, v, ""))
		return no_room(e);
	for (unsigned m = 0; m < pl->c->metrics_count; m++) {
		enum code code = add_metric(d, m, e);

		if (code != OK)
			return code;
	}
	if (d->q->n_uses == 0) {
		pl->p->n--;
		metric_source_close(&d->source);
		return OK;
	}
	return write_sums(d, e);
}

/* --- histograms ------------------------------------------------------------------------------- */

/* A view that is read as it is: its values by each breakdown. */
static enum code
write_raw_values(struct planner *pl, struct query *q, const struct metric_source *s, struct buf *b,
		 struct err *e)
{
	const struct metric *m = &pl->c->metrics[q->metric];
	const struct term *t = &m->denominator[0];
	const char *of = condition_sql_column(t->view, m->of);
	enum code code;

	buf_addf(b, "SELECT g, ");
	add_dims(b, q, false);
	buf_addf(b, ", array_agg(value ORDER BY value), array_agg(n ORDER BY value)"
		    " FROM (SELECT grouping(");
	add_dims(b, q, false);
	buf_addf(b, ") AS g, ");
	add_dims(b, q, false);
	buf_addf(b, ", value, count(*) AS n FROM (SELECT ");
	add_dims(b, q, true);
	buf_addf(b, ", v.\"%s\"::bigint AS value", of);
	code = add_from(b, q, s, e);
	buf_addf(b, " AND v.\"%s\" IS NOT NULL", of);
	for (unsigned i = 0; i < t->where_count; i++) {
		buf_addf(b, " AND ");
		condition_sql_add(b, t->view, &t->where[i]);
	}
	buf_addf(b, ") AS r GROUP BY GROUPING SETS (");
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		buf_addf(b, "%s(value", i == 0 ? "" : ", ");
		for (unsigned d = 0; d < q->n_dims; d++) {
			bool in = (q->grouping[i] >> (q->n_dims - 1 - d) & 1) == 0;

			buf_addf(b, in ? ", d%u" : "", d);
		}
		buf_addf(b, ")");
	}
	buf_addf(b, ")) AS x GROUP BY g, ");
	add_dims(b, q, false);
	return code;
}

static enum code
write_cubed_values(struct planner *pl, struct query *q, struct metric_source *s, struct buf *b,
		   struct err *e)
{
	const struct metric *m = &pl->c->metrics[q->metric];
	const struct term *t = &m->denominator[0];
	struct cube *c = s->cubes[0];
	struct buf where;

	buf_init(&where, SQL_MAX);
	buf_addf(&where, "%s", c->where);
	for (unsigned i = 0; i < t->where_count; i++) {
		buf_addf(&where, " AND ");
		condition_sql_add(&where, t->view, &t->where[i]);
	}
	c->where = finish_text(pl->arena, &where, e);
	buf_fini(&where);
	c->value = arena_printf(pl->arena, "v.\"%s\"", condition_sql_column(t->view, m->of));
	add_dim_keys(s, q);
	for (unsigned i = 0; i < m->breakdown_count; i++)
		c->sets[c->n_sets++] = (unsigned)q->grouping[i];
	buf_addf(b, CUBE_BINS, cube_index(&pl->p->cubes, c));
	return c->where != NULL && c->value != NULL ? OK : no_room(e);
}

static enum code
plan_values(struct planner *pl, unsigned metric, struct err *e)
{
	const struct metric *m = &pl->c->metrics[metric];
	const struct view *v = m->denominator[0].view;
	struct query *q = new_query(pl, QUERY_VALUES, v);
	struct metric_source s;
	enum code code;
	struct buf b;

	if (q == NULL ||
	    !metric_source_open(&s, &pl->sources, v, arena_printf(pl->arena, " %s", m->id)))
		return no_room(e);
	q->metric = metric;
	if (s.is_cubed && s.n_cubes != 1) {
		return err_set(e, FATAL_CONFIG, m->id,
			       "there are no quantiles of a view that depends on other kinds");
	}
	code = map_dims(q, pl->c, metric, e);
	if (code != OK)
		return code;
	set_grouping(q, pl->c, metric, q->grouping);
	buf_init(&b, SQL_MAX);
	code =
	    s.is_cubed ? write_cubed_values(pl, q, &s, &b, e) : write_raw_values(pl, q, &s, &b, e);
	q->sql = code == OK ? finish_text(pl->arena, &b, e) : NULL;
	buf_fini(&b);
	return q->sql != NULL ? OK : e->code;
}

/* --- persons and clusters --------------------------------------------------------------------- */

/* What a metric counts of a person, or of a cluster. */
static const struct term *
terms_of(const struct metric *m, enum query_shape shape, enum count_group group, unsigned *n)
{
	return shape == QUERY_CLUSTERS ? metric_cluster_terms(m, group, n)
				       : metric_terms(m, group, n);
}

/* The field that tells those apart whom the metric counts so; NULL: it counts none. */
static const char *
id_of(const struct metric *m, enum query_shape shape)
{
	if (shape == QUERY_CLUSTERS)
		return m->clusters == NULL ? NULL : m->clusters->id;
	return m->shape == SHAPE_PERSONS ? m->persons->id : NULL;
}

static const struct view *
view_of(const struct metric *m, enum query_shape shape)
{
	unsigned n = 0;

	return terms_of(m, shape, GROUP_DENOMINATOR, &n)[0].view;
}

/* In the statement's first level; the second adds it up. */
static void
add_amount(struct metric_source *s, struct buf *b, const struct metric *m, enum query_shape shape,
	   enum count_group group)
{
	unsigned n = 0;
	const struct term *terms = terms_of(m, shape, group, &n);

	buf_addf(b, ", 0");
	for (unsigned i = 0; i < n; i++) {
		buf_addf(b, " %c coalesce(", terms[i].minus ? '-' : '+');
		metric_source_amount(s, b, &terms[i]);
		buf_addf(b, ", 0)");
	}
}

static void
add_amounts(struct buf *b, const struct query *q, bool summed)
{
	for (size_t i = 0; i < q->n_persons; i++)
		if (summed)
			buf_addf(b, ", sum(n%zu) AS n%zu, sum(x%zu) AS x%zu", i, i, i, i);
		else
			buf_addf(b, ", n%zu, x%zu", i, i);
}

/* Sums over the clusters that have trials: no cluster's own counts come out. */
static void
add_cluster_sums(struct buf *b, const struct query *q)
{
	static const char sums[][2] = {{'n', 0}, {'x', 0}, {'x', 'x'}, {'x', 'n'}, {'n', 'n'}};
	_Static_assert(COUNT(sums) + 1 == QUERY_CLUSTER_COLUMNS, "and their number");

	for (size_t i = 0; i < q->n_persons; i++) {
		buf_addf(b, ", count(*) FILTER (WHERE p IS NOT NULL AND n%zu > 0)", i);
		for (size_t k = 0; k < COUNT(sums); k++) {
			buf_addf(b, ", sum(%c%zu", sums[k][0], i);
			if (sums[k][1] != 0)
				buf_addf(b, " * %c%zu", sums[k][1], i);
			buf_addf(b, ") FILTER (WHERE p IS NOT NULL AND n%zu > 0)", i);
		}
	}
}

/* One grouping set per breakdown of any of the metrics: the person and its dimensions. */
static void
add_sets(struct buf *b, const struct query *q, const struct catalogue *c)
{
	bool done[1 << PERSON_DIMS_MAX] = {false};
	const char *comma;

	buf_addf(b, "\nGROUP BY GROUPING SETS (");
	comma = "";
	for (size_t i = 0; i < q->n_persons; i++) {
		const struct query_persons *p = &q->persons[i];

		for (unsigned j = 0; j < c->metrics[p->metric].breakdown_count; j++) {
			if (done[p->grouping[j]])
				continue;
			done[p->grouping[j]] = true;
			buf_addf(b, "%s(p", comma);
			comma = ", ";
			for (unsigned d = 0; d < q->n_dims; d++) {
				bool in = (p->grouping[j] >> (q->n_dims - 1 - d) & 1) == 0;

				buf_addf(b, in ? ", d%u" : "", d);
			}
			buf_addf(b, ")");
		}
	}
	buf_addf(b, ")");
}

/* What each has, at the finest dimensions first, so that the many rows are read in parallel; then
 * each breakdown groups what is left. Who it is comes out of the statement in no row. */
static enum code
add_fine(struct buf *b, struct query *q, struct metric_source *s, const struct catalogue *c,
	 struct err *e)
{
	const char *id = id_of(&c->metrics[q->persons[0].metric], q->shape);
	struct column person = {0};
	enum code code;

	view_column(q->view, id, &person);
	buf_addf(b, "SELECT v.\"%s\" AS p, ", person.name);
	add_dims(b, q, true);
	for (size_t i = 0; i < q->n_persons; i++) {
		const struct metric *m = &c->metrics[q->persons[i].metric];

		add_amount(s, b, m, q->shape, GROUP_DENOMINATOR);
		buf_addf(b, " AS n%zu", i);
		add_amount(s, b, m, q->shape, GROUP_NUMERATOR);
		buf_addf(b, " AS x%zu", i);
	}
	if (s->is_cubed) {
		metric_source_key(s, person.name, false);
		add_dim_keys(s, q);
	}
	for (unsigned i = 0; i < s->n_cubes; i++)
		s->cubes[i]->is_personal = person.type == COLUMN_OTHER;
	code = add_from(b, q, s, e);
	if (q->shape == QUERY_PERSONS)
		buf_addf(b, " AND v.\"%s\" IS NOT NULL", person.name);
	buf_addf(b, "\nGROUP BY p, ");
	add_dims(b, q, false);
	return code;
}

static enum code
write_persons(struct planner *pl, struct query *q, struct metric_source *s, struct err *e)
{
	struct buf b;
	enum code code;

	buf_init(&b, SQL_MAX);
	buf_addf(&b, "SELECT g, ");
	add_dims(&b, q, false);
	if (q->shape == QUERY_CLUSTERS) {
		add_cluster_sums(&b, q);
	} else {
		add_amounts(&b, q, false);
		buf_addf(&b, ", count(*)");
	}
	buf_addf(&b, " FROM (\nSELECT p, grouping(");
	add_dims(&b, q, false);
	buf_addf(&b, ") AS g, ");
	add_dims(&b, q, false);
	add_amounts(&b, q, true);
	buf_addf(&b, " FROM (\n");
	code = add_fine(&b, q, s, pl->c, e);
	buf_addf(&b, ") AS fine");
	add_sets(&b, q, pl->c);
	buf_addf(&b, ") AS persons\nGROUP BY g, ");
	add_dims(&b, q, false);
	if (q->shape == QUERY_PERSONS)
		add_amounts(&b, q, false);
	q->sql = code == OK ? finish_text(pl->arena, &b, e) : NULL;
	buf_fini(&b);
	return q->sql != NULL ? OK : e->code;
}

/* Whose counts a statement has: those that this id tells apart in this view. */
struct counted {
	const struct view *view;
	const char *id;
};

static bool
counts_them(const struct metric *m, enum query_shape shape, const struct counted *of)
{
	const char *id = id_of(m, shape);

	return id != NULL && view_of(m, shape) == of->view && strcmp(id, of->id) == 0;
}

static enum code
list_persons(struct planner *pl, struct query *q, const struct counted *of, struct err *e)
{
	int columns = q->shape == QUERY_CLUSTERS ? QUERY_CLUSTER_COLUMNS : 2;
	const struct catalogue *c = pl->c;
	enum code code = OK;

	for (unsigned i = 0; code == OK && i < c->metrics_count; i++) {
		if (counts_them(&c->metrics[i], q->shape, of)) {
			q->persons[q->n_persons++].metric = i;
			code = map_dims(q, c, i, e);
		}
	}
	if (code == OK && q->n_dims > PERSON_DIMS_MAX)
		code = err_set(e, FATAL_CONFIG, of->view->name,
			       "persons, or clusters, have too many dimensions");
	for (size_t i = 0; code == OK && i < q->n_persons; i++) {
		set_grouping(q, c, q->persons[i].metric, q->persons[i].grouping);
		q->persons[i].n_column = 1 + (int)q->n_dims + columns * (int)i;
	}
	q->persons_column = 1 + (int)q->n_dims + columns * (int)q->n_persons;
	return code;
}

/* Leaves no query behind when nothing is counted in this shape. */
static enum code
plan_shape(struct planner *pl, enum query_shape shape, const struct counted *of,
	   struct metric_source *s, struct err *e)
{
	struct query *q = new_query(pl, shape, of->view);
	enum code code;

	if (q == NULL)
		return no_room(e);
	q->persons = arena_zalloc(pl->arena, pl->c->metrics_count, sizeof(*q->persons));
	if (q->persons == NULL)
		return no_room(e);
	code = list_persons(pl, q, of, e);
	if (code == OK && q->n_persons == 0) {
		pl->p->n--;
		return OK;
	}
	return code == OK ? write_persons(pl, q, s, e) : code;
}

/* Is there an earlier metric that counts the same, or the same metric in an earlier shape? */
static bool
is_planned(const struct catalogue *c, unsigned metric, enum query_shape shape,
	   const struct counted *of)
{
	bool is = shape == QUERY_CLUSTERS && counts_them(&c->metrics[metric], QUERY_PERSONS, of);

	for (unsigned i = 0; i < metric; i++)
		is = is || counts_them(&c->metrics[i], QUERY_PERSONS, of) ||
		     counts_them(&c->metrics[i], QUERY_CLUSTERS, of);
	return is;
}

/* The statements for a metric that counts persons, or clusters, and all that count the same: they
 * read the same cubes. The first of them makes both. */
static enum code
plan_persons(struct planner *pl, unsigned metric, enum query_shape shape, struct err *e)
{
	const struct metric *m = &pl->c->metrics[metric];
	struct counted of = {NULL, id_of(m, shape)};
	struct metric_source s;
	enum code code;

	if (of.id == NULL)
		return OK;
	of.view = view_of(m, shape);
	if (is_planned(pl->c, metric, shape, &of))
		return OK;
	if (!metric_source_open(&s, &pl->sources, of.view,
				arena_printf(pl->arena, " by %s", of.id)))
		return no_room(e);
	code = plan_shape(pl, QUERY_PERSONS, &of, &s, e);
	return code == OK ? plan_shape(pl, QUERY_CLUSTERS, &of, &s, e) : code;
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum code
write_records(struct planner *pl, struct err *e)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_addf(&b,
		 "SELECT k.kind, coalesce(sum(r.n) FILTER (WHERE r.correction = 'false'), 0),"
		 " coalesce(sum(r.n) FILTER (WHERE r.effective = 'true'), 0),"
		 " coalesce(sum(r.n) FILTER (WHERE r.corrected = 'true'), 0),"
		 " coalesce(sum(r.n) FILTER (WHERE r.voided = 'true'), 0),"
		 " coalesce(sum(r.n) FILTER (WHERE r.correction = 'false' AND r.late = 'true'), 0)"
		 " FROM sems.kind AS k LEFT JOIN ");
	metric_sources_received(&pl->sources, &b, false);
	buf_addf(
	    &b,
	    " AS r ON r.kind = k.kind WHERE k.kind NOT IN ('void', 'confirmation') GROUP BY k.kind"
	    " ORDER BY k.kind");
	pl->p->records_sql = finish_text(pl->arena, &b, e);
	buf_fini(&b);
	return pl->p->records_sql != NULL ? OK : e->code;
}

enum code
metric_sql_plan(const struct catalogue *c, struct arena *a, struct query_plan *out, struct err *e)
{
	struct planner pl = {
	    .arena = a, .c = c, .p = out, .sources = {.arena = a, .c = c, .cubes = &out->cubes}};
	enum code code = OK;

	*out = (struct query_plan){.cubes = {.arena = a}};
	out->queries = arena_zalloc(a, view_count + 2 * c->metrics_count, sizeof(*out->queries));
	if (out->queries == NULL || !metric_sources_open(&pl.sources))
		return no_room(e);
	for (size_t i = 0; code == OK && i < view_count; i++)
		code = plan_view(&pl, &view_table[i], e);
	for (unsigned m = 0; code == OK && m < c->metrics_count; m++) {
		if (metric_has_values(&c->metrics[m]))
			code = plan_values(&pl, m, e);
		code = code == OK ? plan_persons(&pl, m, QUERY_PERSONS, e) : code;
		code = code == OK ? plan_persons(&pl, m, QUERY_CLUSTERS, e) : code;
	}
	if (code == OK)
		code = write_records(&pl, e);
	return code == OK ? cube_set_seal(&out->cubes, e) : code;
}
