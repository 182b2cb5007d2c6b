/* From a figure down: its definition, its counts, and the records that are in it. */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "core/metric/figure.h"
#include "core/spd/keys.h"
#include "core/time/calendar.h"
#include "office/call.h"
#include "store/count/explain_sql.h"
#include "store/count/layout.h"
#include "store/quarter/spd_job.h"
#include "store/quarter/spd_stored.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_DEFAULT 100
#define RECORDS_MAX     10000
#define REVISION_MAX    1000000
#define CHANGED_MAX     "200"
#define FIXED_COLUMNS   8 /* of a page, before the groups */

struct explain {
	const struct explain_request *q;
	struct quarter quarter;
	char label[QUARTER_TEXT_SIZE];
	char revision[16];
	char limit[16];
	struct explain_dim where[DIMENSIONS_MAX];
	size_t n_where;
	/* The record after which the page begins: counted_at, record_id, source. */
	const char *after[3];
	struct spd_run run;
	json_t *document;
	struct err fault;                  /* why a stored one cannot be read */
	const struct catalogue *catalogue; /* as it is in force for the quarter */
	const struct metric *metric;
	json_t *printed; /* the metric as the document has it */
	struct explain_plan plan;
	const char *start;
	const char *end;
	const char *as_of; /* NULL: computed now */
	const char *of;    /* the part that the target is for; NULL: none */
	size_t step;       /* statements asked for */
	long long n_late;  /* records that changed the quarter since it was frozen */
	json_t *answer;
};

static void
reply(struct call *c, json_t *answer /* takes */)
{
	struct explain *x = c->state;

	json_decref(x->document);
	call_reply_json(c, answer);
}

static void
refuse(struct call *c, const struct err *e)
{
	struct explain *x = c->state;
	struct err why = *e;

	json_decref(x->answer);
	json_decref(x->document);
	call_fail_err(c, &why);
}

/* --- the definition --------------------------------------------------------------------------- */

static void
add_words(struct buf *b, char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_addf(b, "%s%s", i == 0 ? "" : ", ", list[i]);
}

/* A condition in the catalogue's words. */
static json_t *
condition_json(const struct condition *w)
{
	struct buf b;
	json_t *text;

	buf_init(&b, 4096);
	buf_addf(&b, "%s ", w->field);
	if (w->in != NULL) {
		buf_addf(&b, "is ");
		add_words(&b, w->in, w->in_count);
	} else if (w->not_in != NULL) {
		buf_addf(&b, "is not ");
		add_words(&b, w->not_in, w->not_in_count);
	} else if (w->present != NULL) {
		buf_addf(&b, "is %s", *w->present ? "given" : "not given");
	} else {
		buf_addf(&b, "is at %s %" PRId64, w->at_least != NULL ? "least" : "most",
			 w->at_least != NULL ? *w->at_least : *w->at_most);
	}
	text = json_stringn((const char *)b.p, b.n);
	buf_fini(&b);
	return text;
}

static json_t *
terms_json(const struct metric *m)
{
	json_t *all = json_array();

	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, g, &n);

		for (unsigned i = 0; i < n; i++) {
			json_t *where = json_array();

			for (unsigned j = 0; j < t[i].where_count; j++)
				json_array_append_new(where, condition_json(&t[i].where[j]));
			json_array_append_new(all, json_pack("{s:s, s:s, s:s?, s:b, s:o}", "counts",
							     explain_group_name(m, g), "from",
							     t[i].from, "sum", t[i].sum, "minus",
							     t[i].minus, "where", where));
		}
	}
	return all;
}

/* What the document says of the metric, without its figures. */
static json_t *
metric_json(const struct explain *x)
{
	json_t *m = json_copy(x->printed);
	const char *definition = member_maybe(m, "definition");
	bool same = definition != NULL && strcmp(definition, x->metric->definition) == 0;

	json_object_del(m, "figures");
	json_object_set_new(m, "terms", terms_json(x->metric));
	/* Else the records are found by another definition than the figure was. */
	json_object_set_new(m, "same_definition", json_boolean(same));
	return m;
}

/* --- the figure ------------------------------------------------------------------------------- */

