#include "render/file/csv_out.h"
#include "tests/render/edition_fixture.h"

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
	check_cell("\n=1", "\"'\n=1\"");
	check_cell("＝1", "'＝1");
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

/* What was parsed last. */
static struct parsed p;

static void
free_parsed(void)
{
	for (size_t i = 0; i < p.n; i++)
		free(p.cells[i]);
	memset(&p, 0, sizeof p);
}

TestSuite(csv, .fini = free_parsed);

static void
on_cell(void *s, size_t n, void *ctx)
{
	(void)ctx;
	cr_assert_lt(p.n, CELLS_MAX);
	p.cells[p.n++] = strndup(s, n);
	p.in_row++;
}

static void
on_row(int c, void *ctx)
{
	(void)c;
	(void)ctx;
	if (p.columns == 0)
		p.columns = p.in_row;
	p.ragged = p.ragged || p.in_row != p.columns;
	p.in_row = 0;
	p.rows++;
}

static void
parse_bytes(const struct buf *out)
{
	struct csv_parser parser;

	free_parsed();
	cr_assert_eq(csv_init(&parser, CSV_STRICT), 0);
	cr_assert_eq(csv_parse(&parser, out->p + 3, out->n - 3, on_cell, on_row, NULL), out->n - 3,
		     "%s", csv_strerror(csv_error(&parser)));
	csv_fini(&parser, on_cell, on_row, NULL);
	csv_free(&parser);
}

static void
parse(const char *sheet)
{
	struct renderings files;
	struct sample s;
	char end[64];

	sample_init(&s);
	sample_render(&s, "csv", &files);
	snprintf(end, sizeof end, "_%s.csv", sheet);
	parse_bytes(sample_file(&files, end));
	renderings_fini(&files);
	sample_fini(&s);
}

static const char *
cell(size_t row, const char *column)
{
	for (size_t i = 0; i < p.columns; i++)
		if (strcmp(p.cells[i], column) == 0)
			return p.cells[row * p.columns + i];
	cr_assert_fail("no column %s", column);
	return NULL;
}

Test(csv, every_file_is_rectangular_and_marked)
{
	struct renderings files;
	struct sample s;

	sample_init(&s);
	sample_render(&s, "csv", &files);
	cr_assert_gt(files.n, 20);
	for (size_t i = 0; i < files.n; i++) {
		parse_bytes(&files.file[i].bytes);
		cr_expect(!p.ragged, "%s", files.file[i].name);
		cr_expect_geq(p.rows, 1, "%s", files.file[i].name);
		for (size_t r = 1; r < p.rows; r++) {
			cr_expect_str_eq(p.cells[r * p.columns], "OFFICIAL-SENSITIVE");
			cr_expect_str_eq(cell(r, "entity"), "Zürich-Süd, \"Test\"");
			cr_expect_str_eq(cell(r, "quarter"), "2026-Q2");
			cr_expect_str_eq(cell(r, "state"), "SUBMITTED");
		}
	}
	renderings_fini(&files);
	sample_fini(&s);
}

Test(csv, scorecard_has_the_counts_and_the_value)
{
	parse("scorecard");
	cr_expect_str_eq(cell(1, "metric"), "OUT03");
	cr_expect_str_eq(cell(1, "numerator"), "270");
	cr_expect_str_eq(cell(1, "denominator"), "300");
	cr_expect_str_eq(cell(1, "excluded"), "13");
	cr_expect_str_eq(cell(1, "value"), "0.9");
	cr_expect_str_eq(cell(1, "interval_low"), "0.83");
	cr_expect_str_eq(cell(1, "interval_by"), "GENERAL");
	cr_expect_str_eq(cell(1, "target"), "0.8");
	cr_expect_str_eq(cell(1, "status"), "MET");
	cr_expect_str_eq(cell(1, "change"), "0.1");
	cr_expect_str_eq(cell(1, "q_2025-Q4"), "");
	cr_expect_str_eq(cell(1, "q_2026-Q1"), "0.8");
	cr_expect_str_eq(cell(1, "comment"), "A new library since May.");
}

Test(csv, no_data_leaves_the_numbers_empty)
{
	parse("scorecard");
	cr_expect_str_eq(cell(2, "metric"), "QN01");
	cr_expect_str_eq(cell(2, "numerator"), "");
	cr_expect_str_eq(cell(2, "denominator"), "");
	cr_expect_str_eq(cell(2, "value"), "");
	cr_expect_str_eq(cell(2, "target"), "");
	cr_expect_str_eq(cell(2, "status"), "NO_DATA");
	cr_expect_str_eq(cell(2, "no_data"), "NO_PLAN");
}

Test(csv, a_negative_number_is_no_formula)
{
	parse("scorecard");
	cr_expect_str_eq(cell(3, "value"), "-0.52");
	parse("data-quality-clock");
	cr_expect_str_eq(cell(1, "offset_ms"), "-71234");
}

