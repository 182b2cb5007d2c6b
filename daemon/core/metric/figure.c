#include "core/metric/figure.h"

#include "base/count.h"
#include "core/stats/agreement.h"
#include "core/stats/multiple.h"
#include "core/stats/spread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_START 64

struct fold {
	struct arena *arena;
	const struct metric *m;
	const double *standard;
	const char *head;      /* of a metric that is counted apart: the part that stands for it */
	struct figure **table; /* open addressing; cap is a power of 2 */
	size_t cap;
	size_t n;
	struct fold_room *room; /* NULL: as many as the arena takes */
};

static const char *const status_names[] = {
    [STATUS_NO_DATA] = "NO_DATA",
    [STATUS_INSUFFICIENT] = "INSUFFICIENT",
    [STATUS_NONE] = "NONE",
    [STATUS_NO_TARGET] = "NO_TARGET",
    [STATUS_MET] = "MET",
    [STATUS_NOT_MET] = "NOT_MET",
    [STATUS_NOT_PROVEN] = "NOT_PROVEN",
};
COVERS(status_names, N_STATUSES);

const char *
status_name(enum status s)
{
	return status_names[s];
}

bool
status_parse(const char *name, enum status *out)
{
	for (size_t i = 0; name != NULL && i < COUNT(status_names); i++) {
		if (strcmp(status_names[i], name) == 0) {
			*out = (enum status)i;
			return true;
		}
	}
	return false;
}

static const char *const cluster_lack_names[] = {
    [CLUSTER_LACK_NONE] = NULL,
    [CLUSTER_LACK_NOT_COUNTED] = "CLUSTERS_NOT_COUNTED",
    [CLUSTER_LACK_NOT_TOLD] = "CLUSTERS_NOT_TOLD",
    [CLUSTER_LACK_FEW] = "FEW_CLUSTERS",
    [CLUSTER_LACK_NO_VARIATION] = "NO_VARIATION",
};
COVERS(cluster_lack_names, N_CLUSTER_LACKS);

const char *
cluster_lack_name(enum cluster_lack l)
{
	return cluster_lack_names[l];
}

static size_t
hash_of(unsigned breakdown, const char *const *by, unsigned n)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ breakdown;

	for (unsigned i = 0; i < n; i++) {
		for (const char *p = by[i]; p != NULL && *p != '\0'; p++)
			h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
		h = (h ^ 0xff) * UINT64_C(1099511628211);
	}
	return (size_t)(h ^ (h >> 32));
}

static int
compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

static bool
is_same(const struct figure *g, unsigned breakdown, const char *const *by, unsigned n)
{
	bool same = g->breakdown == breakdown;

	for (unsigned i = 0; same && i < n; i++)
		same = compare_text(g->by[i], by[i]) == 0;
	return same;
}

/* Where a figure is, or the empty place where it belongs. */
static struct figure **
slot_of(const struct fold *f, unsigned breakdown, const char *const *by)
{
	unsigned n = f->m->breakdown[breakdown].n;
	size_t i = hash_of(breakdown, by, n) & (f->cap - 1);

	while (f->table[i] != NULL && !is_same(f->table[i], breakdown, by, n))
		i = (i + 1) & (f->cap - 1);
	return &f->table[i];
}

static bool
grow(struct fold *f)
{
	struct fold wide = *f;

	wide.cap = f->cap * 2;
	wide.table = arena_zalloc(f->arena, wide.cap, sizeof(struct figure *));
	if (wide.table == NULL)
		return false;
	for (size_t i = 0; i < f->cap; i++)
		if (f->table[i] != NULL)
			*slot_of(&wide, f->table[i]->breakdown, f->table[i]->by) = f->table[i];
	*f = wide;
	return true;
}

