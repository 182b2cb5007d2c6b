/*
 * Who asks, and where the answer goes: what a door makes of each request. The office knows no
 * session, no connection and no page; whoever has these can ask everything.
 */
#ifndef SEMS_OFFICE_PORT_H
#define SEMS_OFFICE_PORT_H

#include "base/arena.h"
#include "base/text.h"
#include "core/right/right.h"

#include <stdbool.h>
#include <stdint.h>

/* As the door that let him in knows him; made there, once. */
struct who {
	struct text principal; /* NUL-terminated; lives as long as the request */
	enum role role;
	struct text gateway; /* who speaks for him, as principal; n 0: nobody */
};

/* What an answer is, as ResponseCode of admin.proto says it. */
enum answer_code {
	ANSWER_NONE, /* nobody answers so */
	ANSWER_OK,
	ANSWER_INVALID,
	ANSWER_FORBIDDEN,
	ANSWER_NOT_FOUND,
	ANSWER_STATE,
	ANSWER_UNAVAILABLE,
	ANSWER_INTERNAL,
	ANSWER_CODES,
};

#define FAILURE_FIELD 128
#define FAILURE_TEXT  512

/* Why there is no document. */
struct failure {
	enum answer_code code;
	const char *field;       /* below FAILURE_FIELD bytes; "": none */
	const char *text;        /* what to do next; below FAILURE_TEXT bytes */
	const char *next;        /* the actions that it names, as core/action lists them; or "" */
	uint32_t retry_after_ms; /* 0: coming again is of no use */
};

/* Copied into the call; `door` outlives it. What is called for an asker who is gone does nothing.
 */
struct port {
	const struct port_ops *ops;
	void *door;
	uint64_t asker; /* the door's own, as the next two */
	uint64_t asker_generation;
	uint64_t request_no;
};

struct port_ops {
	/* Nobody waits for the answer any more. */
	bool (*is_gone)(const struct port *p);
	/* The document; copied. False: there is no room for it, and the request is still open. */
	bool (*reply)(const struct port *p, struct text json);
	void (*fail)(const struct port *p, const struct failure *f);
	/* What the asker sends from now on is of this run of an import; 0: of none. */
	void (*set_run)(const struct port *p, int64_t run);
};

#endif
