#include "store/count/metric_source.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "store/count/condition_sql.h"

#include <string.h>

#define SQL_MAX (1 << 20)

/* Rows of one kind that a view has: a cube each. */
struct part {
	const char *kind;
	const char *fact;
	bool is_of_devices; /* counted by device, too: the view leaves out what other kinds tell */
};

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
static const struct metric_special {
	const char *view;
	const struct part *parts;
	unsigned n_parts;
	const char *period[3]; /* those columns */
} specials[] = {
    {"tip_event", tip_event_parts, 1, {"sessions_known", "bags_known"}},
    {"tip_session", tip_session_parts, 1, {"events_absent"}},
    {"tip_exposure", tip_exposure_parts, 2, {NULL}},
};

/* Not the sum of their days: what a finding is depends on other audits, a double on other records,
 * and a mode lasts. */
static const char *const whole[] = {"audit", "finding",    "finding_at_end", "equipment_mode",
				    "plan",  "quarantine", "double"};

/* --- what depends on devices ------------------------------------------------------------------ */

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
is_period_column(const struct metric_special *sp, const char *name)
{
	for (size_t i = 0; sp != NULL && i < 3 && sp->period[i] != NULL; i++)
		if (strcmp(sp->period[i], name) == 0)
			return true;
	return false;
}

