#include "store/metric_sql.h"

#include "base/buf.h"
#include "base/embed.h"
#include "store/condition_sql.h"

#include <string.h>

#define SQL_MAX     (1 << 20)
#define COLUMNS_MAX 1000 /* PostgreSQL takes 1,664 */
#define USES_MAX    2000

/* Of a statement that counts persons: 2 to this power are the grouping sets there may be. */
#define PERSON_DIMS_MAX 8

/* --- what is counted in cubes ----------------------------------------------------------------- */

/* Rows of one kind that a view has: a cube each. */
struct part {
	const char *kind;
	const char *fact;
	bool is_of_devices; /* counted by device, too: the view leaves out what other kinds tell */
};

#define MEASURE_OF(relation) "SELECT r.*, r.measure_code AS measure FROM " relation " AS r"

/* All that is counted of TIP events is of one relation, so that it takes one reading. */
#define TIP_EVENTS \
	"SELECT r.*, r.received_at >= %END%::timestamptz AS late FROM sems.spd_tip_event AS r"

#define TIP_EVENTS_COUNTED " AND (v.\"effective\")"

static const struct part tip_event_parts[] = {
    {"tip_event", TIP_EVENTS, false},
};
static const struct part tip_session_parts[] = {
    {"tip_session",
     "SELECT s.*, s.measure_code AS measure, s.images_viewed IS NOT NULL AND s.tip_shown IS NOT "
     "NULL"
     " AND s.non_tip_alarms IS NOT NULL AS bags_known,"
     " extract(epoch FROM s.occurred_end - s.occurred_at)::bigint AS seconds"
     " FROM sems.effective_tip_session AS s",
     false},
};
static const struct part tip_exposure_parts[] = {
    {"tip_event", TIP_EVENTS, false},
    {"tip_session",
     "SELECT s.counted_at, s.screener_id, s.site_id, s.device_id, s.measure_code AS measure,"
     " s.provider_id, s.stream, s.hits + s.misses AS shown, s.hits"
     " FROM sems.effective_tip_session AS s",
     true},
};

/* A view whose rows depend on the period, by what devices sent in it; the columns that say so are
 * added to the rows that come out of the cubes. */
static const struct special {
	const char *view;
	const struct part *parts;
	unsigned n_parts;
	const char *period[3]; /* those columns */
} specials[] = {
    {"tip_event", tip_event_parts, 1, {"sessions_known", "bags_known"}},
    {"tip_session", tip_session_parts, 1, {"events_absent"}},
    {"tip_exposure", tip_exposure_parts, 2, {NULL}},
};

/* Not the sum of their days: what a finding is depends on other audits. */
static const char *const whole[] = {"audit", "finding", "finding_at_end", "plan", "quarantine"};

/* Where a statement's rows come from. */
struct source {
	const struct view *view;
	const struct special *special; /* NULL: none */
	bool is_cubed;                 /* its columns are those of cubes, all of them text */
	bool by_device;
	struct cube *cubes[KIND_COUNT];
	unsigned n_cubes;
};

/* The statements while they are put together. */
struct planner {
	struct arena *arena;
	const struct catalogue *c;
	struct query_plan *p;
	unsigned n_tests;
	struct cube *received[KIND_COUNT];
	struct cube *event_devices;
	struct cube *session_devices;
};

/* A statement of QUERY_SUMS while it is put together. */
struct draft {
	struct planner *pl;
	struct source source;
	struct query *q;
	const char *columns[COLUMNS_MAX];
	int n_columns;
};