static bool
is_asked_for(const struct explain *x, const json_t *figure)
{
	const json_t *by = json_object_get(figure, DOC_BY);

	for (size_t i = 0; i < x->n_where; i++) {
		const char *value = member_maybe(by, x->where[i].name);

		if (value == NULL || strcmp(value, x->where[i].value) != 0)
			return false;
	}
	return json_object_size(by) == x->n_where;
}

static json_t *
find_figure(const struct explain *x)
{
	const json_t *figures = json_object_get(x->printed, DOC_FIGURES);

	for (size_t i = 0; i < json_array_size(figures); i++) {
		json_t *figure = json_array_get(figures, i);

		if (is_asked_for(x, figure))
			return figure;
	}
	return NULL;
}

static json_t *
find_metric(const json_t *document, const char *id)
{
	const json_t *metrics = json_object_get(document, DOC_METRICS);

	for (size_t i = 0; i < json_array_size(metrics); i++) {
		json_t *m = json_array_get(metrics, i);

		if (strcmp(member_text(m, DOC_ID), id) == 0)
			return m;
	}
	return NULL;
}

/* --- the records ------------------------------------------------------------------------------ */

static json_t *
amount_json(const struct rows *rows, int row, int col)
{
	const char *s = rows_text(rows, row, col);

	return s == NULL ? json_null() : json_integer(strtoll(s, NULL, 10));
}

/* How many of them have changed the quarter is told when the views begin to look back. */
static void
on_then(struct explain *x, const struct rows *rows)
{
	x->n_late = rows_int(rows, 0, 0);
}

static void
on_totals(struct explain *x, const struct rows *rows)
{
	json_t *sums = json_object();
	json_t *figure = find_figure(x);
	bool agrees = true;

	for (unsigned i = 0; i < x->plan.n_groups; i++) {
		const char *name = explain_group_name(x->metric, x->plan.groups[i]);
		const json_t *printed = json_object_get(figure, name);
		json_t *sum = amount_json(rows, 0, 1 + (int)i);

		if (x->plan.groups[i] <= GROUP_DENOMINATOR && json_is_integer(printed))
			agrees = agrees && json_integer_value(printed) == json_integer_value(sum);
		json_object_set_new(sums, name, sum);
	}
	json_object_set_new(x->answer, "records",
			    json_pack("{s:I, s:o, s:b}", "count", (json_int_t)rows_int(rows, 0, 0),
				      "sums", sums, "agrees", agrees));
}

/* What is counted of a row, by the groups' names, from this column on. */
static json_t *
amounts_json(const struct explain *x, const struct rows *rows, int row, int col)
{
	json_t *amounts = json_object();

	for (unsigned g = 0; g < x->plan.n_groups; g++) {
		if (rows_text(rows, row, col + (int)g) != NULL)
			json_object_set_new(amounts,
					    explain_group_name(x->metric, x->plan.groups[g]),
					    amount_json(rows, row, col + (int)g));
	}
	return amounts;
}

static json_t *
record_json(const struct rows *rows, int row)
{
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?}", "record_id",
			 rows_text(rows, row, 0), "source", rows_text(rows, row, 1), "kind",
			 rows_text(rows, row, 2), "counted_at", rows_text(rows, row, 3), "site",
			 rows_text(rows, row, 4), "measure", rows_text(rows, row, 5), "received_at",
			 rows_text(rows, row, 6), "source_record_id", rows_text(rows, row, 7));
}

static void
on_page(struct explain *x, const struct rows *rows)
{
	json_t *list = json_array();
	int n = rows_count(rows);
	json_t *next = json_null();

	for (int i = 0; i < n; i++) {
		json_t *o = record_json(rows, i);

		json_object_set_new(o, "counts", amounts_json(x, rows, i, FIXED_COLUMNS));
		json_array_append_new(list, o);
	}
	if (n > 0 && n == (int)strtol(x->limit, NULL, 10))
		next = json_sprintf("%s/%s/%s", rows_text(rows, n - 1, 3),
				    rows_text(rows, n - 1, 0), rows_text(rows, n - 1, 1));
	json_object_set_new(json_object_get(x->answer, "records"), "list", list);
	json_object_set_new(json_object_get(x->answer, "records"), "next", next);
}

static const char *
how_changed(bool then, bool now)
{
	if (!then)
		return "ADDED";
	return now ? "DIFFERS" : "REMOVED";
}

