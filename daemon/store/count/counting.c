#include "store/count/counting.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "store/count/bounded_sql.h"
#include "store/count/counting_fold.h"
#include "store/pg/answers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_MAX (4 << 20)

static void
take_room(struct counting *c)
{
	c->is_crowded = false;
	c->room = (struct fold_room){COUNTING_FIGURES_MAX, false};
	for (unsigned i = 0; i < c->catalogue->metrics_count; i++)
		fold_share(c->folds[i], &c->room);
}

void
counting_fini(struct counting *c)
{
	buf_fini(&c->sql);
	buf_fini(&c->bounded);
	buf_fini(&c->version);
}

static const char *
keep(struct counting *c, const char *s)
{
	return s == NULL ? NULL : arena_dup(c->arena, s, strlen(s));
}

/* --- what is known ---------------------------------------------------------------------------- */

static void
take_weeks(struct counting *c, const struct rows *rows)
{
	unsigned n = (unsigned)rows_count(rows);

	c->period.n_weeks = n < WEEKS_MAX ? n : WEEKS_MAX;
	for (unsigned i = 0; i < c->period.n_weeks; i++) {
		c->period.weeks[i].first_day = keep(c, rows_text(rows, (int)i, 0));
		c->period.weeks[i].starts_at = keep(c, rows_text(rows, (int)i, 1));
	}
}

/* What was never counted, or is not to be taken from counts: all of it from records. */
static void
take_nothing(struct counting *c)
{
	const char *all = arena_printf(c->arena, "v.counted_at >= '%s' AND v.counted_at < '%s'",
				       c->start, c->end);

	for (unsigned i = 0; i < c->plan->cubes.n; i++) {
		c->states[i] = (struct cube_state){
		    .is_dirty = true, .ranges = all, .since = c->start, .until = c->end};
	}
}

/* The rows of one cube, from `row` on: its dirty days; the row after the last. */
static int
take_days(struct counting *c, const struct rows *rows, int row, struct cube_state *st)
{
	struct buf ranges;
	struct buf taken;
	const char *digest = rows_text(rows, row, 0);
	const char *until = NULL;

	buf_init(&ranges, STATEMENT_MAX);
	buf_init(&taken, STATEMENT_MAX);
	*st = (struct cube_state){.id = rows_int(rows, row, 1),
				  .version = keep(c, rows_text(rows, row, 8))};
	for (; row < rows_count(rows) && strcmp(rows_text(rows, row, 0), digest) == 0; row++) {
		const char *day = rows_text(rows, row, 2);
		const char *starts_at = rows_text(rows, row, 3);

		if (day == NULL)
			continue;
		st->since = until == NULL ? keep(c, starts_at) : st->since;
		if (until == NULL || strcmp(until, starts_at) != 0) {
			buf_addf(&ranges, until == NULL ? "" : "v.counted_at < '%s') OR ", until);
			buf_addf(&ranges, "(v.counted_at >= '%s' AND ", starts_at);
		}
		until = rows_text(rows, row, 4);
		if (rows_int(rows, row, 5) != 0)
			buf_addf(&taken, "%s'%s'", taken.n == 0 ? "" : ", ", day);
	}
	if (until != NULL) {
		buf_addf(&ranges, "v.counted_at < '%s')", until);
		st->is_dirty = true;
		st->until = keep(c, until);
		st->ranges = arena_dup(c->arena, ranges.p, ranges.n);
		st->taken = taken.n == 0 ? NULL : arena_dup(c->arena, taken.p, taken.n);
	}
	buf_fini(&ranges);
	buf_fini(&taken);
	return row;
}

static void
take_state(struct counting *c, const struct rows *rows)
{
	take_nothing(c);
	for (int row = 0; row < rows_count(rows);) {
		struct cube_state st;
		const char *digest = rows_text(rows, row, 0);
		int next = take_days(c, rows, row, &st);

		for (unsigned i = 0; i < c->plan->cubes.n; i++)
			if (strcmp(c->plan->cubes.cubes[i]->digest, digest) == 0)
				c->states[i] = st;
		row = next;
	}
}

