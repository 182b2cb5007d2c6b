#include "tests/tools/spd_fixture.h"
#include "tools/render/csv_out.h"
#include "tools/render/spd_csv.h"

#include <criterion/criterion.h>

#include <csv.h>
#include <stdlib.h>
#include <string.h>

/* --- cells ------------------------------------------------------------------------------------ */

static void
check_cell(const char *s, const char *expected)
{
	struct csv_out c;
	struct buf out;

	buf_init(&out, 1000);
	csv_out_begin(&c, &out);
	csv_out_text(&c, s);
	cr_assert_eq(out.n, 3 + strlen(expected), "%s", s);
	cr_assert_arr_eq(out.p, "\xEF\xBB\xBF", 3);
	cr_assert_arr_eq(out.p + 3, expected, strlen(expected), "%s: %.*s", s, (int)out.n - 3,
			 out.p + 3);
	buf_fini(&out);
}

Test(csv_out, quotes_what_needs_it)
{
	check_cell("plain", "plain");
	check_cell("a,b", "\"a,b\"");
	check_cell("say \"x\"", "\"say \"\"x\"\"\"");
	check_cell("two\nlines", "\"two\nlines\"");
	check_cell("Zürich", "Zürich");
	check_cell("", "");
}

Test(csv_out, no_text_becomes_a_formula)
{
	check_cell("=1+1", "'=1+1");
	check_cell("+44", "'+44");
	check_cell("-x", "'-x");
	check_cell("@SUM(A1)", "'@SUM(A1)");
	check_cell("\tx", "'\tx");
	check_cell("\rx", "\"'\rx\"");
	check_cell("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
	check_cell("a=b", "a=b");
}

Test(csv_out, identifiers_keep_their_zeros)
{
	check_cell("007", "007");
}

/* --- sheets, read back by a CSV library --------------------------------------------------------
 */

#define CELLS_MAX 2000

struct parsed {
	char *cells[CELLS_MAX];
	size_t n;
	size_t rows;
	size_t columns; /* of the first row; 0 while unknown */
	size_t in_row;
	bool ragged;
};

static void
on_cell(void *s, size_t n, void *ctx)
{
	struct parsed *p = ctx;

	cr_assert_lt(p->n, CELLS_MAX);
	p->cells[p->n++] = strndup(s, n);
	p->in_row++;
}

static void
on_row(int c, void *ctx)
{
	struct parsed *p = ctx;

	(void)c;
	if (p->columns == 0)
		p->columns = p->in_row;
	p->ragged = p->ragged || p->in_row != p->columns;
	p->in_row = 0;
	p->rows++;
}

static void
parse(const char *sheet, struct parsed *p)
{
	json_t *doc = spd_fixture();
	struct csv_parser parser;
	struct buf out;

	buf_init(&out, (size_t)1 << 20);
	memset(p, 0, sizeof *p);
	for (size_t i = 0; i < n_spd_sheets; i++) {
		if (strcmp(spd_sheets[i].name, sheet) == 0)
			spd_sheets[i].render(doc, &out);
	}
	cr_assert(!out.failed);
	cr_assert_eq(csv_init(&parser, CSV_STRICT), 0);
	cr_assert_eq(csv_parse(&parser, out.p + 3, out.n - 3, on_cell, on_row, p), out.n - 3, "%s",
		     csv_strerror(csv_error(&parser)));
	csv_fini(&parser, on_cell, on_row, p);
	csv_free(&parser);
	buf_fini(&out);
	json_decref(doc);
}

static void
free_parsed(struct parsed *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->cells[i]);
}

static const char *
cell(const struct parsed *p, size_t row, const char *column)
{
	for (size_t i = 0; i < p->columns; i++) {
		if (strcmp(p->cells[i], column) == 0)
			return p->cells[row * p->columns + i];
	}
	cr_assert_fail("no column %s", column);
	return NULL;
}

