#include "base/uuid.h"

struct uuid
uuid_at(struct utc_ms t, const unsigned char rest[10], bool rest_is_random)
{
	unsigned version = rest_is_random ? 0x70 : 0x80;
	struct uuid u;

	for (int i = 0; i < 6; i++)
		u.b[i] = (unsigned char)((uint64_t)t.v >> (8 * (5 - i)));
	memcpy(u.b + 6, rest, 10);
	u.b[6] = (unsigned char)((u.b[6] & 0x0f) | version);
	u.b[8] = (unsigned char)((u.b[8] & 0x3f) | 0x80);
	return u;
}

bool
uuid_is_timed(const struct uuid *u)
{
	int version = u->b[6] >> 4;

	return (version == 7 || version == 8) && (u->b[8] & 0xc0) == 0x80;
}

struct utc_ms
uuid_time(const struct uuid *u)
{
	int64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | u->b[i];
	return (struct utc_ms){ms};
}

/* Bytes between the hyphens: 4, 2, 2, 2, 6. */
static bool
hyphen_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void
uuid_format(const struct uuid *u, char out[UUID_TEXT_SIZE])
{
	for (size_t i = 0; i < sizeof u->b; i++) {
		if (hyphen_before(i))
			*out++ = '-';
		hex_encode(&u->b[i], 1, out);
		out += 2;
	}
}

bool
uuid_parse(struct text s, struct uuid *u)
{
	size_t at = 0;

	if (s.n != UUID_TEXT_SIZE - 1)
		return false;
	for (size_t i = 0; i < sizeof u->b; i++) {
		if (hyphen_before(i) && s.s[at++] != '-')
			return false;
		if (!hex_decode((struct text){s.s + at, 2}, &u->b[i], 1))
			return false;
		at += 2;
	}
	return true;
}
