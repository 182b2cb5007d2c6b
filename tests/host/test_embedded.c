#include "host/embedded.h"
#include "host/process.h"
#include "store/schema/furnish.h"
#include "store/store.h"
#include "tests/lib/cluster.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[TEMP_SIZE];

/* Below a folder that everybody may enter; steps down when we are root, as PostgreSQL wants. */
static void
make_dir(void)
{
	struct err e;

	temp_dir(dir);
	cr_assert_eq(embedded_step_down(dir, NULL, &e), OK, "%s", e.text);
	cr_assert_neq(geteuid(), 0);
}

static struct embedded *
start(const char *path)
{
	struct embedded *m = NULL;
	struct err e;

	cr_assert_eq(embedded_start(path, &furnish_cluster, &m, &e), OK, "%s", e.text);
	return m;
}

Test(embedded, makes_a_cluster_that_is_safe_and_private_and_keeps_it)
{
	struct embedded *m;
	struct err e;
	struct stat st;
	char path[TEMP_SIZE + 32];
	PGconn *pg;

	make_dir();
	m = start(dir);
	cr_expect_eq(schema_prepare(embedded_conninfo(m), &e), OK, "%s", e.text);
	pg = PQconnectdb(embedded_conninfo(m));
	cr_assert_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
	cr_expect_str_eq(
	    cluster_text(pg, "SELECT current_setting('listen_addresses') || "
			     "current_setting('data_checksums') || current_setting('fsync')"),
	    "onon");
	/* The log must not quote what was sent. */
	cr_expect_str_eq(cluster_text(pg, "SELECT current_setting('log_error_verbosity') || ' ' || "
					  "current_setting('log_min_error_statement')"),
			 "terse panic");
	cr_expect_str_eq(cluster_state(pg, "CREATE TEMPORARY TABLE t (n int)"), "42501");
	cluster_do(pg, "SET ROLE sems_admin; INSERT INTO sems.site VALUES ('north', 'North Pier')");
	PQfinish(pg);
	snprintf(path, sizeof path, "%s/run", dir);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0700);
	embedded_stop(m);
	m = start(dir);
	pg = PQconnectdb(embedded_conninfo(m));
	cluster_do(pg, "SET ROLE sems_admin");
	cr_expect_eq(cluster_int(pg, "SELECT count(*) FROM sems.site"), 1);
	PQfinish(pg);
	embedded_stop(m);
	cr_expect(process_remove_tree(dir));
}

Test(embedded, works_with_a_relative_folder_and_quotes_in_its_name)
{
	struct embedded *m;
	PGconn *pg;

	make_dir();
	cr_assert_eq(chdir(dir), 0);
	m = start("it's here");
	pg = PQconnectdb(embedded_conninfo(m));
	cr_expect_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
	PQfinish(pg);
	embedded_stop(m);
	cr_expect(process_remove_tree(dir));
}

Test(embedded, refuses_a_folder_in_use_and_a_path_too_long)
{
	struct embedded *m;
	struct embedded *other = NULL;
	struct err e;
	char path[256];

	make_dir();
	m = start(dir);
	cr_expect_eq(embedded_start(dir, &furnish_cluster, &other, &e), REJ_STATE);
	cr_expect(strstr(e.text, "another semsd") != NULL, "%s", e.text);
	embedded_stop(m);
	snprintf(path, sizeof path, "%s/%0100d", dir, 1);
	cr_expect_eq(embedded_start(path, &furnish_cluster, &other, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "too long") != NULL, "%s", e.text);
	cr_expect(process_remove_tree(dir));
}

