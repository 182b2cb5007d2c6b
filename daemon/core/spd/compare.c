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

/* A point may be of several weeks. */
static json_t *
week_json(const struct spd_week *w, const struct chart_point *p)
{
	struct made o = made_object();

	made_text(&o, DOC_FIRST_DAY, w->first_day);
	made_int(&o, DOC_WEEKS, (int64_t)p->periods);
	made_int(&o, DOC_NUMERATOR, p->x);
	made_int(&o, DOC_DENOMINATOR, p->n);
	made_real(&o, DOC_VALUE, p->value);
	made_real(&o, DOC_LOWER, fmax(p->lower, 0));
	made_real(&o, DOC_UPPER, fmin(p->upper, 1));
	made_put(&o, DOC_SIGNAL, json_boolean(p->signal));
	return made_take(o);
}

/* The points of a metric's chart, and the week that each begins with. */
struct charted {
	struct chart_point *points;
	const struct spd_week **weeks;
	size_t n;
};

static struct charted
charted_of(const struct spd_metric *s, struct arena *scratch)
{
	struct charted c = {.points = arena_zalloc(scratch, s->n_weeks + 1, sizeof *c.points),
			    .weeks = arena_zalloc(scratch, s->n_weeks + 1, sizeof *c.weeks)};
	size_t merged = 0;

	if (c.points == NULL || c.weeks == NULL)
		return c;
	for (size_t i = 0; i < s->n_weeks; i++) {
		const struct spd_week *w = &s->weeks[i];

		if (w->denominator > 0 && w->numerator >= 0 && w->numerator <= w->denominator) {
			c.points[c.n].x = w->numerator;
			c.points[c.n].n = w->denominator;
			c.weeks[c.n++] = w;
		}
	}
	c.n = chart_merge(c.points, c.n, s->m->minimum_n);
	for (size_t i = 0; i < c.n; i++) {
		c.weeks[i] = c.weeks[merged];
		merged += c.points[i].periods;
	}
	return c;
}

static json_t *
change_json(const struct charted *c, const struct chart_change *change)
{
	struct made o = made_object();

	made_text(&o, DOC_FIRST_DAY, c->weeks[change->at]->first_day);
	made_real(&o, DOC_BEFORE, change->before);
	made_real(&o, DOC_AFTER, change->after);
	made_real(&o, DOC_DIFFERENCE, change->after - change->before);
	made_real(&o, DOC_LIKELIHOOD, change->likelihood);
	return made_take(o);
}

/* What is out of the ordinary at the end of the quarter: a level that changed, or a last week
 * outside the limits. */
static const char *
variation_of(const struct metric *m, const struct charted *c, const struct chart *chart,
	     const struct chart_change *change)
{
	const struct chart_point *last = &c->points[c->n - 1];
	bool up;

	if (change == NULL && !last->signal)
		return "COMMON_CAUSE";
	up = change != NULL ? change->after > change->before : last->value > chart->centre;
	if (m->direction != DIRECTION_UP && m->direction != DIRECTION_DOWN)
		return up ? "SPECIAL_CAUSE_HIGHER" : "SPECIAL_CAUSE_LOWER";
	return up == (m->direction == DIRECTION_UP) ? "SPECIAL_CAUSE_IMPROVING"
						    : "SPECIAL_CAUSE_CONCERNING";
}

/* Whether weeks within the limits meet the target always, never, or now and then; NULL: there is
 * none to meet. */
static const char *
assurance_of(const struct spd_metric *s, const struct charted *c)
{
	bool up = s->m->direction == DIRECTION_UP;
	double low = 0;
	double high = 1;

	if (s->target == NULL || (!up && s->m->direction != DIRECTION_DOWN))
		return NULL;
	for (size_t i = 0; i < c->n; i++) {
		low = fmax(low, c->points[i].lower);
		high = fmin(high, c->points[i].upper);
	}
	if (up ? low >= s->target->value : high <= s->target->value)
		return "CONSISTENTLY_MET";
	return (up ? high < s->target->value : low > s->target->value) ? "CONSISTENTLY_MISSED"
								       : "HIT_OR_MISS";
}

json_t *
compare_chart(const struct spd_metric *s, struct arena *scratch)
{
	struct charted p;
	struct chart_change change;
	struct chart c;
	bool has_changed;
	struct made weeks;
	struct made o;

	if (!compare_is_rate(s->m) || s->m->apart != NULL)
		return json_null();
	p = charted_of(s, scratch);
	if (p.n < CHART_PERIODS_MIN || !chart_laney(p.points, p.n, CHART_D2, &c))
		return json_null();
	has_changed = chart_changed(p.points, p.n, &c, &change);
	weeks = made_array();
	for (size_t i = 0; i < p.n; i++)
		made_append(&weeks, week_json(p.weeks[i], &p.points[i]));
	o = made_object();
	made_text(&o, DOC_METHOD, "LANEY_P");
	made_real(&o, DOC_CENTRE, c.centre);
	made_real(&o, DOC_SIGMA_Z, c.sigma_z);
	made_put(&o, DOC_CHANGE, has_changed ? change_json(&p, &change) : json_null());
	made_text(&o, DOC_VARIATION, variation_of(s->m, &p, &c, has_changed ? &change : NULL));
	made_text(&o, DOC_ASSURANCE, assurance_of(s, &p));
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

		if (sites[i].is_withheld)
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
