#include "base/count.h"
#include "tools/sheet/sheet.h"
#include "tools/sheet/workbook.h"
#include "tools/sheet/workbook_cell.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

static char path[64];
static struct sheet *s;

static void
name_file(void)
{
	snprintf(path, sizeof path, "/tmp/test_workbook.%d.xlsx", (int)getpid());
}

static void
remove_file(void)
{
	sheet_close(s);
	unlink(path);
}

TestSuite(workbook, .init = name_file, .fini = remove_file);

static void
open_it(const char *sheet, char decimal)
{
	struct err e;

	cr_assert_eq(
	    sheet_open(&(struct sheet_file){.path = path, .sheet = sheet, .decimal = decimal}, &s,
		       &e),
	    OK, "%s", e.text);
}

static void
expect(uint64_t line, const char *joined)
{
	struct sheet_row row;
	struct err e;
	char got[512] = "";

	cr_assert_eq(sheet_next(s, &row, &e), SHEET_ROW, "%s: %s", joined, e.text);
	for (size_t i = 0; i < row.n; i++) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof got - n, "%s%.*s", i > 0 ? "|" : "", (int)row.cells[i].n,
			 row.cells[i].s);
	}
	cr_assert_str_eq(got, joined);
	cr_expect_eq(row.line, line, "%s: row %d, not %d", joined, (int)row.line, (int)line);
}

static void
expect_end(void)
{
	struct sheet_row row;
	struct err e;

	cr_expect_eq(sheet_next(s, &row, &e), SHEET_END);
}

/* What opening it is refused with. */
static const char *
refused(const char *sheet)
{
	static struct err e;

	cr_assert_neq(sheet_open(&(struct sheet_file){.path = path, .sheet = sheet}, &s, &e), OK);
	s = NULL;
	return e.text;
}

/* --- as a spreadsheet writes it --------------------------------------------------------------- */

static lxw_format *
with_format(lxw_workbook *w, const char *code)
{
	lxw_format *f = workbook_add_format(w);

	format_set_num_format(f, code);
	return f;
}

Test(workbook, is_read_as_the_csv_that_it_would_be_saved_as)
{
	lxw_workbook *w = workbook_new(path);
	lxw_worksheet *x = workbook_add_worksheet(w, "Inspections");
	lxw_format *day = with_format(w, "dd/mm/yyyy");
	lxw_format *at = with_format(w, "d mmm yyyy hh:mm");
	lxw_format *clock = with_format(w, "h:mm AM/PM");
	lxw_format *duration = with_format(w, "[h]:mm");
	lxw_format *money = with_format(w, "\"days \"#,##0.00;[Red]-0.00");

	worksheet_write_string(x, 0, 0, "When", NULL);
	worksheet_write_string(x, 0, 1, "What \"was\"\nfound, in all", NULL);
	worksheet_write_number(x, 1, 0, 46112, day);
	worksheet_write_number(x, 1, 1, 0.1 + 0.2, NULL);
	worksheet_write_number(x, 2, 0, 46112.4375, at);
	worksheet_write_number(x, 2, 1, 1234567, money);
	/* Row 4 is not there. */
	worksheet_write_number(x, 4, 0, 0.4375, clock);
	worksheet_write_number(x, 4, 2, 1.5, duration);
	worksheet_write_boolean(x, 5, 0, 1, NULL);
	worksheet_write_formula_num(x, 5, 1, "=1+1", NULL, 2);
	worksheet_write_number(x, 6, 0, 123456789012345, NULL);
	worksheet_write_number(x, 6, 1, 46112.99999999, day);
	worksheet_write_number(x, 7, 1, -3, day);
	cr_assert_eq(workbook_close(w), LXW_NO_ERROR);
	open_it(NULL, '\0');
	expect(1, "When|What \"was\"\nfound, in all");
	expect(2, "2026-03-31|0.3");
	expect(3, "2026-03-31T10:30:00|1234567");
	expect(5, "10:30:00||36:00:00");
	expect(6, "TRUE|2");
	expect(7, "123456789012345|2026-03-31T23:59:59.999");
	expect(8, "|-3");
	expect_end();
}

Test(workbook, writes_its_numbers_as_the_map_says_that_numbers_are_written)
{
	lxw_workbook *w = workbook_new(path);
	lxw_worksheet *x = workbook_add_worksheet(w, NULL);

	worksheet_write_number(x, 0, 0, 0.83, NULL);
	worksheet_write_number(x, 0, 1, 1412, NULL);
	worksheet_write_string(x, 0, 2, "1.412", NULL);
	cr_assert_eq(workbook_close(w), LXW_NO_ERROR);
	open_it(NULL, ',');
	expect(1, "0,83|1412|1.412");
}

