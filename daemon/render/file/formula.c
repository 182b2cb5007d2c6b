#include "render/file/formula.h"

#include "base/count.h"

#include <ctype.h>

static bool
is_among(uint32_t c, const uint32_t *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == c)
			return true;
	return false;
}

/* The signs = + - @, and the same in the widths of East Asian text. */
static bool
begins_formula(uint32_t c)
{
	static const uint32_t signs[] = {'=',    '+',    '-',    '@',    0xff1d, 0xff0b,
					 0xff0d, 0xff20, 0xfe66, 0xfe62, 0xfe63, 0xfe6b};

	return is_among(c, signs, COUNT(signs));
}

static bool
is_space(uint32_t c)
{
	static const uint32_t spaces[] = {' ', 0x00a0, 0x1680, 0x202f, 0x205f, 0x3000};

	return is_among(c, spaces, COUNT(spaces)) || (c >= 0x2000 && c <= 0x200a);
}

static size_t
digits(struct text t, size_t at)
{
	size_t n = 0;

	while (at + n < t.n && isdigit((unsigned char)t.s[at + n]))
		n++;
	return n;
}

/* "-71234", "-0.52" */
static bool
is_negative_number(struct text t)
{
	size_t whole = t.n > 0 && t.s[0] == '-' ? digits(t, 1) : 0;
	size_t at = 1 + whole;

	if (whole == 0 || at == t.n)
		return whole > 0;
	return t.s[at] == '.' && at + 1 < t.n && at + 1 + digits(t, at + 1) == t.n;
}

bool
formula_is_guarded(struct text t)
{
	uint32_t c = 0;
	size_t n;

	if (is_negative_number(t))
		return false;
	for (; (n = text_rune(t, &c)) > 0; t.s += n, t.n -= n) {
		if (text_is_hidden(c) || begins_formula(c))
			return true;
		if (!is_space(c) && c != FORMULA_GUARD)
			return false;
	}
	return t.n > 0; /* in no encoding of ours: who knows what is seen */
}

struct text
formula_read(struct text t)
{
	if (t.n > 0 && t.s[0] == FORMULA_GUARD &&
	    formula_is_guarded((struct text){t.s + 1, t.n - 1}))
		return (struct text){t.s + 1, t.n - 1};
	return t;
}
