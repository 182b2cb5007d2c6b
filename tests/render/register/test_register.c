#include "base/count.h"
#include "base/text.h"
#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#define HOSTILE "</t><script>alert(1)</script>\"'&=1+1"

static void
part_of(const json_t *doc, const char *prefix, struct buf *out)
{
	struct buf book;

	register_make(register_xlsx, doc, &book);
	sample_parts(&book, prefix, out);
	buf_fini(&book);
}

static bool
says(const json_t *doc, const char *text)
{
	struct buf xml;
	bool found;

	part_of(doc, "xl/sharedStrings.xml", &xml);
	found = sample_count(&xml, text) > 0;
	buf_fini(&xml);
	return found;
}

Test(register, the_same_document_gives_the_same_workbook)
{
	json_t *doc = register_fixture();
	json_t *copy = json_deep_copy(doc);
	struct buf a;
	struct buf b;

	register_make(register_xlsx, doc, &a);
	register_make(register_xlsx, copy, &b);
	cr_expect_eq(a.n, b.n);
	cr_expect_eq(memcmp(a.p, b.p, a.n), 0);
	buf_fini(&a);
	buf_fini(&b);
	json_decref(doc);
	json_decref(copy);
}

Test(register, has_the_sheets_of_the_appendix_in_order)
{
	static const char *const names[] = {"Method",          "Inherent matrix",
					    "Residual matrix", "Register",
					    "Threat",          "Impact",
					    "Control review",  "Targets",
					    "Process maps",    "Event cause analysis",
					    "Controls",        "Flags",
					    "Actions",         "Acceptances",
					    "Changes of score"};
	json_t *doc = register_fixture();
	const char *at;
	struct buf xml;

	part_of(doc, "xl/workbook.xml", &xml);
	cr_assert(buf_add(&xml, "", 1));
	cr_expect_eq(sample_count(&xml, "<sheet name="), COUNT(names));
	at = (const char *)xml.p;
	for (size_t i = 0; i < COUNT(names); i++) {
		char wanted[64];

		text_print(wanted, sizeof wanted, "<sheet name=\"%s\"", names[i]);
		at = strstr(at, wanted);
		cr_assert_not_null(at, "%s", names[i]);
	}
	buf_fini(&xml);
	json_decref(doc);
}

Test(register, has_the_ten_columns_in_the_order_of_their_numbers)
{
	static const char *const columns[] = {"1 Reference",     "2 Threat scenario",
					      "3 Lead",          "4 Support",
					      "5 Threat",        "6 Impact",
					      "7 Key assets",    "8 Mitigating controls",
					      "9 Vulnerability", "10 Risk"};
	json_t *doc = register_fixture();
	struct buf xml;
	const char *at;

	part_of(doc, "xl/tables/table", &xml);
	cr_assert(buf_add(&xml, "", 1));
	at = strstr((const char *)xml.p, "displayName=\"t_register\"");
	cr_assert_not_null(at);
	for (size_t i = 0; i < COUNT(columns); i++) {
		char wanted[64];

		text_print(wanted, sizeof wanted, "id=\"%zu\" name=\"%s\"", i + 1, columns[i]);
		cr_expect_not_null(strstr(at, wanted), "%s", wanted);
	}
	buf_fini(&xml);
	json_decref(doc);
}

Test(register, says_who_leads_and_by_what)
{
	json_t *doc = register_fixture();

	cr_expect(says(doc, "Airport operator (owns the assets; prevention)\n"
			    "Police (is responsible, or has the major role; contingency)\n"
			    "More than one leads: is that meant?"));
	json_object_del(register_at(doc, "scenarios", 0), "several_leads");
	cr_expect(!says(doc, "More than one leads"));
	json_decref(doc);
}

Test(register, a_change_of_score_has_its_direction_and_what_it_cites)
{
	json_t *doc = register_fixture();

	cr_expect(says(doc, "<t>up by 12</t>"));
	cr_expect(says(doc, "OUT01 Tests passed, 2026-Q3 r1: 79.7 % (72.2 to 85.6, n 138), NOT "
			    "PROVEN against 80 %"));
	json_object_set_new(
	    json_array_get(json_object_get(register_at(doc, "scenarios", 0), "history"), 0),
	    "residual", json_integer(40));
	cr_expect(says(doc, "<t>down by 4</t>"));
	json_decref(doc);
}

