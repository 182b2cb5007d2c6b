#include "base/count.h"
#include "base/text.h"

#include <criterion/criterion.h>

Test(text, tells_clean_utf8)
{
	static const struct {
		struct text t;
		bool clean;
	} rows[] = {
	    {{"", 0}, true},
	    {{NULL, 0}, true},
	    {{"plain ~", 7}, true},
	    {{"\t\n", 2}, true},
	    {{"\r", 1}, false},
	    {{"a\0b", 3}, false},
	    {{"\x1b[31m", 5}, false},
	    {{"\x7f", 1}, false},
	    {{"\xc2\x80", 2}, false}, /* a C1 control */
	    {{"\xc2\x9f", 2}, false},
	    {{"\xc2\xa0", 2}, true},
	    {{"\xc3\xa9", 2}, true},
	    {{"\xe2\x82\xac", 3}, true},
	    {{"\xf0\x9f\x9b\x83", 4}, true},
	    {{"\xf4\x8f\xbf\xbf", 4}, true},  /* the last character */
	    {{"\xf4\x90\x80\x80", 4}, false}, /* beyond it */
	    {{"\xc1\xbf", 2}, false},         /* overlong */
	    {{"\xe0\x9f\xbf", 3}, false},
	    {{"\xf0\x8f\xbf\xbf", 4}, false},
	    {{"\xed\xa0\x80", 3}, false}, /* a surrogate */
	    {{"\xed\x9f\xbf", 3}, true},
	    {{"\xee\x80\x80", 3}, true},
	    {{"\x80", 1}, false},
	    {{"\xff", 1}, false},
	    {{"\xc3", 1}, false}, /* cut short */
	    {{"\xe2\x82", 2}, false},
	    {{"\xf0\x9f\x9b", 3}, false},
	    {{"ok \xc3(", 5}, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(text_is_clean_utf8(rows[i].t), rows[i].clean, "row %zu", i);
}

Test(text, reads_one_character_and_its_length)
{
	uint32_t rune = 0;

	cr_expect_eq(text_rune(TEXT_LIT("\xe2\x82\xac!"), &rune), 3);
	cr_expect_eq(rune, 0x20ac);
	cr_expect_eq(text_rune(TEXT_LIT("A"), &rune), 1);
	cr_expect_eq(rune, 'A');
	cr_expect_eq(text_rune(TEXT_LIT(""), &rune), 0);
	cr_expect_eq(text_rune(TEXT_LIT("\xbf"), &rune), 0);
}

Test(text, knows_what_is_not_seen)
{
	static const uint32_t hidden[] = {
	    0x00,   0x09,   0x0a,   0x1b,   0x7f,   0x85,   0x9b,   0x9f,    0xad,    0x034f,
	    0x061c, 0x180e, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,  0x202a,  0x202e,
	    0x2060, 0x2066, 0x2069, 0x3164, 0xfe0f, 0xfeff, 0xfff9, 0xe0001, 0xe007f,
	};
	static const uint32_t seen[] = {' ',    '~',    0xa0,   0xae,   0x0301, 0x2009,  0x2010,
					0x2027, 0x202f, 0x2070, 0x3000, 0xff1d, 0x1f6c3, 0xfffd};

	for (size_t i = 0; i < COUNT(hidden); i++)
		cr_expect(text_is_hidden(hidden[i]), "U+%04X", hidden[i]);
	for (size_t i = 0; i < COUNT(seen); i++)
		cr_expect_not(text_is_hidden(seen[i]), "U+%04X", seen[i]);
}

Test(text, knows_a_name_by_what_is_seen_of_it)
{
	static const char *const names[] = {"",         "T1",    "Gate 5", "Z\u00fcrich",
					    "a\u00a0b", "\u6771"};
	static const char *const others[] = {" T1",      "T1 ",      "T1\n",     "N\nW",
					     "\tT1",     "T1\u00a0", "\u3000T1", "T\u200b1",
					     "\ufeffT1", "T1\u202e", "\xff",     "\u2009"};

	for (size_t i = 0; i < COUNT(names); i++)
		cr_expect(text_is_name(text_of(names[i])), "%s", names[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		cr_expect_not(text_is_name(text_of(others[i])), "%zu", i);
	cr_expect_not(text_is_name((struct text){"T\0x", 3}));
}

Test(text, trims_blanks_of_every_sort_and_nothing_else)
{
	static const char *const pairs[][2] = {
	    {" \t\r\nT1\v\f ", "T1"},
	    {"\u00a0\u3000T1\u2009", "T1"},
	    {"a \u00a0 b", "a \u00a0 b"},
	    {"\u00a0", ""},
	    {"", ""},
	    {" \xff ", "\xff"},
	    {"\xa0T1\xa0", "\xa0T1\xa0"},
	    {"Z\u00fc", "Z\u00fc"},
	};

	for (size_t i = 0; i < COUNT(pairs); i++)
		cr_expect(text_is(text_trim(text_of(pairs[i][0])), pairs[i][1]), "%s", pairs[i][0]);
}

Test(text, compares_by_length_and_bytes)
{
	cr_expect(text_is(TEXT_LIT("ab"), "ab"));
	cr_expect_not(text_is(TEXT_LIT("ab"), "abc"));
	cr_expect_not(text_eq((struct text){"a\0b", 3}, (struct text){"a\0c", 3}));
	cr_expect(text_eq((struct text){NULL, 0}, TEXT_LIT("")));
	cr_expect_eq(text_of(NULL).n, 0);
}

Test(text, writes_and_reads_hexadecimal)
{
	static const unsigned char bytes[] = {0x00, 0x1f, 0xa0, 0xff};
	unsigned char back[4] = {1, 1, 1, 1};
	char out[9];

	hex_encode(bytes, sizeof bytes, out);
	cr_expect_str_eq(out, "001fa0ff");
	cr_expect(hex_decode(TEXT_LIT("001FA0ff"), back, 4));
	cr_expect_arr_eq(back, bytes, 4);
	cr_expect_not(hex_decode(TEXT_LIT("001fa0"), back, 4));
	cr_expect_not(hex_decode(TEXT_LIT("001fa0f"), back, 3));
	cr_expect_not(hex_decode(TEXT_LIT("001fa0fg"), back, 4));
	cr_expect_not(hex_decode(TEXT_LIT("001fa0 f"), back, 4));
}

/* --- what people read --- */

Test(text, keeps_both_ends_of_what_is_too_long)
{
	char out[32];

	text_print(out, sizeof out, "%s: %s: give it", "cannot open",
		   "/a/path/that/is/longer/than/there/is/room");
	cr_expect_str_eq(out, "cannot open: /…/room: give it");
}

Test(text, adds_items_while_there_is_room_and_cuts_no_character)
{
	char out[12] = "";

	text_add(out, sizeof out, ", ", "á");
	text_add(out, sizeof out, ", ", "b");
	cr_expect_str_eq(out, "á, b");
	text_add(out, sizeof out, ", ", "ááááááá");
	cr_expect_lt(strlen(out), sizeof out);
	cr_expect(text_is_clean_utf8(text_of(out)), "%s", out);
	text_add(out, sizeof out, ", ", "c");
	cr_expect_lt(strlen(out), sizeof out);
}

Test(text, cuts_between_characters_wherever_the_room_ends)
{
	const char *s = "á€🛃x€á🛃€áx🛃á€á€x🛃€á🛃€🛃á";

	for (size_t size = 1; size <= strlen(s) + 2; size++) {
		char out[200];

		memset(out, '#', sizeof out);
		text_print(out, size, "%s", s);
		cr_expect_leq(strlen(out), size - 1, "%zu", size);
		cr_expect(text_is_clean_utf8(text_of(out)), "%zu: %s", size, out);
		cr_expect_eq(out[size], '#', "%zu", size);
		cr_expect(size > strlen(s) ? strcmp(out, s) == 0
					   : size < 8 || strstr(out, "…") != NULL,
			  "%zu: %s", size, out);
	}
}

Test(text, leaves_out_what_makes_no_character)
{
	char out[64];

	text_print(out, sizeof out, "no site '%.3s': register it", "á€");
	cr_expect_str_eq(out, "no site 'á': register it");
	text_print(out, sizeof out, "\xff\xfe%s\x80.", "a\xc3(");
	cr_expect_str_eq(out, "a(.");
}

Test(text, distance_is_the_fewest_changes)
{
	const struct {
		const char *a;
		const char *b;
		size_t distance;
	} rows[] = {{"", "", 0},
		    {"", "abc", 3},
		    {"lane-1", "lane-1", 0},
		    {"lane-1", "lane-l", 1},
		    {"lane-1", "lane1", 1},
		    {"lane-1", "alne-1", 2},
		    {"kitten", "sitting", 3},
		    {"saturday", "sunday", 3}};
	static char long_one[66];

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_expect_eq(text_distance(text_of(rows[i].a), text_of(rows[i].b)),
			     rows[i].distance);
		cr_expect_eq(text_distance(text_of(rows[i].b), text_of(rows[i].a)),
			     rows[i].distance);
	}
	memset(long_one, 'x', 64);
	cr_expect_eq(text_distance(text_of(long_one), text_of("")), 64);
	long_one[64] = 'x';
	cr_expect_eq(text_distance(text_of(long_one), text_of("")), SIZE_MAX);
}
