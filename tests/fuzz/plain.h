/*
 * protobuf's wire form read as plainly as possible, for comparing: without the cursor, the tables
 * and the hints of daemon/wire, and sharing no line with it.
 */
#ifndef SEMS_TESTS_FUZZ_PLAIN_H
#define SEMS_TESTS_FUZZ_PLAIN_H

#include "tests/fuzz/fuzz.h"

#include <stdbool.h>

#define PLAIN_VARINT 0u
#define PLAIN_EIGHT  1u
#define PLAIN_LENGTH 2u
#define PLAIN_FOUR   5u

/* One field as the wire says it. */
struct piece {
	uint64_t number;
	unsigned wire;
	uint64_t value;
	struct text bytes;
};

static inline bool
take_varint(struct input *in, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; in->n > 0 && shift < 70; shift += 7) {
		uint64_t byte = input_byte(in);

		if (shift == 63 && byte > 1)
			return false;
		*v |= (byte & 127) << shift;
		if (byte < 128)
			return true;
	}
	return false;
}

/* A tag or a length. */
static inline bool
take_short(struct input *in, uint64_t *v)
{
	size_t before = in->n;

	return take_varint(in, v) && before - in->n <= 5;
}

static inline bool
take_piece(struct input *in, struct piece *p)
{
	uint64_t tag;
	uint64_t n;

	if (!take_short(in, &tag) || tag > UINT32_MAX || tag < 8)
		return false;
	p->number = tag / 8;
	p->wire = (unsigned)(tag % 8);
	if (p->wire == PLAIN_VARINT)
		return take_varint(in, &p->value);
	if (p->wire == PLAIN_EIGHT)
		n = 8;
	else if (p->wire == PLAIN_FOUR)
		n = 4;
	else if (p->wire != PLAIN_LENGTH || !take_short(in, &n))
		return false;
	if (n > in->n)
		return false;
	p->bytes = input_take(in, n);
	return true;
}

#endif