/* --- what is counted -------------------------------------------------------------------------- */

static void
take_records(struct counting *c, const struct rows *rows)
{
	size_t n = (size_t)rows_count(rows);
	struct spd_records *list = arena_zalloc(c->arena, n, sizeof(*list));

	for (size_t i = 0; list != NULL && i < n; i++) {
		int row = (int)i;

		list[i] = (struct spd_records){
		    .kind = keep(c, rows_text(rows, row, 0)),
		    .received = rows_int(rows, row, 1),
		    .effective = rows_int(rows, row, 2),
		    .corrected = rows_int(rows, row, 3),
		    .voided = rows_int(rows, row, 4),
		    .late = rows_int(rows, row, 5),
		};
	}
	c->records = list;
	c->n_records = list == NULL ? 0 : n;
}

/* Are all terms of the metric's figure counted by week? */
static bool
has_weeks(const struct counting *c, unsigned metric)
{
	enum shape shape = c->catalogue->metrics[metric].shape;

	for (size_t i = 0; i < c->plan->n; i++) {
		const struct query *q = &c->plan->queries[i];

		for (size_t j = 0; q->week_sql == NULL && j < q->n_uses; j++)
			if (q->uses[j].metric == metric && q->uses[j].group <= GROUP_DENOMINATOR)
				return false;
	}
	return !metric_has_values(&c->catalogue->metrics[metric]) && shape != SHAPE_PERSONS &&
	       shape != SHAPE_STATE_AT_END;
}

void
counting_weeks(const struct counting *c, unsigned metric, struct spd_metric *out)
{
	out->weeks = NULL;
	out->n_weeks = 0;
	if (!has_weeks(c, metric))
		return;
	out->weeks = arena_zalloc(c->arena, c->period.n_weeks, sizeof(*out->weeks));
	for (unsigned i = 0; out->weeks != NULL && i < c->period.n_weeks; i++) {
		if (c->counted[metric][i]) {
			out->weeks[out->n_weeks++] =
			    (struct spd_week){.first_day = c->period.weeks[i].first_day,
					      .numerator = c->weeks[metric][i][0],
					      .denominator = c->weeks[metric][i][1]};
		}
	}
}

/* --- the sequence of statements --------------------------------------------------------------- */

static const char *
digests(struct counting *c)
{
	const struct cube_set *s = &c->plan->cubes;

	buf_clear(&c->sql);
	buf_addf(&c->sql, "{");
	for (unsigned i = 0; i < s->n; i++) {
		/* A plan counts in the period it is for, and is logged when it was made. */
		if (strcmp(s->cubes[i]->kind, "plan") != 0)
			buf_addf(&c->sql, "%s%s", c->sql.n == 1 ? "" : ",", s->cubes[i]->digest);
	}
	buf_add(&c->sql, "}", sizeof("}"));
	return (const char *)c->sql.p;
}

static bool
next_delta(struct counting *c, struct statement *st)
{
	unsigned i;
	bool first;

	while (c->at < c->plan->cubes.n && !c->states[c->at].is_dirty)
		c->at++;
	if (c->at == c->plan->cubes.n)
		return false;
	buf_clear(&c->sql);
	i = (unsigned)c->at;
	first = cube_scan(&c->plan->cubes, c->states, i) == i;
	if (first && !c->scanned) {
		cube_write_scan(&c->sql, &c->plan->cubes, i, c->states, &c->period);
		c->scanned = true;
	} else {
		cube_write_delta(&c->sql, &c->plan->cubes, i, c->states, &c->period);
		c->scanned = false;
		c->at++;
	}
	*st = (struct statement){(const char *)c->sql.p, 0, {NULL}};
	return true;
}

static void
expand(struct counting *c, const char *template, bool has_params, struct statement *st)
{
	buf_clear(&c->sql);
	cube_expand(&c->sql, template, &c->plan->cubes, c->states, &c->period);
	*st = (struct statement){(const char *)c->sql.p, has_params ? 2 : 0, {c->start, c->end}};
}

