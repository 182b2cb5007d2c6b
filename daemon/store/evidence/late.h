/*
 * A group that is not settled in time: said in the log with what it waits for, then at growing
 * intervals, and told to whoever asks, until it is settled. Everybody who sends waits for it.
 * Private to the store.
 */
#ifndef SEMS_STORE_EVIDENCE_LATE_H
#define SEMS_STORE_EVIDENCE_LATE_H

#include "base/civil.h"
#include "ingest/group.h"

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;

/* A group that is not settled in time; everybody who sends waits for it. No record content. */
struct store_late {
	struct utc_ms since;      /* when the group was submitted */
	int64_t records;          /* of it that are not settled */
	uint64_t tries;           /* transactions that were begun for it */
	const char *doing;        /* what is done for it now, to be read after "while" */
	const char *last_failure; /* in words; "" when there was none */
	int backend;              /* the database's process that works on it; 0: none */
};

struct late {
	struct event *timer;
	int first_ms;          /* from a group's begin until it is late */
	int next_ms;           /* until it is said next */
	int64_t waited_ms;     /* when it was last said; 0: it is not late */
	const struct group *g; /* NULL: none is being written */
	uint64_t tries;
	const char *doing;
	int backend;      /* the database's process, 0 while there is none */
	char sqlstate[6]; /* of the last failure, "" when there was none */
};

/* first_ms 0: half a minute. False: no memory. */
bool late_init(struct late *l, struct event_base *base, int first_ms);
void late_fini(struct late *l);

/* A group is to be written; it is, every item has its verdict. */
void late_begin(struct late *l, const struct group *g);
void late_end(struct late *l);
/* What is done for it now, in words that go on from "while"; kept. The writer asks the backend. */
void late_doing(struct late *l, const char *doing, int backend);
/* The same, and it begins a try. */
void late_try(struct late *l, const char *doing, int backend);
void late_failed(struct late *l, const char *sqlstate);

/* False: no group is late. */
bool late_look(const struct late *l, struct store_late *out);

#endif
