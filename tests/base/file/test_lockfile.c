#include "base/file/lockfile.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[TEMP_SIZE];

static void
make_folder(void)
{
	temp_dir(folder);
}

static void
remove_folder(void)
{
	temp_remove(folder);
}

TestSuite(lockfile, .init = make_folder, .fini = remove_folder);

/* A child that has the folder until it is told, by the pipe's end, to leave it. */
static pid_t
hold(int *leave)
{
	int told[2];
	int taken[2];
	char c = 'n';
	pid_t pid;

	cr_assert_eq(pipe(told), 0);
	cr_assert_eq(pipe(taken), 0);
	pid = fork();
	if (pid == 0) {
		struct err e;
		int fd;

		close(told[1]);
		c = lockfile_take(folder, "lock", "", &fd, &e) == OK ? 'y' : 'n';
		_exit(write(taken[1], &c, 1) == 1 && read(told[0], &c, 1) == 0 ? 0 : 1);
	}
	close(told[0]);
	cr_assert_eq(read(taken[0], &c, 1), 1);
	cr_assert_eq(c, 'y');
	close(taken[0]);
	close(taken[1]);
	*leave = told[1];
	return pid;
}

Test(lockfile, names_the_folder_and_the_process_that_has_it_until_that_ends)
{
	int leave;
	pid_t holder = hold(&leave);
	char who[64];
	int fd;
	struct err e;

	cr_expect_eq(lockfile_take(folder, "lock", "choose another", &fd, &e), REJ_STATE);
	cr_expect_eq(fd, -1);
	snprintf(who, sizeof who, "another semsd, process %ld on ", (long)holder);
	cr_expect_not_null(strstr(e.text, who), "%s", e.text);
	cr_expect_not_null(strstr(e.text, folder), "%s", e.text);
	cr_expect_not_null(strstr(e.text, "uses it: choose another"), "%s", e.text);
	close(leave);
	cr_assert_eq(waitpid(holder, NULL, 0), holder);
	cr_expect_eq(lockfile_take(folder, "lock", "", &fd, &e), OK, "%s", e.text);
	close(fd);
}

Test(lockfile, knows_names_apart)
{
	int fd;
	int other;
	struct err e;

	cr_assert_eq(lockfile_take(folder, "lock", "", &fd, &e), OK);
	cr_expect_eq(lockfile_take(folder, "other.lock", "", &other, &e), OK);
	cr_expect_eq(lockfile_take(folder, "lock", "", &other, &e), REJ_STATE);
	close(fd);
}

Test(lockfile, says_where_nothing_can_be_made)
{
	char gone[TEMP_SIZE + 8];
	int fd;
	struct err e;

	snprintf(gone, sizeof gone, "%s/gone", folder);
	cr_expect_eq(lockfile_take(gone, "lock", "", &fd, &e), FATAL_CONFIG);
	cr_expect_eq(fd, -1);
	cr_expect_str_eq(e.where, gone);
}
