/* Room door: Who comes in by a session: requests of its frames to the office's, and answers back.
 */
/* The door of sessions of ingest: who asks is whom the session knows. */
#ifndef SEMS_DOOR_SESSION_DOOR_H
#define SEMS_DOOR_SESSION_DOOR_H

#include "ingest/ingest.h"
#include "office/admin.h"

/* Takes the request and its arena to admin_handle(). in outlives the answer. */
void session_door_ask(struct admin *a, struct ingest *in, const struct ingest_request *r,
		      struct utc_ms now);

#endif
