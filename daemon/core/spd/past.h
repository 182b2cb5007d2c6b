/*
 * An earlier quarter beside this one. What was frozen is taken from its document as it was, never
 * computed anew: the figures people hold are those they are compared with.
 */
#ifndef SEMS_CORE_SPD_PAST_H
#define SEMS_CORE_SPD_PAST_H

#include "base/arena.h"
#include "core/spd/spd.h"

struct json_t; /* jansson's */

/* Reads a document into the metrics of the catalogue; what the catalogue does not know, or breaks
 * down otherwise, is left out. Sets out->metrics only. */
enum code past_read(struct arena *a, const struct catalogue *c, const struct json_t *document,
		    struct spd_past *out, struct err *e) MUST_CHECK;
/* The same cell then; NULL: there was none. */
const struct figure *past_figure(const struct spd_past_metric *p, const struct figure *now);

#endif
