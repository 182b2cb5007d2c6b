#include "tools/terminal/shown.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <string.h>
#include <unistd.h>

static void
expect(const char *s, const char *keep, const char *wanted)
{
	struct buf out;

	buf_init(&out, 1000);
	cr_expect_eq(shown_add(&out, text_of(s), keep), strlen(s));
	cr_expect(text_eq((struct text){(const char *)out.p, out.n}, text_of(wanted)), "%.*s",
		  (int)out.n, out.p);
	buf_fini(&out);
}

Test(shown, what_turns_hides_or_steers_is_shown_by_its_number)
{
	expect("plain, Zürich \\ 東京 1\xC2\xA0"
	       "000",
	       "",
	       "plain, Zürich \\ 東京 1\xC2\xA0"
	       "000");
	expect("a\xE2\x80\xAE"
	       "b",
	       "", "a\\u202Eb");
	expect("\xE2\x81\xA6\xE2\x81\xA9\xE2\x80\x8E\xD8\x9C", "", "\\u2066\\u2069\\u200E\\u061C");
	expect("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\x8B\xEF\xBB\xBF\xC2\xAD", "",
	       "\\u2028\\u2029\\u200B\\uFEFF\\u00AD");
	expect("\033[2J\r\x7F\xC2\x9B"
	       "1A\xC2\x85",
	       "", "\\u001B[2J\\u000D\\u007F\\u009B1A\\u0085");
	expect("\xF3\xA0\x81\x81", "", "\\uDB40\\uDC41");
	expect("one\ttwo\n", "", "one\\u0009two\\u000A");
	expect("one\ttwo\r\n", "\t\n", "one\ttwo\\u000D\n");
}

Test(shown, a_byte_that_is_no_character_is_shown_as_one)
{
	expect("\x9B"
	       "1A \xFF\xC3(\xED\xA0\x80",
	       "", "\\x9B1A \\xFF\\xC3(\\xED\\xA0\\x80");
}

Test(shown, a_character_that_is_not_whole_is_left)
{
	struct buf out;

	buf_init(&out, 1000);
	cr_expect_eq(shown_add(&out, TEXT_LIT("ab\xE2\x80"), ""), 2);
	cr_expect_eq(shown_add(&out, TEXT_LIT("\xF0\x9F\x9B"), ""), 0);
	cr_expect_eq(out.n, 2);
	buf_fini(&out);
}

/* What a stream makes of a text that comes in pieces of n bytes. Static. */
static const char *
through(const char *text, size_t n)
{
	static char got[4096];
	size_t left = strlen(text);
	int ends[2];
	ssize_t read_n;
	FILE *f;

	cr_assert_eq(pipe(ends), 0);
	f = shown_stream(ends[1]);
	cr_assert_not_null(f);
	for (const char *p = text; left > 0;) {
		size_t piece = left < n ? left : n;

		cr_assert_eq(fwrite(p, 1, piece, f), piece);
		cr_assert_eq(fflush(f), 0);
		p += piece;
		left -= piece;
	}
	cr_assert_eq(fclose(f), 0);
	close(ends[1]);
	read_n = read(ends[0], got, sizeof got - 1);
	got[read_n < 0 ? 0 : read_n] = '\0';
	close(ends[0]);
	return got;
}

Test(shown, a_stream_shows_the_same_however_it_is_cut)
{
	static const char text[] = "\033[1mName\033[0m\n"
				   "\033[31mNOT MET\033[0m \033[8mgone\033[3Zürich\xE2\x80\xAE\t"
				   "\xF3\xA0\x81\x81\xE2\x80\033[2J\xC2\x9B\xE2\x80";

	for (size_t n = 1; n <= sizeof text; n++)
		cr_expect_str_eq(through(text, n),
				 "\033[1mName\033[0m\n"
				 "\033[31mNOT MET\033[0m \\u001B[8mgone\\u001B[3Zürich\\u202E\t"
				 "\\uDB40\\uDC41\\xE2\\x80\\u001B[2J\\u009B\\xE2\\x80",
				 "in pieces of %zu", n);
}

Test(shown, json_stays_what_it_was)
{
	static const char said[] = "a\xE2\x80\xAE\xF3\xA0\x81\x81\xC2\x85\x7F\\\"\n";
	json_t *o = json_pack("{s:s}", said, said);
	char *text = json_dumps(o, JSON_INDENT(2));
	const char *shown = through(text, 4096);
	json_t *back = json_loads(shown, 0, NULL);

	for (const char *p = shown; *p != '\0'; p++)
		cr_expect(*p == '\n' || (*p >= 0x20 && *p < 0x7F), "%s", shown);
	cr_expect(json_equal(o, back), "%s", shown);
	free(text);
	json_decref(back);
	json_decref(o);
}

Test(shown, a_full_disk_is_told)
{
	int ends[2];
	FILE *f;

	cr_assert_eq(pipe(ends), 0);
	f = shown_stream(ends[0]); /* which cannot be written to */
	cr_assert_not_null(f);
	fputs("text", f);
	cr_expect_neq(fflush(f), 0);
	fclose(f);
	close(ends[0]);
	close(ends[1]);
}