Test(spd_csv, every_sheet_is_rectangular_and_marked)
{
	static const struct {
		const char *sheet;
		size_t rows; /* without the header */
	} sheets[] = {{"scorecard", 3}, {"figures", 6}, {"definitions", 4}, {"records", 1}};

	for (size_t i = 0; i < 4; i++) {
		struct parsed p;

		parse(sheets[i].sheet, &p);
		cr_assert(!p.ragged, "%s", sheets[i].sheet);
		cr_assert_eq(p.rows, sheets[i].rows + 1, "%s: %zu", sheets[i].sheet, p.rows);
		for (size_t r = 1; r < p.rows; r++) {
			cr_assert_str_eq(p.cells[r * p.columns], "OFFICIAL-SENSITIVE");
			cr_assert_str_eq(cell(&p, r, "entity"), "Zürich-Süd, \"Test\"");
			cr_assert_str_eq(cell(&p, r, "quarter"), "2026-Q2");
		}
		free_parsed(&p);
	}
}

Test(spd_csv, scorecard_has_the_counts_and_the_value)
{
	struct parsed p;

	parse("scorecard", &p);
	cr_assert_str_eq(cell(&p, 1, "metric"), "OUT03");
	cr_assert_str_eq(cell(&p, 1, "numerator"), "270");
	cr_assert_str_eq(cell(&p, 1, "denominator"), "300");
	cr_assert_str_eq(cell(&p, 1, "excluded"), "13");
	cr_assert_str_eq(cell(&p, 1, "excluded_by_reason"), "ABORTED=12; OTHER=1");
	cr_assert_str_eq(cell(&p, 1, "value"), "0.9");
	cr_assert_str_eq(cell(&p, 1, "interval_low"), "0.8609");
	cr_assert_str_eq(cell(&p, 1, "shown"), "90.0 %");
	cr_assert_str_eq(cell(&p, 1, "target"), "0.8");
	cr_assert_str_eq(cell(&p, 1, "status"), "MET");
	free_parsed(&p);
}

Test(spd_csv, no_data_leaves_the_numbers_empty)
{
	struct parsed p;

	parse("scorecard", &p);
	cr_assert_str_eq(cell(&p, 2, "metric"), "QN01");
	cr_assert_str_eq(cell(&p, 2, "numerator"), "");
	cr_assert_str_eq(cell(&p, 2, "denominator"), "");
	cr_assert_str_eq(cell(&p, 2, "value"), "");
	cr_assert_str_eq(cell(&p, 2, "shown"), "");
	cr_assert_str_eq(cell(&p, 2, "no_data"), "NO_PLAN");
	free_parsed(&p);
}

Test(spd_csv, a_negative_number_is_no_formula)
{
	struct parsed p;

	parse("scorecard", &p);
	cr_assert_str_eq(cell(&p, 3, "value"), "-0.52");
	cr_assert_str_eq(cell(&p, 3, "shown"), "-0.52");
	free_parsed(&p);
}

Test(spd_csv, figures_have_their_breakdown)
{
	struct parsed p;

	parse("figures", &p);
	cr_assert_str_eq(cell(&p, 1, "site"), "");
	cr_assert_str_eq(cell(&p, 1, "details"), "timeouts=7");
	cr_assert_str_eq(cell(&p, 3, "site"), "NMR");
	cr_assert_str_eq(cell(&p, 3, "measure"), "4.1");
	cr_assert_str_eq(cell(&p, 4, "other"), "stream=CABIN");
	free_parsed(&p);
}

Test(spd_csv, definitions_are_formula_safe_and_name_what_is_not_computed)
{
	struct parsed p;

	parse("definitions", &p);
	cr_assert_str_eq(cell(&p, 1, "definition"), "'=HIT, of all");
	cr_assert_str_eq(cell(&p, 4, "metric"), "CA01");
	cr_assert_str_eq(cell(&p, 4, "not_computed_for_want_of"), "action");
	cr_assert_str_eq(cell(&p, 4, "catalogue"), "1");
	free_parsed(&p);
}

Test(spd_csv, file_names_carry_the_marking)
{
	json_t *doc = spd_fixture();
	char name[SPD_CELL];

	spd_file_name(doc, "scorecard", "csv", name);
	cr_assert_str_eq(name, "2026-Q2_r2_OFFICIAL-SENSITIVE_scorecard.csv");
	json_object_set_new(doc, "revision", json_integer(0));
	json_object_set_new(doc, "marking", json_string("../../OFFICIAL"));
	spd_file_name(doc, "spd", "json", name);
	cr_assert_str_eq(name, "2026-Q2_provisional_------OFFICIAL_spd.json");
	json_decref(doc);
}
