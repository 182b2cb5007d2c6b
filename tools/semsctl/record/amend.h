/* Room tools/semsctl/record: Commands about single records. */
/* What `correct` and `void` have in common: the stored record, and sending one about it. */
#ifndef SEMS_TOOLS_SEMSCTL_RECORD_AMEND_H
#define SEMS_TOOLS_SEMSCTL_RECORD_AMEND_H

#include "base/arena.h"
#include "client/client.h"
#include "core/kind/kind.h"
#include "tools/semsctl/command.h"
#include "tools/time/zone.h"

#include <jansson.h>

/* A stored record as the daemon tells it, and its root. */
struct stored {
	json_t *answer; /* owned */
	json_t *record; /* of answer */
	const char *root_source;
	struct uuid root_id;
	bool is_voided;
};

struct utc_ms amend_now(void);
/*
 * Asks for a record; where a correction of it is in force, for that one. Release with
 * amend_release(), also after a failure.
 */
enum code amend_fetch(struct client *c, const char *kind, const char *source, const char *record_id,
		      struct stored *out, struct err *e) MUST_CHECK;
void amend_release(struct stored *s);
/* The record itself, whatever is in force. */
enum code amend_fetch_itself(struct client *c, const char *kind, const char *source, struct uuid id,
			     struct stored *out, struct err *e) MUST_CHECK;
/* Of what is stored, the fields a record is made of: what ingest added stays out. The caller's to
 * json_decref(); texts of persons are in the arena. */
json_t *amend_fields(const struct kind *k, struct arena *a, const json_t *stored);
/* Asks kind by kind for a record whose kind is not known. */
enum code amend_find(struct client *c, const char *source, const char *record_id,
		     struct stored *out, struct err *e) MUST_CHECK;

/* Fills what every correction has: the root, when, why, and an identity of its own. */
bool amend_envelope(struct record *r, const struct stored *s, const char *reason);
/* Checks, sends, waits, and says what became of it; an enum exit_code. */
int amend_send(const struct options *o, struct client *c, const struct record *r, const char *done);

#endif
