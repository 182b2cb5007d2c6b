#include "tools/terminal/table.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
printed(const struct table *t, int color)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	table_print(t, f, color);
	fclose(f);
	return text; /* the caller's */
}

Test(table, aligns_columns_by_what_a_terminal_shows)
{
	struct table *t = table_new(3, (const char *const[]){"Site", ">Records", "Note"});
	char *text;

	table_row(t, (const char *const[]){"Zürich", "7", NULL});
	table_row(t, (const char *const[]){"A", "12345678", "x"});
	table_rule(t);
	table_cell(t, "%s", "東京");
	table_cell(t, "%d", 9);
	table_cell(t, "%s", "");
	text = printed(t, 0);
	cr_assert_str_eq(text, "Site     Records  Note\n"
			       "──────  ────────  ────\n"
			       "Zürich         7  \n"
			       "A       12345678  x\n"
			       "──────  ────────  ────\n"
			       "東京           9  \n");
	free(text);
	table_free(t);
}

Test(table, shortens_cells_over_the_limit)
{
	struct table *t = table_new(2, (const char *const[]){"Name", ">N"});
	char *text;

	table_limit(t, 0, 6);
	table_row(t, (const char *const[]){"Zürich-Süd", "1"});
	text = printed(t, 0);
	cr_assert_not_null(strstr(text, "Züric…  1\n"), "%s", text);
	free(text);
	table_free(t);
}

Test(table, shows_what_is_not_seen_by_its_number)
{
	struct table *t = table_new(1, (const char *const[]){"Name"});
	char *text;

	table_row(t, (const char *const[]){"\033[2Jgone\n\177\xE2\x80\xAE"});
	text = printed(t, 0);
	cr_assert_not_null(strstr(text, "\\u001B[2Jgone\\u000A\\u007F\\u202E\n"), "%s", text);
	free(text);
	text = printed(t, 1);
	cr_assert_eq(strncmp(text, "\033[1mName", 8), 0);
	free(text);
	table_free(t);
}

Test(table, shows_the_longest_text_there_is)
{
	static const char *const headers[] = {"Reason"};
	struct table *t = table_new(1, headers);
	char reason[2001];
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	memset(reason, 'r', 2000);
	memcpy(reason + 1997, "end", 4);
	table_cell(t, "%s", reason);
	table_print(t, f, 0);
	fclose(f);
	cr_expect_not_null(strstr(text, reason));
	free(text);
	table_free(t);
}

Test(table, counts_columns_of_text)
{
	cr_assert_eq(text_width("abc"), 3);
	cr_assert_eq(text_width("Zürich"), 6);
	cr_assert_eq(text_width("e\xCC\x81"), 1);
	cr_assert_eq(text_width("東京"), 4);
	cr_assert_eq(text_width("\xFF\xFF"), 2, "a broken byte counts as itself");
	cr_assert_eq(text_width(""), 0);
}

/* Four columns of which the second is long and the third may go. */
static struct table *
wide_table(void)
{
	struct table *t = table_new(4, (const char *const[]){"Id", "What it is", "By", ">Count"});

	table_optional(t, 2);
	table_row(t, (const char *const[]){"a", "three words here", "anna", "12 / 345"});
	table_row(t, (const char *const[]){"bcd", "x", "", "1 / 2"});
	return t;
}

static void
check_fit(size_t width, const char *expected)
{
	struct table *t = wide_table();
	char *text;

	table_fit(width);
	text = printed(t, 0);
	cr_expect_str_eq(text, expected, "%zu columns:\n%s", width, text);
	free(text);
	table_free(t);
	table_fit(0);
}

Test(table, fits_the_terminal)
{
	static const char whole[] = "Id   What it is        By       Count\n"
				    "───  ────────────────  ────  ────────\n"
				    "a    three words here  anna  12 / 345\n"
				    "bcd  x                          1 / 2\n";

	check_fit(0, whole);
	check_fit(37, whole);
	check_fit(36, "Id   What it is       By       Count\n"
		      "───  ───────────────  ────  ────────\n"
		      "a    three words      anna  12 / 345\n"
		      "     here                           \n"
		      "bcd  x                         1 / 2\n");
	check_fit(25, "Id   What it is     Count\n"
		      "───  ──────────  ────────\n"
		      "a    three       12 / 345\n"
		      "     words here          \n"
		      "bcd  x              1 / 2\n"
		      "Not shown, for want of room: By\n");
	check_fit(16, "Id          a\n"
		      "What it is  three\n"
		      "            words here\n"
		      "By          anna\n"
		      "Count       12 / 345\n"
		      "\n"
		      "Id          bcd\n"
		      "What it is  x\n"
		      "Count       1 / 2\n");
}

Test(table, breaks_a_word_that_is_wider_than_the_terminal)
{
	struct table *t = table_new(1, (const char *const[]){"Digest"});
	char word[101];
	char *text;

	memset(word, 'w', 100);
	word[100] = '\0';
	table_row(t, (const char *const[]){word});
	table_fit(60);
	text = printed(t, 0);
	cr_expect_not_null(strstr(text,
				  "\n"
				  "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\n"
				  "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\n"),
			   "%s", text);
	table_fit(0);
	free(text);
	table_free(t);
}

Test(table, style_is_of_the_cell_alone)
{
	struct table *t = table_new(2, (const char *const[]){"Status", "Note"});
	char *text;

	table_cell(t, "NOT MET");
	table_style(t, "\033[31m");
	table_cell(t, "why");
	table_fit(9);
	text = printed(t, 0);
	cr_expect_not_null(strstr(text, "Status  \033[31mNOT MET\033[0m\n"), "%s", text);
	free(text);
	table_fit(0);
	text = printed(t, 0);
	cr_expect_not_null(strstr(text, "\033[31mNOT MET\033[0m  why\n"), "%s", text);
	free(text);
	table_free(t);
}
