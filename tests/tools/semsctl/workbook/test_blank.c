#include "base/count.h"
#include "tests/lib/temp.h"
#include "tools/import/map_of_fields.h"
#include "tools/semsctl/workbook/blank.h"
#include "tools/sheet/sheet.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct blank_column columns[BLANK_COLUMNS_MAX];

static const struct blank_column *
column(const struct kind *k, const char *name)
{
	size_t n = blank_columns(k, 2, columns);

	for (size_t i = 0; i < n; i++)
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	return NULL;
}

Test(blank, columns_of_each_kind_are_what_an_import_takes)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		struct arena *a = arena_new(1u << 20);
		struct text names[BLANK_COLUMNS_MAX];
		size_t n = blank_columns(kinds[i], BLANK_ITEMS_MAX, columns);
		struct map *m;
		struct err e;

		for (size_t c = 0; c < n; c++)
			names[c] = text_of(columns[c].name);
		cr_expect_eq(
		    map_of_fields(kinds[i], &(struct mapper_columns){names, n}, "s", a, &m, &e), OK,
		    "%s: %s", kinds[i]->name, e.text);
		cr_expect_lt(n, BLANK_COLUMNS_MAX, "%s: none is left out", kinds[i]->name);
		arena_free(a);
	}
}

Test(blank, a_column_says_in_words_what_is_required)
{
	const struct kind *k = kinds[KIND_OBSERVATION];

	cr_expect_str_eq(column(k, "occurred_at")->need, "required");
	cr_expect_str_eq(column(k, "site_id")->need, "required");
	cr_expect_str_eq(column(k, "note")->need, "optional");
	cr_expect_str_eq(column(k, "criteria.1.result")->need, "required");
	cr_expect_str_eq(column(k, "criteria.2.result")->need, "required of an item");
	cr_expect_str_eq(column(kinds[KIND_AUDIT], "findings.1.severity")->need,
			 "required of an item");
	cr_expect_str_eq(column(kinds[KIND_TRAINING], "subject_person")->need, "required");
}

Test(blank, what_machines_and_commands_make_is_no_column)
{
	cr_expect_null(column(kinds[KIND_TEST], "record_id"));
	cr_expect_null(column(kinds[KIND_TEST], "corrects_record_id"));
	cr_expect_not_null(column(kinds[KIND_TEST], "embargo"));
	cr_expect_null(column(kinds[KIND_PATROL], "embargo"));
	cr_expect_not(blank_has(kinds[KIND_TIP_EVENT]));
	cr_expect(blank_has(kinds[KIND_PATROL]));
}

Test(blank, above_the_header_every_row_is_a_comment)
{
	struct blank b = {.kinds = {kinds[KIND_PATROL]}, .n = 1, .items = 1};
	char dir[TEMP_SIZE];
	char path[TEMP_SIZE + 16];
	struct sheet *s = NULL;
	struct sheet_row row;
	struct buf bytes;
	struct err e;
	FILE *f;

	temp_dir(dir);
	snprintf(path, sizeof path, "%s/blank.xlsx", dir);
	buf_init(&bytes, 1u << 20);
	cr_assert_eq(blank_make(&b, &bytes, &e), OK, "%s", e.text);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(sheet_open(&(struct sheet_file){.path = path, .sheet = "patrol"}, &s, &e), OK,
		     "%s", e.text);
	for (int i = 0; i < 4; i++) {
		cr_assert_eq(sheet_next(s, &row, &e), SHEET_ROW);
		cr_expect_eq(row.cells[0].s[0], '#', "row %d", i + 1);
	}
	cr_assert_eq(sheet_next(s, &row, &e), SHEET_ROW);
	cr_expect(text_is(row.cells[0], "source_record_id"));
	cr_expect_eq(row.n, blank_columns(b.kinds[0], 1, columns));
	cr_expect_eq(sheet_next(s, &row, &e), SHEET_END, "and below it there is none");
	sheet_close(s);
	buf_fini(&bytes);
	cr_expect(temp_remove(dir));
}
