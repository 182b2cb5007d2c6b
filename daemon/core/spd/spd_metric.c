#include "core/spd/spd_metric.h"

#include "core/kind/words.h"
#include "core/spd/compare.h"
#include "core/spd/earlier.h"
#include "core/spd/keys.h"

#include <string.h>

/* --- the figure itself -------------------------------------------------------------------- */

static void
put_count(struct made *o, const char *key, bool known, int64_t v)
{
	made_put(o, key, known ? json_integer((json_int_t)v) : json_null());
}

static void
put_real(struct made *o, const char *key, bool known, double v)
{
	made_put(o, key, known ? json_real(v) : json_null());
}

static json_t *
by_of(const struct metric *m, const struct figure *g)
{
	const struct breakdown *b = &m->breakdown[g->breakdown];
	struct made o = made_object();

	for (unsigned i = 0; i < b->n; i++)
		made_text(&o, m->dimension[b->dimension[i]],
			  g->by[i] == NULL ? FIGURE_NOT_GIVEN : g->by[i]);
	return made_take(o);
}

static void
add_exclusion(struct made *list, const char *reason, int64_t count)
{
	struct made o = made_object();

	made_text(&o, DOC_REASON, reason);
	made_int(&o, DOC_COUNT, count);
	made_append(list, made_take(o));
}

/* The figure of the entity names every reason, also those with none; the others only what was left
 * out of them. */
static json_t *
excluded_of(const struct metric *m, const struct figure *g)
{
	struct made list;

	if (g->is_suppressed)
		return json_null();
	list = made_array();
	for (unsigned i = 0; i < m->excluded_count; i++) {
		int64_t n = g->count[GROUP_NAMED + i];

		if (n != 0 || g->breakdown == 0)
			add_exclusion(&list, m->excluded[i].name, n);
	}
	if (m->persons != NULL && m->persons->left_out != NULL &&
	    (g->persons_left_out != 0 || g->breakdown == 0))
		add_exclusion(&list, m->persons->left_out, g->persons_left_out);
	if (m->apart != NULL && (g->set_apart != 0 || g->breakdown == 0))
		add_exclusion(&list, "SET_APART", g->set_apart);
	return made_take(list);
}

static json_t *
parts_of(const struct metric *m, const struct figure *g)
{
	struct made o = made_object();

	for (unsigned i = 0; i < m->parts_count; i++)
		made_int(&o, m->parts[i].name, g->count[GROUP_NAMED + m->excluded_count + i]);
	return made_take(o);
}

static json_t *
details_of(const struct metric *m, const struct figure *g)
{
	struct made o = made_object();

	if (g->is_suppressed)
		return made_take(o);
	if (m->parts_count > 0)
		made_put(&o, "parts", parts_of(m, g));
	if (m->shape == SHAPE_SDT) {
		made_int(&o, "hits", g->numerator);
		made_int(&o, "misses", g->denominator - g->numerator);
		made_int(&o, "false_alarms", g->count[GROUP_FALSE_ALARMS]);
		made_int(&o, "correct_rejections",
			 g->count[GROUP_NOISE] - g->count[GROUP_FALSE_ALARMS]);
	}
	if (m->shape == SHAPE_SDT && g->has_value) {
		made_real(&o, "dprime", g->sdt.dprime);
		made_real(&o, "c", g->sdt.c);
		made_real(&o, "da_half", g->sdt.da_half);
	}
	if (m->shape == SHAPE_KAPPA) {
		made_int(&o, "first_met", g->count[GROUP_FALSE_ALARMS]);
		made_int(&o, "second_met", g->count[GROUP_NOISE]);
	}
	if (m->shape == SHAPE_QUANTILE && g->has_value) {
		made_real(&o, "median", g->value);
		made_real(&o, "p90", g->p90);
	}
	return made_take(o);
}

static json_t *
interval_of(const struct figure *g)
{
	struct made o;

	if (!g->has_interval)
		return json_null();
	o = made_object();
	made_real(&o, DOC_LO, g->interval.lo);
	made_real(&o, DOC_HI, g->interval.hi);
	return made_take(o);
}

/* Guaranteed to hold at least 95 %, where Wilson's holds that on average. */
static json_t *
exact_of(const struct metric *m, const struct figure *g)
{
	struct interval i;
	struct made o;

	if (!g->has_interval || m->shape != SHAPE_RATIO)
		return json_null();
	i = stats_clopper_pearson95(g->numerator, g->denominator);
	o = made_object();
	made_real(&o, DOC_LOW, i.lo);
	made_real(&o, DOC_HIGH, i.hi);
	return made_take(o);
}

