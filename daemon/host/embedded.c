/*
 * The private cluster. What can go wrong is mostly left-overs: an initdb that was killed (the
 * folder is made aside and renamed), a semsd that was killed (its postmaster gets SIGINT and may
 * still be stopping; or, when it goes on, it is taken over), a data folder of another PostgreSQL
 * version. Layout under DIR: pg/ the cluster, run/ its socket, log/ its log, lock the proof that
 * one semsd uses DIR.
 */
#include "host/embedded.h"

#include "base/file/lockfile.h"
#include "base/log.h"
#include "host/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PORT_OPTION   "port=5432"
#define PORT          "5432"
#define SUPERUSER     "postgres"
#define PATH_SIZE     512
#define POLL_MS       20
#define ADOPT_MS      3000         /* a left-over that answers this long is not stopping */
#define LEFTOVER_MS   60000        /* how long a left-over may take to stop */
#define START_MS      (15 * 60000) /* crash recovery of a large store takes its time */
#define STOP_MS       20000        /* until it is ended without a last checkpoint */
#define END_MS        10000        /* and is let be; PostgreSQL kills its own after five seconds */
#define LIVED_LEAST   10           /* calls of embedded_tend(): what ends sooner is retried later */
#define PAUSE_MOST    30           /* calls of embedded_tend() */
#define VERSION_LEAST 15

struct embedded {
	const struct cluster_access *access;
	char dir[PATH_SIZE];
	char data[PATH_SIZE];
	char run[PATH_SIZE];
	char log[PATH_SIZE];
	char bin[PATH_SIZE];
	char conninfo[2 * PATH_SIZE];
	char admin_conninfo[2 * PATH_SIZE];
	int lock;
	pid_t pid;
	bool child;   /* ours to wait for; else taken over */
	int lived;    /* calls of embedded_tend() since it was started */
	int attempts; /* starts in a row that soon ended */
	int pause;    /* calls of embedded_tend() before the next start */
};

/* --- paths ------------------------------------------------------------------------------------ */

static enum code
make_folder(const char *path, struct err *e)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_set(e, FATAL_CONFIG, "embedded", "cannot make %s: %s", path,
			       strerror(errno));
	return OK;
}

/* A value in a conninfo string: quoted, with ' and \ escaped. */
static void
quote_value(const char *value, char *out, size_t size)
{
	size_t n = 0;

	out[n++] = '\'';
	for (const char *p = value; *p != '\0' && n + 4 < size; p++) {
		if (*p == '\'' || *p == '\\')
			out[n++] = '\\';
		out[n++] = *p;
	}
	out[n++] = '\'';
	out[n] = '\0';
}

static enum code
name_paths(struct embedded *m, const char *real, struct err *e)
{
	const size_t max =
	    sizeof((struct sockaddr_un *)NULL)->sun_path - sizeof "/run/.s.PGSQL." PORT;

	if (strlen(real) > max)
		return err_set(
		    e, FATAL_CONFIG, "embedded",
		    "the path is too long for a socket under it: choose one of at most %zu bytes",
		    max);
	snprintf(m->dir, sizeof m->dir, "%s", real);
	snprintf(m->data, sizeof m->data, "%s/pg", real);
	snprintf(m->run, sizeof m->run, "%s/run", real);
	snprintf(m->log, sizeof m->log, "%s/log", real);
	return OK;
}

/* The folder is there. */
static enum code
find_paths(struct embedded *m, const char *dir, struct err *e)
{
	char *real = realpath(dir, NULL);
	enum code code;

	if (real == NULL || access(real, R_OK | W_OK | X_OK) != 0)
		code =
		    err_set(e, FATAL_CONFIG, "embedded", "cannot use %s: %s", dir, strerror(errno));
	else
		code = name_paths(m, real, e);
	free(real);
	return code;
}

