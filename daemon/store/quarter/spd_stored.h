/*
 * A frozen document as it comes back from the database. Nobody changes one, but a restore, a hand
 * or an enemy may have: so it is read in one place, and whoever asked is told which member is not
 * what it must be.
 */
#ifndef SEMS_STORE_QUARTER_SPD_STORED_H
#define SEMS_STORE_QUARTER_SPD_STORED_H

#include "base/err.h"

#include <jansson.h>

/* The caller's to json_decref(); NULL: *e is REJ_STATE and names the member, or memory is out. */
json_t *spd_stored(const char *document, const char *quarter, const char *revision,
		   struct err *e) MUST_CHECK;

#endif
