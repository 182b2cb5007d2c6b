/*
 * Durability "replicated": whether a commit waits until another server has it. Two looks, for two
 * questions. A watch, over a connection of its own, tells beforehand whether a synchronous standby
 * streams, so that nobody waits for one that is away. A mark, taken in a transaction and again
 * after its COMMIT, tells afterwards that this commit waited. Private to the store.
 */
#ifndef SEMS_STORE_PG_REPLICA_H
#define SEMS_STORE_PG_REPLICA_H

#include <libpq-fe.h>

#include <stdbool.h>

struct beside;
struct event_base;
struct replica;

struct replica_config {
	const char *conninfo; /* borrowed */
	/* What replica_fault() says has changed. */
	void (*on_change)(void *ctx);
	void *ctx;
	int look_ms; /* from one look to the next; 0: two seconds */
};

/* NULL: out of memory. */
struct replica *replica_new(struct event_base *base, struct beside *beside,
			    const struct replica_config *config);
void replica_free(struct replica *r); /* accepts NULL */
/* NULL: as many synchronous standbys stream as the server waits for. Else why not, as a sentence
 * without its full stop. Static. */
const char *replica_fault(const struct replica *r);

/* The same of an answer to the watch's question; for its test. */
extern const char replica_sql[];
const char *replica_fault_of(const PGresult *res);

/*
 * A statement that goes into a transaction before all else: it makes the transaction one that waits
 * although it may store nothing, and answers the mark. replica_mark_sql alone, as a message of its
 * own after the COMMIT, answers the mark that it must equal: the server takes a changed
 * configuration between messages, and tells this session no later than it stops waiting.
 */
extern const char replica_begin_sql[];
extern const char replica_mark_sql[];

struct replica_mark {
	char loaded[40]; /* when the session last read the configuration; "": not known */
	bool waits;      /* by it, commits wait for a standby */
};

#define REPLICA_MARK_COLUMNS 3
/* res: of REPLICA_MARK_COLUMNS columns. */
void replica_mark_take(struct replica_mark *m, const PGresult *res);
/* Whether what was committed between the two waited for a standby. */
bool replica_mark_holds(const struct replica_mark *before, const struct replica_mark *after);

#endif