Test(register, a_control_that_is_not_in_force_is_told_as_that)
{
	json_t *doc = register_fixture();

	json_array_remove(json_object_get(doc, "controls"), 2);
	cr_expect(says(doc, "<t>C-2026-003: not in force</t>"));
	json_decref(doc);
}

/* A control may serve thousands: the first are named, the others counted. */
Test(register, a_long_list_is_bounded_and_counted)
{
	json_t *doc = register_fixture();
	json_t *serves = json_array();

	for (int i = 0; i < 10000; i++)
		json_array_append_new(serves, json_string(i == 40 ? "R-41st" : "R-1"));
	json_object_set_new(register_at(doc, "controls", 0), "scenarios", serves);
	cr_expect(says(doc, "R-1, R-1 and 9960 more</t>"));
	cr_expect(!says(doc, "R-41st"));
	json_decref(doc);
}

Test(register, what_is_retired_is_no_row_and_is_counted)
{
	json_t *doc = register_fixture();

	json_object_set_new(register_at(doc, "scenarios", 1), "state", json_string("RETIRED"));
	cr_expect(says(doc, "Retired, and not shown: 1 scenario."));
	cr_expect(!says(doc, "<t>MEDIUM 1: R-2026-002</t>"));
	json_decref(doc);
}

/* The cell of threat 3 and impact 4 by the residual risk, and by the inherent one. */
Test(register, the_matrices_name_scenarios_by_band)
{
	json_t *doc = register_fixture();

	cr_expect(says(doc, "<t>HIGH 1: R-2026-001</t>"));
	cr_expect(says(doc, "<t>MEDIUM 1: R-2026-002</t>"));
	cr_expect(says(doc, "<t>LOW 1: R-2026-004</t>"));
	cr_expect(says(doc, "<t>HIGH 1: R-2026-002</t>"));
	cr_expect(says(doc, "Scenarios: 3 in the matrix, 1 without an assessment, 0 by scores that "
			    "the scheme does not have."));
	json_decref(doc);
}

Test(register, every_sheet_is_marked_on_paper_and_prints_across)
{
	json_t *doc = register_fixture();
	struct buf xml;

	part_of(doc, "xl/worksheets/sheet", &xml);
	cr_expect_eq(sample_count(&xml, "orientation=\"landscape\""), 15);
	cr_expect_eq(sample_count(&xml, "OFFICIAL-SENSITIVE"), 30);
	/* All is printed: no sheet is so wide that only its head would be. */
	buf_fini(&xml);
	part_of(doc, "xl/workbook.xml", &xml);
	cr_expect_eq(sample_count(&xml, "Print_Area"), 0);
	buf_fini(&xml);
	json_object_set_new(doc, "marking", json_string("LOCAL & MORE"));
	part_of(doc, "xl/worksheets/sheet", &xml);
	cr_expect_eq(sample_count(&xml, "LOCAL &amp;&amp; MORE"), 30);
	buf_fini(&xml);
	/* Where nobody said how, as the SPD. */
	json_object_del(doc, "marking");
	part_of(doc, "xl/worksheets/sheet", &xml);
	cr_expect_eq(sample_count(&xml, "OFFICIAL-SENSITIVE"), 30);
	buf_fini(&xml);
	json_decref(doc);
}

/* The Register is the fourth sheet; its header stands in the seventh row. */
Test(register, the_header_of_a_sheet_stays_in_sight_few_as_its_rows_are)
{
	json_t *doc = register_fixture();
	struct buf xml;

	part_of(doc, "xl/worksheets/sheet4.xml", &xml);
	cr_expect_eq(sample_count(&xml, "topLeftCell=\"C8\" activePane=\"bottomRight\" "
					"state=\"frozen\""),
		     1);
	buf_fini(&xml);
	json_decref(doc);
}