/* One row more than there may be tells that there are more. */
static void
bound(struct counting *c, const struct query *q, struct statement *st)
{
	buf_clear(&c->bounded);
	if (c->keep == 0)
		buf_addf(&c->bounded, "%s", st->sql);
	else
		bounded_sql_add(&c->bounded, q, st->sql, c->keep);
	buf_addf(&c->bounded, "\nLIMIT %d", COUNTING_ROWS_MAX + 1);
	buf_add(&c->bounded, "", 1);
	st->sql = (const char *)c->bounded.p;
}

/* The sums once more, of fewer values; false: there are too few to have fewer. */
static bool
sum_again(struct counting *c)
{
	c->keep = c->keep == 0 ? COUNTING_KEEP_FIRST : c->keep / 4;
	take_room(c);
	for (unsigned i = 0; i < c->catalogue->metrics_count; i++) {
		fold_clear(c->folds[i]);
		memset(c->weeks[i], 0, sizeof c->weeks[i]);
		memset(c->counted[i], 0, sizeof c->counted[i]);
	}
	c->at = 0;
	c->answered = 0;
	return c->keep > 0;
}

/* Every query, and behind each what it says by week: from `at` on the first that there is. */
static size_t
sums_from(const struct counting *c, size_t at)
{
	while (at < 2 * c->plan->n &&
	       (at % 2 == 1 ? c->plan->queries[at / 2].week_sql == NULL : c->is_told[at / 2]))
		at++;
	return at;
}

/* Is it dear to answer, and an answer short? The version of what it reads is in c->version then. */
static bool
is_kept(struct counting *c, const struct query *q)
{
	buf_clear(&c->version);
	return c->answers != NULL && (q->shape == QUERY_PERSONS || q->shape == QUERY_CLUSTERS) &&
	       !q->has_params && cube_version(&c->version, q->sql, c->states);
}

/* What is kept needs not be asked. Nothing is under way. */
static void
take_answers(struct counting *c)
{
	struct statement st;
	const struct rows *rows;

	memset(c->is_told, 0, c->plan->n * sizeof *c->is_told);
	for (size_t i = 0; i < c->plan->n; i++) {
		const struct query *q = &c->plan->queries[i];

		if (!is_kept(c, q))
			continue;
		expand(c, q->sql, false, &st);
		bound(c, q, &st);
		if (c->sql.failed || c->bounded.failed)
			return;
		rows = answers_find(c->answers, st.sql, (const char *)c->version.p);
		if (rows == NULL)
			continue;
		counting_fold(c, q, rows);
		c->is_told[i] = true;
	}
}

static void
fold_answer(struct counting *c, size_t query, const struct rows *rows)
{
	const struct query *q = &c->plan->queries[query];

	counting_fold(c, q, rows);
	if (c->asked[query] != NULL && is_kept(c, q))
		answers_keep(c->answers, c->asked[query], (const char *)c->version.p, rows);
}

static bool
next_sums(struct counting *c, struct statement *st)
{
	size_t at = sums_from(c, c->at);
	const struct query *q;
	bool by_week;

	if (at >= 2 * c->plan->n)
		return false;
	q = &c->plan->queries[at / 2];
	by_week = at % 2 == 1;
	c->at = at + 1;
	expand(c, by_week ? q->week_sql : q->sql, !by_week && q->has_params, st);
	if (!by_week)
		bound(c, q, st);
	if (!by_week && !c->bounded.failed && is_kept(c, q))
		c->asked[at / 2] = keep(c, st->sql);
	c->is_ahead = sums_from(c, c->at) < 2 * c->plan->n;
	return true;
}

/* --- what each stage asks, and what is answered ------------------------------------------------
 */

static unsigned
ask_weeks(void *ctx, struct statement *st, struct err *e)
{
	struct counting *c = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/count/count_weeks.sql"), 1, {c->quarter}};
	return stages_once(&c->stages);
}

