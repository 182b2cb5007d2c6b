#include "store/evidence/remaining.h"

bool
item_is_pending(const struct item *it)
{
	return it->verdict == VERDICT_NONE;
}

bool
item_is_refused(const struct item *it)
{
	return it->why != NULL;
}

void
remaining_begin(struct remaining *r, struct group *g)
{
	r->g = g;
	r->stack[0] = (struct range){0, g->n};
	r->n = 1;
}

void
remaining_end(struct remaining *r)
{
	r->n = 0;
}

static struct range *
top(struct remaining *r)
{
	return &r->stack[r->n - 1];
}

/* Items that are done do not count: the range shrinks to those that are not. */
static void
trim(const struct remaining *r, struct range *of)
{
	while (of->from < of->to && !item_is_pending(&r->g->items[of->from]))
		of->from++;
	while (of->to > of->from && !item_is_pending(&r->g->items[of->to - 1]))
		of->to--;
}

const struct range *
remaining_next(struct remaining *r)
{
	for (; r->n > 0; r->n--) {
		struct range left = *top(r);

		trim(r, &left);
		if (left.from < left.to)
			return top(r);
	}
	return NULL;
}

const struct range *
remaining_top(const struct remaining *r)
{
	return &r->stack[r->n - 1];
}

void
remaining_pop(struct remaining *r)
{
	r->n--;
}

bool
remaining_halve(struct remaining *r)
{
	struct range *whole = top(r);
	size_t from;
	size_t middle;

	trim(r, whole);
	if (whole->to - whole->from <= 1)
		return false;
	from = whole->from;
	middle = from + (whole->to - from) / 2;
	whole->from = middle;
	r->stack[r->n++] = (struct range){from, middle};
	return true;
}

bool
remaining_has_records(const struct remaining *r, const struct range *of)
{
	for (size_t i = of->from; i < of->to; i++)
		if (item_is_pending(&r->g->items[i]) && !item_is_refused(&r->g->items[i]))
			return true;
	return false;
}
