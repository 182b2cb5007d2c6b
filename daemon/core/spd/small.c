#include "core/spd/small.h"

#include <stdlib.h>
#include <string.h>

/* A figure, and where it is in a sum that it is part of. */
struct cell {
	struct figure *g;
	bool is_small; /* of few persons */
	bool is_hidden;
};

/* The parts that make up a whole, as far as they are gone through. */
struct sum {
	size_t n;
	size_t hidden;
	bool has_large_hidden;
	struct cell *least; /* the visible one with the smallest denominator */
};

/* All figures of a metric, in their order. */
struct cells {
	const struct metric *m;
	struct cell *list;
	struct sum *sums; /* as many, for each cell as a whole */
	size_t n;
};

static bool
is_few(int64_t persons)
{
	return persons > 0 && persons < SMALL_PERSONS;
}

/* --- which are small ---------------------------------------------------------------------- */

static bool
counts_few_persons(const struct figure *g)
{
	return (g->has_denominator && is_few(g->denominator)) ||
	       (g->breakdown > 0 && g->has_numerator && is_few(g->numerator));
}

/* Those that most of its trials tell. */
static bool
is_of_few_persons(const struct figure *g)
{
	return g->has_told && is_few(g->told.sums.clusters) && 2 * g->told.n > g->denominator;
}

static const struct spd_metric *
metric_named(const struct spd_metric *metrics, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(metrics[i].m->id, id) == 0)
			return &metrics[i];
	return NULL;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The place of a dimension's name in a breakdown of another metric; BREAKDOWN_MAX: not there. */
static unsigned
place_of(const struct metric *m, const struct breakdown *b, const char *dimension)
{
	for (unsigned i = 0; i < b->n; i++)
		if (strcmp(m->dimension[b->dimension[i]], dimension) == 0)
			return i;
	return BREAKDOWN_MAX;
}

/* Is b, of another metric, broken down as a is, with the same values? */
static bool
is_same_cell(const struct metric *ma, const struct figure *a, const struct metric *mb,
	     const struct figure *b)
{
	const struct breakdown *by = &ma->breakdown[a->breakdown];

	if (mb->breakdown[b->breakdown].n != by->n)
		return false;
	for (unsigned i = 0; i < by->n; i++) {
		unsigned k =
		    place_of(mb, &mb->breakdown[b->breakdown], ma->dimension[by->dimension[i]]);

		if (k == BREAKDOWN_MAX || !is_same_text(a->by[i], b->by[k]))
			return false;
	}
	return true;
}

/* The cells of another metric that are suppressed. */
struct hidden {
	const struct metric *m;
	struct figure **list;
	size_t n;
};

static struct hidden
hidden_of(const struct spd_metric *there, struct arena *scratch)
{
	struct hidden h = {0};

	if (there == NULL)
		return h;
	h.m = there->m;
	h.list = arena_zalloc(scratch, there->n_figures + 1, sizeof(struct figure *));
	for (size_t i = 0; h.list != NULL && i < there->n_figures; i++)
		if (there->figures[i]->is_suppressed)
			h.list[h.n++] = there->figures[i];
	return h;
}

static bool
is_hidden_there(const struct hidden *h, const struct metric *m, const struct figure *g)
{
	bool is = false;

	for (size_t i = 0; !is && i < h->n; i++)
		is = is_same_cell(m, g, h->m, h->list[i]);
	return is;
}

static bool
is_small(const struct hidden *there, const struct metric *m, const struct figure *g)
{
	if (m->persons_as != NULL)
		return is_hidden_there(there, m, g);
	return m->shape == SHAPE_PERSONS ? counts_few_persons(g) : is_of_few_persons(g);
}

/* --- which could be had from others ------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	const struct cell *x = a;
	const struct cell *y = b;

	return figure_compare(x->g, y->g);
}

static bool
has_dimension(const struct breakdown *b, unsigned dimension)
{
	for (unsigned i = 0; i < b->n; i++)
		if (b->dimension[i] == dimension)
			return true;
	return false;
}

/* Is the second broken down as the first is, and further? */
static bool
is_finer(const struct breakdown *coarse, const struct breakdown *fine)
{
	bool is = fine->n > coarse->n;

	for (unsigned i = 0; i < coarse->n; i++)
		is = is && has_dimension(fine, coarse->dimension[i]);
	return is;
}

