/* Runs the jobs of a lane over a connection of its own. Private to this room. */
#ifndef SEMS_STORE_PG_ASKER_H
#define SEMS_STORE_PG_ASKER_H

#include "base/machine.h"
#include "store/pg/job.h"

struct asker;
struct beside;
struct event_base;

/* For the test of its table. */
extern const struct machine asker_machine;

/* One lane. canceller: the lane that ends this one's statements; NULL: they end by their time. */
struct asker *asker_new(struct event_base *base, struct beside *beside, const char *conninfo,
			enum lane lane, struct asker *canceller);
void asker_free(struct asker *a); /* accepts NULL */
void asker_run(struct asker *a, struct job *j);
/* Before all that wait. */
void asker_run_first(struct asker *a, struct job *j);
/* Ends what runs and what waits, and every further job fails: in the short lane only what somebody
 * waits for. */
void asker_drain(struct asker *a);
bool asker_idle(const struct asker *a);

#endif
