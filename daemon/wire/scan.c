#include "wire/scan.h"

#define VARINT_BYTES_MAX 10
#define SHORT_BYTES_MAX  5 /* of a tag or a length: readers differ on longer ones */

bool
scan_varint_long(struct scan *s, uint64_t *v)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
		unsigned char byte;

		if (s->p == s->end)
			return false;
		byte = *s->p++;
		sum |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80) {
			*v = sum;
			return i + 1 < VARINT_BYTES_MAX || byte <= 1;
		}
	}
	return false;
}

static bool
scan_short(struct scan *s, uint64_t *v)
{
	const unsigned char *from = s->p;

	return scan_varint(s, v) && s->p - from <= SHORT_BYTES_MAX;
}

static bool
take(struct scan *s, uint64_t n, struct text *bytes)
{
	if (n > (uint64_t)(s->end - s->p))
		return false;
	*bytes = (struct text){(const char *)s->p, (size_t)n};
	s->p += n;
	return true;
}

bool
scan_next(struct scan *s, struct scan_field *f)
{
	uint64_t tag, n;

	if (!scan_short(s, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
		return false;
	f->number = (uint32_t)(tag >> 3);
	f->wire = (enum scan_wire)(tag & 7);
	if (f->wire == SCAN_BYTES)
		return scan_short(s, &n) && take(s, n, &f->bytes);
	if (f->wire == SCAN_VARINT)
		return scan_varint(s, &f->value);
	if (f->wire == SCAN_FIXED64)
		return take(s, 8, &f->bytes);
	return f->wire == SCAN_FIXED32 && take(s, 4, &f->bytes);
}
