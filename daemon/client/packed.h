/*
 * The few bytes of the protocol around records that are packed already: so a batch of thousands is
 * written without unpacking any, or making messages of them.
 */
#ifndef SEMS_CLIENT_PACKED_H
#define SEMS_CLIENT_PACKED_H

#include <stddef.h>
#include <stdint.h>

#define PACKED_VARINT_MAX      10
#define PACKED_RECORD_HEAD_MAX (1 + PACKED_VARINT_MAX)
#define PACKED_BATCH_HEAD_MAX  (PACKED_VARINT_MAX + 2 * (1 + PACKED_VARINT_MAX))

/* Protobuf's base 128 varint; how many bytes it took, PACKED_VARINT_MAX at most. */
static inline size_t
packed_varint(unsigned char *p, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (unsigned char)(v | 0x80);
	p[n++] = (unsigned char)v;
	return n;
}

/* What stands before a record in Batch.records; its length. */
size_t packed_record_head(unsigned char out[PACKED_RECORD_HEAD_MAX], size_t record_bytes);
/* What stands before the records in a frame that is a Batch, their heads included in records_bytes;
 * its length. */
size_t packed_batch_head(unsigned char out[PACKED_BATCH_HEAD_MAX], uint64_t batch_no,
			 size_t records_bytes);

#endif
