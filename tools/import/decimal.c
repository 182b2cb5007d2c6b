#include "tools/import/decimal.h"

#include "base/count.h"

#include <ctype.h>
#include <string.h>

/* How long the sign between thousands is at s; 0: there is none. */
static size_t
group_at(const char *s, const char *group)
{
	static const char *const blanks[] = {" ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89"};

	if (group[0] == '\0')
		return 0;
	if (strcmp(group, " ") != 0)
		return strncmp(s, group, strlen(group)) == 0 ? strlen(group) : 0;
	for (size_t i = 0; i < COUNT(blanks); i++)
		if (strncmp(s, blanks[i], strlen(blanks[i])) == 0)
			return strlen(blanks[i]);
	return 0;
}

static size_t
count_digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* Digits, in threes behind the first where signs stand between them. */
static bool
take_whole(const char **s, const char *group, char **out)
{
	size_t n = count_digits(*s);
	size_t sign;

	if (n == 0)
		return false;
	memcpy(*out, *s, n);
	*out += n;
	*s += n;
	if (group_at(*s, group) == 0)
		return true;
	if (n > 3)
		return false;
	while ((sign = group_at(*s, group)) > 0) {
		if (count_digits(*s + sign) != 3)
			return false;
		memcpy(*out, *s + sign, 3);
		*out += 3;
		*s += sign + 3;
	}
	return true;
}

static bool
take_exponent(const char **s, char **out)
{
	size_t n = 1;

	if (**s != 'e' && **s != 'E')
		return true;
	n += (*s)[n] == '+' || (*s)[n] == '-';
	if (count_digits(*s + n) == 0)
		return false;
	n += count_digits(*s + n);
	memcpy(*out, *s, n);
	*out += n;
	*s += n;
	return true;
}

bool
decimal_plain(struct text t, const struct decimal_form *form, char out[DECIMAL_BYTES])
{
	char text[DECIMAL_BYTES];
	const char *s = text;
	char *to = out;
	size_t n;

	if (t.n == 0 || t.n >= sizeof text || memchr(t.s, '\0', t.n) != NULL)
		return false;
	memcpy(text, t.s, t.n);
	text[t.n] = '\0';
	if (*s == '-' || *s == '+')
		*to++ = *s++;
	if (!take_whole(&s, form->group, &to))
		return false;
	if (*s == form->decimal && (n = count_digits(s + 1)) > 0) {
		*to++ = '.';
		memcpy(to, s + 1, n);
		to += n;
		s += n + 1;
	}
	if (!take_exponent(&s, &to))
		return false;
	*to = '\0';
	return *s == '\0';
}

bool
decimal_is_doubtful(struct text t)
{
	static const struct decimal_form dots = {'\0', "."};
	char out[DECIMAL_BYTES];

	return memchr(t.s, '.', t.n) != NULL && decimal_plain(t, &dots, out);
}
