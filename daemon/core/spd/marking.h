/*
 * Protective markings of what leaves: OFFICIAL, OFFICIAL-SENSITIVE, or the originator's own words.
 * Material of a higher tier does not belong in here, so its markings are refused.
 */
#ifndef SEMS_CORE_SPD_MARKING_H
#define SEMS_CORE_SPD_MARKING_H

#include "base/err.h"

#define MARKING_DEFAULT "OFFICIAL-SENSITIVE"
#define MARKING_MAX     64 /* bytes: it goes into headers, footers and file names */
#define HANDLING_MAX    200

/* REJ_FIELD: empty, too long, not clean, or SECRET and above in whatever spelling. */
enum code marking_check(const char *marking, struct err *e) MUST_CHECK;
/* The same for the line that says how it is to be handled, which may be empty. */
enum code marking_check_handling(const char *handling, struct err *e) MUST_CHECK;

#endif
