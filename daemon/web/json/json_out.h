/*
 * From a message to protobuf's JSON: names in lowerCamelCase, numbers of 64 bits as texts, bytes in
 * base64, enumerations by name, or by number where it has none. What is absent is left out.
 */
#ifndef SEMS_WEB_JSON_JSON_OUT_H
#define SEMS_WEB_JSON_JSON_OUT_H

#include <protobuf-c/protobuf-c.h>

#include <jansson.h>

/* The caller's; NULL: out of memory, or a text in it is none. */
json_t *json_of_message(const ProtobufCMessage *m);

#endif
