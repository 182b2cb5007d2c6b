#include "base/file/plainfile.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[TEMP_SIZE];
static char path[TEMP_SIZE + 16];

static void
setup(void)
{
	temp_dir(folder);
	snprintf(path, sizeof path, "%s/x", folder);
}

static void
teardown(void)
{
	cr_expect(temp_remove(folder));
}

/* Whoever waits for a pipe's other end is ended. */
TestSuite(plainfile, .init = setup, .fini = teardown, .timeout = 60);

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static void
refuses(const char *what, int flags, enum code wanted, const char *says)
{
	struct stat st;
	struct buf all;
	struct err e;
	int fd = 7;

	cr_expect_eq(plainfile_open(AT_FDCWD, what, flags, &fd, &st, &e), wanted, "%s", what);
	cr_expect_eq(fd, -1);
	cr_expect_not_null(strstr(e.text, says), "%s", e.text);
	cr_expect_not_null(strstr(e.text, what), "%s", e.text);
	buf_init(&all, 1000);
	cr_expect_eq(plainfile_read(AT_FDCWD, what, flags, &all, &e), wanted, "%s", what);
	cr_expect_eq(all.n, 0);
	buf_fini(&all);
}

Test(plainfile, reads_a_file_whole_also_in_a_folder)
{
	struct buf all;
	struct err e;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	write_file("some text");
	buf_init(&all, 9);
	cr_assert_eq(plainfile_read(fd, "x", O_NOFOLLOW, &all, &e), OK, "%s", e.text);
	cr_expect_eq(all.n, 9);
	cr_expect_arr_eq(all.p, "some text", 9);
	buf_fini(&all);
	close(fd);
}

Test(plainfile, says_when_a_file_is_larger_than_it_may_be)
{
	struct buf all;
	struct err e;

	write_file("some text");
	buf_init(&all, 8);
	cr_expect_eq(plainfile_read(AT_FDCWD, path, 0, &all, &e), REJ_MALFORMED);
	cr_expect_not_null(strstr(e.text, "more than 8 bytes"), "%s", e.text);
	buf_fini(&all);
}

Test(plainfile, a_pipe_that_nobody_writes_to_is_refused)
{
	cr_assert_eq(mkfifo(path, 0600), 0);
	refuses(path, 0, REJ_MALFORMED, "a pipe");
}

Test(plainfile, devices_folders_and_sockets_are_refused)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	refuses("/dev/zero", 0, REJ_MALFORMED, "a device");
	refuses(folder, 0, REJ_MALFORMED, "a folder");
	snprintf(a.sun_path, sizeof a.sun_path, "%.100s", path);
	cr_assert_eq(bind(s, (const struct sockaddr *)&a, sizeof a), 0);
	refuses(path, 0, REJ_MALFORMED, "a socket");
	close(s);
}

Test(plainfile, tells_what_is_not_there_from_what_may_not_be_opened)
{
	refuses(path, 0, REJ_NOT_FOUND, "No such file");
	cr_assert_eq(symlink("/dev/null", path), 0);
	refuses(path, O_NOFOLLOW, REJ_FORBIDDEN, "symbolic links");
}
