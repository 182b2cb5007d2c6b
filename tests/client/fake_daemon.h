/*
 * A daemon for tests of the client: a process that speaks the protocol on a Unix socket and answers
 * as a script says. It counts the records it "stores" by their bytes, so that what is sent twice
 * shows.
 */
#ifndef TESTS_TOOLS_FAKE_DAEMON_H
#define TESTS_TOOLS_FAKE_DAEMON_H

#include <stdint.h>
#include <sys/types.h>

/* What the daemon does with the n-th batch it is sent, over all connections; then STORE for ever.
 */
enum fake_step {
	FAKE_STORE = 1,
	FAKE_RETRY,        /* the first half stored, the other RETRY after 20 ms */
	FAKE_QUARANTINE,   /* all */
	FAKE_CUT,          /* stores it and closes the connection unanswered */
	FAKE_DROP,         /* closes the connection at once */
	FAKE_REFUSE,       /* Refuse SHUTDOWN, then closes */
	FAKE_FEWER,        /* answers one record fewer than it was sent */
	FAKE_NONSENSE,     /* answers bytes that are no frame */
	FAKE_REFUSE_LATER, /* a Refuse with code 42 that says to come again, then closes */
	FAKE_REFUSE_ENDS,  /* the same, that says not to */
	FAKE_LATER,        /* a later version's: a frame of another kind, then verdict 99 for all */
};

struct fake_daemon {
	pid_t pid;
	char folder[64];
	char address[96];
};

/* script: ends with 0. batch_max, window: as the Welcome says them. */
void fake_daemon_start(struct fake_daemon *d, const enum fake_step *script, uint32_t batch_max,
		       uint32_t window);
/* Stops it and removes its folder. */
void fake_daemon_stop(struct fake_daemon *d);

#endif