Test(register, a_row_is_as_high_as_its_text_and_no_higher_than_rows_may_be)
{
	json_t *doc = register_fixture();
	char text[2001];
	struct buf xml;
	const char *at;

	memset(text, 'w', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	json_object_set_new(register_at(doc, "scenarios", 0), "text", json_string(text));
	part_of(doc, "xl/worksheets/sheet4.xml", &xml);
	cr_assert(buf_add(&xml, "", 1));
	at = strstr((const char *)xml.p, "<row r=\"8\"");
	cr_assert_not_null(at);
	at = strstr(at, " ht=\"");
	cr_assert_not_null(at);
	cr_expect_gt(strtod(at + 5, NULL), 400);
	cr_expect_leq(strtod(at + 5, NULL), 409);
	buf_fini(&xml);
	cr_expect(says(doc, text));
	json_decref(doc);
}

Test(register, no_text_becomes_a_formula_or_a_mark)
{
	json_t *doc = register_fixture();
	struct buf xml;

	register_spoil(doc, HOSTILE);
	part_of(doc, "xl/worksheets/sheet", &xml);
	cr_expect_eq(sample_count(&xml, "<f>"), 0);
	buf_fini(&xml);
	part_of(doc, "xl/sharedStrings.xml", &xml);
	cr_expect_eq(sample_count(&xml, "<script>"), 0);
	cr_expect_gt(sample_count(&xml, "<t>&lt;/t&gt;&lt;script&gt;alert(1)&lt;/script&gt;"), 0);
	buf_fini(&xml);
	json_decref(doc);
}

/* Of the first of each list, and of what is in it. */
static void
without_each(json_t *doc, json_t *part, register_maker make)
{
	json_t *keys = json_deep_copy(part);
	const char *key;
	json_t *value;
	struct buf out;

	json_object_foreach(keys, key, value)
	{
		json_t *kept = json_incref(json_object_get(part, key));

		without_each(doc, kept, make);
		json_object_set_new(part, key, json_integer(-7));
		register_make(make, doc, &out);
		buf_fini(&out);
		json_object_del(part, key);
		register_make(make, doc, &out);
		buf_fini(&out);
		json_object_set_new(part, key, kept);
	}
	if (json_is_array(part))
		without_each(doc, json_array_get(part, 0), make);
	json_decref(keys);
}

static enum code
first_bow_tie(const json_t *doc, struct buf *out, struct err *e)
{
	enum code code = register_bow_tie(doc, "R-2026-001", out, e);

	return code == REJ_NOT_FOUND ? OK : code;
}

/* What is not known is not there: any member may be gone, or be what nobody expects. */
Test(register, any_member_may_be_missing_or_of_another_type)
{
	json_t *doc = register_fixture();
	json_t *framework = framework_fixture();

	without_each(doc, doc, register_html);
	without_each(doc, doc, first_bow_tie);
	without_each(framework, framework, framework_html);
	json_decref(framework);
	json_decref(doc);
}

/* The same of the workbook, which takes longer to make. */
Test(register, of_a_workbook_any_list_may_be_missing)
{
	json_t *doc = register_fixture();
	json_t *keys = json_deep_copy(doc);
	const char *key;
	json_t *value;
	struct buf out;

	json_object_foreach(keys, key, value)
	{
		json_object_set_new(doc, key, json_integer(-7));
		register_make(register_xlsx, doc, &out);
		buf_fini(&out);
		json_object_del(doc, key);
	}
	json_object_update(doc, keys);
	json_object_clear(register_at(doc, "scenarios", 0));
	json_object_clear(register_at(doc, "controls", 0));
	register_make(register_xlsx, doc, &out);
	buf_fini(&out);
	json_decref(keys);
	json_decref(doc);
}

Test(register, an_empty_one_has_all_sheets_and_says_so)
{
	json_t *doc = register_empty();
	struct buf xml;

	part_of(doc, "xl/workbook.xml", &xml);
	cr_expect_eq(sample_count(&xml, "<sheet name="), 15);
	buf_fini(&xml);
	cr_expect(says(doc, "No scheme was set"));
	cr_expect(says(doc, "<t>None.</t>"));
	json_decref(doc);
}

Test(register, a_thousand_scenarios_are_a_thousand_rows)
{
	json_t *doc = register_of(1000);
	struct buf xml;

	part_of(doc, "xl/worksheets/sheet4.xml", &xml);
	/* Marking, title, subject, note and header besides. */
	cr_expect_eq(sample_count(&xml, "<row r=\"1007\""), 1);
	cr_expect_eq(sample_count(&xml, "<row r=\"1008\""), 0);
	buf_fini(&xml);
	json_decref(doc);
}

Test(register, a_file_past_its_bound_is_refused)
{
	json_t *doc = register_fixture();
	struct buf out;
	struct err e;

	buf_init(&out, 1000);
	cr_expect_eq(register_xlsx(doc, &out, &e), TRY_LIMIT);
	buf_fini(&out);
	buf_init(&out, 1000);
	cr_expect_eq(register_html(doc, &out, &e), TRY_LIMIT);
	buf_fini(&out);
	json_decref(doc);
}
