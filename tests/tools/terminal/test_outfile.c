#include "tools/terminal/outfile.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];

static void
make_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%s/outfile.XXXXXX", tmp != NULL ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(folder));
}

static size_t
count_files(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	cr_assert_not_null(d);
	for (const struct dirent *f; (f = readdir(d)) != NULL;)
		n += f->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
remove_folder(void)
{
	DIR *d = opendir(folder);
	char path[600];

	cr_assert_not_null(d);
	for (const struct dirent *f; (f = readdir(d)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
		if (f->d_name[0] != '.')
			remove(path);
	}
	closedir(d);
	rmdir(folder);
}

static void
check_content(const char *path, const char *expected)
{
	char text[64] = "";
	FILE *f = fopen(path, "r");

	cr_assert_not_null(f);
	cr_assert_eq(fread(text, 1, sizeof text - 1, f), strlen(expected));
	cr_assert_str_eq(text, expected);
	fclose(f);
}

Test(outfile, replaces_only_when_told, .init = make_folder, .fini = remove_folder)
{
	char path[300];
	struct err e;
	struct stat st;

	snprintf(path, sizeof path, "%s/a.csv", folder);
	cr_assert_eq(outfile_write(path, "one", 3, false, &e), OK);
	cr_assert_eq(outfile_write(path, "two", 3, false, &e), REJ_STATE);
	cr_assert_not_null(strstr(e.text, "--force"));
	check_content(path, "one");
	cr_assert_eq(outfile_write(path, "two!", 4, true, &e), OK);
	check_content(path, "two!");
	cr_assert_eq(count_files(), 1);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0600);
}

Test(outfile, waits_for_no_pipe, .init = make_folder, .fini = remove_folder, .timeout = 60)
{
	char path[300];
	struct err e;

	snprintf(path, sizeof path, "%s/a.csv", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(outfile_write(path, "one", 3, false, &e), REJ_STATE);
	cr_assert_eq(outfile_write(path, "one", 3, true, &e), OK);
	check_content(path, "one");
}

Test(outfile, leaves_nothing_when_it_cannot_write, .init = make_folder, .fini = remove_folder)
{
	char path[300];
	struct err e;

	snprintf(path, sizeof path, "%s/missing/a.csv", folder);
	cr_assert_eq(outfile_write(path, "one", 3, false, &e), REJ_STATE);
	cr_assert_not_null(strstr(e.text, "missing"));
	snprintf(path, sizeof path, "%s/sub", folder);
	cr_assert_eq(mkdir(path, 0755), 0);
	cr_assert_eq(outfile_write(path, "one", 3, true, &e), REJ_STATE);
	cr_assert_eq(count_files(), 1);
}

Test(outfile, makes_folders_on_the_way, .init = make_folder, .fini = remove_folder)
{
	char path[300];
	struct err e;

	snprintf(path, sizeof path, "%s/x/y", folder);
	cr_assert_eq(outfile_folder(path, &e), OK);
	cr_assert_eq(outfile_folder(path, &e), OK);
	cr_assert_eq(access(path, F_OK), 0);
	rmdir(path);
	snprintf(path, sizeof path, "%s/file", folder);
	cr_assert_eq(outfile_write(path, "", 0, false, &e), OK);
	cr_assert_eq(outfile_folder(path, &e), REJ_STATE);
}

Test(outfile, writes_all_or_none, .init = make_folder, .fini = remove_folder)
{
	const struct outfile files[] = {{"a", "one", 3}, {"b", "two", 3}, {"c", "three", 5}};
	char path[300];
	struct err e;

	snprintf(path, sizeof path, "%s/b", folder);
	cr_assert_eq(outfile_write(path, "other", 5, false, &e), OK);
	cr_assert_eq(outfile_write_all(folder, files, 3, false, &e), REJ_STATE);
	cr_expect_not_null(strstr(e.text, "/b"), "%s", e.text);
	cr_assert_eq(count_files(), 1);
	cr_assert_eq(outfile_write_all(folder, files, 3, true, &e), OK, "%s", e.text);
	cr_assert_eq(count_files(), 3);
	check_content(path, "two");
}

Test(outfile, leaves_alone_what_is_the_same, .init = make_folder, .fini = remove_folder)
{
	const struct outfile files[] = {{"a", "one", 3}, {"b", "", 0}};
	struct stat before;
	struct stat after;
	char path[300];
	struct err e;

	snprintf(path, sizeof path, "%s/a", folder);
	cr_assert_eq(outfile_write_all(folder, files, 2, false, &e), OK, "%s", e.text);
	cr_assert_eq(stat(path, &before), 0);
	cr_assert_eq(outfile_write_all(folder, files, 2, true, &e), OK, "%s", e.text);
	cr_assert_eq(outfile_write_all(folder, files, 2, false, &e), OK, "%s", e.text);
	cr_assert_eq(stat(path, &after), 0);
	cr_assert_eq(before.st_ino, after.st_ino);
	cr_assert_eq(count_files(), 2);
}
