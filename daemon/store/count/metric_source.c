#include "store/count/metric_source.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "store/count/condition_sql.h"
#include "store/count/view_sql.h"

#include <string.h>

#define SQL_MAX (1 << 20)

/* Rows of one kind that a view has: a cube each. */
struct part {
	const char *kind;
	const char *fact;  /* NULL: that of the kind's own view */
	const char *where; /* " AND ...", of its rows */
};

/* All that is counted of TIP events is of one relation, so that it takes one reading. */
#define TIP_EVENTS                                                                                \
	"SELECT r.*, r.received_at >= %END%::timestamptz AS late,"                                \
	" coalesce(r.library_id, '') || E'\\x1f' || coalesce(r.library_version, '') || E'\\x1f' " \
	"||"                                                                                      \
	" r.image_id AS image FROM sems.spd_tip_event AS r"

#define TIP_EVENTS_COUNTED " AND (v.\"effective\")"

/* The relation has every record. */
static const struct part tip_event_parts[] = {{"tip_event", TIP_EVENTS, TIP_EVENTS_COUNTED}};
/* What each screener was shown and found: from events, and from sessions that no event lies in. */
static const struct part tip_exposure_parts[] = {
    {"tip_event", TIP_EVENTS, TIP_EVENTS_COUNTED},
    {"tip_session", NULL, " AND (v.\"events_absent\")"},
};

/* Views that are not one relation, nor one statement. */
static const struct metric_special {
	const char *view;
	const struct part *parts;
	unsigned n_parts;
} specials[] = {
    {"tip_event", tip_event_parts, COUNT(tip_event_parts)},
    {"tip_exposure", tip_exposure_parts, COUNT(tip_exposure_parts)},
};

/* Not the sum of their days: what a finding is depends on other audits, a double on other records,
 * what is done of a plan on what was done before, what is held on earlier training, and a mode
 * lasts. */
static const char *const whole[] = {"audit",          "finding", "finding_at_end", "finding_closed",
				    "equipment_mode", "plan",    "plan_done",      "quarantine",
				    "double",         "renewal", "deployed",       "operator",
				    "patrol_start",   "pair"};

/* --- what a view is ----------------------------------------------------------------------------
 */

static const struct metric_special *
special_of(const struct view *v)
{
	for (size_t i = 0; i < COUNT(specials); i++)
		if (strcmp(specials[i].view, v->name) == 0)
			return &specials[i];
	return NULL;
}

static bool
is_whole(const struct view *v)
{
	for (size_t i = 0; i < COUNT(whole); i++)
		if (strcmp(whole[i], v->name) == 0)
			return true;
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

		for (unsigned i = 0; i < n; i++)
			if (is(&t[i], v))
				return true;
	}
	return false;
}

static bool
has_real_sums(const struct catalogue *c, const struct view *v)
{
	for (unsigned i = 0; i < c->metrics_count; i++)
		if (has_term(&c->metrics[i], v, term_sums_reals))
			return true;
	return false;
}

/* --- keys and sums ---------------------------------------------------------------------------- */

/* A key of every cube of the source. */
static const char *
add_key(struct metric_source *s, const char *name, const char *expr, bool weekly)
{
	for (unsigned i = 0; i < s->n_cubes; i++)
		cube_key(s->cubes[i], s->all->arena, name, expr, weekly);
	return name;
}

/* A key that says whether something holds; its name, the same in every cube of the source. */
static const char *
add_test_key(struct metric_source *s, const char *expr)
{
	const char *name = cube_key_of(s->cubes[0], expr);

	if (name == NULL)
		name = arena_printf(s->all->arena, "p%u", s->all->n_tests++);
	return name == NULL ? "" : add_key(s, name, expr, true);
}

