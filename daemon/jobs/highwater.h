/*
 * The high-water mark: how far the database had come, kept in a file beside it. A database that is
 * behind its mark was restored from a backup, or a standby took over; what was received in between
 * may be missing, and the database notes that as a gap for somebody to mend.
 *
 * At the first answer after a while, every few seconds while there are more, and whenever the
 * database comes back, the mark in the database and the one in the file are compared and both moved
 * on: the database's first, so that after a crash it is never behind by that. The file is written
 * beside the loop, whatever its disk does.
 */
#ifndef SEMS_JOBS_HIGHWATER_H
#define SEMS_JOBS_HIGHWATER_H

#include "base/civil.h"
#include "store/store.h"

#include <stdbool.h>

struct event_base;
struct highwater;

struct highwater_config {
	const char *folder; /* FOLDER/high-water.json; the caller has the folder to itself */
	struct utc_ms (*now)(void *ctx);
	void *ctx;
	unsigned look_ms; /* between looks */
};

/* Three seconds between looks; no folder, no clock. */
struct highwater_config highwater_defaults(void);

/*
 * Reads the file. Without one, or when it cannot be written, it goes on with what it knows by
 * itself, and says so in the log. NULL: out of memory. base, store, the folder's name and what ctx
 * points to outlive it.
 */
struct highwater *highwater_new(struct event_base *base, struct store *store,
				const struct highwater_config *config);
/* Only while it is idle, or once the store has been freed. Accepts NULL. */
void highwater_free(struct highwater *h);

/* A group is being written; the one that was received then was written and answered. Groups are
 * answered in the order in which they were sent. */
void highwater_sent(struct highwater *h);
void highwater_answered(struct highwater *h, struct utc_ms received_at);
/* Compares now: the database is there, perhaps another one. */
void highwater_look(struct highwater *h);
/* True when the mark covers whatever was answered; begins a look when it does not and can. */
bool highwater_settle(struct highwater *h);
/* Neither a look runs nor is the file being written. */
bool highwater_is_idle(const struct highwater *h);
/* The same at the end, when nothing is answered any more: true once the file says that the mark
 * covers all, or cannot; begins what is missing. */
bool highwater_finish(struct highwater *h);

#endif
