/* Room wire: What stands on the wire: frames, the guard, decoding and encoding. */
/*
 * Frames: protobuf's delimited form, a varint length and then the message. Reading is incremental:
 * nothing is allocated before the length is known to be within the limit.
 */
#ifndef SEMS_WIRE_FRAME_H
#define SEMS_WIRE_FRAME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <protobuf-c/protobuf-c.h>

#define FRAME_BYTES_MAX    (1024u * 1024u) /* default limit */
#define BATCH_RECORDS_MAX  5000u
#define RECORD_BYTES_MAX   (64u * 1024u)
#define FRAME_LENGTH_BYTES 5 /* a longer varint cannot be a length within any limit */

enum frame_status {
	FRAME_MORE,   /* no whole frame yet; *used is 0 */
	FRAME_READY,  /* *body is the message, *used the bytes of length and message */
	FRAME_BROKEN, /* length over the limit or not a varint; *e says which */
};

/* Looks at n bytes from a peer. body borrows from p. */
enum frame_status frame_next(const void *p, size_t n, size_t max_body, struct text *body,
			     size_t *used, struct err *e);
/* The length as far as it is known: 0 when not yet, else length bytes + body bytes. */
size_t frame_size(const void *p, size_t n);

/* Appends a message as a frame. False: the buffer's limit. */
bool frame_put(struct buf *b, const ProtobufCMessage *m);

#endif
