#include "core/spd/compare.h"

#include "core/spd/keys.h"
#include "core/stats/chart.h"
#include "core/stats/funnel.h"

#include <math.h>
#include <string.h>

bool
compare_is_rate(const struct metric *m)
{
	return m->shape == SHAPE_RATIO && m->basis == BASIS_SAMPLE;
}

/* --- chart -------------------------------------------------------------------------------- */

/* Points of one level: from where the chart begins, or begins anew, to where it does so again. */
struct level {
	size_t begin;
	size_t end; /* exclusive */
	bool has_limits;
	struct chart chart; /* where it has */
};

/* The points of a metric's chart, and the week that each begins with. */
struct charted {
	struct chart_point *points;
	const struct spd_week **weeks;
	size_t n;
	struct level *levels;
	size_t n_levels;
};

/* NaN, which the document says as null, where there is none. */
static double
if_any(bool is_there, double v)
{
	return is_there ? v : NAN;
}

/* A point may be of several weeks. */
static json_t *
week_json(const struct spd_week *w, const struct chart_point *p, const struct level *l)
{
	struct made o = made_object();

	made_text(&o, DOC_FIRST_DAY, w->first_day);
	made_int(&o, DOC_WEEKS, (int64_t)p->periods);
	made_int(&o, DOC_NUMERATOR, p->x);
	made_int(&o, DOC_DENOMINATOR, p->n);
	made_real(&o, DOC_VALUE, p->value);
	made_real(&o, DOC_CENTRE, if_any(l->has_limits, l->chart.centre));
	made_real(&o, DOC_LOWER, if_any(l->has_limits, fmax(p->lower, 0)));
	made_real(&o, DOC_UPPER, if_any(l->has_limits, fmin(p->upper, 1)));
	made_put(&o, DOC_SIGNAL, json_boolean(p->signal));
	made_int(&o, DOC_ALERT, p->alert);
	return made_take(o);
}

/* The weeks from `at` on become points of a level, behind those that there are; `n` of them. */
static void
add_level(struct charted *c, int64_t minimum, size_t at, size_t n)
{
	struct level *l = &c->levels[c->n_levels];
	struct chart_point *p = &c->points[c->n];
	size_t points;

	memmove(p, &c->points[at], n * sizeof *p);
	/* None: a level all the same, of which nothing is known. */
	points = chart_merge(p, n, minimum);
	for (size_t i = 0; i < points; i++) {
		c->weeks[c->n + i] = c->weeks[at];
		at += p[i].periods;
	}
	l->has_limits = points >= CHART_PERIODS_MIN && chart_laney(p, points, CHART_D2, &l->chart);
	for (size_t i = 0; i < points && !l->has_limits; i++)
		p[i].value = (double)p[i].x / (double)p[i].n;
	l->begin = c->n;
	l->end = c->n += points;
	c->n_levels++;
}

/* From the quarter's weeks: those that have a rate. */
static size_t
take_weeks(const struct spd_metric *s, struct charted *c)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_weeks; i++) {
		const struct spd_week *w = &s->weeks[i];

		if (w->denominator > 0 && w->numerator >= 0 && w->numerator <= w->denominator) {
			c->points[n].x = w->numerator;
			c->points[n].n = w->denominator;
			c->weeks[n++] = w;
		}
	}
	return n;
}

static struct charted
charted_of(const struct spd_metric *s, struct arena *scratch)
{
	struct charted c = {
	    .points = arena_zalloc(scratch, s->n_weeks + 1, sizeof *c.points),
	    .weeks = arena_zalloc(scratch, s->n_weeks + 1, sizeof *c.weeks),
	    .levels = arena_zalloc(scratch, s->n_rebases + 1, sizeof *c.levels),
	};
	size_t n;
	size_t at = 0;

	if (c.points == NULL || c.weeks == NULL || c.levels == NULL)
		return c;
	n = take_weeks(s, &c);
	for (size_t i = 0; i <= s->n_rebases; i++) {
		size_t end = at;

		while (end < n && (i == s->n_rebases ||
				   strcmp(c.weeks[end]->first_day, s->rebases[i].first_day) < 0))
			end++;
		if (end > at)
			add_level(&c, s->m->minimum_n, at, end - at);
		at = end;
	}
	return c;
}

static const struct level *
last_level(const struct charted *c)
{
	return &c->levels[c->n_levels - 1];
}

static json_t *
change_json(const struct charted *c)
{
	const struct level *l = last_level(c);
	struct chart_change change;
	struct made o;

	if (!l->has_limits ||
	    !chart_changed(&c->points[l->begin], l->end - l->begin, &l->chart, &change))
		return json_null();
	o = made_object();
	made_text(&o, DOC_FIRST_DAY, c->weeks[l->begin + change.at]->first_day);
	made_real(&o, DOC_BEFORE, change.before);
	made_real(&o, DOC_AFTER, change.after);
	made_real(&o, DOC_DIFFERENCE, change.after - change.before);
	made_real(&o, DOC_LIKELIHOOD, change.likelihood);
	return made_take(o);
}