static struct figure *
make_figure(struct fold *f, unsigned breakdown, const char *const *by)
{
	unsigned groups = metric_groups(f->m);
	struct figure *g = arena_zalloc(f->arena, 1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->breakdown = breakdown;
	g->count = arena_zalloc(f->arena, groups, sizeof(int64_t));
	g->known = arena_zalloc(f->arena, groups, sizeof(bool));
	for (unsigned i = 0; i < f->m->breakdown[breakdown].n; i++)
		g->by[i] = by[i] == NULL ? NULL : arena_dup(f->arena, by[i], strlen(by[i]));
	return arena_failed(f->arena) ? NULL : g;
}

/* The figure of a breakdown for these dimensions; NULL when the arena is full. */
static struct figure *
figure_for(struct fold *f, unsigned breakdown, const char *const *dims)
{
	const struct breakdown *b = &f->m->breakdown[breakdown];
	const char *by[BREAKDOWN_MAX] = {NULL};
	struct figure **slot;

	for (unsigned i = 0; i < b->n; i++)
		by[i] = dims[b->dimension[i]];
	slot = slot_of(f, breakdown, by);
	if (*slot != NULL)
		return *slot;
	if (f->room != NULL && f->room->left == 0) {
		f->room->is_full = true;
		return NULL;
	}
	if (f->n * 2 >= f->cap) {
		if (!grow(f))
			return NULL;
		slot = slot_of(f, breakdown, by);
	}
	*slot = make_figure(f, breakdown, by);
	f->n += *slot != NULL;
	if (f->room != NULL && *slot != NULL)
		f->room->left--;
	return *slot;
}

struct fold *
fold_new(struct arena *a, const struct metric *m, const double *standard)
{
	static const char *const none[DIMENSIONS_MAX] = {NULL};
	struct fold *f = arena_zalloc(a, 1, sizeof(*f));

	if (f == NULL)
		return NULL;
	*f = (struct fold){.arena = a, .m = m, .standard = standard, .cap = TABLE_START};
	f->table = arena_zalloc(a, f->cap, sizeof(struct figure *));
	return f->table != NULL && figure_for(f, 0, none) != NULL ? f : NULL;
}

void
fold_share(struct fold *f, struct fold_room *room)
{
	f->room = room;
}

void
fold_head(struct fold *f, const char *part)
{
	f->head = part;
}

const char *
fold_part(const struct fold *f)
{
	return f->head;
}

void
fold_clear(struct fold *f)
{
	static const char *const none[DIMENSIONS_MAX] = {NULL};

	memset(f->table, 0, f->cap * sizeof(struct figure *));
	f->n = 0;
	figure_for(f, 0, none);
}

/* Where the part stands among the breakdown's values that it is counted apart by; NULL: it is not
 * broken down by it. */
static const char *const *
part_in(const struct metric *m, unsigned breakdown, const char *const *by)
{
	const struct breakdown *b = &m->breakdown[breakdown];

	for (unsigned i = 0; m->apart != NULL && i < b->n; i++)
		if (strcmp(m->dimension[b->dimension[i]], m->apart) == 0)
			return &by[i];
	return NULL;
}

/* Is what has these dimensions of another part than the one that stands for the metric? */
static bool
is_of_another(const struct fold *f, const char *const *dims)
{
	for (unsigned d = 0; f->head != NULL && d < f->m->dimension_count; d++)
		if (strcmp(f->m->dimension[d], f->m->apart) == 0)
			return dims[d] == NULL || strcmp(dims[d], f->head) != 0;
	return false;
}

/* Of sensitivity that is counted apart there is nothing to tell over its parts, but of the entity.
 */
static bool
is_over_parts(const struct metric *m, unsigned breakdown)
{
	static const char *const none[BREAKDOWN_MAX] = {NULL};

	return m->shape == SHAPE_SDT && m->apart != NULL && breakdown != 0 &&
	       part_in(m, breakdown, none) == NULL;
}

/* What is counted with nothing projected is of no part, what is projected is of one. */
static bool
is_told_elsewhere(const struct metric *m, unsigned breakdown, unsigned group)
{
	static const char *const none[BREAKDOWN_MAX] = {NULL};

	if (group != GROUP_FALSE_ALARMS && group != GROUP_NOISE)
		return is_over_parts(m, breakdown);
	return m->shape == SHAPE_SDT && part_in(m, breakdown, none) != NULL;
}

void
fold_add(struct fold *f, const char *const *dims, unsigned group, int64_t v)
{
	bool another = is_of_another(f, dims);

	for (unsigned b = 0; b < f->m->breakdown_count; b++) {
		struct figure *g =
		    is_told_elsewhere(f->m, b, group) ? NULL : figure_for(f, b, dims);

		if (g != NULL && another && part_in(f->m, b, g->by) == NULL) {
			g->set_apart += group == GROUP_DENOMINATOR ? v : 0;
		} else if (g != NULL) {
			g->count[group] += v;
			g->known[group] = true;
		}
	}
}

static void
add_bin(struct fold *f, struct figure *g, int64_t value, int64_t n)
{
	if (g->n_bins > 0 && g->bins[g->n_bins - 1].value == value) {
		g->bins[g->n_bins - 1].n += n;
		return;
	}
	if (g->n_bins == g->cap_bins) {
		size_t cap = g->cap_bins == 0 ? 16 : g->cap_bins * 2;
		struct bin *bins = arena_zalloc(f->arena, cap, sizeof(*bins));

		if (bins == NULL)
			return;
		if (g->n_bins > 0)
			memcpy(bins, g->bins, g->n_bins * sizeof(*bins));
		g->bins = bins;
		g->cap_bins = cap;
	}
	g->bins[g->n_bins++] = (struct bin){value, n};
}

void
fold_add_value(struct fold *f, const char *const *dims, int64_t value, int64_t n)
{
	for (unsigned b = 0; b < f->m->breakdown_count; b++) {
		struct figure *g = figure_for(f, b, dims);

		if (g != NULL) {
			add_bin(f, g, value, n);
			g->count[GROUP_DENOMINATOR] += n;
			g->known[GROUP_DENOMINATOR] = true;
		}
	}
}

/* Both ascending; a value that is left without a count is dropped. */
static size_t
merge_bins(const struct figure *g, const struct bin *bins, size_t n, struct bin *out)
{
	size_t i = 0;
	size_t j = 0;
	size_t n_out = 0;

	while (i < g->n_bins || j < n) {
		struct bin bin;

		if (j == n || (i < g->n_bins && g->bins[i].value < bins[j].value)) {
			bin = g->bins[i++];
		} else {
			bool both;

			bin = bins[j++];
			both = i < g->n_bins && g->bins[i].value == bin.value;
			bin.n += both ? g->bins[i++].n : 0;
		}
		if (bin.n != 0)
			out[n_out++] = bin;
	}
	return n_out;
}

void
fold_add_bins(struct fold *f, unsigned breakdown, const char *const *dims, const struct bin *bins,
	      size_t n)
{
	struct figure *g = figure_for(f, breakdown, dims);
	size_t cap = g == NULL ? 0 : g->n_bins + n;
	struct bin *all = arena_zalloc(f->arena, cap, sizeof(*all));

	if (g == NULL || all == NULL)
		return;
	g->n_bins = merge_bins(g, bins, n, all);
	g->bins = all;
	g->cap_bins = cap;
	g->count[GROUP_DENOMINATOR] = 0;
	for (size_t i = 0; i < g->n_bins; i++)
		g->count[GROUP_DENOMINATOR] += all[i].n;
	g->known[GROUP_DENOMINATOR] = g->n_bins > 0;
}

/* Upper bound of the Wilson score interval at 99.8 %: a person is called below standard only when
 * chance would do it to one in a thousand who are not (statistics of many comparisons). */
static double
upper998(int64_t x, int64_t n)
{
	double p = (double)x / (double)n;
	double z2 = Z998 * Z998 / (double)n;
	double half = Z998 * sqrt(p * (1 - p) / (double)n + z2 / (4 * (double)n));

	return (p + z2 / 2 + half) / (1 + z2);
}

/* Does it count in the denominator? */
static bool
person_counts(const struct person_count *rule, int64_t n)
{
	switch (rule->rule) {
	case PERSON_SHARE_AT_LEAST:
		return true;
	case PERSON_COUNT_ANY:
		return n > 0;
	case PERSON_SHARE_BELOW:
	case PERSON_SHARE_EXTREME:
		break;
	}
	return n >= rule->k;
}

/* Does who counts meet the rule with x of n? Counts are below 2^53 / 100. */
static bool
person_meets(const struct person_count *rule, const double *standard, int64_t n, int64_t x)
{
	switch (rule->rule) {
	case PERSON_SHARE_AT_LEAST:
		return n >= rule->k;
	case PERSON_COUNT_ANY:
		return x >= rule->k;
	case PERSON_SHARE_EXTREME:
		return x == n || x * 100 < n * rule->below;
	case PERSON_SHARE_BELOW:
		break;
	}
	return standard != NULL && upper998(x, n) < *standard;
}

void
fold_add_persons(struct fold *f, unsigned breakdown, const char *const *dims, int64_t n, int64_t x,
		 int64_t persons)
{
	const struct person_count *rule = f->m->persons;
	/* An image whose projections were all aborted was put before nobody. */
	struct figure *g =
	    rule->rule == PERSON_SHARE_EXTREME && n == 0 ? NULL : figure_for(f, breakdown, dims);
	bool counts = person_counts(rule, n);
	bool meets = counts && person_meets(rule, f->standard, n, x);

	if (g == NULL)
		return;
	g->known[GROUP_NUMERATOR] = true;
	g->known[GROUP_DENOMINATOR] = true;
	g->count[GROUP_DENOMINATOR] += counts ? persons : 0;
	g->count[GROUP_NUMERATOR] += meets ? persons : 0;
	g->persons_left_out += counts ? 0 : persons;
}

void
fold_add_clusters(struct fold *f, unsigned breakdown, const char *const *dims,
		  const struct cluster_counts *told)
{
	const struct breakdown *b = &f->m->breakdown[breakdown];
	const char *by[BREAKDOWN_MAX] = {NULL};
	struct figure *g;

	for (unsigned i = 0; i < b->n; i++)
		by[i] = dims[b->dimension[i]];
	if (f->m->apart != NULL && part_in(f->m, breakdown, by) == NULL &&
	    (f->head == NULL || is_of_another(f, dims)))
		return;
	g = figure_for(f, breakdown, dims);
	if (g == NULL)
		return;
	g->told = *told;
	g->has_told = true;
}

/* The k-th smallest value, from 0. */
static int64_t
nth_value(const struct figure *g, int64_t k)
{
	int64_t before = 0;

	for (size_t i = 0; i < g->n_bins; i++) {
		before += g->bins[i].n;
		if (k < before)
			return g->bins[i].value;
	}
	return g->n_bins == 0 ? 0 : g->bins[g->n_bins - 1].value;
}

/* Hyndman and Fan's type 7, which percentile_cont computes too. */
static double
quantile7(const struct figure *g, int64_t n, double p)
{
	double h = (double)(n - 1) * p;
	int64_t below = (int64_t)floor(h);
	double lo = (double)nth_value(g, below);
	double hi = (double)nth_value(g, below + 1 < n ? below + 1 : below);

	return lo + (h - (double)below) * (hi - lo);
}

static bool
is_rate(const struct metric *m)
{
	return m->shape == SHAPE_RATIO && m->basis == BASIS_SAMPLE;
}

static void
no_data(struct figure *g, const char *why)
{
	g->status = STATUS_NO_DATA;
	g->no_data = why;
}

/* Something came, and none of it is on either side. */
static bool
is_all_left_out(const struct metric *m, const struct figure *g)
{
	bool is = g->persons_left_out > 0 || g->set_apart > 0;

	for (unsigned i = 0; i < m->excluded_count; i++)
		is = is || g->count[GROUP_NAMED + i] > 0;
	return is;
}

/* A reason that names an exclusion holds where something was excluded so. Only what was counted and
 * came to nought says that nothing happened. */
static const char *
empty_reason(const struct metric *m, const struct figure *g)
{
	unsigned x = metric_exclusion(m, m->empty);

	if (m->empty != NULL && (x == m->excluded_count || g->count[GROUP_NAMED + x] > 0))
		return m->empty;
	if (is_all_left_out(m, g))
		return "ALL_LEFT_OUT";
	return m->shape == SHAPE_RATIO && g->has_denominator ? "NO_ACTIVITY" : "NO_DATA";
}

/* Something that counts rows says 0 by finding none; sums of nothing say nothing. */
static bool
numerator_is_known(const struct metric *m, const struct figure *g)
{
	for (unsigned i = 0; i < m->numerator_count; i++)
		if (m->numerator[i].sum == NULL)
			return true;
	return g->known[GROUP_NUMERATOR] || (m->within && g->known[GROUP_DENOMINATOR]);
}

/* Counts of a sample that contradict each other give no rate. */
static bool
is_contradictory(const struct metric *m, const struct figure *g)
{
	return g->denominator < 0 || (is_rate(m) && g->has_denominator &&
				      (g->numerator < 0 || g->numerator > g->denominator));
}

static enum cluster_lack
finish_general(struct figure *g)
{
	const struct cluster_counts *told = &g->told;

	if (!g->has_told)
		return CLUSTER_LACK_NOT_COUNTED;
	if (told->n > g->denominator ||
	    (double)told->n < (double)g->denominator * CLUSTER_TOLD_MIN_PERCENT / 100)
		return CLUSTER_LACK_NOT_TOLD;
	if (told->sums.clusters < CLUSTERS_MIN)
		return CLUSTER_LACK_FEW;
	if (!stats_clustered95(told->x, told->n, &told->sums, &g->general))
		return CLUSTER_LACK_NO_VARIATION;
	/* Those that tell no cluster weigh in the rate, and make it no surer. */
	g->general.interval = stats_beta_interval95(g->value, g->general.n_effective);
	return CLUSTER_LACK_NONE;
}

/* Trials that come in clusters have a second interval, for clusters in general. */
static void
finish_clusters(const struct metric *m, struct figure *g)
{
	if (!g->has_interval || m->clusters == NULL)
		return;
	g->lack = finish_general(g);
	g->has_general = g->lack == CLUSTER_LACK_NONE;
	g->is_by_general = g->has_general && m->clusters->status == CLUSTER_STATUS_GENERAL;
}

struct interval
figure_interval(const struct figure *g)
{
	return g->is_by_general ? g->general.interval : g->interval;
}

static void
finish_ratio(const struct fold *f, struct figure *g)
{
	const struct metric *m = f->m;

	g->has_denominator = g->known[GROUP_DENOMINATOR];
	g->has_numerator = numerator_is_known(m, g) && (g->has_denominator || g->numerator != 0);
	if (m->persons != NULL && m->persons->rule == PERSON_SHARE_BELOW && f->standard == NULL) {
		g->has_numerator = false;
		no_data(g, "NO_STANDARD");
	} else if (is_contradictory(m, g)) {
		no_data(g, "CONTRADICTORY");
	} else if (g->denominator == 0) {
		no_data(g, empty_reason(m, g));
	} else if (!g->has_numerator) {
		no_data(g, "NO_DATA");
	} else if (m->evidence_count > 0 && !g->known[GROUP_EVIDENCE]) {
		no_data(g, "OTHER_PART_NOT_TOLD");
	} else if (m->basis == BASIS_SAMPLE && g->denominator < m->minimum_n) {
		g->status = STATUS_INSUFFICIENT;
	} else {
		g->has_value = true;
		g->value = (double)(m->per > 0 ? m->per : 1) * (double)g->numerator /
			   (double)g->denominator;
	}
	if (g->has_value && is_rate(m)) {
		g->has_interval = true;
		g->interval = stats_wilson95(g->numerator, g->denominator);
	}
	finish_clusters(m, g);
}

static void
finish_count(const struct fold *f, struct figure *g)
{
	if (g->numerator == 0 && g->count[GROUP_EVIDENCE] == 0 && !g->known[GROUP_NUMERATOR]) {
		no_data(g, empty_reason(f->m, g));
		return;
	}
	g->has_numerator = true;
	g->has_value = true;
	g->value = (double)g->numerator;
}

static void
finish_quantile(const struct fold *f, struct figure *g)
{
	g->has_denominator = g->known[GROUP_DENOMINATOR];
	if (g->denominator <= 0) {
		no_data(g, empty_reason(f->m, g));
	} else if (g->denominator < f->m->minimum_n) {
		g->status = STATUS_INSUFFICIENT;
	} else {
		g->has_value = true;
		g->value = quantile7(g, g->denominator, 0.5);
		g->p90 = quantile7(g, g->denominator, 0.9);
	}
}

/* A value is the number of a site and route, the minutes of its slots in 11 bits, and the slot in
 * 11 more: sql/queries/quarter/spd_patrol_start.sql. */
#define SLOT_BITS     11
#define SLOT_MASK     ((1 << SLOT_BITS) - 1)
#define MINUTES_A_DAY 1440

static bool
spread_of(const struct figure *g, double *out)
{
	struct spread s = {0};
	int64_t of = -1;

	for (size_t i = 0; i < g->n_bins; i++) {
		int64_t group = g->bins[i].value >> SLOT_BITS;

		if (g->bins[i].n <= 0 || (group & SLOT_MASK) == 0)
			continue;
		if (group != of)
			spread_group(&s, MINUTES_A_DAY / (group & SLOT_MASK));
		of = group;
		spread_place(&s, g->bins[i].n);
	}
	return spread_value(&s, out);
}

static void
finish_spread(const struct fold *f, struct figure *g)
{
	g->has_denominator = g->known[GROUP_DENOMINATOR];
	if (g->denominator <= 0)
		no_data(g, empty_reason(f->m, g));
	else if (g->denominator < f->m->minimum_n)
		g->status = STATUS_INSUFFICIENT;
	else if (spread_of(g, &g->value))
		g->has_value = true;
	else
		no_data(g, "NO_VARIATION");
}

static void
finish_persons(const struct fold *f, struct figure *g)
{
	finish_ratio(f, g);
	if (g->has_value && f->m->persons->rule == PERSON_COUNT_ANY)
		g->value = (double)g->numerator;
}

/* The breakdown by all that this one is by but for the parts; breakdown_count: there is none. */
static unsigned
without_parts(const struct metric *m, unsigned breakdown)
{
	const struct breakdown *b = &m->breakdown[breakdown];

	for (unsigned i = 0; i < m->breakdown_count; i++) {
		const struct breakdown *other = &m->breakdown[i];
		unsigned shared = 0;

		for (unsigned k = 0; k < b->n; k++)
			for (unsigned l = 0; l < other->n; l++)
				shared += b->dimension[k] == other->dimension[l] &&
					  strcmp(m->dimension[b->dimension[k]], m->apart) != 0;
		if (other->n + 1 == b->n && shared == other->n)
			return i;
	}
	return m->breakdown_count;
}

/* Of a part: what is counted with nothing projected where the part is. */
static void
take_noise(const struct fold *f, struct figure *g)
{
	const struct metric *m = f->m;
	unsigned to = m->breakdown_count;
	const char *by[BREAKDOWN_MAX] = {NULL};
	const struct figure *all;

	if (part_in(m, g->breakdown, g->by) != NULL)
		to = without_parts(m, g->breakdown);
	if (to == m->breakdown_count)
		return;
	for (unsigned i = 0; i < m->breakdown[to].n; i++)
		for (unsigned k = 0; k < m->breakdown[g->breakdown].n; k++)
			if (m->breakdown[to].dimension[i] ==
			    m->breakdown[g->breakdown].dimension[k])
				by[i] = g->by[k];
	all = *slot_of(f, to, by);
	for (unsigned i = GROUP_FALSE_ALARMS; all != NULL && i <= GROUP_NOISE; i++) {
		g->count[i] = all->count[i];
		g->known[i] = all->known[i];
	}
}

/* d' with the variance of Gourevitch and Galanter (1967). */
static void
finish_dprime(struct figure *g, int64_t fa, int64_t noise)
{
	int64_t misses = g->denominator - g->numerator;
	double half = Z95 * sqrt(stats_dprime_variance(g->numerator, misses, fa, noise - fa));

	g->sdt = stats_sdt_loglinear(g->numerator, misses, fa, noise - fa);
	g->has_value = true;
	g->value = g->sdt.dprime;
	g->has_interval = true;
	g->interval = (struct interval){g->value - half, g->value + half};
}

static void
finish_sdt(const struct fold *f, struct figure *g)
{
	int64_t fa;
	int64_t noise;

	take_noise(f, g);
	fa = g->count[GROUP_FALSE_ALARMS];
	noise = g->count[GROUP_NOISE];
	g->has_denominator = g->known[GROUP_DENOMINATOR];
	g->has_numerator = g->has_denominator;
	if (g->denominator <= 0 || noise == 0 || !g->known[GROUP_FALSE_ALARMS])
		no_data(g, empty_reason(f->m, g));
	else if (g->numerator < 0 || g->numerator > g->denominator || fa < 0 || fa > noise)
		no_data(g, "CONTRADICTORY");
	else if (g->denominator < f->m->minimum_n || noise < f->m->minimum_n)
		g->status = STATUS_INSUFFICIENT;
	else
		finish_dprime(g, fa, noise);
}

/* As if those who said yes first were false alarms, and second noise. */
static void
finish_kappa(const struct fold *f, struct figure *g)
{
	struct agreement a = {g->denominator, g->numerator, g->count[GROUP_FALSE_ALARMS],
			      g->count[GROUP_NOISE]};
	struct kappa k;

	g->has_denominator = g->known[GROUP_DENOMINATOR];
	g->has_numerator = g->has_denominator;
	if (g->denominator <= 0) {
		no_data(g, empty_reason(f->m, g));
	} else if (!agreement_is_sound(&a)) {
		no_data(g, "CONTRADICTORY");
	} else if (g->denominator < f->m->minimum_n) {
		g->status = STATUS_INSUFFICIENT;
	} else if (!stats_kappa95(&a, &k)) {
		no_data(g, "NO_VARIATION");
	} else {
		g->has_value = true;
		g->value = k.value;
		g->has_interval = true;
		g->interval = k.interval;
	}
}

struct aim
aim_at(enum direction d, double value)
{
	struct aim up = {value, HUGE_VAL};
	struct aim down = {-HUGE_VAL, value};

	return d == DIRECTION_DOWN ? down : up;
}

static enum status
status_of(const struct metric *m, const struct figure *g, const struct aim *aim)
{
	double lo;
	double hi;

	if (m->direction == DIRECTION_TREND || (aim == NULL && m->direction == DIRECTION_BAND))
		return STATUS_NONE;
	if (aim == NULL)
		return STATUS_NO_TARGET;
	lo = g->has_interval ? figure_interval(g).lo : g->value;
	hi = g->has_interval ? figure_interval(g).hi : g->value;
	if (lo >= aim->low && hi <= aim->high)
		return STATUS_MET;
	return hi < aim->low || lo > aim->high ? STATUS_NOT_MET : STATUS_NOT_PROVEN;
}

/* Is it of several parts that nothing is added up over? */
static bool
is_pooled(const struct fold *f, const struct figure *g)
{
	return f->m->apart != NULL && f->head == NULL && part_in(f->m, g->breakdown, g->by) == NULL;
}

/* A target is of one part. */
static bool
has_target(const struct fold *f, const struct figure *g)
{
	const char *const *part = part_in(f->m, g->breakdown, g->by);

	return part == NULL || (f->head != NULL && compare_text(*part, f->head) == 0);
}

static void
withhold_pooled(struct figure *g)
{
	g->has_value = false;
	g->has_interval = false;
	g->has_general = false;
	g->is_by_general = false;
	no_data(g, "NOT_POOLED");
}

static void
finish(const struct fold *f, struct figure *g, const struct aim *aim)
{
	static void (*const by_shape[])(const struct fold *, struct figure *) = {
	    [SHAPE_RATIO] = finish_ratio,        [SHAPE_COUNT] = finish_count,
	    [SHAPE_STATE_AT_END] = finish_count, [SHAPE_QUANTILE] = finish_quantile,
	    [SHAPE_PERSONS] = finish_persons,    [SHAPE_SDT] = finish_sdt,
	    [SHAPE_SPREAD] = finish_spread,      [SHAPE_KAPPA] = finish_kappa,
	};
	COVERS(by_shape, N_SHAPES);

	g->numerator = g->count[GROUP_NUMERATOR];
	g->denominator = g->count[GROUP_DENOMINATOR];
	g->status = STATUS_NO_DATA;
	by_shape[f->m->shape](f, g);
	if (g->no_data == NULL && is_pooled(f, g))
		withhold_pooled(g);
	if (g->has_value)
		g->status = status_of(f->m, g, has_target(f, g) ? aim : NULL);
}

/* The chance of the rate, were this the true one; by the interval that the status goes by. */
static double
chance_at(const struct figure *g, double rate)
{
	return g->is_by_general ? stats_beta_p(g->value, g->general.n_effective, rate)
				: stats_score_p(g->numerator, g->denominator, rate);
}

/* Were the nearest rate the true one of those that would make the status another: of a rate within
 * a band that is either end, of one beside it the end that it lies at. */
static double
chance_of(const struct figure *g, const struct aim *aim)
{
	bool has_low = isfinite(aim->low);
	bool has_high = isfinite(aim->high);

	if (!has_high || (has_low && g->value < aim->low))
		return chance_at(g, aim->low);
	if (!has_low || g->value > aim->high)
		return chance_at(g, aim->high);
	return fmax(chance_at(g, aim->low), chance_at(g, aim->high));
}

static bool
is_judged(const struct figure *g)
{
	return g->has_interval && (g->status == STATUS_MET || g->status == STATUS_NOT_MET ||
				   g->status == STATUS_NOT_PROVEN);
}

/* The q values of the figures of one breakdown, and no status where it is not small: of hundreds of
 * parts some stand out by chance. */
static void
allow_for_many(struct arena *a, struct figure **list, size_t n, const struct aim *aim)
{
	double *p = arena_zalloc(a, 2 * n, sizeof *p);
	size_t *order = arena_zalloc(a, n, sizeof *order);
	size_t judged = 0;

	if (p == NULL || order == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		if (is_judged(list[i]))
			p[judged++] = chance_of(list[i], aim);
	stats_bh(p, judged, order, p + n);
	judged = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_judged(list[i]))
			continue;
		list[i]->has_q = true;
		list[i]->q = p[n + judged++];
		if (!(list[i]->q < Q_MAX))
			list[i]->status = STATUS_NOT_PROVEN;
	}
}

