/* Room store/evidence: Groups to rows and verdicts. */
/* Writes groups of evidence, one at a time, over a connection of its own. Private to the store. */
#ifndef SEMS_STORE_EVIDENCE_WRITER_H
#define SEMS_STORE_EVIDENCE_WRITER_H

#include "base/machine.h"
#include "ingest/group.h"
#include "store/evidence/late.h"

#include <stdbool.h>

struct beside;
struct event_base;
struct keyring;
struct writer;

/* For the test of its table. */
extern const struct machine writer_machine;

struct writer_config {
	const char *conninfo; /* libpq connection string, without role and search_path */
	const struct keyring *keys;
	/* The writer has finished a group: every item has its verdict. The group is the caller's
	 * again. */
	void (*on_written)(void *ctx, struct group *g);
	/* The writer became able, or unable, to take a group. */
	void (*on_ready)(void *ctx, bool ready);
	void *ctx;
	/* A commit must wait for a synchronous standby; while it would not, or none streams, a
	 * group's items are answered RETRY. */
	bool is_replicated;
	int late_ms; /* a group that took so long is late; 0: half a minute */
};

struct writer *writer_new(struct event_base *base, struct beside *beside,
			  const struct writer_config *config);
void writer_free(struct writer *w); /* accepts NULL */
bool writer_ready(const struct writer *w);
/* A safe server is connected to, whatever is under way. */
bool writer_is_up(const struct writer *w);
bool writer_idle(const struct writer *w);
bool writer_late(const struct writer *w, struct store_late *out);
/* NULL: what is answered is as durable as the configuration demands. Else why nothing is, as a
 * sentence without its full stop. Static. */
const char *writer_fault(const struct writer *w);
void writer_write(struct writer *w, struct group *g);

#endif