static void
on_changed(struct explain *x, const struct rows *rows)
{
	int groups = (int)x->plan.n_groups;
	int tail = FIXED_COLUMNS + 2 * groups;
	json_t *list = json_array();

	for (int i = 0; i < rows_count(rows); i++) {
		bool then = rows_text(rows, i, tail)[0] == 't';
		bool now = rows_text(rows, i, tail + 1)[0] == 't';
		json_t *o = record_json(rows, i);

		json_object_set_new(o, "how", json_string(how_changed(then, now)));
		json_object_set_new(o, "then", amounts_json(x, rows, i, FIXED_COLUMNS));
		json_object_set_new(o, "now", amounts_json(x, rows, i, FIXED_COLUMNS + groups));
		if (rows_text(rows, i, tail + 3) != NULL)
			json_object_set_new(o, "reason", json_string(rows_text(rows, i, tail + 3)));
		json_array_append_new(list, o);
	}
	json_object_set_new(
	    x->answer, "changed",
	    json_pack("{s:I, s:o}", "count",
		      (json_int_t)(rows_count(rows) == 0 ? 0 : rows_int(rows, 0, tail + 2)), "list",
		      list));
}

static void
on_purged(struct explain *x, const struct rows *rows)
{
	json_t *list = json_array();

	for (int i = 0; i < rows_count(rows); i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s}", "kind",
						      rows_text(rows, i, 0), "month",
						      rows_text(rows, i, 1), "records",
						      (json_int_t)rows_int(rows, i, 2),
						      "dropped_at", rows_text(rows, i, 3)));
	json_object_set_new(x->answer, "purged", list);
}

static void
ask_purged(const struct explain *x, struct statement *st)
{
	*st =
	    (struct statement){embed_text("sql/queries/quarter/explain_purged.sql"), 1, {x->label}};
}

static void
ask_then(const struct explain *x, struct statement *st)
{
	*st = (struct statement){embed_text("sql/queries/count/explain_then.sql"),
				 4,
				 {x->start, x->end, x->label, x->revision}};
}

static void
ask_totals(const struct explain *x, struct statement *st)
{
	*st = (struct statement){x->plan.totals, 2, {x->start, x->end}};
}

static void
ask_page(const struct explain *x, struct statement *st)
{
	*st = (struct statement){
	    x->plan.page, 6, {x->start, x->end, x->after[0], x->after[1], x->after[2], x->limit}};
}

static void
ask_changed(const struct explain *x, struct statement *st)
{
	*st = (struct statement){x->plan.changed, 3, {x->start, x->end, CHANGED_MAX}};
}

static bool
is_frozen(const struct explain *x)
{
	return x->as_of != NULL;
}

/* Both sides are read whole: not where nothing can differ. What is open at a quarter's end is told
 * by the audits of others. */
static bool
may_have_changed(const struct explain *x)
{
	return is_frozen(x) && (x->n_late > 0 || x->plan.audits);
}

static const struct {
	void (*ask)(const struct explain *x, struct statement *st);
	void (*rows)(struct explain *x, const struct rows *rows);
	bool (*applies)(const struct explain *x); /* NULL: always */
} steps[] = {
    {ask_purged, on_purged, NULL},
    {ask_then, on_then, is_frozen},
    {ask_totals, on_totals, NULL},
    {ask_page, on_page, NULL},
    {ask_changed, on_changed, may_have_changed},
};
#define N_STEPS COUNT(steps)

static bool
records_next(struct job *j, struct statement *st, struct err *e)
{
	const struct call *c = j->ctx;
	struct explain *x = c->state;

	(void)e;
	while (x->step < N_STEPS && steps[x->step].applies != NULL && !steps[x->step].applies(x))
		x->step++;
	if (x->step == N_STEPS)
		return false;
	steps[x->step++].ask(x, st);
	return true;
}

static void
records_rows(struct job *j, const struct rows *rows)
{
	const struct call *c = j->ctx;
	struct explain *x = c->state;

	steps[x->step - 1].rows(x, rows);
}

/* --- a further page: only records ------------------------------------------------------------- */

static const char *
keep(struct call *c, const char *s)
{
	return s == NULL ? NULL : arena_dup(c->arena, s, strlen(s));
}