/* What is out of the ordinary at the end of the quarter: a level that changed, or a last week
 * outside the limits; NULL: it has no limits. */
static const char *
variation_of(const struct metric *m, const struct charted *c)
{
	const struct level *l = last_level(c);
	const struct chart_point *last = &c->points[c->n - 1];
	struct chart_change change;
	bool has_changed;
	bool up;

	if (!l->has_limits)
		return NULL;
	has_changed = chart_changed(&c->points[l->begin], l->end - l->begin, &l->chart, &change);
	if (!has_changed && !last->signal)
		return "COMMON_CAUSE";
	up = has_changed ? change.after > change.before : last->value > l->chart.centre;
	if (m->direction != DIRECTION_UP && m->direction != DIRECTION_DOWN)
		return up ? "SPECIAL_CAUSE_HIGHER" : "SPECIAL_CAUSE_LOWER";
	return up == (m->direction == DIRECTION_UP) ? "SPECIAL_CAUSE_IMPROVING"
						    : "SPECIAL_CAUSE_CONCERNING";
}

/* Whether weeks within the limits meet the target always, never, or now and then; NULL: there is
 * none to meet, or there are no limits. */
static const char *
assurance_of(const struct spd_metric *s, const struct charted *c)
{
	const struct level *l = last_level(c);
	double low = 0;
	double high = 1;

	if (s->target == NULL || !l->has_limits)
		return NULL;
	for (size_t i = l->begin; i < l->end; i++) {
		low = fmax(low, c->points[i].lower);
		high = fmin(high, c->points[i].upper);
	}
	if (low >= s->target->aim.low && high <= s->target->aim.high)
		return "CONSISTENTLY_MET";
	return high < s->target->aim.low || low > s->target->aim.high ? "CONSISTENTLY_MISSED"
								      : "HIT_OR_MISS";
}

/* Where the level of the quarter's weeks began anew by decision: oldest first. */
static json_t *
rebases_json(const struct spd_metric *s, const char *first_day)
{
	struct made list = made_array();

	for (size_t i = 0; i < s->n_rebases; i++) {
		const struct spd_rebase *r = &s->rebases[i];
		struct made o;

		if (strcmp(r->first_day, first_day) < 0)
			continue;
		o = made_object();
		made_text(&o, DOC_FIRST_DAY, r->first_day);
		made_text(&o, DOC_REASON, r->reason);
		made_text(&o, DOC_APPROVED_BY, r->approved_by);
		made_text(&o, DOC_SET_AT, r->set_at);
		made_text(&o, DOC_SET_BY, r->set_by);
		made_append(&list, made_take(o));
	}
	return made_take(list);
}

bool
compare_is_same_part(const struct spd_metric *s, const struct spd_past_metric *past)
{
	const char *now = s->target == NULL ? NULL : s->target->of;

	return now == NULL || past->of == NULL ? now == past->of : strcmp(now, past->of) == 0;
}

/* The rates of the quarter before, from where its level last began anew; false: there are too few,
 * or the level began anew since. */
static bool
before_of(const struct spd_metric *s, const struct spd_past_metric *past, const char *first_day,
	  struct chart_before *out, struct arena *scratch)
{
	const char *since = s->n_rebases == 0 ? "" : s->rebases[s->n_rebases - 1].first_day;
	double *rates;
	size_t n = 0;

	if (past == NULL || past->version == NULL || strcmp(past->version, s->m->version) != 0 ||
	    !compare_is_same_part(s, past) || strcmp(since, first_day) >= 0)
		return false;
	rates = arena_zalloc(scratch, past->n_points + 1, sizeof *rates);
	for (size_t i = 0; rates != NULL && i < past->n_points; i++)
		if (strcmp(past->points[i].first_day, since) >= 0)
			rates[n++] = past->points[i].value;
	return rates != NULL && chart_before(rates, n, out);
}

/* ICAO's lines, on the worse side; null where there is no worse, or nothing to draw them from. */
static json_t *
alerts_json(const struct spd_metric *s, const struct spd_past_metric *past, const char *first_day,
	    struct charted *c, struct arena *scratch)
{
	bool up = s->m->direction == DIRECTION_UP;
	struct chart_before before;
	struct made lines;
	struct made o;

