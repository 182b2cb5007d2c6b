#include "tools/sheet/infile.h"
#include "tools/sheet/sheet.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct sheet *
open_bytes(const void *p, size_t n, char delimiter, const char *encoding)
{
	char path[] = "/tmp/test_sheet.XXXXXX";
	struct sheet *s;
	struct err e;
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, p, n), (ssize_t)n);
	close(fd);
	cr_assert_eq(
	    sheet_open(
		&(struct sheet_file){.path = path, .delimiter = delimiter, .encoding = encoding},
		&s, &e),
	    OK, "%s", e.text);
	unlink(path);
	return s;
}

static struct sheet *
open_text(const char *text)
{
	return open_bytes(text, strlen(text), ',', NULL);
}

/* Reads a row and compares: cells joined by '|'. */
static void
expect(struct sheet *s, uint64_t line, const char *joined)
{
	struct sheet_row row;
	struct err e;
	char got[256] = "";

	cr_assert_eq(sheet_next(s, &row, &e), SHEET_ROW, "%s", joined);
	for (size_t i = 0; i < row.n; i++) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof got - n, "%s%.*s", i > 0 ? "|" : "", (int)row.cells[i].n,
			 row.cells[i].s);
	}
	cr_assert_str_eq(got, joined);
	cr_assert_eq(row.line, line, "%s: line %d, not %d", joined, (int)row.line, (int)line);
}

static void
expect_end(struct sheet *s)
{
	struct sheet_row row;
	struct err e;

	cr_assert_eq(sheet_next(s, &row, &e), SHEET_END);
	cr_assert_eq(sheet_next(s, &row, &e), SHEET_END);
	sheet_close(s);
}

Test(sheet, reads_rows_and_counts_physical_lines)
{
	struct sheet *s = open_text("a,b\n"
				    "1,\"two\nlines\"\n"
				    "\n"
				    "   \n"
				    "3,\"say \"\"four\"\", please\"\n"
				    "5,6");

	expect(s, 1, "a|b");
	expect(s, 2, "1|two\nlines");
	expect(s, 6, "3|say \"four\", please");
	expect(s, 7, "5|6");
	expect_end(s);
}

Test(sheet, counts_lines_the_same_for_every_line_break)
{
	struct sheet *s = open_text("a\r\n\"b\r\nb\"\r\n\r\nc\r\n");

	expect(s, 1, "a");
	expect(s, 2, "b\r\nb");
	expect(s, 5, "c");
	expect_end(s);
	s = open_text("a\rb\r\rc");
	expect(s, 1, "a");
	expect(s, 2, "b");
	expect(s, 4, "c");
	expect_end(s);
}

Test(sheet, keeps_empty_cells_and_trims_the_others)
{
	struct sheet *s = open_text(",x,\n a , b ,\"  c \"\n");

	expect(s, 1, "|x|");
	expect(s, 2, "a|b|c");
	expect_end(s);
}

Test(sheet, skips_a_byte_order_mark_and_takes_other_delimiters)
{
	const char text[] = "\xEF\xBB\xBF"
			    "a;b\n1,5;2\n";
	struct sheet *s = open_bytes(text, sizeof text - 1, ';', "utf-8");

	expect(s, 1, "a|b");
	expect(s, 2, "1,5|2");
	expect_end(s);
}

Test(sheet, converts_encodings)
{
	struct sheet *s = open_bytes("Z\xFCrich,caf\xE9\n", 12, ',', "latin1");

	expect(s, 1, "Z\xC3\xBCrich|caf\xC3\xA9");
	expect_end(s);
}

/* The text as UTF-16 of either order. */
static struct sheet *
open_wide(const char *text, bool is_big, bool has_mark)
{
	static const char marks[] = "\xFF\xFE";
	char wide[512];
	size_t n = 0;

	if (has_mark) {
		wide[n++] = marks[is_big];
		wide[n++] = marks[!is_big];
	}
	for (const char *p = text; *p != '\0'; p++) {
		wide[n + is_big] = *p;
		wide[n + !is_big] = '\0';
		n += 2;
	}
	return open_bytes(wide, n, ';', NULL);
}

Test(sheet, reads_utf_16_with_a_mark_and_without)
{
	for (unsigned i = 0; i < 4; i++) {
		struct sheet *s = open_wide("Site;Caf\xE9\r\nN1;\xFC\r\n", i % 2 != 0, i / 2 != 0);

		expect(s, 1, "Site|Caf\xC3\xA9");
		expect(s, 2, "N1|\xC3\xBC");
		expect_end(s);
	}
}

Test(sheet, keeps_what_is_no_text_in_its_encoding_from_looking_like_text)
{
	/* A lone surrogate, a cut character at the end. */
	static const char wide[] = "\xFF\xFE"
				   "a\0,\0\x00\xD8"
				   "b\0\n\0"
				   "1\0,\0"
				   "2";
	struct sheet *s = open_bytes(wide, sizeof wide - 1, ',', NULL);
	struct sheet *cp = open_bytes("a,\x81\n", 4, ',', "windows-1252");

	expect(s, 1,
	       "a|\xFF"
	       "b");
	expect(s, 2, "1|\xFF");
	expect_end(s);
	expect(cp, 1, "a|\xFF");
	expect_end(cp);
}