static bool
is_period_column(const struct special *sp, const char *name)
{
	for (size_t i = 0; sp != NULL && i < 3 && sp->period[i] != NULL; i++) {
		if (strcmp(sp->period[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* A key of every cube of the source. */
static const char *
add_key(struct planner *pl, struct source *s, const char *name, const char *expr, bool weekly)
{
	for (unsigned i = 0; i < s->n_cubes; i++) {
		cube_key(s->cubes[i], pl->arena, name, expr, weekly);
	}
	return name;
}

/* A key that says whether something holds; its name, the same in every cube of the source. */
static const char *
add_test_key(struct planner *pl, struct source *s, const char *expr)
{
	const char *name = cube_key_of(s->cubes[0], expr);
	if (name == NULL) {
		name = arena_printf(pl->arena, "p%u", pl->n_tests++);
	}
	return name == NULL ? "" : add_key(pl, s, name, expr, true);
}

static const char *
add_column_key(struct planner *pl, struct source *s, const char *name, bool weekly)
{
	struct column col;
	bool flag = view_column(s->view, name, &col) && col.type == COLUMN_BOOL;
	return add_key(pl, s, name,
		       flag ? arena_printf(pl->arena, "(v.\"%s\")", name)
			    : arena_printf(pl->arena, "v.\"%s\"", name),
		       weekly);
}

/* Few values: flags, enumerations, and what figures are broken down by anyway. */
static bool
has_few_values(const struct column *col)
{
	return col->type == COLUMN_BOOL || (col->type == COLUMN_TEXT && col->names != NULL);
}

/* On a cube's rows: a column of few values is a key; of others the condition itself is. */
static void
add_cubed_condition(struct planner *pl, struct source *s, struct buf *b, const struct condition *w)
{
	struct column col;
	if (!view_column(s->view, w->field, &col)) {
		return;
	}
	bool of_period = is_period_column(s->special, col.name);
	if (of_period || (has_few_values(&col) && w->at_least == NULL && w->at_most == NULL)) {
		if (!of_period) {
			(void)add_column_key(pl, s, col.name, true);
		}
		condition_sql_add(b, s->view, w);
		return;
	}
	struct buf expr;
	buf_init(&expr, SQL_MAX);
	(void)buf_addf(&expr, "(");
	condition_sql_add(&expr, s->view, w);
	(void)buf_add(&expr, ")", sizeof(")"));
	b->failed = b->failed || expr.failed;
	(void)buf_addf(b, "v.\"%s\" = 'true'",
		       expr.failed ? "" : add_test_key(pl, s, (const char *)expr.p));
	buf_fini(&expr);
}

static void
add_conditions(struct planner *pl, struct source *s, struct buf *b, const struct term *t)
{
	for (unsigned i = 0; i < t->where_count; i++) {
		(void)buf_addf(b, "%s", i == 0 ? "" : " AND ");
		if (s->is_cubed) {
			add_cubed_condition(pl, s, b, &t->where[i]);
		} else {
			condition_sql_add(b, s->view, &t->where[i]);
		}
	}
}

/* An aggregate that is NULL when it found nothing to count. */
static void
add_aggregate(struct planner *pl, struct source *s, struct buf *b, const struct term *t)
{
	if (t->sum != NULL) {
		const char *column = condition_sql_column(t->view, t->sum);
		(void)buf_addf(b, "(sum(v.\"%s\")", column);
		for (unsigned i = 0; i < s->n_cubes; i++) {
			cube_sum(s->cubes[i], column);
		}
	} else {
		(void)buf_addf(b, s->is_cubed ? "nullif((sum(v.n)" : "nullif((count(*)");
	}
	if (t->where_count > 0) {
		(void)buf_addf(b, " FILTER (WHERE ");
		add_conditions(pl, s, b, t);
		(void)buf_addf(b, ")");
	}
	(void)buf_addf(b, "%s", t->sum != NULL ? ")::bigint" : ")::bigint, 0)");
}

/* --- sources ---------------------------------------------------------------------------------- */

static const struct special *
special_of(const struct view *v)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		if (strcmp(specials[i].view, v->name) == 0) {
			return &specials[i];
		}
	}
	return NULL;
}

static bool
is_whole(const struct view *v)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		if (strcmp(whole[i], v->name) == 0) {
			return true;
		}
	}
	return false;
}

/* Sums of doubles depend on their order: no counting by days. */
static bool
is_real(const struct view *v, const char *field)
{
	const struct kind *k = v->base == KIND_COUNT ? NULL : kinds[v->base];
	size_t at = k == NULL || field == NULL ? 0 : kind_field_index(k, text_of(field));
	return k != NULL && field != NULL && at < kind_n_fields(k) &&
	       kind_field(k, at)->type == FIELD_REAL;
}

/* Does the term ask, in this view, what devices sent? */
static bool
term_asks_of_devices(const struct term *t, const struct view *v)
{
	struct column col;
	for (unsigned w = 0; t->view == v && w < t->where_count; w++) {
		if (view_column(v, t->where[w].field, &col) &&
		    is_period_column(special_of(v), col.name)) {
			return true;
		}
	}
	return false;
}

static bool
term_sums_reals(const struct term *t, const struct view *v)
{
	return t->view == v && is_real(v, t->sum);
}

/* Is there a term of the metric of which `is` says so? */
static bool
has_term(const struct metric *m, const struct view *v,
	 bool (*is)(const struct term *, const struct view *))
{
	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, g, &n);
		for (unsigned i = 0; i < n; i++) {
			if (is(&t[i], v)) {
				return true;
			}
		}
	}
	return false;
}

