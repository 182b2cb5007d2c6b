/* Room web/json: Messages of the protocol as protobuf's JSON, by their descriptors. */
/*
 * From JSON to the bytes of a message, by protobuf's own JSON mapping: a field by its name in
 * lowerCamelCase or as in the .proto, numbers of 64 bits as numbers or texts, bytes in base64 of
 * either alphabet, an enumeration's value by name or number, null as if it were not there. What the
 * mapping does not have (an unknown name, a field given twice, two members of a oneof) is refused,
 * by its path. Whether a value makes sense is not looked at: that is for who reads the bytes.
 */
#ifndef SEMS_WEB_JSON_JSON_IN_H
#define SEMS_WEB_JSON_JSON_IN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <protobuf-c/protobuf-c.h>

struct json_fault {
	char path[160]; /* "records[3].tipEvent.outcome"; "": the whole */
	char text[256]; /* what is wrong and what to do */
};

/*
 * Appends the message's bytes, fields in the descriptor's order. list_max: elements of any list.
 * REJ_MALFORMED: no JSON; REJ_FIELD: not of the mapping; REJ_LIMIT: a list, or out's maximum;
 * TRY_LIMIT: the memory that jansson may have.
 */
enum code json_to_message(struct text json, const ProtobufCMessageDescriptor *d, size_t list_max,
			  struct buf *out, struct json_fault *why) MUST_CHECK;

/* lowerCamelCase of a field's name: "tip_event" is tipEvent. out has room for strlen(name) + 1. */
void json_name(const char *name, char *out);

#endif
