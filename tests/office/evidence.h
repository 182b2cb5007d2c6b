/* Evidence of 2020-Q1, a quarter that is over whenever the tests run, put straight into the tables
 * of an office; and its freezing. */
#ifndef TESTS_ADMIN_EVIDENCE_H
#define TESTS_ADMIN_EVIDENCE_H

#include "tests/office/office.h"

#define EVIDENCE_QUARTER "2020-Q1"
#define EVIDENCE_AT      "2020-02-12T09:30:00Z"

/* So many rows of a kind beside site T1, measure 4.1, source lane, with ids that fit the time. */
void evidence_add(struct office *o, const char *kind, int n, const char *columns,
		  const char *values);
/* The first id of a kind, by a condition (or "true"). Static. */
const char *evidence_id(struct office *o, const char *kind, const char *where);
/* Freezes the quarter; fails the test when it is refused. */
void evidence_freeze(struct office *o);
/* A superuser's statement, past every trigger. */
void evidence_tamper(struct office *o, const char *sql);
/* The last answer as text, until the next call. */
const char *evidence_answer(struct office *o);

#endif
