/*
 * Instants as people of the entity read them: by its clocks, which the document tells, with how far
 * they are ahead of UTC; what these do not reach is UTC. Pure: no zone file is asked.
 */
#ifndef SEMS_RENDER_DOC_SPD_TIME_H
#define SEMS_RENDER_DOC_SPD_TIME_H

#include "base/civil.h"
#include "render/doc/spd_doc.h"

/* Seconds that the entity's clocks are ahead of UTC then; false: the document does not say. */
bool spd_clock_at(const json_t *doc, struct utc_ms t, int64_t *seconds);
/* "2026-07-10 10:00:00+01:00", "2026-01-10 09:00:00 UTC"; what is no instant as it is. */
void spd_time(const json_t *doc, const char *rfc3339, char out[SPD_CELL]);
/* The same with UTC beside, for what is signed and sent: "2026-07-10 10:00:00+01:00 (09:00:00
 * UTC)". */
void spd_moment(const json_t *doc, const char *rfc3339, char out[SPD_CELL]);

#endif
