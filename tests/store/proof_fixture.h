/* Frozen quarters and what verifying says of them. */
#ifndef SEMS_TESTS_STORE_PROOF_FIXTURE_H
#define SEMS_TESTS_STORE_PROOF_FIXTURE_H

#include "tests/store/spd_fixture.h"

struct frozen {
	bool done;
	struct err err;
	json_t *doc;
	char sha256[65];
};

/* Freezes 2026-Q2 as somebody who may do everything; the document is the caller's. */
struct frozen proof_freeze(struct fixture *f);
/* As somebody with a reason to leave tests under embargo out. */
void proof_withdraw(struct fixture *f, int revision);
/* What verifying the newest revision of 2026-Q2 says; the caller's. */
json_t *proof_verify(struct fixture *f, bool may_see);
/* "altered 1, late 2": the counts of a report that are not 0, "" when all are. Static. */
const char *proof_counts(const json_t *report);
/* The text of a check, "" when it is good, "none" when it is not there. */
const char *proof_check_text(const json_t *report, const char *check);
/* A superuser's statement, past every trigger. */
void proof_tamper(struct fixture *f, const char *sql);

#endif