Test(csv, figures_have_their_breakdown)
{
	parse("figures");
	cr_expect_eq(p.rows, 7);
	cr_expect_str_eq(cell(1, "site"), "");
	cr_expect_str_eq(cell(1, "details"), "timeouts=7");
	cr_expect_str_eq(cell(1, "excluded_by_reason"), "ABORTED=12; OTHER=1");
	cr_expect_str_eq(cell(1, "exact_low"), "0.8603");
	cr_expect_str_eq(cell(1, "plain_low"), "0.8609");
	cr_expect_str_eq(cell(1, "general_low"), "0.83");
	cr_expect_str_eq(cell(1, "deff"), "2.5");
	cr_expect_str_eq(cell(1, "clusters"), "24");
	cr_expect_str_eq(cell(3, "general_low"), "");
	cr_expect_str_eq(cell(3, "site"), "NMR");
	cr_expect_str_eq(cell(3, "measure"), "4.1");
	cr_expect_str_eq(cell(4, "other"), "stream=CABIN");
}

Test(csv, definitions_are_formula_safe_and_name_what_is_not_computed)
{
	parse("definitions");
	cr_expect_str_eq(cell(1, "definition"), "'=HIT, of all");
	parse("definitions-missing");
	cr_expect_str_eq(cell(1, "metric"), "CA01");
	cr_expect_str_eq(cell(1, "needs"), "action");
}

Test(csv, what_is_not_known_is_not_nought)
{
	parse("data-quality-feeds");
	cr_expect_str_eq(cell(1, "missing"), "7");
	cr_expect_str_eq(cell(2, "source"), "007");
	cr_expect_str_eq(cell(2, "expected"), "");
	cr_expect_str_eq(cell(2, "missing"), "");
}

Test(csv, balances_have_their_four_numbers)
{
	parse("balances");
	cr_expect_str_eq(cell(1, "what"), "FINDINGS");
	cr_expect_str_eq(cell(1, "opening"), "14");
	cr_expect_str_eq(cell(1, "raised"), "31");
	cr_expect_str_eq(cell(1, "closed"), "28");
	cr_expect_str_eq(cell(1, "closing"), "17");
}

/* The declaration's event of approval becomes something else. */
static void
unapprove(struct sample *s)
{
	json_t *event = json_array_get(json_object_get(s->declaration, "events"), 2);

	cr_assert_str_eq(json_string_value(json_object_get(event, "action")), "APPROVE");
	json_object_set_new(event, "action", json_string("COMMENT"));
	json_object_set_new(s->declaration, "state", json_string("IN_QA"));
}

static void
parse_restatements(struct sample *s)
{
	struct renderings files;

	sample_render(s, "csv", &files);
	parse_bytes(sample_file(&files, "_restatements.csv"));
	renderings_fini(&files);
}

Test(csv, a_restatement_has_old_new_cause_records_and_approver)
{
	struct sample s;

	sample_init(&s);
	parse_restatements(&s);
	cr_expect_str_eq(cell(1, "metric"), "OUT03");
	cr_expect_str_eq(cell(1, "old"), "88.3 % (265 of 300)");
	cr_expect_str_eq(cell(1, "new"), "90.0 % (270 of 300)");
	cr_expect_str_eq(cell(1, "old_value"), "0.8833");
	cr_expect_str_eq(cell(1, "new_value"), "0.9");
	cr_expect_str_eq(cell(1, "cause"), "a_lane was late");
	cr_expect_str_eq(cell(1, "records"), "5");
	cr_expect_str_eq(cell(1, "approved_by"), "r.castellan");
	cr_expect_str_eq(cell(1, "approved_at"), "2026-07-12T10:00:00.000Z");
	sample_fini(&s);
}

Test(csv, a_restatement_that_nobody_approved_says_so)
{
	struct sample s;

	sample_init(&s);
	unapprove(&s);
	parse_restatements(&s);
	cr_expect_str_eq(cell(1, "approved_by"), "not approved yet");
	cr_expect_str_eq(cell(1, "approved_at"), "");
	sample_fini(&s);

	sample_init(&s);
	json_decref(s.declaration);
	s.declaration = NULL;
	parse_restatements(&s);
	cr_expect_str_eq(cell(1, "approved_by"), "not approved yet");
	sample_fini(&s);
}

Test(csv, the_cause_of_a_restatement_is_not_cut)
{
	struct sample s;
	char cause[1001] = "";
	json_t *item;

	memset(cause, 'x', sizeof cause - 1);
	sample_init(&s);
	item = json_array_get(json_object_get(s.doc, "restatements"), 0);
	json_object_set_new(item, "cause", json_string(cause));
	parse_restatements(&s);
	cr_expect_str_eq(cell(1, "cause"), cause);
	sample_fini(&s);
}

Test(csv, file_names_carry_the_marking_and_nothing_that_a_path_is_made_of)
{
	struct sample s;
	struct err e;
	char name[SPD_CELL];

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK);
	render_file_name(&s.edition, "scorecard", "csv", name);
	cr_expect_str_eq(name, "2026-Q2_r2_OFFICIAL-SENSITIVE_scorecard.csv");
	json_object_set_new(s.edition.doc, "revision", json_integer(0));
	json_object_set_new(s.edition.doc, "marking", json_string("../../OFFICIAL"));
	render_file_name(&s.edition, "data_quality", "json", name);
	cr_expect_str_eq(name, "2026-Q2_provisional_------OFFICIAL_data-quality.json");
	sample_fini(&s);
}