Test(sheet, heeds_the_line_that_says_what_stands_between_cells)
{
	static const char *const texts[] = {"sep=;\r\na;b\r\n1;2\r\n", "\"sep=;\"\na;b\n1;2\n",
					    "\xEF\xBB\xBF"
					    "SEP=;\ra;b\r1;2\r"};

	for (size_t i = 0; i < 3; i++) {
		struct sheet *s = open_text(texts[i]);
		struct err e;

		expect(s, 2, "a|b");
		cr_assert_eq(sheet_rewind(s, &e), OK);
		expect(s, 2, "a|b");
		expect(s, 3, "1|2");
		expect_end(s);
	}
}

Test(sheet, passes_over_rows_with_nothing_in_them)
{
	struct sheet *s = open_text("a,b\n,\n1,2\n\" \",\n,,,\n ,");

	expect(s, 1, "a|b");
	expect(s, 3, "1|2");
	expect_end(s);
}

Test(sheet, refuses_an_encoding_it_does_not_know)
{
	struct sheet *s;
	struct err e;

	cr_assert_eq(
	    sheet_open(&(struct sheet_file){.path = "/dev/null", .encoding = "klingon"}, &s, &e),
	    REJ_MALFORMED);
	cr_assert_eq(sheet_open(&(struct sheet_file){.path = "/nonexistent.csv"}, &s, &e),
		     REJ_NOT_FOUND);
	cr_assert_not_null(strstr(e.text, "/nonexistent.csv"));
}

Test(sheet, names_the_row_whose_quote_is_never_closed)
{
	struct sheet *s = open_text("a,b\n1,2\n3,\"open\n5,6\n");
	struct sheet_row row;
	struct err e;

	expect(s, 1, "a|b");
	expect(s, 2, "1|2");
	cr_assert_eq(sheet_next(s, &row, &e), SHEET_BAD);
	cr_assert_eq(row.line, 3);
	expect_end(s);
}

Test(sheet, takes_a_quote_inside_a_cell_as_it_is)
{
	struct sheet *s = open_text("24\" screen,b\n1,2\n");

	expect(s, 1, "24\" screen|b");
	expect(s, 2, "1|2");
	expect_end(s);
}

Test(sheet, bounds_a_row)
{
	size_t n = 3u * 1024 * 1024;
	char *text = malloc(n);
	struct sheet_row row;
	struct sheet *s;
	struct err e;

	memset(text, 'x', n);
	text[0] = 'a';
	text[1] = '\n';
	text[2] = '"';
	s = open_bytes(text, n, ',', NULL);
	free(text);
	expect(s, 1, "a");
	cr_assert_eq(sheet_next(s, &row, &e), SHEET_BAD);
	cr_assert_eq(row.line, 2);
	expect_end(s);
}

Test(sheet, gives_back_the_bytes_of_a_row_and_starts_anew)
{
	struct sheet *s = open_text("a,b\r\n1,\"x\r\ny\"\r\n2,3\r\n");
	struct sheet_row row;
	struct buf raw;
	struct err e;

	buf_init(&raw, 1024);
	expect(s, 1, "a|b");
	cr_assert_eq(sheet_next(s, &row, &e), SHEET_ROW);
	cr_assert(infile_read(sheet_fd(s), row.offset, row.size, &raw));
	buf_add(&raw, "", 1);
	cr_assert_str_eq((char *)raw.p, "1,\"x\r\ny\"");
	buf_fini(&raw);
	cr_assert_eq(sheet_rewind(s, &e), OK);
	expect(s, 1, "a|b");
	expect(s, 2, "1|x\r\ny");
	expect(s, 4, "2|3");
	expect_end(s);
}

/* A row may end anywhere in the 64 KiB that are read at once. */
Test(sheet, reads_rows_across_the_borders_of_its_buffer)
{
	size_t n = 0;
	char *text = malloc(400000);
	struct sheet *s;

	for (int i = 0; i < 20000; i++)
		n += (size_t)snprintf(text + n, 400000 - n, "%d,\"v%d\"\r\n", i, i);
	s = open_bytes(text, n, ',', NULL);
	free(text);
	for (int i = 0; i < 20000; i++) {
		char joined[64];

		snprintf(joined, sizeof joined, "%d|v%d", i, i);
		expect(s, (uint64_t)i + 1, joined);
	}
	expect_end(s);
}

Test(sheet, gives_the_rows_of_a_file_of_rejects_as_they_were)
{
	static const char rejects[] = "line,column,value,reason,No;x,Name\n"
				      "7,Name,b,\"bad, as told\",1,b\n8,,,cut\n";
	struct sheet *s = open_bytes(rejects, sizeof rejects - 1, ';', "latin1");

	cr_expect(sheet_is_rejects(s));
	expect(s, 1, "No;x|Name");
	expect(s, 2, "1|b");
	expect_end(s);
}