/* The metric as it counts in the quarter; NULL: there is none. */
static void
find_definition(struct call *c, const char *day, struct err *e)
{
	struct explain *x = c->state;

	x->catalogue = spd_catalogue(e);
	if (x->catalogue != NULL && day != NULL)
		x->catalogue = catalogue_at(c->arena, x->catalogue, day);
	x->metric = x->catalogue == NULL ? NULL : catalogue_metric(x->catalogue, x->q->metric);
}

static enum code
plan_records(struct call *c, struct err *e)
{
	struct explain *x = c->state;
	struct explain_wish wish = {
	    .m = x->metric, .where = x->where, .n_where = x->n_where, .then = is_frozen(x)};

	/* What is not broken down by what the metric is counted apart by is of one part. */
	for (size_t i = 0; x->metric->apart != NULL && i < x->n_where; i++)
		if (strcmp(x->where[i].name, x->metric->apart) == 0)
			return explain_sql_plan(&wish, c->arena, &x->plan, e);
	if (x->metric->apart != NULL && x->of != NULL && x->n_where < COUNT(x->where)) {
		x->where[x->n_where] = (struct explain_dim){x->metric->apart, x->of};
		wish.n_where++;
	}
	return explain_sql_plan(&wish, c->arena, &x->plan, e);
}

/* The period, the views' moment, the page. */
static bool
further_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct explain *x = c->state;

	size_t step = x->step++;

	if (step == 0) {
		*st = (struct statement){embed_text("sql/queries/quarter/explain_period.sql"),
					 3,
					 {x->label, x->revision, x->q->metric}};
		return true;
	}
	if (e->code != OK)
		return false;
	if (x->start == NULL || x->metric == NULL) {
		err_set(e, REJ_NOT_FOUND, "metric", "there is no such metric or quarter");
		return false;
	}
	if (step == 1 && plan_records(c, e) != OK)
		return false;
	if (step == 1 && is_frozen(x)) {
		ask_then(x, st);
		return true;
	}
	x->step = 3;
	ask_page(x, st);
	return step < 3;
}

static void
further_rows(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	struct explain *x = c->state;
	struct err e = {0};

	if (x->step == 3) {
		on_page(x, rows);
	} else if (x->step == 1 && rows_count(rows) == 1) {
		x->start = keep(c, rows_text(rows, 0, 0));
		x->end = keep(c, rows_text(rows, 0, 1));
		x->as_of = keep(c, rows_text(rows, 0, 3));
		x->of = keep(c, rows_text(rows, 0, 4));
		find_definition(c, rows_text(rows, 0, 2), &e);
	}
}

static void
further_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct explain *x = c->state;

	if (e->code != OK)
		refuse(c, e);
	else
		reply(c, x->answer);
}

static void
explain_further(struct call *c)
{
	struct explain *x = c->state;

	x->answer = json_pack("{s:{}}", "records");
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = further_next,
			      .rows = further_rows,
			      .done = further_done,
			      .ctx = c};
	call_run(c, LANE_LONG);
}

/* --- the first page: the figure, too ---------------------------------------------------------- */

/* What is listed beside the figure: why it does not add up, or that it does. */
static const char *
note_on(const struct explain *x)
{
	const json_t *records = json_object_get(x->answer, "records");
	bool same =
	    json_is_true(json_object_get(json_object_get(x->answer, "metric"), "same_definition"));

	if (x->metric->shape == SHAPE_PERSONS)
		return "It counts persons, who are not shown; these are the records behind them.";
	if (x->plan.nameless != NULL)
		return "A part of it is not counted by single records of evidence (what was "
		       "refused, what feeds announced, what came for other quarters, or cases of "
		       "the register).";
	if (json_is_true(json_object_get(records, "agrees")))
		return x->as_of == NULL ? NULL
					: "These are the records as they counted when it was "
					  "frozen; they add up to the frozen figure.";
	if (json_array_size(json_object_get(x->answer, "purged")) > 0)
		return "Retention has removed records of this quarter. The figure stays as it was "
		       "frozen, and its leaves still prove which records there were: spd.verify.";
	if (x->as_of != NULL && !same)
		return "The definition has changed since it was frozen, and these are found by "
		       "the one of now.";
	if (x->as_of != NULL)
		return "These are the records that were known when it was frozen, and they do not "
		       "add up to it: spd.verify names what was changed since.";
	return "Records came in between: ask again.";
}

