/* A request that is one statement, of which one row, or none, is the answer. */
#ifndef SEMS_OFFICE_SETUP_ONE_ROW_H
#define SEMS_OFFICE_SETUP_ONE_ROW_H

#include "office/call.h"

/* Within what the handler keeps in c->state. */
struct one_row {
	struct statement st;
	bool is_asked;
	json_t *answer;
	void (*done)(struct call *c, json_t *answer, const struct err *e);
};

/*
 * Runs st as sems_admin in the short lane. row, and what st points to, live in the call's arena.
 * done() answers the call: answer, to be freed, is the first value of the one row, NULL when there
 * was none or e is not OK.
 */
void one_row_run(struct call *c, struct one_row *row, bool writes, struct statement st,
		 void (*done)(struct call *c, json_t *answer, const struct err *e));

#endif
