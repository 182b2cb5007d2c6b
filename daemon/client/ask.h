/* One question to the daemon: connect, ask, read the JSON of the answer. */
#ifndef SEMS_CLIENT_ASK_H
#define SEMS_CLIENT_ASK_H

#include "client/client.h"

#include <jansson.h>

#define ASK_ANSWER_MAX ((size_t)256 << 20)

/* raw: the answer's bytes, initialised here, the caller's to buf_fini() also on failure. */
enum code ask_raw(const char *address, Sems__V1__Request *request, struct buf *raw,
		  struct err *e) MUST_CHECK;
/* The same over a connection that is there, of an answer that is an object; NULL when it fails. */
enum code ask_over(struct client *c, Sems__V1__Request *request, json_t **answer,
		   struct err *e) MUST_CHECK;
/* answer: the caller's to json_decref(). */
enum code ask(const char *address, Sems__V1__Request *request, json_t **answer,
	      struct err *e) MUST_CHECK;

#endif
