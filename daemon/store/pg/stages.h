/*
 * What a job asks, stage by stage: a machine whose states are the stages. Each asks for as many
 * statements as it takes, then says what happened, and the machine's table which stage follows.
 */
#ifndef SEMS_STORE_PG_STAGES_H
#define SEMS_STORE_PG_STAGES_H

#include "base/machine.h"
#include "store/pg/job.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* The events that every such machine has, before its own. */
enum stage_event {
	STAGE_OVER,   /* nothing more to ask */
	STAGE_FAILED, /* *e says why; also taken by itself wherever *e was set */
	STAGE_OWN     /* the first of its own */
};
#define STAGE_OVER_NAME   "nothing more to ask"
#define STAGE_FAILED_NAME "it failed"
/* Of those that have no others. */
extern const char *const stage_events[STAGE_OWN];

/* No event: *st is to be asked, and the stage goes on. */
#define STAGE_ASKS UINT_MAX

/* What a stage does. */
struct stage {
	/* STAGE_ASKS, or what happened. NULL: nothing is asked in this state, it is an end or waits
	 * for stages_step(). */
	unsigned (*next)(void *ctx, struct statement *st, struct err *e);
	/* The answer to what it asked. NULL: it is not used. */
	void (*rows)(void *ctx, const struct rows *rows, struct err *e);
};

/* All zero but the first three members: at the first stage. */
struct stages {
	const struct machine *machine;
	const struct stage *list; /* one a state */
	const char *of;           /* which job, for the log */
	unsigned at;
	size_t asked; /* statements of the stage it is at */
};

/* Like struct job's next(): the next statement, or false: none before somebody says that something
 * happened, or *e says why not. */
bool stages_next(struct stages *s, void *ctx, struct statement *st, struct err *e);
void stages_rows(const struct stages *s, void *ctx, const struct rows *rows, struct err *e);
/* Of a stage that asks one thing: asks, or over. */
unsigned stages_once(const struct stages *s);
/* Something happened outside. */
void stages_step(struct stages *s, unsigned event);

#endif