static void
records_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct explain *x = c->state;
	json_t *answer = x->answer;
	char next[ERR_NEXT_SIZE] = "";
	const char *why;

	if (e->code != OK) {
		refuse(c, e);
		return;
	}
	why = note_on(x);
	if (why != NULL && strstr(why, action_name(ACTION_SPD_VERIFY)) != NULL)
		action_add(next, &(struct todo){.action = ACTION_SPD_VERIFY});
	json_object_set_new(json_object_get(answer, "records"), "note",
			    why == NULL ? json_null() : json_string(why));
	json_object_set_new(json_object_get(answer, "records"), "actions", action_list(next));
	reply(c, answer);
}

/* The document is there: what is asked for is looked up in it, then in the records. */
static void
explain_document(struct call *c)
{
	struct explain *x = c->state;
	const json_t *quarter = json_object_get(x->document, DOC_QUARTER);
	const char *day = member_text(quarter, DOC_FIRST_DAY);
	struct err e = {0};
	json_t *figure;

	x->start = member_text(quarter, DOC_START);
	x->end = member_text(quarter, DOC_END);
	x->printed = find_metric(x->document, x->q->metric);
	find_definition(c, day, &e);
	if (x->printed == NULL || x->metric == NULL) {
		err_set(&e, REJ_NOT_FOUND, "metric", "is none of this SPD; spd.show lists them");
		action_offer(&e, &(struct todo){.action = ACTION_SPD_SHOW, .quarter = x->label});
		refuse(c, &e);
		return;
	}
	if (plan_records(c, &e) != OK) {
		refuse(c, &e);
		return;
	}
	figure = find_figure(x);
	if (figure == NULL) {
		err_set(&e, REJ_NOT_FOUND, "where",
			"the metric has no such figure; spd.show lists those it has");
		action_offer(&e, &(struct todo){.action = ACTION_SPD_SHOW,
						.quarter = x->label,
						.metric = x->metric->id,
						.by = "all"});
		refuse(c, &e);
		return;
	}
	if (strcmp(member_text(figure, DOC_NO_DATA), "SUPPRESSED") == 0) {
		err_set(&e, REJ_STATE, "where",
			"the figure is suppressed: it is of fewer than 5 persons, or such could be "
			"told by it");
		refuse(c, &e);
		return;
	}
	x->answer = json_pack("{s:s, s:O, s:s?, s:O, s:o, s:O, s:O, s:O}", "quarter", x->label,
			      "revision", json_object_get(x->document, DOC_REVISION), "as_of",
			      member_text(x->document, DOC_AS_OF), "catalogue",
			      json_object_get(x->document, DOC_CATALOGUE), "metric", metric_json(x),
			      "figure", figure, "state", json_object_get(x->document, DOC_STATE),
			      DOC_NAMES, json_object_get(x->document, DOC_NAMES));
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = records_next,
			      .rows = records_rows,
			      .done = records_done,
			      .ctx = c};
	call_run(c, LANE_LONG);
}

/* --- the document ----------------------------------------------------------------------------- */

static void
on_computed(struct spd_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	struct explain *x = c->state;
	struct err why = *e;

	if (why.code == OK)
		x->document = json_loadb((const char *)r->document.p, r->document.n, 0, NULL);
	if (why.code == OK && x->document == NULL)
		err_set(&why, TRY_LIMIT, "spd", "out of memory; try again");
	spd_fini(r);
	if (why.code != OK)
		refuse(c, &why);
	else
		explain_document(c);
}

static bool
stored_next(struct job *j, struct statement *st, struct err *e)
{
	const struct call *c = j->ctx;
	struct explain *x = c->state;

	(void)e;
	*st = (struct statement){
	    embed_text("sql/queries/proof/proof_revision.sql"), 2, {x->label, x->revision}};
	return x->step++ == 0;
}

static void
stored_rows(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	struct explain *x = c->state;

	if (rows_count(rows) != 1)
		return;
	x->document = spd_stored(rows_text(rows, 0, 1), x->label, rows_text(rows, 0, 0), &x->fault);
	x->as_of = rows_keep(rows, 0, 3, c->arena);
}

static void
stored_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct explain *x = c->state;
	struct err why = e->code != OK ? *e : x->fault;

	if (why.code == OK && x->document == NULL) {
		err_set(&why, REJ_NOT_FOUND, "revision",
			"%s has no such revision; spd.list names those it has", x->label);
		action_offer(&why, &(struct todo){.action = ACTION_SPD_LIST, .quarter = x->label});
	}
	x->step = 0;
	if (why.code != OK)
		refuse(c, &why);
	else
		explain_document(c);
}

