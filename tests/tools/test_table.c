#include "tools/lib/table.h"

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
