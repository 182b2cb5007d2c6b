#include "render/register/svg_text.h"

#include "base/count.h"

/* Of the letter's size; the widest of the usual fonts without serifs. */
static double
width_of(uint32_t rune)
{
	if (rune < 0x80) {
		char c = (char)rune;

		if (strchr("iljt.,:;'|!()[]/ fIr-", c) != NULL)
			return 0.42;
		if (strchr("mwMW@%", c) != NULL)
			return 1.0;
		return (c >= 'A' && c <= 'Z') || c == '&' ? 0.78 : 0.64;
	}
	/* What stands over or under the letter before it. */
	if (rune >= 0x300 && rune <= 0x36F)
		return 0;
	return rune < 0x1100 ? 0.8 : 1.1;
}

double
svg_width(struct text t, double size)
{
	double all = 0;
	uint32_t rune;
	size_t n;

	for (; t.n > 0 && (n = text_rune(t, &rune)) > 0; t.s += n, t.n -= n)
		all += width_of(rune);
	return all * size;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The bytes of the word that s begins with, as many of them as fit into a line by itself. */
static size_t
word_that_fits(const char *s, double width, double size, double *wide)
{
	struct text rest = {s, strcspn(s, " \t\n")};
	size_t fits = 0;
	uint32_t rune;
	size_t n;

	*wide = 0;
	while (rest.n > 0 && (n = text_rune(rest, &rune)) > 0) {
		double one = width_of(rune) * size;

		if (fits > 0 && one > 0 && *wide + one > width)
			break;
		*wide += one;
		fits += n;
		rest.s += n;
		rest.n -= n;
	}
	/* A byte that makes no character is passed over. */
	return fits > 0 || rest.n == 0 ? fits : 1;
}

/* The line that s begins with, without a blank at its end; returns the bytes that it takes. */
static size_t
take_line(const char *s, double width, double size, struct text *line)
{
	double at = 0;
	size_t n = 0;

	*line = (struct text){s, 0};
	while (s[n] != '\0' && s[n] != '\n') {
		size_t blanks = strspn(s + n, " \t");
		double room = (double)blanks * width_of(' ') * size;
		double wide;
		size_t word = word_that_fits(s + n + blanks, width, size, &wide);

		if (at > 0 && at + room + wide > width)
			break;
		n += blanks + word;
		at += room + wide;
		line->n = word > 0 ? n : line->n;
	}
	n += strspn(s + n, " \t");
	return s[n] == '\n' ? n + 1 : n;
}

static size_t
count_words(const char *s)
{
	size_t words = 0;

	for (bool before = true; *s != '\0'; s++) {
		words += before && !is_blank(*s);
		before = is_blank(*s);
	}
	return words;
}

size_t
svg_wrap(const char *s, double width, double size, struct text *lines, size_t max, size_t *left)
{
	size_t n = 0;

	s += strspn(s, " \t\n");
	while (*s != '\0' && n < max)
		s += take_line(s, width, size, &lines[n++]);
	*left = count_words(s);
	return n;
}