static enum code
set_paths(struct embedded *m, const char *dir, struct err *e)
{
	char host[PATH_SIZE];
	enum code code;

	code = make_folder(dir, e);
	if (code == OK)
		code = find_paths(m, dir, e);
	if (code != OK)
		return code;
	quote_value(m->run, host, sizeof host);
	snprintf(m->conninfo, sizeof m->conninfo,
		 "host=%s port=" PORT " dbname=" CLUSTER_DATABASE " user=semsd", host);
	snprintf(m->admin_conninfo, sizeof m->admin_conninfo,
		 "host=%s port=" PORT " dbname=postgres user=" SUPERUSER " connect_timeout=10",
		 host);
	code = make_folder(m->run, e);
	return code == OK ? make_folder(m->log, e) : code;
}

/* --- which PostgreSQL ------------------------------------------------------------------------- */

static bool
has_server(const char *bin)
{
	char path[PATH_SIZE + 16];

	snprintf(path, sizeof path, "%s/postgres", bin);
	if (access(path, X_OK) != 0)
		return false;
	snprintf(path, sizeof path, "%s/initdb", bin);
	return access(path, X_OK) == 0;
}

/* Debian keeps the versions side by side: the wanted one, or the newest when it is 0. */
static bool
find_debian(struct embedded *m, long wanted)
{
	glob_t g = {0};
	long best = 0;

	if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			long version =
			    strtol(g.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);

			if (version < VERSION_LEAST || version <= best ||
			    (wanted != 0 && version != wanted) || !has_server(g.gl_pathv[i]))
				continue;
			best = version;
			snprintf(m->bin, sizeof m->bin, "%s", g.gl_pathv[i]);
		}
	}
	globfree(&g);
	return best != 0;
}

static bool
find_in_path(struct embedded *m)
{
	const char *p = getenv("PATH");

	while (p != NULL && *p != '\0') {
		size_t n = strcspn(p, ":");

		if (n > 0 && n < sizeof m->bin) {
			memcpy(m->bin, p, n);
			m->bin[n] = '\0';
			if (has_server(m->bin))
				return true;
		}
		p += n + (p[n] == ':');
	}
	return false;
}

static enum code
find_server(struct embedded *m, struct err *e)
{
	char path[PATH_SIZE + 16];
	char line[16] = "";
	FILE *f;
	long wanted = 0;

	snprintf(path, sizeof path, "%s/PG_VERSION", m->data);
	f = fopen(path, "re");
	if (f != NULL) {
		if (fgets(line, sizeof line, f) != NULL)
			wanted = strtol(line, NULL, 10);
		fclose(f);
	}
	if (find_debian(m, wanted) || find_in_path(m))
		return OK;
	if (wanted != 0)
		return err_set(e, FATAL_CONFIG, "embedded",
			       "%s was made by PostgreSQL %ld, which is not installed: "
			       "apt-get install postgresql-%ld",
			       m->data, wanted, wanted);
	return err_set(e, FATAL_CONFIG, "embedded",
		       "no PostgreSQL server found: apt-get install postgresql");
}

enum code
embedded_look(const char *dir, const char *user, struct err *e)
{
	struct embedded m = {0};
	struct stat st;
	enum code code = embedded_look_user(dir, user, e);

	if (code == OK)
		code = stat(dir, &st) == 0 ? find_paths(&m, dir, e) : name_paths(&m, dir, e);
	return code == OK ? find_server(&m, e) : code;
}

/* --- making ----------------------------------------------------------------------------------- */

#define HALF_MADE "pg.new-"

