/*
 * semsweb as a child of semsd's, for whoever begins with one command: it is started with the socket
 * that semsd listens on, started again when it ended by itself, and ends with semsd.
 */
#ifndef SEMS_HOST_WEB_CHILD_H
#define SEMS_HOST_WEB_CHILD_H

#include "base/err.h"

struct web_child;

/* Starts the semsweb that lies beside the running program; it talks where that does. FATAL_CONFIG:
 * there is none. */
enum code web_child_start(const char *socket, const char *where, struct web_child **out,
			  struct err *e) MUST_CHECK;
/* About once a second: starts it again when it has ended, not more often than each five. */
void web_child_tend(struct web_child *w); /* accepts NULL */
/* Ends it: a moment for those who are served, then at once. Accepts NULL. */
void web_child_stop(struct web_child *w);

#endif
