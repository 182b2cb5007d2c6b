/*
 * Requests as protobuf has them, made the office's: by a table of fields for each message, which
 * the tests hold against admin.proto.
 */
#ifndef SEMS_DOOR_REQUEST_H
#define SEMS_DOOR_REQUEST_H

#include "base/arena.h"
#include "office/request.h"

#include <sems/v1/protocol.pb-c.h>

/* Fills *out, in the arena; texts and bytes stay m's. A body that is not known, or none, is
 * REQUEST_NONE. False: out of memory. */
bool request_read(const Sems__V1__Request *m, struct arena *a, struct request *out);

#endif