/* The figure of the coarser breakdown that this one is part of; NULL: it is not told. */
static struct cell *
whole_of(const struct cells *c, unsigned coarse, const struct cell *part)
{
	const struct breakdown *to = &c->m->breakdown[coarse];
	const struct breakdown *from = &c->m->breakdown[part->g->breakdown];
	struct figure key = {.breakdown = coarse};
	struct cell wanted = {.g = &key};

	for (unsigned i = 0; i < to->n; i++)
		for (unsigned k = 0; k < from->n; k++)
			if (from->dimension[k] == to->dimension[i])
				key.by[i] = part->g->by[k];
	return bsearch(&wanted, c->list, c->n, sizeof *c->list, compare);
}

static void
add_part(struct sum *s, struct cell *part)
{
	s->n++;
	s->hidden += part->is_hidden;
	s->has_large_hidden = s->has_large_hidden || (part->is_hidden && !part->is_small);
	if (!part->is_hidden &&
	    (s->least == NULL || part->g->denominator < s->least->g->denominator))
		s->least = part;
}

/*
 * What is hidden of a sum is known together: that is told of many persons only when one of its
 * parts is. So beside what is small one that is not is hidden, and of a hidden whole one part. A
 * whole of one part is that part. True: something was hidden.
 */
static bool
protect(struct cell *whole, const struct sum *s)
{
	bool is_open;

	if (s->n == 1 && s->hidden == 1 && !whole->is_hidden)
		return whole->is_hidden = true;
	is_open = whole->is_hidden ? s->hidden == 0
				   : s->hidden > 0 && (s->hidden < 2 || !s->has_large_hidden);
	if (!is_open || s->least == NULL)
		return false;
	return s->least->is_hidden = true;
}

/* Every whole of one breakdown with its parts of another. */
static bool
protect_sums(const struct cells *c, unsigned coarse, unsigned fine)
{
	struct sum *sums = c->sums;
	bool changed = false;

	memset(sums, 0, c->n * sizeof *sums);
	for (size_t i = 0; i < c->n; i++) {
		struct cell *whole =
		    c->list[i].g->breakdown == fine ? whole_of(c, coarse, &c->list[i]) : NULL;

		if (whole != NULL)
			add_part(&sums[whole - c->list], &c->list[i]);
	}
	for (size_t i = 0; i < c->n; i++)
		if (sums[i].n > 0 && protect(&c->list[i], &sums[i]))
			changed = true;
	return changed;
}

/* Each turn hides at least one more, until no sum is open. */
static void
protect_all(const struct cells *c)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (unsigned i = 0; i < c->m->breakdown_count; i++)
			for (unsigned k = 0; k < c->m->breakdown_count; k++)
				if (is_finer(&c->m->breakdown[i], &c->m->breakdown[k]))
					changed = protect_sums(c, i, k) || changed;
	}
}

/* --- all of it ---------------------------------------------------------------------------- */

static bool
suppress(struct spd_metric *s, const struct spd_metric *there, struct arena *scratch)
{
	size_t room = s->n_figures + 1;
	struct cells c = {s->m, arena_zalloc(scratch, room, sizeof(struct cell)),
			  arena_zalloc(scratch, room, sizeof(struct sum)), s->n_figures};
	struct hidden hidden = hidden_of(there, scratch);
	bool any = false;

	for (size_t i = 0; c.list != NULL && i < c.n; i++) {
		c.list[i].g = s->figures[i];
		c.list[i].is_hidden = is_small(&hidden, s->m, s->figures[i]);
		/* What is hidden there has large ones with it already. */
		c.list[i].is_small = c.list[i].is_hidden && s->m->persons_as == NULL;
		any = any || c.list[i].is_hidden;
	}
	if (arena_failed(scratch))
		return false;
	if (any)
		protect_all(&c);
	for (size_t i = 0; any && i < c.n; i++)
		if (c.list[i].is_hidden)
			figure_suppress(c.list[i].g);
	return true;
}

bool
small_suppress(struct spd_metric *metrics, size_t n, struct arena *scratch)
{
	for (size_t i = 0; i < n; i++) {
		const char *as = metrics[i].m->persons_as;

		if (!metrics[i].m->of_persons && as == NULL)
			continue;
		if (!suppress(&metrics[i], as == NULL ? NULL : metric_named(metrics, n, as),
			      scratch))
			return false;
		arena_reset(scratch);
	}
	return true;
}

size_t
small_count(const struct spd_metric *metrics, size_t n)
{
	size_t suppressed = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < metrics[i].n_figures; k++)
			suppressed += metrics[i].figures[k]->is_suppressed;
	return suppressed;
}
