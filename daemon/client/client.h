/* Room client: The protocol from the other side, blocking. */
/*
 * The client's side of the protocol, blocking: connect, say hello, send batches within the window,
 * ask. Says nothing to people: whoever wants to watches.
 */
#ifndef SEMS_CLIENT_CLIENT_H
#define SEMS_CLIENT_CLIENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "core/action/action.h"

#include <sems/v1/protocol.pb-c.h>

struct client;

/* How long client_open() waits while nobody listens, telling so on stderr; at first not at all. */
void client_wait_for_daemon(int seconds);

enum client_wait { CLIENT_WAIT_BEGINS, CLIENT_WAIT_GOES_ON, CLIENT_WAIT_ENDS };

/* Called by every client of the process; any may be NULL. */
struct client_watch {
	void (*greeted)(const Sems__V1__Welcome *w); /* once a client */
	/* An answer is waited for, for so many seconds; GOES_ON about once a second, from the
	 * second one on. Begins and ends in pairs. */
	void (*waiting)(enum client_wait state, int64_t seconds);
	bool (*interrupted)(void); /* true: whatever goes on ends with TRY_STORE */
	/* What this program calls the actions that a failure's text names; NULL: their names stay.
	 */
	action_words_fn words;
};
void client_watch(const struct client_watch *w);

/* address: "unix:PATH", a path, or "tcp:HOST:PORT" (loopback). Connects and waits for the Welcome.
 */
enum code client_open(const char *address, struct client **out, struct err *e) MUST_CHECK;
void client_close(struct client *c); /* accepts NULL */
/* Valid until client_close(). */
const Sems__V1__Welcome *client_welcome(const struct client *c);

/* One answered record: index as given to client_send(). */
typedef void (*client_verdict_fn)(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *verdict);

/*
 * Queues one record (packed, as wire_put_record() makes it) under a tag of the caller's; sends full
 * batches, reads answers when the window is full. Records answered RETRY are sent again after the
 * time asked for; the callback sees final verdicts only.
 */
enum code client_send(struct client *c, struct text record, uint64_t tag, struct err *e) MUST_CHECK;
/* Sends what is queued and waits for every answer. */
enum code client_flush(struct client *c, struct err *e) MUST_CHECK;
void client_on_verdict(struct client *c, client_verdict_fn fn, void *ctx);

/*
 * Asks and waits for the whole answer: the JSON document's bytes, in `json` (cleared first). A
 * response other than OK is a REJ or TRY error with the daemon's text.
 */
enum code client_ask(struct client *c, Sems__V1__Request *request, struct buf *json,
		     struct err *e) MUST_CHECK;

#endif