Test(workbook, has_to_be_told_which_of_its_sheets)
{
	lxw_workbook *w = workbook_new(path);
	lxw_worksheet *x = workbook_add_worksheet(w, "Q1");

	worksheet_write_string(x, 0, 0, "first", NULL);
	worksheet_write_string(workbook_add_worksheet(w, "Q2"), 0, 0, "second", NULL);
	worksheet_hide(workbook_add_worksheet(w, "lists"));
	cr_assert_eq(workbook_close(w), LXW_NO_ERROR);
	cr_expect_str_eq(refused(NULL),
			 "the workbook has 2 sheets, 'Q1', 'Q2': say which one with --sheet NAME, "
			 "or with `sheet: NAME` in the map");
	cr_expect_str_eq(refused("Q3"), "the workbook has no sheet 'Q3'; it has 'Q1', 'Q2'");
	open_it("q2", '\0');
	expect(1, "second");
}

Test(workbook, is_the_one_sheet_that_is_not_hidden)
{
	lxw_workbook *w = workbook_new(path);
	lxw_worksheet *x = workbook_add_worksheet(w, "Data");

	worksheet_hide(workbook_add_worksheet(w, "lists"));
	worksheet_write_string(x, 0, 0, "first", NULL);
	cr_assert_eq(workbook_close(w), LXW_NO_ERROR);
	open_it(NULL, '\0');
	expect(1, "first");
}

/* --- as others write it, and as nobody should --------------------------------------------------
 */

static void
write_archive(const char *const parts[][2], size_t n)
{
	int why;
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);

	cr_assert_not_null(zip);
	for (size_t i = 0; i < n; i++) {
		zip_source_t *part = zip_source_buffer(zip, parts[i][1], strlen(parts[i][1]), 0);

		cr_assert_geq(zip_file_add(zip, parts[i][0], part, 0), 0);
	}
	cr_assert_eq(zip_close(zip), 0);
}

#define BOOK                                                                           \
	{                                                                              \
		"xl/workbook.xml",                                                     \
		    "<x:workbook xmlns:x='m' xmlns:q='r'><x:workbookPr date1904='1'/>" \
		    "<x:sheets><x:sheet name='A' q:id='r1'/></x:sheets></x:workbook>"  \
	}
#define RELATIONS                                                              \
	{                                                                      \
		"xl/_rels/workbook.xml.rels",                                  \
		    "<Relationships><Relationship Id='r1' Type='x/worksheet' " \
		    "Target='/xl/s.xml'/></Relationships>"                     \
	}
#define STYLES                                                                              \
	{                                                                                   \
		"xl/styles.xml",                                                            \
		    "<styleSheet><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs>" \
		    "<xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>"          \
	}
#define ROWS(rows)                                                                   \
	{                                                                            \
		"xl/s.xml", "<worksheet><sheetData>" rows "</sheetData></worksheet>" \
	}
#define WRITE(...)                                                                             \
	write_archive((const char *const[][2]){BOOK, RELATIONS, STYLES, __VA_ARGS__},          \
		      sizeof((const char *const[][2]){BOOK, RELATIONS, STYLES, __VA_ARGS__}) / \
			  sizeof(const char *[2]))

Test(workbook, may_count_from_1904_and_name_its_parts_otherwise)
{
	WRITE(ROWS("<row><c s='1'><v>44650</v></c><c t='inlineStr'><is><r><t>in</t></r><r><t>line"
		   "</t></r><rPh><t>no</t></rPh></is></c><c t='s'><v>1</v></c></row>"),
	      {"xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><r><t>b &amp; </t></r><r><t>c</t>"
				       "</r><rPh><t>no</t></rPh></si></sst>"});
	open_it(NULL, '\0');
	expect(1, "2026-03-31|inline|b & c");
	expect_end();
}

Test(workbook, that_is_damaged_is_refused_by_what_is_damaged)
{
	WRITE(ROWS("<row r='3'/><row r='2'/>"));
	cr_expect_str_eq(refused(NULL), "the workbook is damaged: its rows are out of order");
	WRITE(ROWS("<row r='1048577'/>"));
	cr_expect_str_eq(refused(NULL), "the workbook is damaged: its rows are out of order");
	WRITE(ROWS("<row><c t='s'><v>7</v></c></row>"));
	cr_expect_str_eq(refused(NULL), "the workbook is damaged: a text is missing");
	WRITE(ROWS("<row><c></row>"));
	cr_expect_str_eq(refused(NULL),
			 "the workbook is damaged: mismatched tag in line 1 of xl/s.xml");
	WRITE({"xl/other.xml", "<x/>"});
	cr_expect_str_eq(refused(NULL), "the workbook is damaged: it has no xl/s.xml");
	WRITE({"xl/s.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"});
	cr_expect_str_eq(refused(NULL), "the workbook declares a document type, which none has");
}

