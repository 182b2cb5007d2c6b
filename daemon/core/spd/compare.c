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

static json_t *
week_json(const struct spd_week *w, const struct chart_point *p)
{
	struct made o = made_object();

	made_text(&o, "first_day", w->first_day);
	made_int(&o, "numerator", p->x);
	made_int(&o, "denominator", p->n);
	made_real(&o, "value", p->value);
	made_real(&o, "lower", fmax(p->lower, 0));
	made_real(&o, "upper", fmin(p->upper, 1));
	made_put(&o, "signal", json_boolean(p->signal));
	return made_take(o);
}

json_t *
compare_chart(const struct spd_metric *s, struct arena *scratch)
{
	struct chart_point *p = arena_zalloc(scratch, s->n_weeks + 1, sizeof *p);
	const struct spd_week **week = arena_zalloc(scratch, s->n_weeks + 1, sizeof *week);
	struct made weeks;
	struct made o;
	struct chart c;
	size_t n = 0;

	for (size_t i = 0; p != NULL && week != NULL && i < s->n_weeks; i++) {
		const struct spd_week *w = &s->weeks[i];

		if (w->denominator > 0 && w->numerator >= 0 && w->numerator <= w->denominator) {
			p[n].x = w->numerator;
			p[n].n = w->denominator;
			week[n++] = w;
		}
	}
	if (!compare_is_rate(s->m) || n < CHART_PERIODS_MIN || !chart_laney(p, n, CHART_D2, &c))
		return json_null();
	weeks = made_array();
	for (size_t i = 0; i < n; i++)
		made_append(&weeks, week_json(week[i], &p[i]));
	o = made_object();
	made_text(&o, "method", "LANEY_P");
	made_real(&o, "centre", c.centre);
	made_real(&o, "sigma_z", c.sigma_z);
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

/* The sites whose rate is published: a funnel shows no rate that the figures withhold. */
static struct funnel_unit *
sites_of(const struct spd_metric *s, struct arena *scratch, size_t *n)
{
	unsigned by_site = breakdown_of(s->m, "site", NULL);
	struct funnel_unit *u = arena_zalloc(scratch, s->n_figures + 1, sizeof *u);

	*n = 0;
	for (size_t i = 0; u != NULL && i < s->n_figures; i++) {
		const struct figure *g = s->figures[i];

		if (g->breakdown == by_site && g->by[0] != NULL && g->has_value)
			u[(*n)++] = (struct funnel_unit){
			    .unit = g->by[0], .x = g->numerator, .n = g->denominator};
	}
	return u;
}

static json_t *
unit_json(const struct funnel_unit *u)
{
	struct made o = made_object();

	made_text(&o, "unit", u->unit);
	made_int(&o, "numerator", u->x);
	made_int(&o, "denominator", u->n);
	made_real(&o, "value", u->value);
	made_real(&o, "z", u->z);
	made_real(&o, "adjusted_z", u->adjusted_z);
	made_real(&o, "low95", u->low95);
	made_real(&o, "high95", u->high95);
	made_real(&o, "low998", u->low998);
	made_real(&o, "high998", u->high998);
	made_put(&o, "outside", json_boolean(u->outside));
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

	if (!compare_is_rate(s->m))
		return json_null();
	u = sites_of(s, scratch, &n);
	if (n < FUNNEL_UNITS_MIN || !funnel_of(scratch, u, n, FUNNEL_WINSORISED, &f))
		return json_null();
	list = made_array();
	for (size_t i = 0; i < n; i++)
		made_append(&list, unit_json(&u[i]));
	o = made_object();
	made_text(&o, "by", "site");
	made_real(&o, "target", f.target);
	made_real(&o, "phi", f.phi);
	made_real(&o, "tau2", f.tau2);
	made_real(&o, "winsorised", FUNNEL_WINSORISED);
	made_put(&o, "units", made_take(list));
	return made_take(o);
}

/* --- case-mix ----------------------------------------------------------------------------- */

static bool
has_counts(const struct figure *g)
{
	return g->has_numerator && g->has_denominator && g->denominator > 0 && g->numerator >= 0 &&
	       g->numerator <= g->denominator;
}

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
		struct case_mix c = mix_of(s, sites[i].unit);

		case_mix_finish(&c, all->value);
		made_append(&list, mix_json(sites[i].unit, &c));
	}
	o = made_object();
	made_text(&o, "by", "site");
	made_text(&o, "stratum", s->m->case_mix);
	made_put(&o, "units", made_take(list));
	return made_take(o);
}
