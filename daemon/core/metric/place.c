#include "core/metric/place.h"

#include <stdbool.h>
#include <string.h>

/* True where `word` begins and ends a word of the text. */
static bool
is_word_at(const char *text, const char *p, const char *word)
{
	static const char within[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t n = strlen(word);

	return n > 0 && strncmp(p, word, n) == 0 &&
	       (p[n] == '\0' || strchr(within, p[n]) == NULL) &&
	       (p == text || strchr(within, p[-1]) == NULL);
}

static bool
is_entry_at(const char *text, const char *p)
{
	if (!is_word_at(text, p, "id") || p[2] != ':')
		return false;
	while (p > text && (p[-1] == ' ' || p[-1] == '{'))
		p--;
	return p > text && p[-1] == '-';
}

const char *
place_entry(const char *yaml, const char *key, unsigned n)
{
	const char *p = strstr(yaml, key);

	for (p = p == NULL ? yaml : p; *p != '\0'; p++)
		if (is_entry_at(yaml, p) && n-- == 0)
			break;
	return p;
}

static unsigned
line_at(const char *yaml, const char *p)
{
	unsigned line = 1;

	for (; yaml < p; yaml++)
		line += *yaml == '\n';
	return line;
}

unsigned
place_line(const char *yaml, const char *from, const char *end, const char *word)
{
	for (const char *p = from; p < end; p++)
		if (is_word_at(yaml, p, word))
			return line_at(yaml, p);
	return line_at(yaml, from);
}
