#include "base/buf.h"
#include "base/count.h"
#include "render/file/csv_out.h"
#include "render/file/formula.h"
#include "tools/sheet/rejects.h"
#include "tools/sheet/sheet.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* With what a spreadsheet passes over before it looks for a formula. */
static const char *const formulas[] = {
    "=1+1",
    "+44",
    "-x",
    "-1+1",
    "-0x1",
    "-1.",
    "-.5",
    "@SUM(A1)",
    "  =1",
    "\n=1",
    "\r=1",
    "\t=1",
    "\tx",
    "\nx",
    "\xEF\xBB\xBF=1",
    "\xE2\x80\xA8=1", /* U+2028 */
    "\xE2\x80\xA9+1", /* U+2029 */
    "\xE2\x80\x8B=1", /* zero width space */
    "\xE2\x80\xAE=1", /* turned around */
    "\xC2\xAD=1",     /* soft hyphen */
    "\xC2\xA0=1",     /* no-break space */
    "\xE3\x80\x80=1", /* a wide space */
    "＝1+1",          /* the signs in full width */
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\xA0=1", /* no-break space in latin1 */
    "'=1",
    "''=1",
    "' =1",
    "'-5",
};

static const char *const others[] = {
    "",       "a=b",           "7",          "-5",         "-0.52",
    "-71234", "1-1",           "'",          "O'Neill",    "'quoted",
    " x",     "Z\xC3\xBCrich", "\xC3\xA9=1", "2026-05-04", "\xC2\xA0x",
};

Test(formula, knows_what_a_spreadsheet_would_compute)
{
	for (size_t i = 0; i < COUNT(formulas); i++)
		cr_expect(formula_is_guarded(text_of(formulas[i])), "%zu: '%s'", i, formulas[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		cr_expect_not(formula_is_guarded(text_of(others[i])), "%zu: '%s'", i, others[i]);
}

static struct text
trimmed(const char *s)
{
	struct text t = text_of(s);

	while (t.n > 0 && strchr(" \t\r\n", t.s[0]) != NULL) {
		t.s++;
		t.n--;
	}
	return t;
}

/* What import reads in the row of a file that was written with the cells s at its end. */
static void
expect_read(const char *path, size_t skip, size_t column, const char *s)
{
	struct sheet *sheet;
	struct sheet_row row;
	struct err e;

	cr_assert_eq(sheet_open(&(struct sheet_file){.path = path}, &sheet, &e), OK, "%s", e.text);
	for (size_t i = 0; i <= skip; i++)
		cr_assert_eq(sheet_next(sheet, &row, &e), SHEET_ROW);
	cr_assert_lt(column, row.n);
	cr_expect(text_eq(row.cells[column], trimmed(s)), "'%s' came back as '%.*s'", s,
		  (int)row.cells[column].n, row.cells[column].s);
	sheet_close(sheet);
}

static void
new_path(char path[64])
{
	int fd;

	snprintf(path, 64, "/tmp/test_formula.XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	close(fd);
}

static void
through_csv(const char *s)
{
	char path[64];
	struct csv_out c;
	struct buf out;
	FILE *f;

	buf_init(&out, 1000);
	csv_out_begin(&c, &out);
	csv_out_text(&c, "x");
	csv_out_text(&c, s);
	csv_out_end_row(&c);
	new_path(path);
	f = fopen(path, "w");
	cr_assert_eq(fwrite(out.p, 1, out.n, f), out.n);
	fclose(f);
	expect_read(path, 0, 1, s);
	buf_fini(&out);
	unlink(path);
}

static void
through_rejects(const char *s)
{
	const char *const cells[3] = {s, s, s};
	char path[64];
	struct rejects *r;
	struct err e;
	int fd;

	new_path(path);
	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(rejects_add(r, 7, cells, text_of(s), &e), OK);
	cr_assert_eq(rejects_close(r, &e), OK);
	if (trimmed(s).n > 0)
		expect_read(path, 1, 0, s); /* of rejects the row alone */
	fd = open(path, O_WRONLY);
	cr_assert_eq(pwrite(fd, "L", 1, 0), 1, "no file of rejects any more");
	close(fd);
	for (size_t i = 1; i <= 4; i++)
		expect_read(path, 1, i, s);
	unlink(path);
}

Test(formula, what_is_written_comes_back_as_it_was)
{
	for (size_t i = 0; i < COUNT(formulas); i++) {
		if (formulas[i][0] == '\xA0')
			continue; /* in no file of ours */
		through_csv(formulas[i]);
		through_rejects(formulas[i]);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		through_csv(others[i]);
		through_rejects(others[i]);
	}
}
