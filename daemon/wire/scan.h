/*
 * A cursor over the wire form of one message: field by field, nothing copied, nothing allocated,
 * nothing read past the end. Stricter than protobuf where the same bytes could be read in two ways.
 */
#ifndef SEMS_WIRE_SCAN_H
#define SEMS_WIRE_SCAN_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scan_wire { SCAN_VARINT = 0, SCAN_FIXED64 = 1, SCAN_BYTES = 2, SCAN_FIXED32 = 5 };

struct scan {
	const unsigned char *p;
	const unsigned char *end;
};

struct scan_field {
	uint32_t number;
	enum scan_wire wire;
	uint64_t value;    /* SCAN_VARINT */
	struct text bytes; /* SCAN_BYTES; also the 4 or 8 bytes of the fixed ones */
};

static inline struct scan
scan_of(struct text t)
{
	const unsigned char *p = (const unsigned char *)(t.n == 0 ? "" : t.s);

	return (struct scan){p, p + t.n};
}

static inline bool
scan_done(const struct scan *s)
{
	return s->p == s->end;
}

/* False when the bytes end inside it, or it is longer than 10 bytes or 64 bits. */
bool scan_varint_long(struct scan *s, uint64_t *v);

static inline bool
scan_varint(struct scan *s, uint64_t *v)
{
	if (s->p != s->end && *s->p < 0x80) {
		*v = *s->p++;
		return true;
	}
	return scan_varint_long(s, v);
}

/* The next field. False: truncated, a group, field number 0, a tag or a length of more than 5
 * bytes, or not protobuf at all. */
bool scan_next(struct scan *s, struct scan_field *f);

#endif