static bool
has_real_sums(const struct catalogue *c, const struct view *v)
{
	for (unsigned i = 0; i < c->metrics_count; i++) {
		if (has_term(&c->metrics[i], v, term_sums_reals)) {
			return true;
		}
	}
	return false;
}

/* Does the metric ask, in this view, what devices sent? */
static bool
asks_of_devices(const struct metric *m, const struct view *v)
{
	struct column col;
	for (unsigned d = 0; d < m->dimension_count; d++) {
		if (view_column(v, m->dimension[d], &col) &&
		    is_period_column(special_of(v), col.name)) {
			return true;
		}
	}
	return has_term(m, v, term_asks_of_devices);
}

static void
add_device_keys(struct planner *pl, struct cube *c)
{
	cube_key(c, pl->arena, "site_id", "v.\"site_id\"", true);
	cube_key(c, pl->arena, "device_id", "v.\"device_id\"", true);
}

/* One kind's rows of a source; false: there are too many cubes. */
static bool
add_cube(struct planner *pl, struct source *s, const struct part *part, const char *of)
{
	const char *name = arena_printf(pl->arena, "%s%s", s->view->name, of);
	struct cube *c = cube_new(&pl->p->cubes, name, part->kind, part->fact);
	if (c == NULL || name == NULL) {
		return false;
	}
	/* Its relation has every record. */
	c->where = strcmp(part->fact, TIP_EVENTS) == 0 ? TIP_EVENTS_COUNTED : "";
	s->cubes[s->n_cubes++] = c;
	if (s->by_device || part->is_of_devices) {
		add_device_keys(pl, c);
	}
	return true;
}

/* of: what the cubes' names end in. */
static bool
open_source(struct planner *pl, struct source *s, const struct view *v, bool by_device,
	    const char *of)
{
	*s = (struct source){.view = v, .special = special_of(v), .by_device = by_device};
	if (strcmp(v->name, "received") == 0) {
		s->is_cubed = true;
		s->n_cubes = KIND_COUNT;
		memcpy(s->cubes, pl->received, sizeof(pl->received));
		return true;
	}
	if (is_whole(v) || has_real_sums(pl->c, v)) {
		return true;
	}
	if (s->special != NULL) {
		s->is_cubed = true;
		for (unsigned i = 0; i < s->special->n_parts; i++) {
			if (!add_cube(pl, s, &s->special->parts[i], of)) {
				return false;
			}
		}
		return true;
	}
	if (v->relation == NULL || v->base == KIND_COUNT) {
		return true;
	}
	s->is_cubed = true;
	struct part part = {kinds[v->base]->name,
			    arena_printf(pl->arena, "SELECT * FROM %s", v->relation), false};
	return part.fact != NULL && add_cube(pl, s, &part, of);
}

static void
close_source(struct planner *pl, const struct source *s)
{
	if (s->is_cubed && s->cubes[0] != pl->received[0]) {
		pl->p->cubes.n -= s->n_cubes;
	}
}

static void
add_token(struct planner *pl, struct buf *b, const struct cube *c, bool weekly)
{
	(void)buf_addf(b, weekly ? CUBE_WEEKS : CUBE_ROWS, cube_index(&pl->p->cubes, c));
}

static void
add_received(struct planner *pl, struct buf *b, bool weekly)
{
	(void)buf_addf(b, "(");
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		(void)buf_addf(b, "%sSELECT * FROM ", k == 0 ? "" : " UNION ALL ");
		add_token(pl, b, pl->received[k], weekly);
		(void)buf_addf(b, " AS c");
	}
	(void)buf_addf(b, ")");
}

/* sessions_known: the device also sent sessions; bags_known: they say how many bags had nothing
 * projected. */
