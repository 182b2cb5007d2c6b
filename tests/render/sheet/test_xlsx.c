#include "base/count.h"
#include "render/file/archive.h"
#include "render/page/html.h"
#include "render/sheet/xlsx.h"
#include "tests/render/edition_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
workbook(struct sample *s, struct renderings *files, const char *prefix, struct buf *out)
{
	sample_render(s, "xlsx", files);
	cr_assert_eq(files->n, 1);
	sample_parts(sample_file(files, "_spd.xlsx"), prefix, out);
}

Test(xlsx, the_same_edition_gives_the_same_bytes)
{
	struct renderings one;
	struct renderings two;
	struct sample s;
	const struct buf *a;
	const struct buf *b;

	sample_init(&s);
	sample_render(&s, "xlsx", &one);
	edition_fini(&s.edition);
	sample_render(&s, "xlsx", &two);
	a = sample_file(&one, ".xlsx");
	b = sample_file(&two, ".xlsx");
	cr_assert_eq(a->n, b->n);
	cr_assert_eq(memcmp(a->p, b->p, a->n), 0);
	renderings_fini(&one);
	renderings_fini(&two);
	sample_fini(&s);
}

Test(xlsx, says_whose_it_is_and_what_it_is_about)
{
	struct renderings files;
	struct sample s;
	struct buf xml;

	sample_init(&s);
	json_object_set_new(s.doc, "entity", json_string("Northmoor & Sons"));
	workbook(&s, &files, "docProps/core.xml", &xml);
	cr_expect(sample_has(&xml, "<dc:creator>Northmoor &amp; Sons</dc:creator>"));
	cr_expect(sample_has(&xml, "<dc:subject>Northmoor &amp; Sons: 2026-Q2, "));
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, no_text_becomes_a_formula_or_a_number)
{
	struct renderings files;
	struct sample s;
	struct buf xml;

	sample_init(&s);
	workbook(&s, &files, "xl/worksheets/sheet", &xml);
	cr_expect(!sample_has(&xml, "<f>"));
	/* Links lead to other sheets of the workbook, never out of it. */
	cr_expect(sample_has(&xml, "<hyperlink ref=\"A"));
	buf_fini(&xml);
	sample_parts(sample_file(&files, ".xlsx"), "xl/worksheets/_rels/sheet", &xml);
	cr_expect(!sample_has(&xml, "hyperlink"));
	buf_fini(&xml);
	sample_parts(sample_file(&files, ".xlsx"), "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, "<t>=HIT, of all</t>"));
	cr_expect(sample_has(&xml, "<t>007</t>"));
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, every_sheet_is_marked_on_paper_and_on_screen)
{
	struct renderings files;
	struct sample s;
	struct buf xml;
	size_t sheets = 0;
	size_t marked = 0;

	sample_init(&s);
	json_object_set_new(s.doc, "marking", json_string("OFFICIAL & MORE"));
	workbook(&s, &files, "xl/worksheets/sheet", &xml);
	for (const unsigned char *p = xml.p; (size_t)(xml.p + xml.n - p) > 12; p++) {
		sheets += memcmp(p, "<oddHeader>", 11) == 0;
		marked += memcmp(p, "OFFICIAL &amp;&amp; MORE", 24) == 0;
	}
	cr_expect_gt(sheets, 5);
	cr_expect_eq(marked, 2 * sheets);
	buf_fini(&xml);
	sample_parts(sample_file(&files, ".xlsx"), "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, "<t>OFFICIAL &amp; MORE</t>"));
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, has_tables_and_native_charts)
{
	struct renderings files;
	struct sample s;
	struct buf xml;

	sample_init(&s);
	workbook(&s, &files, "xl/charts/chart", &xml);
	cr_expect(sample_has(&xml, "<c:lineChart>"));
	cr_expect(sample_has(&xml, "<c:scatterChart>"));
	cr_expect(sample_has(&xml, "TIP!$D$"));
	buf_fini(&xml);
	sample_parts(sample_file(&files, ".xlsx"), "xl/tables/table", &xml);
	cr_expect(sample_has(&xml, "displayName=\"t_scorecard\""));
	cr_expect(sample_has(&xml, "displayName=\"t_balances\""));
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, says_why_there_is_no_figure)
{
	struct renderings files;
	struct sample s;
	struct buf xml;

	sample_init(&s);
	workbook(&s, &files, "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, "<t>NO DATA (nobody told a plan)</t>"));
	cr_expect(sample_has(&xml, "<t>withheld</t>"));
	cr_expect(sample_has(&xml, "<t>not known</t>"));
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, restatements_name_who_approved_them)
{
	struct renderings files;
	struct sample s;
	struct buf xml;
	json_t *event;

	sample_init(&s);
	event = json_array_get(json_object_get(s.declaration, "events"), 2);
	json_object_set_new(event, "by", json_string("a.nother"));
	workbook(&s, &files, "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, "<t>a_lane was late</t>"));
	cr_expect(sample_has(&xml, "<t>a.nother</t>"));
	cr_expect(!sample_has(&xml, "not approved yet"));
	buf_fini(&xml);
	renderings_fini(&files);
	edition_fini(&s.edition);
	json_object_set_new(event, "action", json_string("COMMENT"));
	workbook(&s, &files, "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, "<t>not approved yet</t>"));
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, names_of_sheets_are_what_a_spreadsheet_takes)
{
	static const char *const odd[] = {"a/b:c*d?[e]\\f'g",
					  "a name that is far too long for a spreadsheet's sheet",
					  "A NAME THAT IS FAR TOO LONG FOR A SPREADSHEET'S SHEET",
					  "überlange_namen_mit_umlauten_äöü_äöü_äöü", "cover"};
	struct renderings files;
	struct sample s;
	struct buf xml;
	json_t *metrics;

	sample_init(&s);
	metrics = json_object_get(s.doc, "metrics");
	for (size_t i = 0; i < 5; i++) {
		json_t *m = json_deep_copy(json_array_get(metrics, 1));

		json_object_set_new(m, "sheet", json_string(odd[i]));
		json_array_append_new(metrics, m);
	}
	workbook(&s, &files, "xl/workbook.xml", &xml);
	cr_expect(sample_has(&xml, "name=\"A-b-c-d--e--f-g\""));
	for (const unsigned char *p = xml.p;
	     (p = memmem(p, (size_t)(xml.p + xml.n - p), "<sheet name=\"", 13)) != NULL;) {
		const unsigned char *end;
		size_t characters = 0;

		p += 13;
		end = memchr(p, '"', (size_t)(xml.p + xml.n - p));
		for (; p < end; p++)
			characters += (*p & 0xC0) != 0x80;
		cr_expect_leq(characters, 31);
	}
	buf_fini(&xml);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(xlsx, holds_hundreds_of_sites_and_very_long_texts)
{
	struct renderings files;
	struct sample s;
	struct buf xml;
	char *text = malloc(100001);
	json_t *figures;

	memset(text, 'x', 100000);
	text[100000] = '\0';
	sample_init(&s);
	figures = json_object_get(json_array_get(json_object_get(s.doc, "metrics"), 0), "figures");
	json_object_set_new(json_array_get(json_object_get(s.doc, "metrics"), 0), "definition",
			    json_string(text));
	for (int i = 0; i < 700; i++) {
		json_t *f = json_deep_copy(json_array_get(figures, 1));
		char site[16];

		snprintf(site, sizeof site, "S%03d", i);
		json_object_set_new(json_object_get(f, "by"), "site", json_string(site));
		json_array_append_new(figures, f);
	}
	workbook(&s, &files, "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, "<t>S699</t>"));
	cr_expect(sample_has(&xml, "xxx…</t>"));
	buf_fini(&xml);
	renderings_fini(&files);
	edition_fini(&s.edition);
	/* A page has not so many rows, and says where they are. */
	sample_render(&s, "html", &files);
	cr_expect(sample_has(sample_file(&files, ".html"), "By site: 701 rows, in the workbook"));
	cr_expect(!sample_has(sample_file(&files, ".html"), "S699"));
	renderings_fini(&files);
	sample_fini(&s);
	free(text);
}

/* A book of the sample, and a sheet with n grids of as many columns as are asked for. */
static struct sheet *
big_sheet(struct sample *s, struct arena *a, struct book *b, size_t n, size_t columns)
{
	struct sheet *sheet;
	struct err e;

	sample_init(s);
	cr_assert_eq(sample_read(s, &e), OK, "%s", e.text);
	cr_assert_eq(book_make(&s->edition, a, b, &e), OK, "%s", e.text);
	sheet = book_sheet(b, "big", "Big");
	for (size_t i = 0; i < n; i++) {
		struct grid *g = sheet_grid(sheet, "big", book_text(b, "Grid %zu", i));

		for (size_t k = 0; k < columns; k++)
			grid_column(g, &(struct column){.key = "k",
							.header = book_text(b, "Head %zu", k),
							.where = IN_ALL,
							.width = 10});
		for (size_t k = 0; k < columns; k++)
			grid_text(g, book_text(b, "cell %zu of %zu", k, i));
	}
	return sheet;
}

Test(xlsx, has_every_grid_and_column_however_many)
{
	struct arena *a = arena_new((size_t)256 << 20);
	struct buf book;
	struct buf xml;
	struct sample s;
	struct book b;
	struct err e;

	big_sheet(&s, a, &b, 300, 100);
	buf_init(&book, (size_t)256 << 20);
	cr_assert_eq(xlsx_render(&b, &book, &e), OK, "%s", e.text);
	sample_parts(&book, "xl/sharedStrings.xml", &xml);
	cr_expect(sample_has(&xml, ">Grid 299<") && sample_has(&xml, ">Head 99<") &&
		  sample_has(&xml, ">cell 99 of 299<"));
	buf_fini(&xml);
	/* The last: title, header and row of each grid before, a blank one, and the head. */
	sample_parts(&book, "xl/tables/", &xml);
	cr_expect(sample_has(&xml, "ref=\"A1202:CV1203\""));
	buf_fini(&xml);
	buf_fini(&book);
	/* The page of the same book. */
	buf_init(&book, (size_t)256 << 20);
	html_render(&b, &book);
	cr_expect(sample_has(&book, ">Head 99<") && sample_has(&book, ">cell 99 of 299\n"));
	buf_fini(&book);
	sample_fini(&s);
	arena_free(a);
}

Test(xlsx, refuses_by_name_more_rows_than_a_workbook_takes)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct buf book;
	struct sample s;
	struct book b;
	struct err e;
	const struct sheet *sheet = big_sheet(&s, a, &b, 1, 1);

	for (int i = 0; i < 1048576; i++)
		grid_text(sheet->last->grid, "one more");
	buf_init(&book, (size_t)256 << 20);
	cr_expect_eq(xlsx_render(&b, &book, &e), TRY_LIMIT);
	cr_expect_str_eq(e.text, "the sheet Big has more than the 1048576 rows that a workbook "
				 "takes: export it as csv, html or json");
	buf_fini(&book);
	sample_fini(&s);
	arena_free(a);
}

/* --- archives --------------------------------------------------------------------------------- */

Test(archive, the_same_members_give_the_same_bytes)
{
	const struct member_file members[] = {{"a.txt", "one", 3}, {"csv/b.txt", "two", 3}};
	struct buf one;
	struct buf two;
	struct err e;

	buf_init(&one, 100000);
	buf_init(&two, 100000);
	cr_assert_eq(archive_make(members, 2, &one, &e), OK, "%s", e.text);
	cr_assert_eq(archive_make(members, 2, &two, &e), OK, "%s", e.text);
	cr_assert_eq(one.n, two.n);
	cr_assert_eq(memcmp(one.p, two.p, one.n), 0);
	cr_expect(sample_has(&one, "csv/b.txt"));
	buf_fini(&one);
	buf_fini(&two);
}

Test(archive, notices_a_part_that_was_cut)
{
	static const struct {
		const char *xml;
		bool whole;
	} rows[] = {
	    {"<?xml version=\"1.0\"?>\n<a x=\"1\"><b/></a>", true},
	    {"<?xml version=\"1.0\"?>\n<a x=\"1\"/>\n", true},
	    {"<?xml version=\"1.0\"?>\n<a x=\"1\"><b/>", false},
	    {"<?xml version=\"1.0\"?>\n<a x=\"1\"><b></b>", false},
	    {"<?xml version=\"1.0\"?>\n<a x=\"1\"><b></a", false},
	    {"<?xml version=\"1.0\"?>\n<a x=\"1\"><b>xxa>", false},
	    {"<?xml version=\"1.0\"?>\n", false},
	    {"", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct member_file m = {"part.xml", rows[i].xml, strlen(rows[i].xml)};
		struct buf out;
		struct err e;

		buf_init(&out, 100000);
		cr_assert_eq(archive_make(&m, 1, &out, &e), OK, "%s", e.text);
		cr_expect_eq(archive_xml_is_whole(&out), rows[i].whole, "%s", rows[i].xml);
		out.n -= 10;
		cr_expect(!archive_xml_is_whole(&out));
		buf_fini(&out);
	}
}

/* --- editions --------------------------------------------------------------------------------- */

Test(edition, refuses_what_may_not_be_in_here)
{
	struct sample s;
	struct err e;

	sample_init(&s);
	json_object_set_new(s.doc, "marking", json_string("TOP SECRET"));
	cr_assert_eq(sample_read(&s, &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "marking");
	sample_fini(&s);
}

Test(edition, refuses_the_declaration_of_another_document)
{
	struct sample s;
	struct err e;
	struct buf other;

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK);
	edition_fini(&s.edition);
	buf_init(&other, 1000000);
	cr_assert(buf_add(&other, s.bytes.p, s.bytes.n));
	cr_assert(buf_add(&other, " ", 1));
	cr_assert_eq(edition_read(&s.edition, &other, &s.declaration_bytes, NULL, &e),
		     REJ_MALFORMED);
	cr_expect_not_null(strstr(e.text, "another document"), "%s", e.text);
	buf_fini(&other);
	sample_fini(&s);
}

Test(edition, hands_out_the_bytes_as_they_are_stored)
{
	struct renderings files;
	struct sample s;
	const struct buf *doc;

	sample_init(&s);
	sample_render(&s, "json", &files);
	cr_assert_eq(files.n, 2);
	doc = sample_file(&files, "_spd.json");
	cr_assert_eq(doc->n, s.bytes.n);
	cr_assert_eq(memcmp(doc->p, s.bytes.p, doc->n), 0);
	doc = sample_file(&files, "_declaration.json");
	cr_assert_eq(doc->n, s.declaration_bytes.n);
	renderings_fini(&files);
	sample_fini(&s);
}

/* The number format goes with the cell, so that a workbook says what the page says. */
Test(xlsx, a_value_near_its_target_has_the_decimals_that_tell)
{
	struct renderings files;
	struct sample s;
	struct buf xml;
	json_t *metric;
	json_t *figure;

	sample_init(&s);
	metric = json_array_get(json_object_get(s.doc, "metrics"), 0);
	figure = json_array_get(json_object_get(metric, "figures"), 0);
	json_object_set_new(json_object_get(metric, "target"), "value", json_real(0.95));
	json_object_set_new(figure, "value", json_real(2849.0 / 3000));
	json_object_set_new(json_object_get(figure, "clusters"), "high", json_real(0.9499996));
	json_object_set_new(figure, "status", json_string("NOT_MET"));
	workbook(&s, &files, "xl/styles.xml", &xml);
	cr_expect(sample_has(&xml, "\"0.00%\""));
	cr_expect(sample_has(&xml, "\"0.00000%\""));
	buf_fini(&xml);
	renderings_fini(&files);
	edition_fini(&s.edition);
	sample_render(&s, "html", &files);
	cr_expect(sample_has(sample_file(&files, ".html"), "94.97 % (270 of 300)"));
	cr_expect(sample_has(sample_file(&files, ".html"), " to 94.99996 %"));
	cr_expect(sample_has(sample_file(&files, ".html"), "at least 95.0 %"));
	renderings_fini(&files);
	sample_fini(&s);
}
