#include "tools/sheet/rejects.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_rejects.XXXXXX";
static char path[128];

static void
setup(void)
{
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/in.csv.rejects.csv", folder);
}

static void
teardown(void)
{
	unlink(path);
	cr_assert_eq(rmdir(folder), 0, "something was left behind");
}

TestSuite(rejects, .init = setup, .fini = teardown);

static const char *
content(void)
{
	static char text[1024];
	FILE *f = fopen(path, "r");
	size_t n;

	cr_assert_not_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static const char *const cells[3] = {"Result", "M,\"x", "no such value"};

Test(rejects, appears_whole_and_only_when_closed)
{
	struct rejects *r;
	struct err e;

	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(rejects_add(r, 7, cells, TEXT_LIT("1,\"a\nb\""), &e), OK);
	cr_assert_neq(access(path, F_OK), 0);
	cr_assert_eq(rejects_close(r, &e), OK);
	cr_assert_str_eq(content(),
			 "line,column,value,reason,row\n"
			 "7,\"Result\",\"M,\"\"x\",\"no such value\",\"1,\"\"a\nb\"\"\"\n");
}

Test(rejects, has_the_cells_of_a_row_under_their_names)
{
	static const struct text names[] = {{"No", 2}, {"=Name", 5}, {"", 0}};
	struct rejects *r;
	struct err e;

	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(
	    rejects_columns(r, &(struct rejects_columns){.delimiter = ';', .names = names, .n = 3},
			    &e),
	    OK);
	cr_assert_eq(rejects_add(r, 7, cells, TEXT_LIT("1; =a;\"x;\n\"\"y\"\"\""), &e), OK);
	cr_assert_eq(rejects_add(r, 8, cells, TEXT_LIT("2;\"never closed"), &e), OK);
	cr_assert_eq(rejects_close(r, &e), OK);
	cr_assert_str_eq(
	    content(),
	    "line,column,value,reason,\"No\",\"'=Name\",\"\"\n"
	    "7,\"Result\",\"M,\"\"x\",\"no such value\",\"1\",\"'=a\",\"x;\n\"\"y\"\"\"\n"
	    "8,\"Result\",\"M,\"\"x\",\"no such value\",\"2\",\"never closed\"\n");
}

Test(rejects, no_cell_becomes_a_formula)
{
	static const char *const bad[3] = {"=A1", "-5", "＝1"};
	struct rejects *r;
	struct err e;

	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(rejects_add(r, 7, bad, TEXT_LIT("\xEF\xBB\xBF@SUM(A1),2"), &e), OK);
	cr_assert_eq(rejects_close(r, &e), OK);
	cr_assert_str_eq(content(), "line,column,value,reason,row\n"
				    "7,\"'=A1\",\"-5\",\"'＝1\",\"'\xEF\xBB\xBF@SUM(A1),2\"\n");
}

static void
expect_mode(mode_t of, mode_t wanted)
{
	struct rejects *r;
	struct stat st;
	struct err e;

	cr_assert_eq(rejects_open(path, of, &r, &e), OK);
	cr_assert_eq(rejects_add(r, 7, cells, TEXT_LIT("1"), &e), OK);
	cr_assert_eq(rejects_close(r, &e), OK);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 07777, wanted, "%03o: %03o", of, st.st_mode & 07777);
}

/* Also when the file is there already with a mode that is wider. */
Test(rejects, nobody_may_read_it_who_may_not_read_where_it_is_from)
{
	FILE *f = fopen(path, "w");

	umask(0);
	fclose(f);
	expect_mode(0100600, 0600);
	chmod(path, 0666);
	expect_mode(0100644, 0600);
	expect_mode(0100400, 0400);
	expect_mode(0100666, 0600);
}

Test(rejects, leaves_nothing_when_discarded)
{
	struct rejects *r;
	struct err e;

	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(rejects_add(r, 7, cells, TEXT_LIT("1"), &e), OK);
	rejects_discard(r);
	cr_assert_neq(access(path, F_OK), 0);
}

Test(rejects, makes_no_file_without_a_reject_but_empties_an_old_one)
{
	struct rejects *r;
	struct err e;
	FILE *f;

	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(rejects_close(r, &e), OK);
	cr_assert_neq(access(path, F_OK), 0);
	f = fopen(path, "w");
	fputs("old\n", f);
	fclose(f);
	cr_assert_eq(rejects_open(path, 0644, &r, &e), OK);
	cr_assert_eq(rejects_close(r, &e), OK);
	cr_assert_str_eq(content(), "line,column,value,reason,row\n");
}

Test(rejects, says_when_it_cannot_write)
{
	struct rejects *r;
	struct err e;

	cr_assert_eq(rejects_open("/nonexistent/x.csv", 0644, &r, &e), OK);
	cr_assert_eq(rejects_add(r, 7, cells, TEXT_LIT("1"), &e), TRY_SYSTEM);
	cr_assert_not_null(strstr(e.text, "/nonexistent/x.csv"));
	rejects_discard(r);
}