	if ((!up && s->m->direction != DIRECTION_DOWN) ||
	    !before_of(s, past, first_day, &before, scratch))
		return json_null();
	lines = made_array();
	chart_alert(c->points, c->n, &before, up);
	for (unsigned k = 1; k <= CHART_ALERTS; k++)
		made_append(&lines, json_real(chart_alert_line(&before, k, up)));
	o = made_object();
	made_real(&o, DOC_MEAN, before.mean);
	made_real(&o, DOC_SD, before.sd);
	made_put(&o, DOC_LINES, made_take(lines));
	return made_take(o);
}

bool
compare_has_chart(const struct metric *m)
{
	return compare_is_rate(m) && (m->apart == NULL || metric_parts_are_few(m));
}

json_t *
compare_chart(const struct spd_metric *s, const struct spd_past_metric *past, const char *first_day,
	      struct arena *scratch)
{
	struct charted c;
	const struct level *l;
	bool has_limits = false;
	struct made weeks;
	struct made o;

	/* The weeks of what is suppressed would tell it. */
	if (!compare_has_chart(s->m) || (s->n_figures > 0 && s->figures[0]->is_suppressed))
		return json_null();
	c = charted_of(s, scratch);
	for (size_t i = 0; i < c.n_levels; i++)
		has_limits = has_limits || c.levels[i].has_limits;
	if (!has_limits)
		return json_null();
	o = made_object();
	made_put(&o, DOC_ALERTS, alerts_json(s, past, first_day, &c, scratch));
	weeks = made_array();
	for (size_t i = 0; i < c.n_levels; i++)
		for (size_t k = c.levels[i].begin; k < c.levels[i].end; k++)
			made_append(&weeks, week_json(c.weeks[k], &c.points[k], &c.levels[i]));
	l = last_level(&c);
	made_text(&o, DOC_METHOD, "LANEY_P");
	made_real(&o, DOC_CENTRE, if_any(l->has_limits, l->chart.centre));
	made_real(&o, DOC_SIGMA_Z, if_any(l->has_limits, l->chart.sigma_z));
	made_put(&o, DOC_CHANGE, change_json(&c));
	made_text(&o, DOC_VARIATION, variation_of(s->m, &c));
	made_text(&o, DOC_ASSURANCE, assurance_of(s, &c));
	made_put(&o, DOC_REBASES, rebases_json(s, first_day));
	made_put(&o, DOC_WEEKS, made_take(weeks));
	return made_take(o);
}

/* --- funnel ------------------------------------------------------------------------------- */

/* The breakdown with exactly these dimensions, in this order; breakdown_count: there is none. */
static unsigned
breakdown_of(const struct metric *m, const char *first, const char *second)
{
	for (unsigned i = 0; i < m->breakdown_count; i++) {
		const struct breakdown *b = &m->breakdown[i];

		if (b->n == (second == NULL ? 1u : 2u) &&
		    strcmp(m->dimension[b->dimension[0]], first) == 0 &&
		    (second == NULL || strcmp(m->dimension[b->dimension[1]], second) == 0))
			return i;
	}
	return m->breakdown_count;
}

static bool
has_counts(const struct figure *g)
{
	return g->has_numerator && g->has_denominator && g->denominator > 0 && g->numerator >= 0 &&
	       g->numerator <= g->denominator;
}

/* All sites weigh in; of those whose rate the figures withhold, a funnel shows none either. */
static struct funnel_unit *
sites_of(const struct spd_metric *s, struct arena *scratch, size_t *n)
{
	unsigned by_site = breakdown_of(s->m, "site", NULL);
	struct funnel_unit *u = arena_zalloc(scratch, s->n_figures + 1, sizeof *u);

	*n = 0;
	for (size_t i = 0; u != NULL && i < s->n_figures; i++) {
		const struct figure *g = s->figures[i];

		if (g->breakdown == by_site && g->by[0] != NULL && has_counts(g))
			u[(*n)++] = (struct funnel_unit){.unit = g->by[0],
							 .x = g->numerator,
							 .n = g->denominator,
							 .is_withheld = !g->has_value};
	}
	return u;
}

/* NaN, which the document says as null, where it is withheld. */
static double
shown(const struct funnel_unit *u, double v)
{
	return u->is_withheld ? NAN : v;
}

static json_t *
unit_json(const struct funnel_unit *u)
{
	struct made o = made_object();

	made_text(&o, DOC_UNIT, u->unit);
	made_int(&o, DOC_NUMERATOR, u->x);
	made_int(&o, DOC_DENOMINATOR, u->n);
	made_put(&o, DOC_WITHHELD, json_boolean(u->is_withheld));
	made_real(&o, DOC_VALUE, shown(u, u->value));
	made_real(&o, DOC_Z, shown(u, u->z));
	made_real(&o, DOC_ADJUSTED_Z, shown(u, u->adjusted_z));
	made_real(&o, DOC_LOW95, u->low95);
	made_real(&o, DOC_HIGH95, u->high95);
	made_real(&o, DOC_LOW998, u->low998);
	made_real(&o, DOC_HIGH998, u->high998);
	made_put(&o, DOC_OUTSIDE, json_boolean(u->outside && !u->is_withheld));
	return made_take(o);
}

