/* Runs jobs; see store.h. Private to the store. */
#ifndef SEMS_STORE_ASKER_H
#define SEMS_STORE_ASKER_H

#include "store/store.h"

struct asker;

struct asker *asker_new(struct event_base *base, const char *conninfo);
void asker_free(struct asker *a); /* accepts NULL */
void asker_run(struct asker *a, struct job *j);
bool asker_idle(const struct asker *a);

#endif
