/*
 * The lanes of jobs: one connection each, so that what is quick never waits for what is long. All
 * are non-blocking and driven by libevent; all reconnect with jitter, for ever.
 */
#ifndef SEMS_STORE_PG_LANES_H
#define SEMS_STORE_PG_LANES_H

#include "store/pg/job.h"

struct answers;
struct beside;
struct event_base;
struct lanes;

/* NULL: no memory. beside outlives them. */
struct lanes *lanes_new(struct event_base *base, struct beside *beside, const char *conninfo);
void lanes_free(struct lanes *l); /* accepts NULL */
/* done() never comes from within. A lane that is full fails the job with TRY_LIMIT. */
void lanes_run(struct lanes *l, struct job *j);
/* What the jobs of all lanes keep of their answers. */
struct answers *lanes_answers(struct lanes *l);
bool lanes_idle(const struct lanes *l);
/* What people asked for, and duties, are ended, rolled back whole, and no further ones are begun;
 * what is short and must be done whoever waits is still done. */
void lanes_drain(struct lanes *l);

#endif
