/*
 * Instants as people read them: in the entity's zone, with the offset, since evidence is of its
 * days. Programs take the JSON, which has UTC.
 */
#ifndef SEMS_TOOLS_TIME_MOMENT_H
#define SEMS_TOOLS_TIME_MOMENT_H

#include <stdbool.h>

/* "2026-04-01 09:00:00+01:00" */
#define MOMENT_TEXT_SIZE 32

enum moment_detail { MOMENT_SECOND, MOMENT_MINUTE, MOMENT_DAY };

/* From now on moments are shown in this zone; NULL, "" or one that this machine has no file of:
 * UTC. */
void moment_zone(const char *name);
/* text: an instant in RFC 3339, UTC, such as "2026-03-31T23:00:00.000Z". False: it is none. */
bool moment_words(const char *text, enum moment_detail detail, char out[MOMENT_TEXT_SIZE]);
/* How much of an instant a record of this precision ("DAY", "MINUTE", ...) means. NULL: a second.
 */
enum moment_detail moment_detail_of(const char *precision);

#endif
