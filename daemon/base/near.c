#include "base/near.h"

#include <string.h>

#define NAME_MAX_BYTES 48 /* longer names are not compared */

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One row more of the table of edits, from the two before it. */
static void
next_row(const char *a, size_t i, const char *b, size_t rows[3][NAME_MAX_BYTES + 1])
{
	size_t *now = rows[i % 3];
	const size_t *before = rows[(i + 2) % 3];
	const size_t *two_before = rows[(i + 1) % 3];

	now[0] = i;
	for (size_t j = 1; j <= strlen(b); j++) {
		size_t same = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;

		now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + same);
		if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
		    lower(a[i - 2]) == lower(b[j - 1]))
			now[j] = least(now[j], two_before[j - 2] + 1);
	}
}

static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_BYTES + 1] = {{0}};

	for (size_t j = 0; j <= strlen(b); j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= strlen(a); i++)
		next_row(a, i, b, rows);
	return rows[strlen(a) % 3][strlen(b)];
}

struct near
near_to(const char *word)
{
	size_t third = strlen(word) / 3;

	/* A third of the letters may differ, and one always. */
	return (struct near){.word = word, .distance = third > 0 ? third + 1 : 2};
}

void
near_offer(struct near *n, const char *name)
{
	size_t d;

	if (strlen(n->word) > NAME_MAX_BYTES || strlen(name) > NAME_MAX_BYTES || n->word[0] == '\0')
		return;
	d = distance(n->word, name);
	/* What begins so is a word that was not finished. */
	if (d >= n->distance && strlen(n->word) >= 2 &&
	    strncmp(n->word, name, strlen(n->word)) == 0)
		d = n->distance - 1;
	if (d >= n->distance || d >= strlen(name))
		return;
	n->distance = d;
	n->best = name;
}
