#include "web/json/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

#define PADDING 64u /* its place there */

/* PADDING: none. */
static unsigned
value_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c == '-' ? '+' : c == '_' ? '/' : c);

	return at == NULL ? PADDING : (unsigned)(at - alphabet);
}

bool
base64_decode(struct text t, unsigned char *out, size_t *n)
{
	size_t length = t.n;
	uint32_t bits = 0;
	unsigned held = 0;

	*n = 0;
	while (length > 0 && t.n - length < 2 && t.s[length - 1] == '=')
		length--;
	if (length % 4 == 1 || (length != t.n && t.n % 4 != 0))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned v = value_of(t.s[i]);

		if (v == PADDING)
			return false;
		bits = bits << 6 | v;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		out[(*n)++] = (unsigned char)(bits >> held);
		bits &= (1u << held) - 1;
	}
	return bits == 0;
}

void
base64_encode(const unsigned char *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t bits = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
				(left > 2 ? p[i + 2] : 0);

		*out++ = alphabet[bits >> 18];
		*out++ = alphabet[bits >> 12 & 63];
		*out++ = alphabet[left > 1 ? bits >> 6 & 63 : PADDING];
		*out++ = alphabet[left > 2 ? bits & 63 : PADDING];
	}
	*out = '\0';
}
