/*
 * Records of a group in the order of their key: next to each other in the index, which then takes a
 * third less of it and of the log. Private to the store.
 */
#ifndef SEMS_STORE_EVIDENCE_ORDER_H
#define SEMS_STORE_EVIDENCE_ORDER_H

#include "base/buf.h"
#include "ingest/group.h"

struct order {
	struct buf places;
};

void order_init(struct order *o);
void order_fini(struct order *o);
void order_clear(struct order *o);
/* The group's nth item. False: no memory. */
bool order_add(struct order *o, const struct group *g, size_t n);
/* By time, then by id. */
void order_sort(struct order *o);
size_t order_count(const struct order *o);
/* Which item of the group is the ith. */
size_t order_at(const struct order *o, size_t i);

#endif
