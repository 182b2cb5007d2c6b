#include "tests/lib/temp.h"
#include "tools/sheet/infile.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever waits for a pipe's other end is ended. */
TestSuite(infile, .timeout = 60);

static int
pipe_with(const char *text)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	return ends[0];
}

Test(infile, a_pipe_that_nobody_writes_to_is_refused)
{
	char folder[TEMP_SIZE];
	char path[TEMP_SIZE + 8];
	uint64_t size;
	struct err e;
	int fd;

	temp_dir(folder);
	snprintf(path, sizeof path, "%s/pipe", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(infile_open(path, &fd, &size, &e), REJ_MALFORMED);
	cr_expect_eq(fd, -1);
	cr_expect_not_null(strstr(e.text, "a pipe, not a file; - reads standard input"), "%s",
			   e.text);
	cr_expect_eq(infile_open("/dev/zero", &fd, &size, &e), REJ_MALFORMED);
	cr_expect_not_null(strstr(e.text, "a device"), "%s", e.text);
	cr_expect(temp_remove(folder));
}

Test(infile, what_comes_from_a_pipe_can_be_read_twice_and_by_nobody_else)
{
	struct buf text;
	struct stat st;
	uint64_t size;
	struct err e;
	int from = pipe_with("a,b\n1,2\n");
	int fd;

	cr_assert_eq(infile_spool(from, 8, &fd, &size, &e), OK, "%s", e.text);
	cr_expect_eq(size, 8);
	cr_expect_eq(fstat(fd, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	cr_expect_eq(st.st_nlink, 0);
	buf_init(&text, 100);
	cr_expect(infile_read(fd, 4, 4, &text));
	cr_expect(infile_read(fd, 4, 4, &text));
	cr_expect_eq(text.n, 6);
	cr_expect_arr_eq(text.p, "1,21,2", 6);
	buf_fini(&text);
	close(fd);
	close(from);
}

Test(infile, what_comes_from_a_pipe_without_end_is_refused)
{
	uint64_t size;
	struct err e;
	int from = pipe_with("a,b\n1,2\n");
	int fd;

	cr_expect_eq(infile_spool(from, 7, &fd, &size, &e), REJ_MALFORMED);
	cr_expect_eq(fd, -1);
	cr_expect_not_null(strstr(e.text, "more than 7 bytes"), "%s", e.text);
	close(from);
}