/* What others left half made; one that died a moment ago may still be clearing it away itself. */
static void
clear_half_made(const struct embedded *m)
{
	char path[PATH_SIZE + sizeof((struct dirent *)NULL)->d_name];
	DIR *dir = opendir(m->dir);

	if (dir == NULL)
		return;
	for (const struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
		if (strncmp(d->d_name, HALF_MADE, strlen(HALF_MADE)) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", m->dir, d->d_name);
		if (!process_remove_tree(path))
			log_warn("embedded.left", KV("path", path));
	}
	closedir(dir);
}

static enum code
make_cluster(struct embedded *m, struct err *e)
{
	char program[PATH_SIZE + 16];
	char aside[PATH_SIZE + 16];
	char log[PATH_SIZE + 16];
	const char *argv[] = {program,
			      "-D",
			      aside,
			      "--data-checksums",
			      "-E",
			      "UTF8",
			      "--locale=C.UTF-8",
			      "--auth=trust",
			      "--no-instructions",
			      "-U",
			      SUPERUSER,
			      NULL};
	char path[PATH_SIZE + 16];

	snprintf(path, sizeof path, "%s/PG_VERSION", m->data);
	if (access(path, F_OK) == 0)
		return OK;
	snprintf(program, sizeof program, "%s/initdb", m->bin);
	snprintf(aside, sizeof aside, "%s/" HALF_MADE "XXXXXX", m->dir);
	snprintf(log, sizeof log, "%s/initdb.log", m->log);
	clear_half_made(m);
	if (mkdtemp(aside) == NULL)
		return err_set(e, FATAL_CONFIG, "embedded", "cannot make %s: %s", aside,
			       strerror(errno));
	if (process_run(argv, log) != 0)
		return err_set(e, FATAL_CONFIG, "embedded", "initdb failed: see %s", log);
	if (rename(aside, m->data) != 0)
		return err_set(e, FATAL_CONFIG, "embedded", "cannot make %s: %s", m->data,
			       strerror(errno));
	return OK;
}

/* --- starting --------------------------------------------------------------------------------- */

/* A lock file that outlived a crash may name a number that is another program's by now. */
static bool
is_postgres(long pid)
{
	char path[64];
	char name[16] = "";
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/comm", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	if (fgets(name, sizeof name, f) == NULL)
		name[0] = '\0';
	fclose(f);
	return strncmp(name, "postgres", 8) == 0;
}

/* The process that the data folder's lock file names; 0: none that lives. */
static pid_t
postmaster_pid(const struct embedded *m)
{
	char path[PATH_SIZE + 16];
	char line[32] = "";
	long pid = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/postmaster.pid", m->data);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fgets(line, sizeof line, f) != NULL)
		pid = strtol(line, NULL, 10);
	fclose(f);
	return pid > 1 && is_postgres(pid) ? (pid_t)pid : 0;
}

static bool
answers(const struct embedded *m)
{
	return m->access->answers(m->admin_conninfo);
}

/* Waits for a left-over postmaster to end, or takes it over when it keeps answering. */
static void
meet_leftover(struct embedded *m)
{
	int answered = 0;

	for (int waited = 0; waited < LEFTOVER_MS; waited += POLL_MS) {
		pid_t pid = postmaster_pid(m);

		if (pid == 0)
			return;
		answered = answers(m) ? answered + POLL_MS : 0;
		if (answered >= ADOPT_MS) {
			m->pid = pid;
			return;
		}
		process_sleep_ms(POLL_MS);
	}
}

static enum code
spawn(struct embedded *m, struct err *e)
{
	char program[PATH_SIZE + 16];
	char sockets[PATH_SIZE + 32];
	char log_folder[PATH_SIZE + 32];
	char start_log[PATH_SIZE + 16];
	/* Errors are logged without the statement and without CONTEXT: both would quote evidence.
	 */
	const char *argv[] = {program,
			      "-D",
			      m->data,
			      "-c",
			      "listen_addresses=",
			      "-c",
			      sockets,
			      "-c",
			      "unix_socket_permissions=0700",
			      "-c",
			      PORT_OPTION,
			      "-c",
			      "cluster_name=semsd",
			      "-c",
			      "logging_collector=on",
			      "-c",
			      log_folder,
			      "-c",
			      "log_filename=postgresql-%a.log",
			      "-c",
			      "log_truncate_on_rotation=on",
			      "-c",
			      "log_rotation_age=1d",
			      "-c",
			      "log_rotation_size=0",
			      "-c",
			      "log_error_verbosity=terse",
			      "-c",
			      "log_min_error_statement=panic",
			      "-c",
			      "log_timezone=UTC",
			      "-c",
			      "fsync=on",
			      "-c",
			      "full_page_writes=on",
			      "-c",
			      "jit=off",
			      NULL};

	snprintf(program, sizeof program, "%s/postgres", m->bin);
	snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", m->run);
	snprintf(log_folder, sizeof log_folder, "log_directory=%s", m->log);
	snprintf(start_log, sizeof start_log, "%s/start.log", m->log);
	m->pid = process_start(argv, start_log);
	if (m->pid < 0) {
		m->pid = 0;
		return err_set(e, TRY_SYSTEM, "embedded", "cannot start PostgreSQL: %s",
			       strerror(errno));
	}
	m->child = true;
	m->lived = 0;
	return OK;
}

static enum code
launch(struct embedded *m, struct err *e)
{
	if (spawn(m, e) != OK)
		return e->code;
	for (int waited = 0; waited < START_MS; waited += POLL_MS) {
		if (answers(m))
			return OK;
		if (process_has_ended(m->pid)) {
			m->pid = 0;
			return err_set(e, FATAL_CONFIG, "embedded",
				       "PostgreSQL ended at once: see %s", m->log);
		}
		process_sleep_ms(POLL_MS);
	}
	return err_set(e, TRY_SYSTEM, "embedded", "PostgreSQL does not answer: see %s", m->log);
}

static enum code
start(struct embedded *m, const char *dir, struct err *e)
{
	enum code code;

	if (geteuid() == 0)
		return err_set(e, FATAL_CONFIG, "embedded", "PostgreSQL refuses to run as root");
	code = set_paths(m, dir, e);
	if (code == OK)
		code =
		    lockfile_take(m->dir, "lock", "stop it, or choose another folder", &m->lock, e);
	if (code == OK)
		code = find_server(m, e);
	if (code == OK)
		code = make_cluster(m, e);
	if (code != OK)
		return code;
	meet_leftover(m);
	if (m->pid == 0)
		code = launch(m, e);
	return code == OK ? m->access->furnish(m->admin_conninfo, e) : code;
}

enum code
embedded_start(const char *dir, const struct cluster_access *access, struct embedded **out,
	       struct err *e)
{
	struct embedded *m = calloc(1, sizeof *m);
	enum code code;

	if (m == NULL)
		return err_set(e, TRY_SYSTEM, "embedded", "out of memory");
	m->access = access;
	m->lock = -1;
	code = start(m, dir, e);
	if (code != OK) {
		embedded_stop(m);
		return code;
	}
	*out = m;
	return OK;
}

const char *
embedded_conninfo(const struct embedded *m)
{
	return m->conninfo;
}

static bool
has_ended(const struct embedded *m)
{
	return m->child ? process_has_ended(m->pid) : postmaster_pid(m) != m->pid;
}

/* More than twice a minute for a cluster that cannot run would only fill the log. */
static int
pause_after(int attempts)
{
	return attempts < 5 ? 1 << attempts : PAUSE_MOST;
}

/* Backends of a killed postmaster may live on for a moment; a new one ends at once until then. */
void
embedded_tend(struct embedded *m)
{
	struct err e;

	if (m == NULL)
		return;
	if (m->pid > 0 && !has_ended(m)) {
		m->lived++;
		return;
	}
	if (m->pid > 0) {
		m->attempts = m->lived < LIVED_LEAST ? m->attempts + 1 : 0;
		m->pause = m->attempts == 0 ? 0 : pause_after(m->attempts);
		log_warn("embedded.ended", KVI("pid", m->pid), KVI("start_again_s", m->pause));
		m->pid = 0;
	}
	if (m->pause > 0) {
		m->pause--;
		return;
	}
	if (spawn(m, &e) != OK)
		log_error("embedded.failed", KV("why", e.text));
	else
		log_info("embedded.started", KVI("pid", m->pid));
}

static bool
wait_end(const struct embedded *m, int ms)
{
	for (int waited = 0; waited < ms; waited += POLL_MS) {
		if (has_ended(m))
			return true;
		process_sleep_ms(POLL_MS);
	}
	return false;
}

void
embedded_stop(struct embedded *m)
{
	if (m == NULL)
		return;
	if (m->pid > 0) {
		/* Fast shutdown; SIGQUIT is the immediate one, which costs a recovery but no data.
		 */
		kill(m->pid, SIGINT);
		if (!wait_end(m, STOP_MS)) {
			kill(m->pid, SIGQUIT);
			wait_end(m, END_MS);
		}
	}
	if (m->lock >= 0)
		close(m->lock);
	free(m);
}
