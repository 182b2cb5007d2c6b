/*
 * Which statements a connection keeps plans of: those that come again. Planning what a quarter's
 * SPD asks takes about as long as answering it from counts. A statement is known by the digest of
 * its text, is prepared the second time it comes, and gives up its place when it was used least
 * recently. No I/O.
 */
#ifndef SEMS_STORE_PG_PLANS_H
#define SEMS_STORE_PG_PLANS_H

#include "base/digest.h"

#include <stdbool.h>
#include <stdint.h>

#define PLANS_MAX      96
#define PLAN_TEXT_MAX  (64 * 1024) /* longer statements are made once */
#define PLAN_NAME_SIZE 8

struct plans {
	struct plan {
		unsigned char digest[SHA256_SIZE];
		uint64_t used; /* 0: free */
		bool is_prepared;
		bool is_named; /* the connection has a statement of its name, perhaps another's */
	} list[PLANS_MAX];
	uint64_t clock;
};

enum plan_step {
	PLAN_NONE,    /* send the text as it is */
	PLAN_PREPARE, /* prepare it under the name, then run that */
	PLAN_RUN,     /* it is prepared */
};

/*
 * What to do with a statement, and its name. A name that another statement had is to be deallocated
 * before: *forget. Statements of temporary tables are never kept: those tables come and go.
 */
enum plan_step plans_step(struct plans *p, const char *sql, char name[PLAN_NAME_SIZE],
			  bool *forget);
/* It was prepared. */
void plans_prepared(struct plans *p, const char *name);
/* Nothing is prepared any more: another connection, or all was deallocated. */
void plans_clear(struct plans *p);

#endif