/* Breakdown 0 is the entity, 1 its sites. */
static void
allow_for_breakdowns(struct arena *a, struct figure **list, size_t n, const struct aim *aim)
{
	size_t end;

	for (size_t i = 0; i < n; i = end) {
		end = i + 1;
		while (end < n && list[end]->breakdown == list[i]->breakdown)
			end++;
		if (list[i]->breakdown > 1)
			allow_for_many(a, list + i, end - i, aim);
	}
}

void
figure_suppress(struct figure *g)
{
	struct figure bare = {.breakdown = g->breakdown,
			      .status = STATUS_NO_DATA,
			      .no_data = "SUPPRESSED",
			      .is_suppressed = true};

	memcpy(bare.by, g->by, sizeof bare.by);
	*g = bare;
}

int
figure_compare(const struct figure *x, const struct figure *y)
{
	int order;

	if (x->breakdown != y->breakdown)
		return x->breakdown < y->breakdown ? -1 : 1;
	order = 0;
	for (unsigned i = 0; order == 0 && i < BREAKDOWN_MAX; i++)
		order = compare_text(x->by[i], y->by[i]);
	return order;
}

static int
compare_places(const void *a, const void *b)
{
	return figure_compare(*(struct figure *const *)a, *(struct figure *const *)b);
}

/* The entity's always; of a part what something was said of. What was taken away again is not. */
static bool
is_figure(const struct metric *m, const struct figure *g)
{
	bool known = g->breakdown == 0 || g->persons_left_out != 0 || g->set_apart != 0;

	for (unsigned i = 0; i < metric_groups(m); i++)
		known = known || g->known[i];
	return known && !is_over_parts(m, g->breakdown);
}

struct figure **
fold_finish(struct fold *f, const struct aim *aim, size_t *n)
{
	struct figure **list = arena_zalloc(f->arena, f->n, sizeof(struct figure *));

	*n = 0;
	if (list == NULL || arena_failed(f->arena))
		return NULL;
	for (size_t i = 0; i < f->cap; i++) {
		if (f->table[i] != NULL && is_figure(f->m, f->table[i])) {
			finish(f, f->table[i], aim);
			list[(*n)++] = f->table[i];
		}
	}
	qsort(list, *n, sizeof(struct figure *), compare_places);
	if (aim != NULL)
		allow_for_breakdowns(f->arena, list, *n, aim);
	return arena_failed(f->arena) ? NULL : list;
}
