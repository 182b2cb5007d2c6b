/* The port of a session of ingest: the door that is there today. */
#ifndef SEMS_OFFICE_SESSION_PORT_H
#define SEMS_OFFICE_SESSION_PORT_H

#include "ingest/ingest.h"
#include "office/admin.h"

/* Takes the request and its arena to admin_handle(). in outlives the answer. */
void session_port_handle(struct admin *a, struct ingest *in, const struct ingest_request *r,
			 struct utc_ms now);

#endif
