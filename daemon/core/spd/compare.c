#include "core/spd/compare.h"

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

	made_text(&o, "first_day", w->first_day);
	made_int(&o, "weeks", (int64_t)p->periods);
	made_int(&o, "numerator", p->x);
	made_int(&o, "denominator", p->n);
	made_real(&o, "value", p->value);
	made_real(&o, "lower", fmax(p->lower, 0));
	made_real(&o, "upper", fmin(p->upper, 1));
	made_put(&o, "signal", json_boolean(p->signal));
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

	made_text(&o, "first_day", c->weeks[change->at]->first_day);
	made_real(&o, "before", change->before);
	made_real(&o, "after", change->after);
	made_real(&o, "difference", change->after - change->before);
	made_real(&o, "likelihood", change->likelihood);
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

	if (!compare_is_rate(s->m))
		return json_null();
	p = charted_of(s, scratch);
	if (p.n < CHART_PERIODS_MIN || !chart_laney(p.points, p.n, CHART_D2, &c))
		return json_null();
	has_changed = chart_changed(p.points, p.n, &c, &change);
	weeks = made_array();
	for (size_t i = 0; i < p.n; i++)
		made_append(&weeks, week_json(p.weeks[i], &p.points[i]));
	o = made_object();
	made_text(&o, "method", "LANEY_P");
	made_real(&o, "centre", c.centre);
	made_real(&o, "sigma_z", c.sigma_z);
	made_put(&o, "change", has_changed ? change_json(&p, &change) : json_null());
	made_text(&o, "variation", variation_of(s->m, &p, &c, has_changed ? &change : NULL));
	made_text(&o, "assurance", assurance_of(s, &p));
	made_put(&o, "weeks", made_take(weeks));
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

	made_text(&o, "unit", u->unit);
	made_int(&o, "numerator", u->x);
	made_int(&o, "denominator", u->n);
	made_put(&o, "withheld", json_boolean(u->is_withheld));
	made_real(&o, "value", shown(u, u->value));
	made_real(&o, "z", shown(u, u->z));
	made_real(&o, "adjusted_z", shown(u, u->adjusted_z));
	made_real(&o, "low95", u->low95);
	made_real(&o, "high95", u->high95);
	made_real(&o, "low998", u->low998);
	made_real(&o, "high998", u->high998);
	made_put(&o, "outside", json_boolean(u->outside && !u->is_withheld));
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
	made_text(&o, "by", "site");
	made_text(&o, "method", f.is_spread ? "OVERDISPERSED" : "BINOMIAL");
	made_real(&o, "centre", f.centre);
	made_real(&o, "phi", f.phi);
	made_real(&o, "tau2", f.tau2);
	made_real(&o, "p_spread", f.p_spread);
	made_real(&o, "winsorised", FUNNEL_WINSORISED);
	made_put(&o, "units", made_take(list));
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

	made_text(&o, "unit", unit);
	made_int(&o, "observed", c->observed);
	made_real(&o, "expected", c->expected);
	made_real(&o, "variance", c->variance);
	made_real(&o, "z", c->z);
	made_real(&o, "ratio", c->ratio);
	made_real(&o, "standardised", c->standardised);
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
	made_text(&o, "by", "site");
	made_text(&o, "stratum", s->m->case_mix);
	made_put(&o, "units", made_take(list));
	return made_take(o);
}