Test(embedded, starts_again_after_it_was_killed_and_after_half_an_initdb)
{
	struct embedded *m;
	PGconn *pg;
	char path[TEMP_SIZE + 32];
	pid_t child;
	int status;

	make_dir();
	snprintf(path, sizeof path, "%s/pg.new-half", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/pg.new-half/left", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	child = fork();
	if (child == 0) {
		struct err e;

		/* Dies without a goodbye; its postmaster is told by the kernel. */
		if (embedded_start(dir, &furnish_cluster, &m, &e) == OK)
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFSIGNALED(status), "it did not start");
	cr_expect_neq(access(path, F_OK), 0, "what was half made is gone");
	m = start(dir);
	pg = PQconnectdb(embedded_conninfo(m));
	cr_expect_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
	PQfinish(pg);
	embedded_stop(m);
	cr_expect(process_remove_tree(dir));
}

/* The first line of the cluster's lock file. */
static pid_t
postmaster(void)
{
	char path[TEMP_SIZE + 32];
	char line[32] = "";
	FILE *f;

	snprintf(path, sizeof path, "%s/pg/postmaster.pid", dir);
	f = fopen(path, "re");
	cr_assert_not_null(f);
	cr_assert_not_null(fgets(line, sizeof line, f));
	fclose(f);
	return (pid_t)strtol(line, NULL, 10);
}

Test(embedded, starts_the_cluster_again_when_its_postmaster_was_killed, .timeout = 120)
{
	struct embedded *m;
	bool up = false;

	make_dir();
	m = start(dir);
	embedded_tend(m);
	cr_assert_eq(kill(postmaster(), SIGKILL), 0);
	/* Each turn is a second to the cluster; the first starts may end, as backends live on. */
	for (int i = 0; i < 15000 && !up; i++) {
		process_sleep_ms(20);
		embedded_tend(m);
		up = PQping(embedded_conninfo(m)) == PQPING_OK;
	}
	cr_expect(up, "it was not started again");
	embedded_stop(m);
	cr_expect(process_remove_tree(dir));
}

/* --- stepping down: only root can try --------------------------------------------------------- */

static void
folder_as_root(mode_t mode)
{
	if (geteuid() != 0)
		cr_skip_test("needs root");
	temp_dir(dir);
	chmod(dir, mode);
}

Test(embedded, gives_away_only_a_folder_that_nobody_else_uses)
{
	struct err e;
	struct stat st;
	char path[TEMP_SIZE + 32];

	folder_as_root(01777);
	cr_expect_eq(embedded_step_down(dir, NULL, &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "shared or not empty") != NULL, "%s", e.text);
	chmod(dir, 0755);
	snprintf(path, sizeof path, "%s/somebody's", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_expect_eq(embedded_step_down(dir, NULL, &e), FATAL_CONFIG);
	cr_assert_eq(stat(dir, &st), 0);
	cr_expect_eq(st.st_uid, 0);
	cr_expect_eq(geteuid(), 0);
	process_remove_tree(dir);
}

Test(embedded, makes_the_folder_for_the_user_it_becomes)
{
	struct err e;
	struct stat st;
	char path[TEMP_SIZE + 32];

	folder_as_root(0777);
	snprintf(path, sizeof path, "%s/a/b", dir);
	cr_assert_eq(embedded_step_down(path, "nobody", &e), OK, "%s", e.text);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_uid, geteuid());
	cr_expect_eq(st.st_mode & 0777, 0700);
	cr_expect_neq(setuid(0), 0, "it could go back");
	/* Again, as that user: nothing to do. */
	cr_expect_eq(embedded_step_down(path, "nobody", &e), OK);
	rmdir(path);
}

Test(embedded, says_when_the_user_is_unknown_or_cannot_reach_the_folder)
{
	struct err e;
	char path[TEMP_SIZE + 32];

	if (geteuid() != 0)
		cr_skip_test("needs root");
	temp_dir(dir);
	snprintf(path, sizeof path, "%s/a", dir);
	cr_expect_eq(embedded_step_down(path, "no-such-user", &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "adduser") != NULL, "%s", e.text);
	cr_expect_eq(embedded_step_down(path, "root", &e), FATAL_CONFIG);
	cr_expect_eq(embedded_step_down(path, "nobody", &e), FATAL_CONFIG);
	cr_expect(strstr(e.text, "cannot reach") != NULL, "%s", e.text);
}