/* Does the term ask, in this view, what devices sent? */
static bool
term_asks_of_devices(const struct term *t, const struct view *v)
{
	struct column col;

	for (unsigned w = 0; t->view == v && w < t->where_count; w++)
		if (view_column(v, t->where[w].field, &col) &&
		    is_period_column(special_of(v), col.name))
			return true;
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

bool
metric_asks_of_devices(const struct metric *m, const struct view *v)
{
	struct column col;

	for (unsigned d = 0; d < m->dimension_count; d++)
		if (view_column(v, m->dimension[d], &col) &&
		    is_period_column(special_of(v), col.name))
			return true;
	return has_term(m, v, term_asks_of_devices);
}

bool
metric_view_tells_of_devices(const struct view *v)
{
	return special_of(v) != NULL;
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

	if (is_period_column(s->special, column))
		return;
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
	if (is_period_column(s->special, col.name) ||
	    (has_few_values(&col) && w->at_least == NULL && w->at_most == NULL)) {
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

static void
add_device_keys(const struct metric_sources *all, struct cube *c)
{
	cube_key(c, all->arena, "site_id", "v.\"site_id\"", true);
	cube_key(c, all->arena, "device_id", "v.\"device_id\"", true);
}

/* One kind's rows of a source; false: there are too many cubes. */
static bool
add_cube(struct metric_source *s, const struct part *part, const char *of)
{
	const char *name = arena_printf(s->all->arena, "%s%s", s->view->name, of);
	struct cube *c = cube_new(s->all->cubes, name, part->kind, part->fact);

	if (c == NULL || name == NULL)
		return false;
	/* Its relation has every record. */
	c->where = strcmp(part->fact, TIP_EVENTS) == 0 ? TIP_EVENTS_COUNTED : "";
	s->cubes[s->n_cubes++] = c;
	if (s->by_device || part->is_of_devices)
		add_device_keys(s->all, c);
	return true;
}

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

bool
metric_source_open(struct metric_source *s, struct metric_sources *all, const struct view *v,
		   bool by_device, const char *of)
{
	struct part part;

	*s = (struct metric_source){
	    .all = all, .view = v, .special = special_of(v), .by_device = by_device};
	if (strcmp(v->name, "received") == 0) {
		s->is_cubed = true;
		s->n_cubes = KIND_COUNT;
		memcpy(s->cubes, s->all->received, sizeof s->all->received);
		return true;
	}
	if (is_whole(v) || has_real_sums(s->all->c, v))
		return true;
	if (s->special != NULL) {
		s->is_cubed = true;
		for (unsigned i = 0; i < s->special->n_parts; i++)
			if (!add_cube(s, &s->special->parts[i], of))
				return false;
		return true;
	}
	if (v->base == KIND_COUNT)
		return true;
	s->is_cubed = true;
	part = (struct part){kinds[v->base]->name, fact_of(all->arena, v), false};
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
static bool
open_received(struct metric_sources *all)
{
	static const char *const keys[] = {"kind", "source", "site_id", "correction", "voided"};
	static const char *const flags[] = {"corrected", "effective", "late"};
	struct metric_source s = {.all = all, .view = view_by_name("received")};

	for (unsigned k = 0; k < KIND_COUNT; k++) {
		struct part part = {kinds[k]->name, received_fact(all, kinds[k]->name), false};

		if (part.fact == NULL ||
		    !add_cube(&s, &part, arena_printf(all->arena, " %s", kinds[k]->name)))
			return false;
		all->cubes->cubes[all->cubes->n - 1]->where = "";
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

static bool
open_devices(struct metric_sources *all)
{
	struct metric_source e = {.all = all, .view = view_by_name("tip_event"), .by_device = true};
	struct metric_source t = {
	    .all = all, .view = view_by_name("tip_session"), .by_device = true};

	if (!add_cube(&e, tip_event_parts, " devices") ||
	    !add_cube(&t, tip_session_parts, " devices"))
		return false;
	metric_source_key(&t, "bags_known", false);
	all->event_devices = e.cubes[0];
	all->session_devices = t.cubes[0];
	return true;
}

bool
metric_sources_open(struct metric_sources *all)
{
	return open_received(all) && open_devices(all);
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

/* sessions_known: the device also sent sessions; bags_known: they say how many bags had nothing
 * projected. */
static void
add_events_of_devices(const struct metric_source *s, struct buf *b, bool weekly)
{
	buf_addf(b, "(SELECT c.*, (d.device_id IS NOT NULL)::text AS sessions_known,"
		    " (d.bags_known IS TRUE)::text AS bags_known FROM ");
	add_token(s->all, b, s->cubes[0], weekly);
	buf_addf(b, " AS c LEFT JOIN (SELECT site_id, device_id,"
		    " bool_or(bags_known = 'true') AS bags_known FROM ");
	add_token(s->all, b, s->all->session_devices, false);
	buf_addf(b, " AS s GROUP BY site_id, device_id) AS d"
		    " ON d.site_id = c.site_id AND d.device_id = c.device_id)");
}

static void
add_event_devices(const struct metric_sources *all, struct buf *b)
{
	buf_addf(b, " AS c LEFT JOIN (SELECT site_id, device_id FROM ");
	add_token(all, b, all->event_devices, false);
	buf_addf(b, " AS e GROUP BY site_id, device_id) AS d"
		    " ON d.site_id = c.site_id AND d.device_id = c.device_id");
}

/* events_absent: the device sent sessions only, so their counts stand in for its events. */
static void
add_sessions_of_devices(const struct metric_source *s, struct buf *b, bool weekly)
{
	buf_addf(b, "(SELECT c.*, (d.device_id IS NULL)::text AS events_absent FROM ");
	add_token(s->all, b, s->cubes[0], weekly);
	add_event_devices(s->all, b);
	buf_addf(b, ")");
}

/* What each screener was shown and found: from events, and from sessions where a device sent only
 * those. */
static void
add_exposures(const struct metric_source *s, struct buf *b, bool weekly)
{
	buf_addf(b, "(");
	for (unsigned i = 0; i < s->n_cubes; i++) {
		const struct cube *c = s->cubes[0];

		buf_addf(b, i == 0 ? "SELECT n" : " UNION ALL SELECT n");
		buf_addf(b, weekly ? ", week" : "");
		for (unsigned k = 0; k < c->n_keys; k++)
			buf_addf(b, ", c.\"%s\"", c->keys[k].name);
		for (unsigned k = 0; k < c->n_sums; k++)
			buf_addf(b, ", c.\"%s\"", c->sums[k]);
		buf_addf(b, " FROM ");
		add_token(s->all, b, s->cubes[i], weekly);
		if (i == 0) {
			buf_addf(b, " AS c");
		} else {
			add_event_devices(s->all, b);
			buf_addf(b, " WHERE d.device_id IS NULL");
		}
	}
	buf_addf(b, ")");
}

void
metric_source_rows(const struct metric_source *s, struct buf *b, bool weekly)
{
	if (s->cubes[0] == s->all->received[0])
		metric_sources_received(s->all, b, weekly);
	else if (s->n_cubes > 1)
		add_exposures(s, b, weekly);
	else if (s->by_device && strcmp(s->view->name, "tip_event") == 0)
		add_events_of_devices(s, b, weekly);
	else if (s->by_device)
		add_sessions_of_devices(s, b, weekly);
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
	buf_addf(b, " FROM (\n%s) AS v WHERE true", text);
	return OK;
}