static void
add_events_of_devices(struct planner *pl, struct buf *b, const struct source *s, bool weekly)
{
	(void)buf_addf(b, "(SELECT c.*, (d.device_id IS NOT NULL)::text AS sessions_known,"
			  " (d.bags_known IS TRUE)::text AS bags_known FROM ");
	add_token(pl, b, s->cubes[0], weekly);
	(void)buf_addf(b, " AS c LEFT JOIN (SELECT site_id, device_id,"
			  " bool_or(bags_known = 'true') AS bags_known FROM ");
	add_token(pl, b, pl->session_devices, false);
	(void)buf_addf(b, " AS s GROUP BY site_id, device_id) AS d"
			  " ON d.site_id = c.site_id AND d.device_id = c.device_id)");
}

static void
add_event_devices(struct planner *pl, struct buf *b)
{
	(void)buf_addf(b, " AS c LEFT JOIN (SELECT site_id, device_id FROM ");
	add_token(pl, b, pl->event_devices, false);
	(void)buf_addf(b, " AS e GROUP BY site_id, device_id) AS d"
			  " ON d.site_id = c.site_id AND d.device_id = c.device_id");
}

/* events_absent: the device sent sessions only, so their counts stand in for its events. */
static void
add_sessions_of_devices(struct planner *pl, struct buf *b, const struct source *s, bool weekly)
{
	(void)buf_addf(b, "(SELECT c.*, (d.device_id IS NULL)::text AS events_absent FROM ");
	add_token(pl, b, s->cubes[0], weekly);
	add_event_devices(pl, b);
	(void)buf_addf(b, ")");
}

/* What each screener was shown and found: from events, and from sessions where a device sent only
 * those. */
static void
add_exposures(struct planner *pl, struct buf *b, const struct source *s, bool weekly)
{
	(void)buf_addf(b, "(");
	for (unsigned i = 0; i < s->n_cubes; i++) {
		const struct cube *c = s->cubes[0];
		(void)buf_addf(b, i == 0 ? "SELECT n" : " UNION ALL SELECT n");
		(void)buf_addf(b, weekly ? ", week" : "");
		for (unsigned k = 0; k < c->n_keys; k++) {
			(void)buf_addf(b, ", c.\"%s\"", c->keys[k].name);
		}
		for (unsigned k = 0; k < c->n_sums; k++) {
			(void)buf_addf(b, ", c.\"%s\"", c->sums[k]);
		}
		(void)buf_addf(b, " FROM ");
		add_token(pl, b, s->cubes[i], weekly);
		if (i == 0) {
			(void)buf_addf(b, " AS c");
		} else {
			add_event_devices(pl, b);
			(void)buf_addf(b, " WHERE d.device_id IS NULL");
		}
	}
	(void)buf_addf(b, ")");
}

static void
add_cubes(struct planner *pl, struct buf *b, const struct source *s, bool weekly)
{
	if (s->cubes[0] == pl->received[0]) {
		add_received(pl, b, weekly);
	} else if (s->n_cubes > 1) {
		add_exposures(pl, b, s, weekly);
	} else if (s->by_device && strcmp(s->view->name, "tip_event") == 0) {
		add_events_of_devices(pl, b, s, weekly);
	} else if (s->by_device) {
		add_sessions_of_devices(pl, b, s, weekly);
	} else {
		add_token(pl, b, s->cubes[0], weekly);
	}
}

/* FROM and the period; more conditions may follow, each with AND. */
static enum code
add_source(struct planner *pl, struct buf *b, const struct source *s, struct query *q,
	   struct err *e)
{
	const struct view *v = s->view;
	if (s->is_cubed) {
		(void)buf_addf(b, " FROM ");
		add_cubes(pl, b, s, false);
		(void)buf_addf(b, " AS v WHERE true");
		return OK;
	}
	q->has_params = true;
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

/* --- dimensions ------------------------------------------------------------------------------- */

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

static void
add_dim_keys(struct planner *pl, struct source *s, const struct query *q)
{
	for (unsigned i = 0; s->is_cubed && i < q->n_dims; i++) {
		if (!is_period_column(s->special, q->dims[i])) {
			(void)add_column_key(pl, s, q->dims[i], false);
		}
	}
}

/* The bits of grouping(): the first dimension is the highest, 1 where it is not grouped by. */
static void
set_grouping(const struct query *q, const struct catalogue *c, unsigned metric, int *grouping)
{
	const struct metric *m = &c->metrics[metric];
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		const struct breakdown *k = &m->breakdown[i];
		grouping[i] = (1 << q->n_dims) - 1;
		for (unsigned j = 0; j < k->n; j++) {
			int at = q->dim_column[metric][k->dimension[j]];
			grouping[i] &= at < 0 ? -1 : ~(1 << ((int)q->n_dims - 1 - at));
		}
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
		(void)buf_addf(b, "%s", i == 0 ? "" : ", ");
		if (named) {
			(void)buf_addf(b, "v.\"%s\"::text AS d%u", q->dims[i], i);
		} else {
			(void)buf_addf(b, "d%u", i);
		}
	}
}

