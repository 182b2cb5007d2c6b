#include "base/count.h"
#include "tools/sheet/filekind.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

static char path[64];

static void
name_file(void)
{
	snprintf(path, sizeof path, "/tmp/test_filekind.%d", (int)getpid());
}

static void
remove_file(void)
{
	unlink(path);
}

TestSuite(filekind, .init = name_file, .fini = remove_file);

/* What it is called; "": it may be text; NULL: it is a workbook. */
static const char *
refused(void)
{
	static struct err e;
	int fd = open(path, O_RDONLY);
	bool is_workbook;

	e = (struct err){.code = OK};
	cr_assert_geq(fd, 0);
	is_workbook = filekind_is_workbook(fd, &e);
	close(fd);
	return is_workbook ? NULL : e.code == OK ? "" : e.text;
}

static void
write_archive(const char *member)
{
	int why;
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);

	cr_assert_not_null(zip);
	cr_assert_geq(zip_file_add(zip, member, zip_source_buffer(zip, "x", 1, 0), 0), 0);
	cr_assert_eq(zip_close(zip), 0);
}

static void
write_bytes(const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	cr_assert_eq(fwrite(p, 1, n, f), n);
	cr_assert_eq(fclose(f), 0);
}

Test(filekind, calls_a_file_that_is_no_list_what_it_is)
{
	static const struct {
		const char *bytes;
		const char *is;
	} files[] = {
	    {"\xD0\xCF\x11\xE0\xA1\xB1", "old Excel workbook (.xls), or one with a password"},
	    {"%PDF-1.7\n", "a PDF"},
	    {"\x1F\x8B\x08", "compressed (gzip)"},
	    {"  <!DOCTYPE HTML><table>", "a web page, whatever its name says"},
	    {"\xEF\xBB\xBF<?xml version='1.0'?>", "XML"},
	    {"PK\3\4 cut off", "a damaged ZIP archive or workbook"},
	};

	for (size_t i = 0; i < COUNT(files); i++) {
		write_bytes(files[i].bytes, strlen(files[i].bytes));
		cr_expect_not_null(strstr(refused(), files[i].is), "%s: %s", files[i].is,
				   refused());
	}
	write_archive("content.xml");
	cr_expect_not_null(strstr(refused(), "an OpenDocument file (.ods)"));
	write_archive("a.csv");
	cr_expect_not_null(strstr(refused(), "a ZIP archive that is no Excel workbook"));
	write_archive("xl/workbook.xml");
	cr_expect_null(refused(), "a workbook");
	write_bytes("a,b\n", 4);
	cr_expect_str_eq(refused(), "", "may be text");
}
