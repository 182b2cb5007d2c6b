#include "base/text.h"

#include "base/count.h"

#include <stdio.h>
#include <stdlib.h>

size_t
text_rune(struct text t, uint32_t *rune)
{
	/* By length: the bits of the first byte that mark it, and the smallest character it is for.
	 */
	static const struct {
		unsigned char mask;
		unsigned char mark;
		uint32_t least;
	} forms[] = {
	    {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	uint32_t c;
	size_t n = 0;

	if (t.n == 0)
		return 0;
	c = (unsigned char)t.s[0];
	while (n < 4 && (c & forms[n].mask) != forms[n].mark)
		n++;
	if (n == 4 || t.n <= n)
		return 0;
	c &= (unsigned char)~forms[n].mask;
	for (size_t i = 1; i <= n; i++) {
		unsigned char b = (unsigned char)t.s[i];

		if ((b & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (b & 0x3f);
	}
	if (c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*rune = c;
	return n + 1;
}

static bool
is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
}

/* How many bytes t begins with that are printable ASCII: nearly all of what peers send. */
static size_t
printable_ascii(struct text t)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	size_t n = 0;

	/* Eight at a time, as long as none of them is below ' ', DEL or above. */
	for (uint64_t v; n + sizeof v <= t.n; n += sizeof v) {
		memcpy(&v, t.s + n, sizeof v);
		if (((v | (v - ones * 0x20) | (v + ones)) & ones * 0x80) != 0)
			break;
	}
	while (n < t.n && t.s[n] >= 0x20 && t.s[n] < 0x7f)
		n++;
	return n;
}

bool
text_is_clean_utf8(struct text t)
{
	for (;;) {
		uint32_t c = 0;
		size_t ascii = printable_ascii(t);
		size_t n;

		t.s += ascii;
		t.n -= ascii;
		if (t.n == 0)
			return true;

		n = text_rune(t, &c);

		if (n == 0 || is_control(c))
			return false;
		t.s += n;
		t.n -= n;
	}
}

bool
text_is_hidden(uint32_t rune)
{
	static const struct {
		uint32_t from;
		uint32_t to;
	} ranges[] = {
	    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x034f, 0x034f},
	    {0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
	    {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
	    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
	    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < COUNT(ranges) && rune >= ranges[i].from; i++)
		if (rune <= ranges[i].to)
			return true;
	return false;
}

static bool
is_blank_rune(uint32_t rune)
{
	return rune == ' ' || rune == 0x00a0 || rune == 0x1680 ||
	       (rune >= 0x2000 && rune <= 0x200a) || rune == 0x202f || rune == 0x205f ||
	       rune == 0x3000;
}

/* The last character begins at most four bytes before the end. */
static size_t
last_rune(struct text t, uint32_t *rune)
{
	for (size_t n = 1; n <= 4 && n <= t.n; n++)
		if (text_rune((struct text){t.s + t.n - n, n}, rune) == n)
			return n;
	return 0;
}

static bool
is_trimmed(uint32_t rune)
{
	return is_blank_rune(rune) || (rune >= '\t' && rune <= '\r');
}

struct text
text_trim(struct text t)
{
	uint32_t rune;
	size_t n;

	while ((n = text_rune(t, &rune)) > 0 && is_trimmed(rune)) {
		t.s += n;
		t.n -= n;
	}
	while ((n = last_rune(t, &rune)) > 0 && is_trimmed(rune))
		t.n -= n;
	return t;
}

bool
text_is_name(struct text t)
{
	uint32_t rune = 0;
	uint32_t first = 0;
	size_t n = printable_ascii(t);

	if (t.n == 0)
		return true;
	if (n == t.n)
		return t.s[0] != ' ' && t.s[n - 1] != ' ';
	for (size_t at = 0; at < t.n; at += n) {
		n = text_rune((struct text){t.s + at, t.n - at}, &rune);
		if (n == 0 || text_is_hidden(rune))
			return false;
		first = at == 0 ? rune : first;
	}
	return !is_blank_rune(first) && !is_blank_rune(rune);
}

static const char cut[] = "…";

/* Leaves out what makes no character. */
static void
drop_broken(char *s)
{
	struct text rest = text_of(s);
	size_t n = printable_ascii(rest);
	char *to = s + n;

	for (rest.s += n, rest.n -= n; rest.n > 0; rest.s += n, rest.n -= n) {
		uint32_t rune;
		size_t length = text_rune(rest, &rune);

		n = length > 0 ? length : 1;
		memmove(to, rest.s, length);
		to += length;
	}
	*to = '\0';
}

/* The first half of the room for the beginning of s, the other for its end. */
static void
print_ends(char *out, size_t size, const char *s, size_t n)
{
	size_t mark = sizeof cut - 1;
	size_t room = size - 1 - mark;
	size_t tail = room / 2;
	size_t head = room - tail;
	uint32_t rune;

	memcpy(out, s, head);
	out[head] = '\0';
	drop_broken(out);
	head = strlen(out);
	while (tail > 0 && text_rune((struct text){s + n - tail, tail}, &rune) == 0)
		tail--;
	memcpy(out + head, cut, mark);
	memcpy(out + head + mark, s + n - tail, tail);
	out[head + mark + tail] = '\0';
}

void
text_vprint(char *out, size_t size, const char *fmt, va_list ap)
{
	char *whole = NULL;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(out, size, fmt, ap);
	/* Without memory for the whole, its beginning alone. */
	if (n > 0 && (size_t)n >= size && size > sizeof cut && vasprintf(&whole, fmt, again) == n)
		print_ends(out, size, whole, (size_t)n);
	va_end(again);
	free(whole);
	drop_broken(out);
}

void
text_print(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprint(out, size, fmt, ap);
	va_end(ap);
}

void
text_add(char *out, size_t size, const char *between, const char *item)
{
	size_t n = strlen(out);

	if (n + 1 < size)
		text_print(out + n, size - n, "%s%s", n == 0 ? "" : between, item);
}

const char *
text_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void
hex_encode(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_decode(struct text t, unsigned char *out, size_t n)
{
	if (t.n % 2 != 0 || t.n / 2 != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_value(t.s[2 * i]);
		int low = hex_value(t.s[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

size_t
text_distance(struct text a, struct text b)
{
	size_t row[65]; /* from the first i bytes of a to the first k of b */

	if (a.n >= COUNT(row) || b.n >= COUNT(row))
		return SIZE_MAX;
	for (size_t k = 0; k <= b.n; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			size_t changed = corner + (a.s[i - 1] != b.s[k - 1]);
			size_t other = 1 + (row[k] < row[k - 1] ? row[k] : row[k - 1]);

			corner = row[k];
			row[k] = changed < other ? changed : other;
		}
	}
	return row[b.n];
}
