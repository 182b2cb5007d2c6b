/*
 * Whom a request is about: a person by the identifier that senders use, as his pseudonyms under the
 * keys of all years that are here, or a pseudonym as it is.
 */
#ifndef SEMS_OFFICE_PSEUDONYM_H
#define SEMS_OFFICE_PSEUDONYM_H

#include "base/err.h"
#include "ingest/person.h"
#include "office/call.h"

#include <jansson.h>

#define PERSON_MAX_BYTES 1000
#define PSEUDONYM_TEXT   (2 * PSEUDONYM_SIZE + 1)

/* The keys of all years that are here, oldest first. */
#define PSEUDONYM_YEARS 101
struct year_key {
	int year;
	const unsigned char *key;
};
/* How many; the keys are valid until the next turn of the loop. */
size_t pseudonym_years(const struct call *c, struct year_key years[PSEUDONYM_YEARS]);

/* Hexadecimal digits; false: out of memory. */
bool pseudonym_text(const struct year_key *y, struct text person, char out[PSEUDONYM_TEXT]);

/*
 * The pseudonyms of `person` ("~" and a pseudonym: that one) as an array of hexadecimal digits, by
 * year, oldest first. REJ_FIELD at `person`: it is neither; REJ_STATE: no year's key is here.
 * *out is the caller's.
 */
enum code pseudonyms_of(const struct call *c, const char *person, json_t **out, struct err *e);

/* The last of them, which is the newest year's. */
const char *pseudonym_newest(const json_t *all);

/* REJ_STATE: nobody is to be recognised by it any more. `r`: of identity_barred.sql. */
enum code pseudonym_barred(const struct rows *r, const char *field, struct err *e);

#define REASON_MIN_BYTES 10
#define REASON_MAX_BYTES 1000
/* Why something of a person is asked or done; REJ_FIELD at "reason". */
enum code reason_check(const char *reason, struct err *e);

/*
 * Somebody is to be told something of a person: goes on with then() when the access log has `what`,
 * a pseudonym and the reason, and no erasure bars the pseudonyms (taken); else the call fails. what
 * and reason live as long as the call. It takes c->job.
 */
void call_about(struct call *c, const char *what, json_t *pseudonyms, const char *reason,
		void (*then)(struct call *c));

#endif
