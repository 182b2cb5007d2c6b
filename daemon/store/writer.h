/* Writes groups of evidence; see store.h. Private to the store. */
#ifndef SEMS_STORE_WRITER_H
#define SEMS_STORE_WRITER_H

#include "store/store.h"

struct writer;

struct writer *writer_new(struct event_base *base, struct beside *beside,
			  const struct store_config *config);
void writer_free(struct writer *w); /* accepts NULL */
bool writer_ready(const struct writer *w);
bool writer_idle(const struct writer *w);
bool writer_late(const struct writer *w, struct store_late *out);
void writer_write(struct writer *w, struct group *g);

#endif
