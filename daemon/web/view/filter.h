/* Filters of a list, which stand in its address, and the way to its next page. */
#ifndef SEMS_WEB_VIEW_FILTER_H
#define SEMS_WEB_VIEW_FILTER_H

#include "web/view/view.h"

struct filter {
	const char *name; /* in the address */
	const char *label;
	bool is_day;
};

/* A form that asks for the same list by other values. */
void filter_put(const struct showing *s, struct buf *b, const struct filter *filters, size_t n);
/* The same address, but for where it goes on: name=next. */
void filter_next(const struct showing *s, struct buf *b, const char *name, const char *next);

#endif