/* For clusters in general. How many there are is told where it is no count of a few persons. */
static json_t *
clusters_of(const struct metric *m, const struct figure *g)
{
	struct made o;

	if (m->clusters == NULL || !g->has_interval)
		return json_null();
	o = made_object();
	put_count(&o, DOC_COUNT, g->has_told && g->told.sums.clusters >= CLUSTERS_MIN,
		  g->told.sums.clusters);
	put_count(&o, DOC_UNTOLD, g->has_told && g->told.n <= g->denominator,
		  g->denominator - g->told.n);
	put_real(&o, DOC_DEFF, g->has_general, g->general.deff);
	put_real(&o, DOC_N_EFFECTIVE, g->has_general, g->general.n_effective);
	put_real(&o, DOC_LOW, g->has_general, g->general.interval.lo);
	put_real(&o, DOC_HIGH, g->has_general, g->general.interval.hi);
	made_text(&o, DOC_REASON, cluster_lack_name(g->lack));
	return made_take(o);
}

/* Which of the intervals the status, or the comparison, goes by. */
static const char *
interval_name(bool general)
{
	return general ? "GENERAL" : "PLAIN";
}

/* --- the feeds behind it ------------------------------------------------------------------ */

struct coverage {
	bool has_expected;
	int64_t expected;
	int64_t received; /* of what was expected: one feed's surplus hides no other's gap */
	unsigned feeds;   /* of which anything is expected */
	unsigned silent;  /* of those, with nothing received */
};

static const struct breakdown *
breakdown_of(const struct metric *m, const struct figure *g)
{
	return &m->breakdown[g->breakdown];
}

/* The site a figure is of; NULL: not broken down by it. */
static const char *
site_of(const struct metric *m, const struct figure *g)
{
	const struct breakdown *b = breakdown_of(m, g);

	for (unsigned i = 0; i < b->n; i++)
		if (b->dimension[i] == 0)
			return g->by[i] == NULL ? FIGURE_NOT_GIVEN : g->by[i];
	return NULL;
}

/* Is there no condition of the term on `what` that leaves this out? */
static bool
may_be(const struct term *t, const char *what)
{
	for (unsigned i = 0; i < t->where_count && what != NULL; i++) {
		const struct condition *w = &t->where[i];
		bool is_in = w->in_count == 0;

		for (unsigned k = 0; k < w->in_count; k++)
			is_in = is_in || strcmp(w->in[k], what) == 0;
		if (strcmp(w->field, "what") == 0 && !is_in)
			return false;
	}
	return true;
}

static bool
term_counts(const struct term *t, const char *kind)
{
	const struct view *v = t->view;

	for (size_t i = 0; i < v->n_of; i++)
		if (strcmp(kinds[v->of[i].kind]->name, kind) == 0 && may_be(t, v->of[i].what))
			return true;
	return v->base != KIND_COUNT && strcmp(kinds[v->base]->name, kind) == 0;
}

static bool
metric_counts(const struct metric *m, const char *kind)
{
	for (unsigned group = 0; group < GROUP_EVIDENCE; group++) {
		unsigned n = 0;
		const struct term *t = metric_terms(m, group, &n);

		for (unsigned i = 0; i < n; i++)
			if (term_counts(&t[i], kind))
				return true;
	}
	return false;
}

/* The feeds that a metric's records come by: looked for once, not for each of its figures. */
struct feeds {
	const struct spd_feed **list;
	size_t n;
};

static struct feeds
feeds_of(const struct spd *s, const struct metric *m, struct arena *scratch)
{
	struct feeds f = {arena_zalloc(scratch, s->n_feeds + 1, sizeof(struct spd_feed *)), 0};

	for (size_t i = 0; f.list != NULL && i < s->n_feeds; i++)
		if (s->feeds[i].basis != NULL && metric_counts(m, s->feeds[i].kind))
			f.list[f.n++] = &s->feeds[i];
	return f;
}

static struct coverage
coverage_of(const struct feeds *feeds, const struct metric *m, const struct figure *g)
{
	const char *site = site_of(m, g);
	struct coverage c = {0};

	for (size_t i = 0; i < feeds->n; i++) {
		const struct spd_feed *f = feeds->list[i];

		if (site != NULL && (f->site == NULL || strcmp(f->site, site) != 0))
			continue;
		c.feeds++;
		c.silent += f->received == 0;
		if (f->has_expected) {
			c.has_expected = true;
			c.expected += f->expected;
			c.received += f->received < f->expected ? f->received : f->expected;
		}
	}
	return c;
}

static json_t *
coverage_json(const struct coverage *c)
{
	struct made o;

	if (!c->has_expected)
		return json_null();
	o = made_object();
	made_int(&o, DOC_EXPECTED, c->expected);
	made_int(&o, DOC_RECEIVED, c->received);
	return made_take(o);
}

/* Nothing came from any feed that should have sent: nobody knows whether anything happened. */
static const char *
reason_of(const struct figure *g, const struct coverage *c)
{
	bool empty = g->no_data != NULL &&
		     (strcmp(g->no_data, "NO_DATA") == 0 || strcmp(g->no_data, "NO_ACTIVITY") == 0);

	return empty && c->feeds > 0 && c->silent == c->feeds ? "FEED_SILENT" : g->no_data;
}

/* --- putting it together ------------------------------------------------------------------ */