/* --- sums ------------------------------------------------------------------------------------- */

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
	add_aggregate(d->pl, &d->source, &b, t);
	const char *text = finish_text(d->pl->arena, &b, e);
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
		for (unsigned i = 0; code == OK && i < n; i++) {
			if (t[i].view == d->q->view && !is_own(m, g)) {
				code = add_term(d, metric, g, &t[i], e);
			}
		}
	}
	return code;
}

static void
add_sum_columns(struct buf *b, const struct draft *d)
{
	for (int i = 0; i < d->n_columns; i++) {
		(void)buf_addf(b, ",\n%s", d->columns[i]);
	}
}

/* By week, of the whole entity. */
static enum code
write_weeks(struct draft *d, struct err *e)
{
	struct buf b;
	buf_init(&b, SQL_MAX);
	(void)buf_addf(&b, "SELECT v.week::text");
	add_sum_columns(&b, d);
	(void)buf_addf(&b, " FROM ");
	add_cubes(d->pl, &b, &d->source, true);
	(void)buf_addf(&b, " AS v\nGROUP BY v.week");
	d->q->week_sql = finish_text(d->pl->arena, &b, e);
	buf_fini(&b);
	return d->q->week_sql != NULL ? OK : e->code;
}

static enum code
write_sums(struct draft *d, struct err *e)
{
	struct buf b;
	add_dim_keys(d->pl, &d->source, d->q);
	buf_init(&b, SQL_MAX);
	(void)buf_addf(&b, "SELECT ");
	add_dims(&b, d->q, true);
	add_sum_columns(&b, d);
	enum code code = add_source(d->pl, &b, &d->source, d->q, e);
	(void)buf_addf(&b, "\nGROUP BY ");
	add_dims(&b, d->q, false);
	d->q->sql = code == OK ? finish_text(d->pl->arena, &b, e) : NULL;
	buf_fini(&b);
	for (size_t i = 0; i < d->q->n_uses; i++) {
		d->q->uses[i].column += (int)d->q->n_dims;
	}
	if (d->q->sql != NULL && d->source.is_cubed) {
		for (unsigned i = 0; i < d->source.n_cubes; i++) {
			d->source.cubes[i]->is_weekly = true;
		}
		return write_weeks(d, e);
	}
	return d->q->sql != NULL ? OK : e->code;
}

/* The statement of a view, for the metrics that ask of devices or for the others; leaves no query
 * behind when no metric counts there. */
static enum code
plan_view(struct planner *pl, const struct view *v, bool by_device, struct err *e)
{
	struct draft *d = arena_zalloc(pl->arena, 1, sizeof(*d));
	if (d == NULL) {
		return no_room(e);
	}
	*d = (struct draft){.pl = pl, .q = new_query(pl, QUERY_SUMS, v)};
	if (d->q == NULL ||
	    !open_source(pl, &d->source, v, by_device, by_device ? " of devices" : "")) {
		return no_room(e);
	}
	for (unsigned m = 0; m < pl->c->metrics_count; m++) {
		if (asks_of_devices(&pl->c->metrics[m], v) != by_device) {
			continue;
		}
		enum code code = add_metric(d, m, e);
		if (code != OK) {
			return code;
		}
	}
	if (d->q->n_uses == 0) {
		pl->p->n--;
		close_source(pl, &d->source);
		return OK;
	}
	return write_sums(d, e);
}

/* --- histograms ------------------------------------------------------------------------------- */

