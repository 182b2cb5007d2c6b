#include "store/evidence/order.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

struct place {
	int64_t at;
	uint64_t id; /* of the id what follows its time */
	size_t n;
};

void
order_init(struct order *o)
{
	buf_init(&o->places, GROUP_ITEMS_MAX * sizeof(struct place));
}

void
order_fini(struct order *o)
{
	buf_fini(&o->places);
}

void
order_clear(struct order *o)
{
	buf_clear(&o->places);
}

bool
order_add(struct order *o, const struct group *g, size_t n)
{
	const struct item *it = &g->items[n];
	struct place p = {.at = it->occurred_at.v, .n = n};

	memcpy(&p.id, it->record_id.b + sizeof it->record_id.b - sizeof p.id, sizeof p.id);
	p.id = be64toh(p.id);
	return buf_add(&o->places, &p, sizeof p);
}

static int
compare(const void *x, const void *y)
{
	const struct place *a = x;
	const struct place *b = y;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->n > b->n) - (a->n < b->n);
}

void
order_sort(struct order *o)
{
	if (order_count(o) > 1)
		qsort(o->places.p, order_count(o), sizeof(struct place), compare);
}

size_t
order_count(const struct order *o)
{
	return o->places.n / sizeof(struct place);
}

size_t
order_at(const struct order *o, size_t i)
{
	struct place p;

	memcpy(&p, o->places.p + i * sizeof p, sizeof p);
	return p.n;
}