static unsigned
ask_state(void *ctx, struct statement *st, struct err *e)
{
	struct counting *c = ctx;

	(void)e;
	if (c->source == SPD_FROM_RAW) {
		take_nothing(c);
		return STAGE_OVER;
	}
	*st = (struct statement){
	    embed_text("sql/queries/count/count_state.sql"), 2, {c->quarter, digests(c)}};
	return stages_once(&c->stages);
}

/* Plans of the server's are for the deltas only, and only if there is one. */
static unsigned
ask_plans(struct counting *c, const char *on, struct statement *st)
{
	bool dirty = false;

	for (unsigned i = 0; i < c->plan->cubes.n; i++) {
		/* Plans are few, and always dirty. */
		dirty = dirty || (c->states[i].is_dirty &&
				  strcmp(c->plan->cubes.cubes[i]->kind, "plan") != 0);
	}
	*st = (struct statement){embed_text("sql/queries/count/count_plans.sql"), 1, {on}};
	return dirty ? stages_once(&c->stages) : STAGE_OVER;
}

static unsigned
ask_plans_on(void *ctx, struct statement *st, struct err *e)
{
	(void)e;
	return ask_plans(ctx, "on", st);
}

static unsigned
ask_deltas(void *ctx, struct statement *st, struct err *e)
{
	struct counting *c = ctx;

	(void)e;
	if (c->stages.asked == 0)
		c->at = 0;
	return next_delta(c, st) ? STAGE_ASKS : STAGE_OVER;
}

static unsigned
ask_plans_off(void *ctx, struct statement *st, struct err *e)
{
	(void)e;
	return ask_plans(ctx, "off", st);
}

static unsigned
ask_records(void *ctx, struct statement *st, struct err *e)
{
	struct counting *c = ctx;

	(void)e;
	expand(c, c->plan->records_sql, false, st);
	return stages_once(&c->stages);
}

enum { COUNTING_CROWDED = STAGE_OWN, N_HAPPENINGS };

static unsigned
ask_sums(void *ctx, struct statement *st, struct err *e)
{
	struct counting *c = ctx;

	if (c->stages.asked == 0) {
		c->at = 0;
		take_answers(c);
	}
	if (next_sums(c, st))
		return STAGE_ASKS;
	if (!c->is_crowded)
		return STAGE_OVER;
	if (!sum_again(c))
		err_set(e, REJ_STATE, "spd",
			"the quarter has more than %d figures by sites, sources and kinds alone: "
			"fewer of these can be told",
			COUNTING_FIGURES_MAX);
	return COUNTING_CROWDED;
}

static void
on_weeks(void *ctx, const struct rows *rows, struct err *e)
{
	(void)e;
	take_weeks(ctx, rows);
}

static void
on_state(void *ctx, const struct rows *rows, struct err *e)
{
	(void)e;
	take_state(ctx, rows);
}

static void
on_records(void *ctx, const struct rows *rows, struct err *e)
{
	(void)e;
	take_records(ctx, rows);
}

static void
on_sums(void *ctx, const struct rows *rows, struct err *e)
{
	struct counting *c = ctx;
	size_t at = sums_from(c, c->answered);
	const struct query *q = &c->plan->queries[at / 2];

	(void)e;
	c->answered = at + 1;
	if (at % 2 == 1)
		counting_fold_weeks(c, q, rows);
	else if (rows_count(rows) <= COUNTING_ROWS_MAX && !c->is_crowded)
		fold_answer(c, at / 2, rows);
	else
		c->is_crowded = true;
	c->is_crowded = c->is_crowded || c->room.is_full;
}

/* --- the stages ------------------------------------------------------------------------------- */

enum stage_id {
	COUNTING_WEEKS,
	COUNTING_STATE,
	COUNTING_PLANS,
	COUNTING_DELTAS,
	COUNTING_PLANS_OFF,
	COUNTING_RECORDS,
	COUNTING_SUMS,
	COUNTING_ENDED,
	N_COUNTING
};