/* A view that is read as it is: its values by each breakdown. */
static enum code
write_raw_values(struct planner *pl, struct query *q, const struct source *s, struct buf *b,
		 struct err *e)
{
	const struct metric *m = &pl->c->metrics[q->metric];
	const struct term *t = &m->denominator[0];
	const char *of = condition_sql_column(t->view, m->of);
	(void)buf_addf(b, "SELECT g, ");
	add_dims(b, q, false);
	(void)buf_addf(b, ", array_agg(value ORDER BY value), array_agg(n ORDER BY value)"
			  " FROM (SELECT grouping(");
	add_dims(b, q, false);
	(void)buf_addf(b, ") AS g, ");
	add_dims(b, q, false);
	(void)buf_addf(b, ", value, count(*) AS n FROM (SELECT ");
	add_dims(b, q, true);
	(void)buf_addf(b, ", v.\"%s\"::bigint AS value", of);
	enum code code = add_source(pl, b, s, q, e);
	(void)buf_addf(b, " AND v.\"%s\" IS NOT NULL", of);
	for (unsigned i = 0; i < t->where_count; i++) {
		(void)buf_addf(b, " AND ");
		condition_sql_add(b, t->view, &t->where[i]);
	}
	(void)buf_addf(b, ") AS r GROUP BY GROUPING SETS (");
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		(void)buf_addf(b, "%s(value", i == 0 ? "" : ", ");
		for (unsigned d = 0; d < q->n_dims; d++) {
			bool in = (q->grouping[i] >> (q->n_dims - 1 - d) & 1) == 0;
			(void)buf_addf(b, in ? ", d%u" : "", d);
		}
		(void)buf_addf(b, ")");
	}
	(void)buf_addf(b, ")) AS x GROUP BY g, ");
	add_dims(b, q, false);
	return code;
}

static enum code
write_cubed_values(struct planner *pl, struct query *q, struct source *s, struct buf *b,
		   struct err *e)
{
	const struct metric *m = &pl->c->metrics[q->metric];
	const struct term *t = &m->denominator[0];
	struct cube *c = s->cubes[0];
	struct buf where;
	buf_init(&where, SQL_MAX);
	(void)buf_addf(&where, "%s", c->where);
	for (unsigned i = 0; i < t->where_count; i++) {
		(void)buf_addf(&where, " AND ");
		condition_sql_add(&where, t->view, &t->where[i]);
	}
	c->where = finish_text(pl->arena, &where, e);
	buf_fini(&where);
	c->value = arena_printf(pl->arena, "v.\"%s\"", condition_sql_column(t->view, m->of));
	add_dim_keys(pl, s, q);
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		c->sets[c->n_sets++] = (unsigned)q->grouping[i];
	}
	(void)buf_addf(b, CUBE_BINS, cube_index(&pl->p->cubes, c));
	return c->where != NULL && c->value != NULL ? OK : no_room(e);
}

static enum code
plan_values(struct planner *pl, unsigned metric, struct err *e)
{
	const struct metric *m = &pl->c->metrics[metric];
	const struct view *v = m->denominator[0].view;
	struct query *q = new_query(pl, QUERY_VALUES, v);
	struct source s;
	if (q == NULL || !open_source(pl, &s, v, false, arena_printf(pl->arena, " %s", m->id))) {
		return no_room(e);
	}
	q->metric = metric;
	if (s.is_cubed && (s.n_cubes != 1 || asks_of_devices(m, v))) {
		return err_set(e, FATAL_CONFIG, m->id,
			       "there are no quantiles of a view that depends on other kinds");
	}
	enum code code = map_dims(q, pl->c, metric, e);
	if (code != OK) {
		return code;
	}
	set_grouping(q, pl->c, metric, q->grouping);
	struct buf b;
	buf_init(&b, SQL_MAX);
	code =
	    s.is_cubed ? write_cubed_values(pl, q, &s, &b, e) : write_raw_values(pl, q, &s, &b, e);
	q->sql = code == OK ? finish_text(pl->arena, &b, e) : NULL;
	buf_fini(&b);
	return q->sql != NULL ? OK : e->code;
}

/* --- persons ---------------------------------------------------------------------------------- */

