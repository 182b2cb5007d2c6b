#include "base/count.h"
#include "render/register/svg_text.h"

#include <criterion/criterion.h>

#include <string.h>

#define SIZE  12.0
#define WIDTH 100.0

/* The lines one after the other, without the blanks between. */
static void
join(const struct text *line, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < line[i].n; k++)
			if (strchr(" \t\n", line[i].s[k]) == NULL)
				*out++ = line[i].s[k];
	*out = '\0';
}

static const char *const texts[] = {
    "one",
    "some words that take more than a line of so few pixels",
    "Donaudampfschifffahrtsgesellschaftskapitaensmuetze and others",
    "a line\nand another",
    "  blanks   in   between  ",
    "WWWWWWWWWWWWWWWWWWWW iiiiiiiiiiiiiiiiiiiiiiii",
    ("\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD"
     "\x97"
     "\xE6\xBC\xA2\xE5\xAD\x97"),
};

Test(svg_text, a_line_is_never_wider_than_its_room_and_nothing_is_lost)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct text line[40];
		size_t left;
		size_t n = svg_wrap(texts[i], WIDTH, SIZE, line, COUNT(line), &left);
		char got[200];
		char wanted[200];

		cr_expect_eq(left, 0);
		for (size_t k = 0; k < n; k++)
			cr_expect_leq(svg_width(line[k], SIZE), WIDTH, "%s, line %zu", texts[i], k);
		join(line, n, got);
		join(&(struct text){texts[i], strlen(texts[i])}, 1, wanted);
		cr_expect_str_eq(got, wanted);
	}
}

Test(svg_text, words_that_have_no_room_are_counted)
{
	struct text line[2];
	size_t left;

	cr_assert_eq(svg_wrap("a\nb\nc d  e\n", WIDTH, SIZE, line, COUNT(line), &left), 2);
	cr_expect_eq(left, 3);
	cr_assert_eq(svg_wrap("", WIDTH, SIZE, line, COUNT(line), &left), 0);
	cr_expect_eq(left, 0);
}

/* An accent stays with its letter, however narrow the line is. */
Test(svg_text, a_character_is_broken_nowhere)
{
	struct text line[10];
	size_t left;
	size_t n = svg_wrap("e\xCC\x81"
			    "e\xCC\x81\xC3\xA9",
			    1, SIZE, line, COUNT(line), &left);

	cr_assert_eq(n, 3);
	cr_expect_eq(line[0].n, 3);
	cr_expect_eq(line[1].n, 3);
	cr_expect_eq(line[2].n, 2);
}
