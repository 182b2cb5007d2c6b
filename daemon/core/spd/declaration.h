/*
 * The declaration of a revision: who did what with it, when and why, as one canonical JSON document
 * beside the frozen one. What people do after the freeze is in here, and in nothing else.
 */
#ifndef SEMS_CORE_SPD_DECLARATION_H
#define SEMS_CORE_SPD_DECLARATION_H

#include "base/buf.h"
#include "base/err.h"
#include "core/life/lifecycle.h"

#define DECLARATION_FORMAT "sems-declaration/1"
#define DECLARATION_MAX    ((size_t)16 << 20) /* bytes; whoever checks it takes no more */

struct json_t; /* jansson's */

struct declaration {
	const char *quarter;
	int64_t revision;
	const char *document_sha256;
	enum spd_state state;
	const struct json_t *document; /* its policy is repeated; borrowed */
	/* [{at, by, action, state, metric, by_dims, text, reference, channel}] in their order;
	 * borrowed. All comments are there; of those on one figure the last counts. */
	struct json_t *events;
};

/* Appends the document to out: the same events give the same bytes. */
enum code declaration_write(const struct declaration *d, struct buf *out, struct err *e) MUST_CHECK;

#endif