/* What one metric counts of a person, in the statement's first level; the second adds it up. */
static void
add_amount(struct planner *pl, struct source *s, struct buf *b, const struct term *terms,
	   unsigned n)
{
	(void)buf_addf(b, ", 0");
	for (unsigned i = 0; i < n; i++) {
		(void)buf_addf(b, " %c coalesce(", terms[i].minus ? '-' : '+');
		add_aggregate(pl, s, b, &terms[i]);
		(void)buf_addf(b, ", 0)");
	}
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
write_persons(struct planner *pl, struct query *q, struct source *s, struct err *e)
{
	const struct catalogue *c = pl->c;
	const struct metric *first = &c->metrics[q->persons[0].metric];
	struct column person = {0};
	(void)view_column(q->view, first->persons->id, &person);
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
	(void)buf_addf(&b, " FROM (\nSELECT v.\"%s\" AS p, ", person.name);
	add_dims(&b, q, true);
	for (size_t i = 0; i < q->n_persons; i++) {
		const struct metric *m = &c->metrics[q->persons[i].metric];
		add_amount(pl, s, &b, m->denominator, m->denominator_count);
		(void)buf_addf(&b, " AS n%zu", i);
		add_amount(pl, s, &b, m->numerator, m->numerator_count);
		(void)buf_addf(&b, " AS x%zu", i);
	}
	if (s->is_cubed) {
		(void)add_column_key(pl, s, person.name, false);
		add_dim_keys(pl, s, q);
	}
	for (unsigned i = 0; i < s->n_cubes; i++) {
		s->cubes[i]->is_personal = person.type == COLUMN_OTHER;
	}
	enum code code = add_source(pl, &b, s, q, e);
	(void)buf_addf(&b, " AND v.\"%s\" IS NOT NULL\nGROUP BY p, ", person.name);
	add_dims(&b, q, false);
	(void)buf_addf(&b, ") AS fine");
	add_sets(&b, q, c);
	(void)buf_addf(&b, ") AS persons\nGROUP BY g, ");
	add_dims(&b, q, false);
	add_amounts(&b, q, false);
	q->sql = code == OK ? finish_text(pl->arena, &b, e) : NULL;
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

static enum code
list_persons(struct planner *pl, unsigned metric, struct query *q, struct err *e)
{
	const struct catalogue *c = pl->c;
	enum code code = OK;
	for (unsigned i = metric; code == OK && i < c->metrics_count; i++) {
		if (is_same_persons(&c->metrics[i], &c->metrics[metric])) {
			q->persons[q->n_persons++].metric = i;
			code = map_dims(q, c, i, e);
		}
	}
	if (code == OK && q->n_dims > PERSON_DIMS_MAX) {
		code = err_set(e, FATAL_CONFIG, c->metrics[metric].id,
			       "persons have too many dimensions");
	}
	for (size_t i = 0; code == OK && i < q->n_persons; i++) {
		set_grouping(q, c, q->persons[i].metric, q->persons[i].grouping);
		q->persons[i].n_column = 1 + (int)q->n_dims + 2 * (int)i;
	}
	q->persons_column = 1 + (int)q->n_dims + 2 * (int)q->n_persons;
	return code;
}

/* The statement for a metric that counts persons, and all that count the same; the first of them
 * makes it. */
static enum code
plan_persons(struct planner *pl, unsigned metric, struct err *e)
{
	const struct catalogue *c = pl->c;
	const struct view *v = c->metrics[metric].denominator[0].view;
	struct source s;
	for (unsigned i = 0; i < metric; i++) {
		if (is_same_persons(&c->metrics[i], &c->metrics[metric])) {
			return OK;
		}
	}
	bool by_device = false;
	for (unsigned i = metric; i < c->metrics_count; i++) {
		by_device = by_device || (is_same_persons(&c->metrics[i], &c->metrics[metric]) &&
					  asks_of_devices(&c->metrics[i], v));
	}
	struct query *q = new_query(pl, QUERY_PERSONS, v);
	if (q == NULL || !open_source(pl, &s, v, by_device, " of persons")) {
		return no_room(e);
	}
	q->persons = arena_zalloc(pl->arena, c->metrics_count, sizeof(*q->persons));
	if (q->persons == NULL) {
		return no_room(e);
	}
	enum code code = list_persons(pl, metric, q, e);
	return code == OK ? write_persons(pl, q, &s, e) : code;
}

/* --- all of it -------------------------------------------------------------------------------- */

static const char *
received_fact(struct planner *pl, const char *kind)
{
	if (strcmp(kind, tip_event_parts[0].kind) == 0) {
		return TIP_EVENTS;
	}
	return arena_printf(pl->arena,
			    "SELECT r.*, r.received_at >= %%END%%::timestamptz AS late"
			    " FROM sems.spd_received AS r WHERE r.kind = '%s'",
			    kind);
}

/* What came of each kind and what became of it. Late is what came after the quarter's end. */
static bool
plan_received(struct planner *pl)
{
	static const char *const keys[] = {"kind", "source", "site_id", "correction", "voided"};
	static const char *const flags[] = {"corrected", "effective", "late"};
	struct source s = {.view = view_by_name("received")};
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		struct part part = {kinds[k]->name, received_fact(pl, kinds[k]->name), false};
		if (part.fact == NULL ||
		    !add_cube(pl, &s, &part, arena_printf(pl->arena, " %s", kinds[k]->name))) {
			return false;
		}
		pl->p->cubes.cubes[pl->p->cubes.n - 1]->where = "";
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		(void)add_column_key(pl, &s, keys[i], false);
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		const char *flag = arena_printf(pl->arena, "(v.\"%s\")", flags[i]);
		(void)add_key(pl, &s, flags[i], flag, false);
	}
	memcpy(pl->received, s.cubes, sizeof(pl->received));
	return true;
}

static bool
plan_devices(struct planner *pl)
{
	struct source e = {.view = view_by_name("tip_event"), .by_device = true};
	struct source t = {.view = view_by_name("tip_session"), .by_device = true};
	if (!add_cube(pl, &e, tip_event_parts, " devices") ||
	    !add_cube(pl, &t, tip_session_parts, " devices")) {
		return false;
	}
	(void)add_column_key(pl, &t, "bags_known", false);
	pl->event_devices = e.cubes[0];
	pl->session_devices = t.cubes[0];
	return true;
}

static enum code
write_records(struct planner *pl, struct err *e)
{
	struct buf b;
	buf_init(&b, SQL_MAX);
	(void)buf_addf(
	    &b, "SELECT k.kind, coalesce(sum(r.n) FILTER (WHERE r.correction = 'false'), 0),"
		" coalesce(sum(r.n) FILTER (WHERE r.effective = 'true'), 0),"
		" coalesce(sum(r.n) FILTER (WHERE r.corrected = 'true'), 0),"
		" coalesce(sum(r.n) FILTER (WHERE r.voided = 'true'), 0),"
		" coalesce(sum(r.n) FILTER (WHERE r.correction = 'false' AND r.late = 'true'), 0)"
		" FROM sems.kind AS k LEFT JOIN ");
	add_received(pl, &b, false);
	(void)buf_addf(&b, " AS r ON r.kind = k.kind WHERE k.kind <> 'void' GROUP BY k.kind"
			   " ORDER BY k.kind");
	pl->p->records_sql = finish_text(pl->arena, &b, e);
	buf_fini(&b);
	return pl->p->records_sql != NULL ? OK : e->code;
}

enum code
metric_sql_plan(const struct catalogue *c, struct arena *a, struct query_plan *out, struct err *e)
{
	struct planner pl = {.arena = a, .c = c, .p = out};
	enum code code = OK;
	*out = (struct query_plan){.cubes = {.arena = a}};
	out->queries = arena_zalloc(a, 2 * view_count + c->metrics_count, sizeof(*out->queries));
	if (out->queries == NULL || !plan_received(&pl) || !plan_devices(&pl)) {
		return no_room(e);
	}
	for (size_t i = 0; code == OK && i < view_count; i++) {
		code = plan_view(&pl, &view_table[i], false, e);
		if (code == OK && special_of(&view_table[i]) != NULL) {
			code = plan_view(&pl, &view_table[i], true, e);
		}
	}
	for (unsigned m = 0; code == OK && m < c->metrics_count; m++) {
		if (c->metrics[m].shape == SHAPE_QUANTILE) {
			code = plan_values(&pl, m, e);
		} else if (c->metrics[m].shape == SHAPE_PERSONS) {
			code = plan_persons(&pl, m, e);
		}
	}
	if (code == OK) {
		code = write_records(&pl, e);
	}
	return code == OK ? cube_set_seal(&out->cubes, e) : code;
}