/* What is small and unpacks to much is refused before it is all in memory. */
Test(workbook, that_is_made_to_use_up_memory_is_refused)
{
	static char deep[4096];
	static char wide[9 << 20];
	static const char begins[] = {'<', 'a', ' ', 'b', '=', '\''};
	size_t n = 0;

	while (n + 4 < sizeof deep) {
		memcpy(deep + n, "<a>", 4);
		n += 3;
	}
	WRITE({"xl/s.xml", deep});
	cr_expect_str_eq(refused(NULL), "the workbook nests deeper than any does");
	memset(wide, 'a', sizeof wide - 1);
	memcpy(wide, begins, sizeof begins);
	WRITE({"xl/s.xml", wide});
	cr_expect_str_eq(refused(NULL), "the workbook has a piece of more than 8 MiB");
}

Test(workbook, with_more_columns_than_a_row_may_have_loses_the_row_and_no_other)
{
	struct sheet_row row;
	struct err e;

	WRITE(ROWS("<row><c r='XFD1'><v>1</v></c></row><row><c r='FAN2'><v>2</v></c></row>"
		   "<row><c r='B3'><v>3</v></c></row>"));
	open_it(NULL, '\0');
	cr_expect_eq(sheet_next(s, &row, &e), SHEET_BAD, "a column beyond all is told");
	cr_expect_eq(row.line, 1);
	cr_expect_eq(sheet_next(s, &row, &e), SHEET_ROW);
	cr_expect_eq(row.line, 2);
	expect(3, "|3");
}

/* A row far down, and nothing before it. */
Test(workbook, keeps_the_numbers_of_its_rows_whatever_is_missing)
{
	WRITE(ROWS("<row r='1048576'><c r='A1048576'><v>1</v></c></row>"));
	open_it(NULL, '\0');
	expect(1048576, "1");
	expect_end();
}

Test(workbook, shows_a_number_as_its_format_does)
{
	static const struct {
		const char *code;
		enum cell_format format;
	} codes[] = {
	    {"General", CELL_NUMBER},
	    {"0.00E+00", CELL_NUMBER},
	    {"#,##0 \"days\"", CELL_NUMBER},
	    {"0\\d", CELL_NUMBER},
	    {"_-* #,##0.00\\ [$EUR]_-", CELL_NUMBER},
	    {"@", CELL_NUMBER},
	    {"yyyy-mm-dd", CELL_DATE},
	    {"[$-F800]dddd, mmmm dd, yyyy", CELL_DATE},
	    {"mmm", CELL_DATE},
	    {"mm:ss", CELL_TIME},
	    {"h:mm AM/PM", CELL_TIME},
	    {"d.m.yy h:mm;@", CELL_DATE_TIME},
	    {"[hh]:mm:ss", CELL_ELAPSED},
	    {"[Red]0;yyyy", CELL_NUMBER},
	    {"\"unclosed yyyy", CELL_NUMBER},
	    {"[unclosed yyyy", CELL_NUMBER},
	};
	static const struct {
		double v;
		enum cell_format format;
		bool is_1904;
		const char *text;
	} cells[] = {
	    {1, CELL_DATE, false, "1900-01-01"},
	    {59, CELL_DATE, false, "1900-02-28"},
	    {60, CELL_DATE, false, "60"},
	    {61, CELL_DATE, false, "1900-03-01"},
	    {0, CELL_DATE, true, "1904-01-01"},
	    {0, CELL_DATE, false, "0"},
	    {2958465, CELL_DATE, false, "9999-12-31"},
	    {2958466, CELL_DATE, false, "2958466"},
	    {46112.5, CELL_TIME, false, "2026-03-31T12:00:00"},
	    {46112, CELL_DATE_TIME, false, "2026-03-31T00:00:00"},
	    {0, CELL_TIME, false, "00:00:00"},
	    {1e300, CELL_DATE, false, "1e+300"},
	    {-0.0, CELL_NUMBER, false, "0"},
	    {1e15, CELL_NUMBER, false, "1e+15"},
	};
	char out[CELL_TEXT];

	for (size_t i = 0; i < COUNT(codes); i++)
		cr_expect_eq(cell_format_of(codes[i].code), codes[i].format, "%s", codes[i].code);
	for (size_t i = 0; i < COUNT(cells); i++) {
		cell_text(cells[i].v, cells[i].format, cells[i].is_1904, '.', out);
		cr_expect_str_eq(out, cells[i].text);
	}
}
