/* Room office: Requests to answers, whoever asks. */
/*
 * A call: one Request of a client on its way to an answer. A door asks (port.h), a handler
 * (one file per area) answers it exactly once with call_reply() or call_fail(), at once or after
 * its jobs came back; either frees the call.
 */
#ifndef SEMS_OFFICE_CALL_H
#define SEMS_OFFICE_CALL_H

#include "base/arena.h"
#include "base/err.h"
#include "core/action/action.h"
#include "core/right/right.h"
#include "ingest/ingest.h"
#include "office/port.h"
#include "office/request.h"
#include "store/store.h"

#include <jansson.h>

struct admin;
struct call;
struct machine;
struct route;

struct about;

/* An entry for the access log on its way; note.c. */
struct noting {
	const char *what, *subject;
	char *more; /* jansson's */
	void (*then)(struct call *c);
	bool asked;
};

struct call {
	struct waiter waiter; /* first: a struct waiter * of ours is a call */
	struct admin *admin;
	struct arena *arena;    /* the request and whatever the handler needs; freed with it */
	struct request request; /* what it points to is in the arena */
	struct who who;
	struct utc_ms now;       /* when the request came */
	struct port port;        /* where the answer goes; whoever asked may be gone by then */
	struct job job;          /* for the handler; job.ctx is the call */
	void *state;             /* the handler's, in the arena */
	struct statement select; /* call_select()'s; sql NULL: asked */
	struct noting noting;
	struct about *about;  /* call_about()'s, in the arena */
	struct text answer;   /* in the arena, until it may go */
	uint64_t json_failed; /* jsonmem_failed() when it began */
	const struct route *route;
	unsigned repeats; /* of the handler, because others changed the same; see call_keep() */
};

/* What was done by now cannot be done again: a conflict is from now on an answer like others. */
void call_keep(struct call *c);

/* jansson ran out of memory since the call began: what it made may lack something, so that nothing
 * of it may be told or kept. Answers see to it themselves. */
bool call_lacks_memory(const struct call *c);

/* A test that is not debriefed is known to those who run tests. */
bool call_may_know_covert(const struct call *c);
/* The store to ask, and what semsd knows of itself. */
struct store *call_store(const struct call *c);
const struct registry *call_registry(const struct call *c);
struct ingest *call_ingest(const struct call *c);
struct keyring *call_keys(const struct call *c);
/* The public halves of the keys that sign, and the id of the one that does now; "": none. */
json_t *call_keys_json(const struct call *c, const char **signs);
/* For what runs jobs for this call: they end when whoever asked is gone. */
struct ticket call_ticket(const struct call *c, enum lane lane);
/* Runs c->job so. */
void call_run(struct call *c, enum lane lane);
/* For what is one statement that reads: its one value is the answer. The parameters live in the
 * call's arena, or longer. */
void call_select(struct call *c, enum lane lane, const struct statement *st);
/* Writes an entry of the access log, {"who", "what", "subject"} and the members of `more` (taken;
 * NULL: out of memory), and goes on with then() when it is committed; else the call fails. what and
 * subject live as long as the call. It takes c->job. */
void call_note(struct call *c, const char *what, const char *subject, json_t *more,
	       void (*then)(struct call *c));
/* The handler gave records to ingest: the composition root may take the group. */
void call_turn(const struct call *c);
/* The registry's tables have changed: loads them anew into ingest, then answers as
 * call_reply_json() does. */
void call_reply_reload(struct call *c, json_t *answer);

/* What the doors are in; the caller's. NULL: out of memory. */
json_t *call_doors(const struct call *c);
/* Reads again what is in files, and then the registry; answers with `answer` or what is wrong. */
void call_reload(struct call *c);

/* json: UTF-8, any length; copied. */
void call_reply(struct call *c, struct text json);
/* Takes the answer; NULL, as when it could not be made, is out of memory. */
void call_reply_json(struct call *c, json_t *answer);
/* The text says what to do next. */
void call_fail(struct call *c, enum answer_code code, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* What takes this right, by what is at `field`: says who one is, which roles have it and who can
 * give one. */
void call_forbid(struct call *c, const char *field, enum right right);
/* Maps an error's class to a response code; REJ_ROLE, whose text is the roles it takes, is answered
 * as call_forbid() does. After a conflict with
 * others the handler is called again instead, from its beginning and with nothing left of before
 * but what is in the arena. */
void call_fail_err(struct call *c, const struct err *e);
void call_fail_memory(struct call *c);
/* What is at `where` names no record kind. */
enum code call_no_kind(const char *where, struct err *e);

/* The handlers, one per Request body. The dispatcher has asked for the right in its table. */
void admin_setup(struct call *c);
void admin_status(struct call *c);
void admin_spd(struct call *c);
void admin_retention(struct call *c);
void admin_hold(struct call *c);
void admin_identity(struct call *c);
void admin_quarantine(struct call *c);
void admin_record(struct call *c);
void admin_records(struct call *c);
void admin_gap(struct call *c);
void admin_verify(struct call *c);
void admin_sign(struct call *c);
void admin_key(struct call *c);
void admin_explain(struct call *c);
void admin_trace(struct call *c);
extern const struct machine trace_machine; /* for the test of its table */
void admin_pending(struct call *c);
void admin_doubles(struct call *c);
void admin_import(struct call *c);
void admin_numbers(struct call *c);
void admin_calendar(struct call *c);
void admin_reload(struct call *c);
void admin_rights(struct call *c);
void admin_device(struct call *c);
void admin_passkey(struct call *c);
void admin_log(struct call *c);
void admin_history(struct call *c);
void admin_health(struct call *c);
void admin_case(struct call *c);

#endif