/* --- the request ------------------------------------------------------------------------------ */

/* "2026-05-12T09:30:00.000000Z/UUID/source" */
static bool
read_after(struct call *c, struct explain *x)
{
	char *copy;
	char *rest;
	struct uuid id;

	if (x->q->after == NULL || x->q->after[0] == '\0')
		return true;
	copy = arena_dup(c->arena, x->q->after, strlen(x->q->after));
	rest = copy;
	for (size_t i = 0; copy != NULL && i < 2; i++) {
		x->after[i] = rest;
		rest = rest == NULL ? NULL : strchr(rest, '/');
		if (rest != NULL)
			*rest++ = '\0';
	}
	x->after[2] = rest;
	return rest != NULL && text_is_clean_utf8(text_of(copy)) &&
	       strspn(x->after[0], "0123456789-:.TZ") == strlen(x->after[0]) &&
	       uuid_parse(text_of(x->after[1]), &id);
}

static bool
read_where(const struct explain_request *q, struct explain *x)
{
	if (q->n_where > BREAKDOWN_MAX)
		return false;
	for (size_t i = 0; i < q->n_where; i++) {
		const struct dimension *d = &q->where[i];

		if (d->name == NULL || d->value == NULL || !text_is_clean_utf8(text_of(d->name)) ||
		    !text_is_clean_utf8(text_of(d->value)))
			return false;
		x->where[x->n_where++] = (struct explain_dim){d->name, d->value};
	}
	return true;
}

/* NULL: good; else the field at fault. */
static const char *
read_request(struct call *c, struct explain *x)
{
	const struct explain_request *q = x->q;
	uint32_t limit = q->limit > 0 ? q->limit : RECORDS_DEFAULT;

	if (q->quarter == NULL || !quarter_parse(text_of(q->quarter), &x->quarter))
		return "quarter";
	if (q->revision > REVISION_MAX)
		return "revision";
	if (q->metric == NULL || !text_is_clean_utf8(text_of(q->metric)))
		return "metric";
	if (!read_where(q, x))
		return "where";
	if (!read_after(c, x))
		return "after";
	quarter_format(x->quarter, x->label);
	snprintf(x->revision, sizeof x->revision, "%" PRIu32, q->revision);
	snprintf(x->limit, sizeof x->limit, "%" PRIu32, limit < RECORDS_MAX ? limit : RECORDS_MAX);
	return NULL;
}

void
admin_explain(struct call *c)
{
	struct explain *x = arena_zalloc(c->arena, 1, sizeof *x);
	const char *wrong;
	struct err e = {0};

	if (x == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = x;
	x->q = c->request.explain;
	wrong = read_request(c, x);
	if (wrong != NULL) {
		call_fail(
		    c, ANSWER_INVALID, wrong,
		    "name a quarter such as 2026-Q2, a metric such as OUT03, and of the figure "
		    "at most %d dimensions",
		    BREAKDOWN_MAX);
		return;
	}
	for (size_t i = 0; i < x->n_where; i++) {
		if (strcmp(x->where[i].value, FIGURE_OTHER) == 0) {
			call_fail(c, ANSWER_INVALID, "where",
				  FIGURE_OTHER
				  " stands for the codes that there is no room for, and "
				  "is not explained: explain the figure that it is "
				  "part of");
			return;
		}
	}
	if (x->after[0] != NULL) {
		explain_further(c);
		return;
	}
	if (x->revision[0] != '0') {
		c->job = (struct job){.role = DB_COMPUTE,
				      .next = stored_next,
				      .rows = stored_rows,
				      .done = stored_done,
				      .ctx = c};
		call_run(c, LANE_LONG);
		return;
	}
	x->run = (struct spd_run){.lanes = store_lanes(call_store(c)),
				  .ticket = call_ticket(c, LANE_LONG),
				  .catalogue = spd_catalogue(&e),
				  .quarter = x->quarter,
				  .task = SPD_TASK_SHOW,
				  .by = c->who.principal.s,
				  .done = on_computed,
				  .ctx = c};
	if (x->run.catalogue == NULL)
		call_fail_err(c, &e);
	else
		spd_start(&x->run);
}
