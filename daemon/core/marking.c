#include "core/marking.h"

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* "S e c-r.e_t" too: only letters are looked at. Better to refuse one too many. */
static bool
says_secret(const char *s)
{
	static const char word[] = "SECRET";
	for (; *s != '\0'; s++) {
		size_t i = 0;
		for (const char *p = s; *p != '\0' && word[i] != '\0'; p++) {
			char c = upper(*p);
			if (c == word[i]) {
				i++;
			} else if (c >= 'A' && c <= 'Z') {
				break;
			}
		}
		if (word[i] == '\0') {
			return true;
		}
	}
	return false;
}

enum code
marking_check(const char *marking, struct err *e)
{
	struct text t = text_of(marking);
	if (t.n == 0) {
		return err_set(e, REJ_FIELD, "marking",
			       "there is none: give OFFICIAL or OFFICIAL-SENSITIVE");
	}
	if (t.n > MARKING_MAX || !text_is_clean_utf8(t) || memchr(t.s, 0x0A, t.n) != NULL ||
	    memchr(t.s, 0x09, t.n) != NULL) {
		return err_set(e, REJ_FIELD, "marking", "is no line of at most %d bytes",
			       MARKING_MAX);
	}
	if (says_secret(marking)) {
		return err_set(e, REJ_FIELD, "marking",
			       "SECRET and above may not be entered: this holds OFFICIAL and "
			       "OFFICIAL-SENSITIVE only");
	}
	return OK;
}
