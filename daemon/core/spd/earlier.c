#include "core/spd/earlier.h"

#include "core/spd/compare.h"
#include "core/spd/keys.h"
#include "core/spd/past.h"
#include "core/stats/matched.h"
#include "core/time/calendar.h"

#include <math.h>
#include <string.h>

/* --- earlier quarters --------------------------------------------------------------------- */

static json_t *
count_json(bool known, int64_t v)
{
	return known ? json_integer((json_int_t)v) : json_null();
}

static json_t *
past_json(const struct spd_past *p, const struct spd_past_metric *m, const struct figure *g)
{
	struct made o = made_object();

	made_text(&o, DOC_QUARTER, p->quarter);
	made_text(&o, DOC_BASIS, p->basis);
	made_text(&o, DOC_DEFINITION_VERSION, m->version);
	made_put(&o, DOC_NUMERATOR, count_json(g->has_numerator, g->numerator));
	made_put(&o, DOC_DENOMINATOR, count_json(g->has_denominator, g->denominator));
	made_put(&o, DOC_VALUE, g->has_value ? json_real(g->value) : json_null());
	made_text(&o, DOC_STATUS, status_name(g->status));
	made_text(&o, DOC_NO_DATA, g->no_data);
	return made_take(o);
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The quarter so many before this one; NULL: nothing is known of it. */
static const struct spd_past *
past_before(const struct spd *s, unsigned quarters)
{
	char label[QUARTER_TEXT_SIZE];
	struct quarter q;

	if (!quarter_parse(text_of(s->quarter), &q))
		return NULL;
	for (unsigned i = 0; i < quarters; i++)
		q = quarter_prev(q);
	quarter_format(q, label);
	for (size_t i = 0; i < s->n_past; i++)
		if (s->past[i].metrics != NULL && strcmp(s->past[i].quarter, label) == 0)
			return &s->past[i];
	return NULL;
}

/* --- like with like ----------------------------------------------------------------------- */

/* A figure now, the same one then, and what both are of. */
struct pair {
	const struct spd_metric *now;
	const struct spd_past_metric *then;
	const struct figure *g;
	const struct figure *old;
};

static bool
has_counts(const struct figure *g)
{
	return g->has_numerator && g->has_denominator && g->denominator > 0 && g->numerator >= 0 &&
	       g->numerator <= g->denominator;
}

/* The value of a dimension of a figure, in *value; false: it is not broken down by it. */
static bool
value_of(const struct metric *m, const struct figure *g, const char *dimension, const char **value)
{
	const struct breakdown *b = &m->breakdown[g->breakdown];

	for (unsigned i = 0; i < b->n; i++) {
		*value = g->by[i];
		if (strcmp(m->dimension[b->dimension[i]], dimension) == 0)
			return true;
	}
	return false;
}

/* How many of the two dimensions that are matched a figure is not broken down by. */
static unsigned
lacking(const struct metric *m, const struct figure *g)
{
	const char *value = NULL;

	return !value_of(m, g, m->matched, &value) + !value_of(m, g, m->case_mix, &value);
}

/* Is `part` a stratum of g: broken down by what is matched, too, and of the values that g has? */
static bool
is_stratum(const struct metric *m, const struct figure *g, const struct figure *part)
{
	const struct breakdown *b = &m->breakdown[g->breakdown];
	const char *library = NULL;
	const char *mix = NULL;

	if (m->breakdown[part->breakdown].n != b->n + lacking(m, g) ||
	    !value_of(m, part, m->matched, &library) || !value_of(m, part, m->case_mix, &mix) ||
	    library == NULL || strcmp(library, FIGURE_OTHER) == 0)
		return false;
	for (unsigned i = 0; i < b->n; i++) {
		const char *value = NULL;

		if (!value_of(m, part, m->dimension[b->dimension[i]], &value) ||
		    !is_same(value, g->by[i]))
			return false;
	}
	return true;
}

/* Is what is broken down so in strata within it: by what it is by, by both that are matched, and by
 * nothing else? */
static bool
is_within(const struct metric *m, const struct breakdown *fine, const struct figure *g)
{
	const struct breakdown *b = &m->breakdown[g->breakdown];
	bool has_library = false;
	bool has_mix = false;
	unsigned shared = 0;

	for (unsigned i = 0; i < fine->n; i++) {
		has_library |= strcmp(m->dimension[fine->dimension[i]], m->matched) == 0;
		has_mix |= strcmp(m->dimension[fine->dimension[i]], m->case_mix) == 0;
		for (unsigned k = 0; k < b->n; k++)
			shared += b->dimension[k] == fine->dimension[i];
	}
	return has_library && has_mix && shared == b->n && fine->n == b->n + lacking(m, g);
}

/* Are there figures of strata within it? The finest figures, of which there may be many, are
 * matched with themselves alone. */
static bool
is_stratified(const struct metric *m, const struct figure *g)
{
	bool is = false;

	if (m->breakdown[g->breakdown].n > 1)
		return lacking(m, g) == 0;
	for (unsigned i = 0; i < m->breakdown_count; i++)
		is = is || is_within(m, &m->breakdown[i], g);
	return is;
}

/* How much wider the interval for clusters in general is than the one for what was drawn. */
static struct matched_wider
wider_of(const struct figure *g)
{
	return (struct matched_wider){
	    .below = (g->value - g->general.interval.lo) / (g->value - g->interval.lo),
	    .above = (g->general.interval.hi - g->value) / (g->interval.hi - g->value)};
}

static bool
is_general(const struct pair *p)
{
	return p->old->is_by_general && p->g->is_by_general;
}

/* False: too little of either quarter is in what both have. */
static bool
match(const struct pair *p, struct arena *scratch, struct matched *out)
{
	static const struct matched_wider as_drawn = {1, 1};
	const struct spd_metric *now = p->now;
	struct matched_stratum *s = arena_zalloc(scratch, now->n_figures + 1, sizeof *s);
	bool is_fine = now->m->breakdown[p->g->breakdown].n > 1;
	struct matched_wider w1 = is_general(p) ? wider_of(p->g) : as_drawn;
	struct matched_wider w2 = is_general(p) ? wider_of(p->old) : as_drawn;
	size_t n = 0;

	for (size_t i = 0; s != NULL && i < (is_fine ? 1 : now->n_figures); i++) {
		const struct figure *part = is_fine ? p->g : now->figures[i];
		const struct figure *old;

		if (!is_stratum(now->m, p->g, part) || !has_counts(part))
			continue;
		old = past_figure(p->then, part);
		if (old != NULL && has_counts(old))
			s[n++] = (struct matched_stratum){part->numerator, part->denominator,
							  old->numerator, old->denominator};
	}
	return s != NULL && matched_difference95(s, n, &w1, &w2, out) &&
	       (double)out->n1 >= EARLIER_MATCHED_MIN * (double)p->g->denominator &&
	       (double)out->n2 >= EARLIER_MATCHED_MIN * (double)p->old->denominator;
}

/* --- the change --------------------------------------------------------------------------- */

/* Why the two make no difference whatever they are; NULL: they may. */
static const char *
obstacle_of(const struct pair *p)
{
	const struct metric *m = p->now->m;
	const char *part = NULL;

	if (p->then->version == NULL || strcmp(p->then->version, m->version) != 0)
		return "DEFINITION_CHANGED";
	if (m->apart != NULL && !value_of(m, p->g, m->apart, &part) &&
	    !compare_is_same_part(p->now, p->then))
		return "PART_CHANGED";
	if (!p->g->has_value)
		return "NO_VALUE_NOW";
	if (!p->old->has_value)
		return "NO_VALUE_THEN";
	return m->unmatched ? "NOT_MATCHED" : NULL;
}

/* by NULL: it has no interval. */
static json_t *
difference_json(const char *method, double difference, struct interval i, const char *by,
		double matched)
{
	struct made o = made_object();

	made_text(&o, DOC_METHOD, method);
	made_real(&o, DOC_DIFFERENCE, difference);
	made_real(&o, DOC_LOW, i.lo);
	made_real(&o, DOC_HIGH, i.hi);
	made_text(&o, DOC_INTERVAL_BY, by);
	made_real(&o, DOC_MATCHED, matched);
	return made_take(o);
}

/* Each with its interval for clusters in general where both have one that a status goes by. */
static struct interval
newcombe(const struct pair *p)
{
	const struct figure *g = p->g;
	const struct figure *old = p->old;

	return is_general(p) ? stats_difference95(g->value, g->general.interval, old->value,
						  old->general.interval)
			     : stats_newcombe95(g->numerator, g->denominator, old->numerator,
						old->denominator);
}

/* Only samples have chance in them; what is all counted has changed as it has. */
static json_t *
change_json(const struct pair *p, struct arena *scratch, const char **obstacle)
{
	const struct interval none = {NAN, NAN};
	const struct figure *g = p->g;
	const struct figure *old = p->old;
	const char *by = is_general(p) ? "GENERAL" : "PLAIN";
	struct matched like;

	*obstacle = obstacle_of(p);
	if (*obstacle != NULL)
		return json_null();
	if (!compare_is_rate(p->now->m))
		return difference_json("COUNTED", g->value - old->value, none, NULL, NAN);
	if (p->now->m->matched == NULL)
		return difference_json("NEWCOMBE", g->value - old->value, newcombe(p), by, NAN);
	if (!is_stratified(p->now->m, g))
		*obstacle = "NOT_MATCHED";
	else if (!match(p, scratch, &like))
		*obstacle = "TOO_LITTLE_ALIKE";
	if (*obstacle != NULL)
		return json_null();
	return difference_json("STANDARDISED", like.difference, like.interval, by,
			       fmin((double)like.n1 / (double)g->denominator,
				    (double)like.n2 / (double)old->denominator));
}

/* The members of one earlier quarter. */
struct members {
	unsigned quarters; /* before this one */
	const char *past;
	const char *change;
	const char *not_comparable;
};

static void
put_earlier(struct made *o, const struct members *m, const struct spd *s, size_t metric,
	    const struct figure *g, struct arena *scratch)
{
	const struct spd_past *past = past_before(s, m->quarters);
	const struct figure *old = past == NULL ? NULL : past_figure(&past->metrics[metric], g);
	const char *obstacle = NULL;
	struct pair p;

	if (old == NULL) {
		made_put(o, m->past, json_null());
		made_put(o, m->change, json_null());
		made_put(o, m->not_comparable, json_null());
		return;
	}
	p = (struct pair){&s->metrics[metric], &past->metrics[metric], g, old};
	made_put(o, m->past, past_json(past, p.then, old));
	made_put(o, m->change, change_json(&p, scratch, &obstacle));
	made_text(o, m->not_comparable, obstacle);
}

static json_t *
history_json(const struct spd *s, size_t metric, const struct figure *g)
{
	struct made list = made_array();

	for (size_t i = g->breakdown == 0 ? s->n_past : 0; i > 0; i--) {
		const struct spd_past *p = &s->past[i - 1];
		const struct figure *old =
		    p->metrics == NULL ? NULL : past_figure(&p->metrics[metric], g);

		if (old != NULL)
			made_append(&list, past_json(p, &p->metrics[metric], old));
	}
	return made_take(list);
}

const struct spd_past_metric *
earlier_metric(const struct spd *s, size_t metric)
{
	const struct spd_past *past = past_before(s, 1);

	return past == NULL ? NULL : &past->metrics[metric];
}

void
earlier_put(struct made *o, const struct spd *s, size_t metric, const struct figure *g,
	    struct arena *scratch)
{
	static const struct members before = {1, DOC_PREVIOUS, DOC_CHANGE, DOC_NOT_COMPARABLE};
	static const struct members year_ago = {4, DOC_YEAR_AGO, DOC_YEAR_CHANGE,
						DOC_YEAR_INCOMPARABLE};

	put_earlier(o, &before, s, metric, g, scratch);
	put_earlier(o, &year_ago, s, metric, g, scratch);
	made_put(o, DOC_HISTORY, history_json(s, metric, g));
}