static const char *const stage_names[] = {
    [COUNTING_WEEKS] = "weeks",         [COUNTING_STATE] = "what is counted",
    [COUNTING_PLANS] = "plans on",      [COUNTING_DELTAS] = "what is not",
    [COUNTING_PLANS_OFF] = "plans off", [COUNTING_RECORDS] = "records",
    [COUNTING_SUMS] = "sums",           [COUNTING_ENDED] = "ended",
};
COVERS(stage_names, N_COUNTING);

static const char *const happening_names[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,
    [STAGE_FAILED] = STAGE_FAILED_NAME,
    [COUNTING_CROWDED] = "too much for one document",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT

static const struct move moves[] = {
    {STAGE_OVER, AT(COUNTING_WEEKS), COUNTING_STATE, 0, NULL},
    {STAGE_OVER, AT(COUNTING_STATE), COUNTING_PLANS, 0, NULL},
    {STAGE_OVER, AT(COUNTING_PLANS), COUNTING_DELTAS, 0, NULL},
    {STAGE_OVER, AT(COUNTING_DELTAS), COUNTING_PLANS_OFF, 0, NULL},
    {STAGE_OVER, AT(COUNTING_PLANS_OFF), COUNTING_RECORDS, 0, NULL},
    {STAGE_OVER, AT(COUNTING_RECORDS), COUNTING_SUMS, 0, NULL},
    {COUNTING_CROWDED, AT(COUNTING_SUMS), COUNTING_SUMS, 0, NULL},
    {STAGE_OVER, AT(COUNTING_SUMS), COUNTING_ENDED, 0, NULL},
    {STAGE_FAILED, AT(COUNTING_ENDED) - 1, COUNTING_ENDED, 0, NULL},
};
const struct machine counting_machine =
    MACHINE("counting", AT(COUNTING_WEEKS), stage_names, happening_names, moves);

static const struct stage stages[] = {
    [COUNTING_WEEKS] = {ask_weeks, on_weeks},     [COUNTING_STATE] = {ask_state, on_state},
    [COUNTING_PLANS] = {ask_plans_on, NULL},      [COUNTING_DELTAS] = {ask_deltas, NULL},
    [COUNTING_PLANS_OFF] = {ask_plans_off, NULL}, [COUNTING_RECORDS] = {ask_records, on_records},
    [COUNTING_SUMS] = {ask_sums, on_sums},        [COUNTING_ENDED] = {NULL, NULL},
};
COVERS(stages, N_COUNTING);

/* --- all of it -------------------------------------------------------------------------------- */

void
counting_start(struct counting *c)
{
	size_t n = c->catalogue->metrics_count;

	buf_init(&c->sql, STATEMENT_MAX);
	buf_init(&c->bounded, STATEMENT_MAX);
	buf_init(&c->version, STATEMENT_MAX);
	c->asked = arena_zalloc(c->arena, c->plan->n, sizeof(*c->asked));
	c->is_told = arena_zalloc(c->arena, c->plan->n, sizeof(*c->is_told));
	c->states = arena_zalloc(c->arena, CUBES_MAX, sizeof(*c->states));
	c->weeks = arena_zalloc(c->arena, n, sizeof(*c->weeks));
	c->counted = arena_zalloc(c->arena, n, sizeof(*c->counted));
	c->period = (struct cube_period){
	    .quarter = c->quarter, .first_day = c->first_day, .start = c->start, .end = c->end};
	c->stages = (struct stages){&counting_machine, stages, c->quarter, 0, 0};
	c->at = 0;
	c->answered = 0;
	c->records = NULL;
	c->n_records = 0;
	take_room(c);
}

bool
counting_next(struct counting *c, struct statement *st, struct err *e)
{
	bool asks;

	c->is_ahead = false;
	asks = stages_next(&c->stages, c, st, e);
	if (asks && (c->sql.failed || c->bounded.failed || arena_failed(c->arena))) {
		err_set(e, TRY_LIMIT, "spd",
			"the quarter has too many figures for the memory allowed");
		return false;
	}
	return asks;
}

void
counting_rows(struct counting *c, const struct rows *rows)
{
	struct err e = {0};

	stages_rows(&c->stages, c, rows, &e);
}
