#include "web/page/form.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The value of two digits; -1: they are none. */
static int
byte_of(const char *s)
{
	char digits[3] = {s[0], s[1], '\0'};

	if (!isxdigit((unsigned char)s[0]) || !isxdigit((unsigned char)s[1]))
		return -1;
	return (int)strtol(digits, NULL, 16);
}

/* NULL: no clean text, or memory is out. */
static char *
decode(struct text t, struct arena *a)
{
	char *out = arena_alloc(a, t.n + 1);
	struct text trimmed;
	size_t n = 0;

	for (size_t i = 0; out != NULL && i < t.n; i++) {
		int c = t.s[i] == '+' ? ' ' : (unsigned char)t.s[i];

		if (c == '%') {
			c = i + 2 < t.n ? byte_of(t.s + i + 1) : -1;
			i += 2;
		}
		if (c < 0)
			return NULL;
		if (c != '\r')
			out[n++] = (char)c;
	}
	if (out == NULL || !text_is_clean_utf8((struct text){out, n}))
		return NULL;
	trimmed = text_trim((struct text){out, n});
	return arena_dup(a, trimmed.n == 0 ? "" : trimmed.s, trimmed.n);
}

static bool
add(struct form *f, struct text part, struct arena *a)
{
	const char *equals = memchr(part.s, '=', part.n);
	size_t n = equals == NULL ? part.n : (size_t)(equals - part.s);
	struct text value = {part.s + n, 0};

	if (f->n == FORM_FIELDS)
		return false;
	if (equals != NULL)
		value = (struct text){equals + 1, part.n - n - 1};
	f->field[f->n].name = decode((struct text){part.s, n}, a);
	f->field[f->n].value = decode(value, a);
	f->n++;
	return f->field[f->n - 1].name != NULL && f->field[f->n - 1].value != NULL;
}

bool
form_read(struct form *f, struct text encoded, struct arena *a)
{
	bool good = encoded.n <= FORM_BYTES;

	f->n = 0;
	while (good && encoded.n > 0) {
		const char *end = memchr(encoded.s, '&', encoded.n);
		size_t n = end == NULL ? encoded.n : (size_t)(end - encoded.s);

		good = n == 0 || add(f, (struct text){encoded.s, n}, a);
		n += end != NULL;
		encoded.s += n;
		encoded.n -= n;
	}
	if (!good)
		f->n = 0;
	return good;
}

char *
form_value(const struct form *f, const char *name)
{
	static char none[] = "";

	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return none;
}

char *
form_maybe(const struct form *f, const char *name)
{
	char *value = form_value(f, name);

	return value[0] == '\0' ? NULL : value;
}

unsigned long long
form_number(const struct form *f, const char *name)
{
	const char *s = form_value(f, name);
	char *end = NULL;
	unsigned long long n;

	errno = 0;
	n = strtoull(s, &end, 10);
	return isdigit((unsigned char)s[0]) && *end == '\0' && errno == 0 ? n : 0;
}
