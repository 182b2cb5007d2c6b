#include "tests/lib/temp.h"
#include "tools/semsctl/workbook/entity.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

#define HEADER                                                       \
	{                                                            \
		"What", "Code", "Says", "From quarter", "Decided by" \
	}

static char dir[TEMP_SIZE];
static char path[TEMP_SIZE + 16];
static struct arena *arena;
static struct setup setup;
static struct err err;

static void
start(void)
{
	temp_dir(dir);
	snprintf(path, sizeof path, "%s/entity.xlsx", dir);
	arena = arena_new(16u << 20);
}

static void
stop(void)
{
	arena_free(arena);
	cr_expect(temp_remove(dir));
}

TestSuite(entity, .init = start, .fini = stop);

static enum code
read_of(const char *const rows[][5], size_t n)
{
	lxw_workbook *book = workbook_new(path);
	lxw_worksheet *ws = workbook_add_worksheet(book, "Entity");

	for (size_t r = 0; r < n; r++)
		for (size_t c = 0; c < 5; c++)
			if (rows[r][c] != NULL)
				worksheet_write_string(ws, (lxw_row_t)r, (lxw_col_t)c, rows[r][c],
						       NULL);
	cr_assert_eq(workbook_close(book), LXW_NO_ERROR);
	return entity_read(path, arena, &setup, &err);
}

Test(entity, a_row_is_what_its_first_column_names)
{
	const char *const rows[][5] = {{"Whose records these are"},
				       HEADER,
				       {"entity", NULL, "Harbour Cargo"},
				       {"zone", NULL, "Europe/London"},
				       {"site", "MAIN", "Main shed"},
				       {"site", "YARD"},
				       {"site"},
				       {"provider", "guardco", "Guard Company"},
				       {"target", "OUT01", "0.8", "2026-Q3", "B. Owner"},
				       {"not applicable", "QN16", "no TIP", "2026-Q3", "B. Owner"}};

	cr_assert_eq(read_of(rows, 10), OK, "%s", err.text);
	cr_expect_str_eq(setup.entity, "Harbour Cargo");
	cr_expect_str_eq(setup.zone, "Europe/London");
	cr_assert_eq(setup.sites_count, 2, "a row that says nothing is no site");
	cr_expect_str_eq(setup.sites[0].name, "Main shed");
	cr_expect_null(setup.sites[1].name);
	cr_expect_str_eq(setup.providers[0].id, "guardco");
	cr_expect_float_eq(*setup.targets[0].value, 0.8, 1e-9);
	cr_expect_str_eq(setup.not_applicable[0].reason, "no TIP");
}

static void
expect_wrong(const char *const row[5], const char *said)
{
	const char *const rows[][5] = {HEADER,
				       {"entity", NULL, "Harbour Cargo"},
				       {"zone", NULL, "Europe/London"},
				       {row[0], row[1], row[2], row[3], row[4]}};

	cr_expect_eq(read_of(rows, 4), REJ_FIELD, "%s", said);
	cr_expect_not_null(strstr(err.text, said), "'%s' does not say '%s'", err.text, said);
}

Test(entity, what_is_wrong_is_told_by_row_and_column)
{
	expect_wrong((const char *const[5]){"sight", "MAIN"}, "row 4, column What: is none of");
	expect_wrong((const char *const[5]){"site", NULL, "Main"},
		     "row 4, column Code: is required");
	expect_wrong((const char *const[5]){"target", "OUT01", "80 %", "2026-Q3", "B"},
		     "row 4, column Says: is no number");
	expect_wrong((const char *const[5]){"target", "OUT01", "0.8", NULL, "B"},
		     "row 4, column From quarter: is required");
	expect_wrong((const char *const[5]){"zone", NULL, "UTC"},
		     "row 4, column What: there is one");
}

Test(entity, without_a_name_or_a_header_it_is_none)
{
	const char *const nameless[][5] = {HEADER, {"zone", NULL, "UTC"}};
	const char *const headless[][5] = {{"entity", NULL, "Harbour Cargo"}};

	cr_expect_eq(read_of(nameless, 2), REJ_FIELD);
	cr_expect_not_null(strstr(err.text, "fill in column Says"));
	cr_expect_eq(read_of(headless, 1), REJ_FIELD);
	cr_expect_not_null(strstr(err.text, "no row begins with 'What'"));
}