json_t *
compare_funnel(const struct spd_metric *s, struct arena *scratch)
{
	struct funnel_unit *u;
	struct funnel f;
	struct made list;
	struct made o;
	size_t n = 0;

	if (!compare_is_rate(s->m) || s->n_figures == 0 || !s->figures[0]->has_value)
		return json_null();
	u = sites_of(s, scratch, &n);
	if (!funnel_of(scratch, u, n, s->figures[0]->value, FUNNEL_WINSORISED, &f))
		return json_null();
	list = made_array();
	for (size_t i = 0; i < n; i++)
		made_append(&list, unit_json(&u[i]));
	o = made_object();
	made_text(&o, DOC_BY, "site");
	made_text(&o, DOC_METHOD, f.is_spread ? "OVERDISPERSED" : "BINOMIAL");
	made_real(&o, DOC_CENTRE, f.centre);
	made_real(&o, DOC_PHI, f.phi);
	made_real(&o, DOC_TAU2, f.tau2);
	made_real(&o, DOC_P_SPREAD, f.p_spread);
	made_real(&o, "winsorised", FUNNEL_WINSORISED);
	made_put(&o, DOC_UNITS, made_take(list));
	return made_take(o);
}

/* --- case-mix ----------------------------------------------------------------------------- */

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* What a site's suppressed strata are is not to be told by the sum of all. */
static bool
has_suppressed(const struct spd_metric *s, const char *site)
{
	unsigned by_both = breakdown_of(s->m, "site", s->m->case_mix);
	bool has = false;

	for (size_t i = 0; i < s->n_figures && !has; i++)
		has = s->figures[i]->breakdown == by_both && s->figures[i]->is_suppressed &&
		      is_same(s->figures[i]->by[0], site);
	return has;
}

/* The figure of all units in a stratum; NULL: it contradicts itself. */
static const struct figure *
stratum_of(const struct spd_metric *s, unsigned by_stratum, const char *stratum)
{
	for (size_t i = 0; i < s->n_figures; i++) {
		const struct figure *g = s->figures[i];

		if (g->breakdown == by_stratum && is_same(g->by[0], stratum) && has_counts(g))
			return g;
	}
	return NULL;
}

static struct case_mix
mix_of(const struct spd_metric *s, const char *site)
{
	unsigned by_stratum = breakdown_of(s->m, s->m->case_mix, NULL);
	unsigned by_both = breakdown_of(s->m, "site", s->m->case_mix);
	struct case_mix c = {0};

	for (size_t i = 0; i < s->n_figures; i++) {
		const struct figure *g = s->figures[i];
		const struct figure *all;

		if (g->breakdown != by_both || !is_same(g->by[0], site) || !has_counts(g))
			continue;
		all = stratum_of(s, by_stratum, g->by[1]);
		if (all != NULL)
			case_mix_add(&c, g->numerator, g->denominator, all->numerator,
				     all->denominator);
	}
	return c;
}

static json_t *
mix_json(const char *unit, const struct case_mix *c)
{
	struct made o = made_object();

	made_text(&o, DOC_UNIT, unit);
	made_int(&o, DOC_OBSERVED, c->observed);
	made_real(&o, DOC_EXPECTED, c->expected);
	made_real(&o, DOC_VARIANCE, c->variance);
	made_real(&o, DOC_Z, c->z);
	made_real(&o, DOC_RATIO, c->ratio);
	made_real(&o, DOC_STANDARDISED, c->standardised);
	return made_take(o);
}

json_t *
compare_case_mix(const struct spd_metric *s, struct arena *scratch)
{
	const struct figure *all = s->n_figures > 0 ? s->figures[0] : NULL;
	struct funnel_unit *sites;
	struct made list;
	struct made o;
	size_t n = 0;

	if (s->m->case_mix == NULL || all == NULL || !all->has_value)
		return json_null();
	sites = sites_of(s, scratch, &n);
	if (n < 2)
		return json_null();
	list = made_array();
	for (size_t i = 0; i < n; i++) {
		struct case_mix c;

		if (sites[i].is_withheld || has_suppressed(s, sites[i].unit))
			continue;
		c = mix_of(s, sites[i].unit);
		case_mix_finish(&c, all->value);
		made_append(&list, mix_json(sites[i].unit, &c));
	}
	o = made_object();
	made_text(&o, DOC_BY, "site");
	made_text(&o, DOC_STRATUM, s->m->case_mix);
	made_put(&o, DOC_UNITS, made_take(list));
	return made_take(o);
}
