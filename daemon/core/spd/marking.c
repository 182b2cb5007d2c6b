#include "core/spd/marking.h"

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

#define NO_LETTER (-1)

/* 0 to 25 of either case. */
static int
letter(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= 'A' && c <= 'Z' ? c - 'A' : NO_LETTER;
}

/* "S e c-r.e_t" too: only letters are looked at. Better to refuse one too many. */
static bool
says_secret(const char *s)
{
	static const char word[] = "SECRET";

	for (; *s != '\0'; s++) {
		size_t i = 0;

		for (const char *p = s; *p != '\0' && word[i] != '\0'; p++)
			if (letter(*p) == letter(word[i]))
				i++;
			else if (letter(*p) != NO_LETTER)
				break;
		if (word[i] == '\0')
			return true;
	}
	return false;
}

static enum code
check_line(const char *s, size_t most, const char *where, struct err *e)
{
	struct text t = text_of(s);

	if (t.n > most || !text_is_clean_utf8(t) || memchr(t.s, '\n', t.n) != NULL ||
	    memchr(t.s, '\t', t.n) != NULL)
		return err_set(e, REJ_FIELD, where, "is no line of at most %zu bytes", most);
	if (says_secret(s)) {
		return err_set(e, REJ_FIELD, where,
			       "SECRET and above may not be entered: this holds OFFICIAL and "
			       "OFFICIAL-SENSITIVE only");
	}
	return OK;
}

enum code
marking_check(const char *marking, struct err *e)
{
	if (marking[0] == '\0') {
		return err_set(e, REJ_FIELD, "marking",
			       "there is none: give OFFICIAL or OFFICIAL-SENSITIVE");
	}
	return check_line(marking, MARKING_MAX, "marking", e);
}

enum code
marking_check_handling(const char *handling, struct err *e)
{
	return check_line(handling, HANDLING_MAX, "handling", e);
}