static json_t *
figure_json(const struct spd *s, size_t metric, const struct feeds *feeds, const struct figure *g,
	    struct arena *scratch)
{
	const struct metric *m = s->metrics[metric].m;
	struct coverage covered = coverage_of(feeds, m, g);
	struct made o = made_object();

	made_put(&o, DOC_BY, by_of(m, g));
	put_count(&o, DOC_NUMERATOR, g->has_numerator, g->numerator);
	put_count(&o, DOC_DENOMINATOR, g->has_denominator, g->denominator);
	made_put(&o, DOC_EXCLUDED, excluded_of(m, g));
	made_put(&o, DOC_VALUE, g->has_value ? json_real(g->value) : json_null());
	made_put(&o, DOC_INTERVAL, interval_of(g));
	made_put(&o, DOC_EXACT, exact_of(m, g));
	made_put(&o, DOC_CLUSTERS, clusters_of(m, g));
	made_text(&o, DOC_INTERVAL_BY, g->has_interval ? interval_name(g->is_by_general) : NULL);
	put_real(&o, DOC_Q, g->has_q, g->q);
	made_text(&o, DOC_STATUS, status_name(g->status));
	made_text(&o, DOC_NO_DATA, reason_of(g, &covered));
	earlier_put(&o, s, metric, g, scratch);
	made_put(&o, DOC_COVERAGE, coverage_json(&covered));
	made_put(&o, DOC_DETAILS, details_of(m, g));
	return made_take(o);
}

static json_t *
target_json(const struct spd_target *t)
{
	struct made o;

	if (t == NULL)
		return json_null();
	o = made_object();
	put_real(&o, DOC_VALUE, !t->is_band, t->value);
	put_real(&o, DOC_LOW, t->is_band, t->aim.low);
	put_real(&o, DOC_HIGH, t->is_band, t->aim.high);
	made_text(&o, DOC_APPROVED_BY, t->approved_by);
	made_text(&o, DOC_FROM_QUARTER, t->from_quarter);
	made_text(&o, DOC_OF, t->of);
	made_text(&o, DOC_SET_AT, t->set_at);
	made_text(&o, DOC_SET_BY, t->set_by);
	made_put(&o, DOC_SET_LATE, json_boolean(t->is_late));
	put_real(&o, DOC_REPLACES, t->has_replaced, t->replaced);
	put_real(&o, DOC_REPLACES_LOW, t->has_replaced_band, t->replaced_band.low);
	put_real(&o, DOC_REPLACES_HIGH, t->has_replaced_band, t->replaced_band.high);
	return made_take(o);
}

/* Of what is counted apart the name says which part stands for it. */
static const char *
name_of(const struct spd_metric *s, struct arena *scratch)
{
	const char *part = s->target == NULL ? NULL : s->target->of;

	char words[64];

	if (part == NULL)
		return s->m->name;
	code_words(s->m->apart == NULL ? "" : s->m->apart, part, words, sizeof words);
	return arena_printf(scratch, "%s (%s)", s->m->name, words);
}

static void
put_definition(struct made *o, const struct metric *m)
{
	made_text(o, DOC_ID, m->id);
	made_text(o, DOC_VERSION, m->version);
	made_text(o, DOC_EFFECTIVE_FROM, m->effective_from);
	made_text(o, DOC_FORM, form_name(m->form));
	made_text(o, DOC_BASIS, basis_name(m->basis));
	made_text(o, DOC_SHAPE, shape_name(m->shape));
	made_text(o, DOC_SHEET, m->sheet);
	made_text(o, DOC_UNIT, m->unit);
	made_text(o, DOC_DIRECTION, direction_name(m->direction));
	made_text(o, DOC_APART, m->apart);
	made_text(o, DOC_DEFINITION, m->definition);
	made_int(o, DOC_MINIMUM_N, m->minimum_n);
	made_text(o, DOC_CLUSTERS, m->clusters == NULL ? NULL : m->clusters->by);
	made_put(o, DOC_READERS, made_texts(m->readers, m->readers_count));
	made_put(o, DOC_REQUIREMENTS, made_texts(m->requirements, m->requirements_count));
}

json_t *
spd_metric_json(const struct spd *s, size_t i, struct arena *scratch)
{
	const struct spd_metric *metric = &s->metrics[i];
	struct feeds feeds = feeds_of(s, metric->m, scratch);
	struct made figures = made_array();
	struct made o = made_object();

	for (size_t k = 0; k < metric->n_figures; k++)
		made_append(&figures, figure_json(s, i, &feeds, metric->figures[k], scratch));
	put_definition(&o, metric->m);
	made_text(&o, DOC_NAME, name_of(metric, scratch));
	made_put(&o, DOC_TARGET, target_json(metric->target));
	made_put(&o, DOC_FIGURES, made_take(figures));
	made_put(&o, DOC_CHART, compare_chart(metric, earlier_metric(s, i), s->first_day, scratch));
	made_put(&o, DOC_FUNNEL, compare_funnel(metric, scratch));
	made_put(&o, DOC_CASE_MIX, compare_case_mix(metric, scratch));
	if (arena_failed(scratch))
		o.ok = false;
	return made_take(o);
}