void
metric_source_key(struct metric_source *s, const char *column, bool weekly)
{
	struct column col;
	bool flag = view_column(s->view, column, &col) && col.type == COLUMN_BOOL;

	add_key(s, column,
		flag ? arena_printf(s->all->arena, "(v.\"%s\")", column)
		     : arena_printf(s->all->arena, "v.\"%s\"", column),
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
add_cubed_condition(struct metric_source *s, struct buf *b, const struct condition *w)
{
	struct column col;
	struct buf expr;

	if (!view_column(s->view, w->field, &col))
		return;
	if (has_few_values(&col) && w->at_least == NULL && w->at_most == NULL) {
		metric_source_key(s, col.name, true);
		condition_sql_add(b, s->view, w);
		return;
	}
	buf_init(&expr, SQL_MAX);
	buf_addf(&expr, "(");
	condition_sql_add(&expr, s->view, w);
	buf_add(&expr, ")", sizeof(")"));
	b->failed = b->failed || expr.failed;
	buf_addf(b, "v.\"%s\" = 'true'", expr.failed ? "" : add_test_key(s, (const char *)expr.p));
	buf_fini(&expr);
}

static void
add_conditions(struct metric_source *s, struct buf *b, const struct term *t)
{
	for (unsigned i = 0; i < t->where_count; i++) {
		buf_addf(b, "%s", i == 0 ? "" : " AND ");
		if (s->is_cubed)
			add_cubed_condition(s, b, &t->where[i]);
		else
			condition_sql_add(b, s->view, &t->where[i]);
	}
}

void
metric_source_amount(struct metric_source *s, struct buf *b, const struct term *t)
{
	if (t->sum != NULL) {
		const char *column = condition_sql_column(t->view, t->sum);

		buf_addf(b, "(sum(v.\"%s\")", column);
		for (unsigned i = 0; i < s->n_cubes; i++)
			cube_sum(s->cubes[i], column);
	} else {
		buf_addf(b, s->is_cubed ? "nullif((sum(v.n)" : "nullif((count(*)");
	}
	if (t->where_count > 0) {
		buf_addf(b, " FILTER (WHERE ");
		add_conditions(s, b, t);
		buf_addf(b, ")");
	}
	buf_addf(b, "%s", t->sum != NULL ? ")::bigint" : ")::bigint, 0)");
}

/* --- opening ---------------------------------------------------------------------------------- */

/* The view as a fact: a statement's period is what is counted. */
static const char *
fact_of(struct arena *a, const struct view *v)
{
	const char *text;

	static const struct {
		const char *param;
		const char *token;
	} params[] = {{"$1", "%SINCE%"}, {"$2", "%UNTIL%"}};
	if (v->relation != NULL)
		return arena_printf(a, "SELECT * FROM %s", v->relation);
	text = embed_text(v->query);
	for (size_t i = 0; text != NULL && i < COUNT(params); i++) {
		const char *at;

		while (text != NULL && (at = strstr(text, params[i].param)) != NULL) {
			text = arena_printf(a, "%.*s%s%s", (int)(at - text), text, params[i].token,
					    at + strlen(params[i].param));
		}
	}
	return text;
}

/* One kind's rows of a source; false: there are too many cubes. */
static bool
add_cube(struct metric_source *s, const struct part *part, const char *of)
{
	const char *name = arena_printf(s->all->arena, "%s%s", s->view->name, of);
	const char *fact =
	    part->fact == NULL ? fact_of(s->all->arena, view_by_name(part->kind)) : part->fact;
	struct cube *c;

	if (fact == NULL || name == NULL)
		return false;
	c = cube_new(s->all->cubes, name, part->kind, fact);
	if (c == NULL)
		return false;
	c->where = part->where;
	c->is_dear = part->fact == NULL || s->view->query != NULL;
	s->cubes[s->n_cubes++] = c;
	return true;
}

bool
metric_source_open(struct metric_source *s, struct metric_sources *all, const struct view *v,
		   const char *of)
{
	const struct metric_special *special = special_of(v);
	struct part part;

	*s = (struct metric_source){.all = all, .view = v};
	if (strcmp(v->name, "received") == 0) {
		s->is_cubed = true;
		s->n_cubes = KIND_COUNT;
		memcpy(s->cubes, s->all->received, sizeof s->all->received);
		return true;
	}
	if (is_whole(v) || has_real_sums(s->all->c, v))
		return true;
	if (special != NULL) {
		s->is_cubed = true;
		for (unsigned i = 0; i < special->n_parts; i++)
			if (!add_cube(s, &special->parts[i], of))
				return false;
		return true;
	}
	if (v->base == KIND_COUNT)
		return true;
	s->is_cubed = true;
	part = (struct part){kinds[v->base]->name, fact_of(all->arena, v), ""};
	return part.fact != NULL && add_cube(s, &part, of);
}

void
metric_source_close(struct metric_source *s)
{
	if (s->is_cubed && s->cubes[0] != s->all->received[0])
		s->all->cubes->n -= s->n_cubes;
}

static const char *
received_fact(const struct metric_sources *all, const char *kind)
{
	if (strcmp(kind, tip_event_parts[0].kind) == 0)
		return TIP_EVENTS;
	return arena_printf(all->arena,
			    "SELECT r.*, r.received_at >= %%END%%::timestamptz AS late"
			    " FROM sems.spd_received AS r WHERE r.kind = '%s'",
			    kind);
}

/* What came of each kind and what became of it. Late is what came after the quarter's end. */
bool
metric_sources_open(struct metric_sources *all)
{
	static const char *const keys[] = {"kind", "source", "site_id", "correction", "voided"};
	static const char *const flags[] = {"corrected", "effective", "late"};
	struct metric_source s = {.all = all, .view = view_by_name("received")};

	for (unsigned k = 0; k < KIND_COUNT; k++) {
		struct part part = {kinds[k]->name, received_fact(all, kinds[k]->name), ""};

		if (part.fact == NULL ||
		    !add_cube(&s, &part, arena_printf(all->arena, " %s", kinds[k]->name)))
			return false;
	}
	for (size_t i = 0; i < COUNT(keys); i++)
		metric_source_key(&s, keys[i], false);
	for (size_t i = 0; i < COUNT(flags); i++) {
		const char *flag = arena_printf(all->arena, "(v.\"%s\")", flags[i]);

		add_key(&s, flags[i], flag, false);
	}
	memcpy(all->received, s.cubes, sizeof all->received);
	return true;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void
add_token(const struct metric_sources *all, struct buf *b, const struct cube *c, bool weekly)
{
	buf_addf(b, weekly ? CUBE_WEEKS : CUBE_ROWS, cube_index(all->cubes, c));
}

void
metric_sources_received(const struct metric_sources *all, struct buf *b, bool weekly)
{
	buf_addf(b, "(");
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		buf_addf(b, "%sSELECT * FROM ", k == 0 ? "" : " UNION ALL ");
		add_token(all, b, all->received[k], weekly);
		buf_addf(b, " AS c");
	}
	buf_addf(b, ")");
}

/* What all its cubes have. */
static void
add_union(const struct metric_source *s, struct buf *b, bool weekly)
{
	const struct cube *c = s->cubes[0];

	buf_addf(b, "(");
	for (unsigned i = 0; i < s->n_cubes; i++) {
		buf_addf(b, i == 0 ? "SELECT n" : " UNION ALL SELECT n");
		buf_addf(b, weekly ? ", week" : "");
		for (unsigned k = 0; k < c->n_keys; k++)
			buf_addf(b, ", c.\"%s\"", c->keys[k].name);
		for (unsigned k = 0; k < c->n_sums; k++)
			buf_addf(b, ", c.\"%s\"", c->sums[k]);
		buf_addf(b, " FROM ");
		add_token(s->all, b, s->cubes[i], weekly);
		buf_addf(b, " AS c");
	}
	buf_addf(b, ")");
}

void
metric_source_rows(const struct metric_source *s, struct buf *b, bool weekly)
{
	if (s->cubes[0] == s->all->received[0])
		metric_sources_received(s->all, b, weekly);
	else if (s->n_cubes > 1)
		add_union(s, b, weekly);
	else
		add_token(s->all, b, s->cubes[0], weekly);
}

enum code
metric_source_from(const struct metric_source *s, struct buf *b, struct err *e)
{
	const struct view *v = s->view;
	const char *text;

	if (s->is_cubed) {
		buf_addf(b, " FROM ");
		metric_source_rows(s, b, false);
		buf_addf(b, " AS v WHERE true");
		return OK;
	}
	if (v->relation != NULL) {
		buf_addf(b,
			 " FROM %s AS v WHERE v.counted_at >= $1::timestamptz"
			 " AND v.counted_at < $2::timestamptz",
			 v->relation);
		return OK;
	}
	text = embed_text(v->query);
	if (text == NULL)
		return err_set(e, FATAL_BUG, v->query, "is not compiled in");
	buf_addf(b, " FROM (\n");
	if (!view_sql_add(b, text))
		return err_set(e, FATAL_BUG, v->query, "puts in what is not compiled in");
	buf_addf(b, ") AS v WHERE true");
	return OK;
}
