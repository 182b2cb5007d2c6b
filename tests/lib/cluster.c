#include "tests/lib/cluster.h"

#include "base/file/embed.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEMPLATE "sems_template"
#define ENTITY   "sems_entity"
#define SHARED   "SEMS_TEST_CLUSTER"
/* A folder in memory, of tests/run's making: a commit and a copy wait for no disk there. */
#define MEMORY "SEMS_TEST_MEMORY"

static void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "cluster: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	_exit(99);
}

/* --- processes -------------------------------------------------------------------------------- */

/* PostgreSQL refuses root. */
static void
step_down(void)
{
	const struct passwd *pw;

	if (geteuid() != 0)
		return;
	pw = getpwnam("postgres");
	if (pw == NULL || initgroups(pw->pw_name, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
	    setuid(pw->pw_uid) != 0)
		die("cannot become postgres");
}

static pid_t
spawn(const struct cluster *c, const char *const argv[])
{
	/* execv() changes nothing, but its type is older than const. */
	union {
		const char *const *in;
		char *const *plain;
	} args = {argv};
	pid_t parent = getpid();
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	step_down();
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGINT);
	if (getppid() != parent || chdir(c->dir) != 0)
		_exit(127);
	fd = open("output", O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(127);
	execv(argv[0], args.plain);
	_exit(127);
}

static void
bin(char *out, size_t size, const char *program)
{
	glob_t g = {0};

	if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &g) != 0)
		die("no PostgreSQL server found: apt-get install postgresql");
	snprintf(out, size, "%.*s/%s",
		 (int)(strlen(g.gl_pathv[g.gl_pathc - 1]) - strlen("/postgres")),
		 g.gl_pathv[g.gl_pathc - 1], program);
	globfree(&g);
}

static void
sleep_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void
run_server(struct cluster *c)
{
	char postgres[256];
	/* fsync stays on: a store without it is refused. On a disk no checkpoint, which would flush
	 * hundreds of databases that nobody needs an hour from now. */
	const char *run[] = {postgres,
			     "-D",
			     "data",
			     "-k",
			     c->dir,
			     "-c",
			     "listen_addresses=",
			     "-c",
			     "max_connections=200",
			     "-c",
			     "shared_buffers=64MB",
			     "-c",
			     getenv(MEMORY) != NULL ? "max_wal_size=512MB" : "max_wal_size=8GB",
			     "-c",
			     "checkpoint_timeout=1h",
			     "-c",
			     "jit=off",
			     NULL};
	int status;

	bin(postgres, sizeof postgres, "postgres");
	c->pid = spawn(c, run);
	while (PQping(cluster_conninfo(c, "postgres", "postgres")) != PQPING_OK) {
		if (waitpid(c->pid, &status, WNOHANG) != 0)
			die("postgres ended: see %s/output", c->dir);
		sleep_ms(20);
	}
}

void
cluster_crash(struct cluster *c)
{
	/* SIGQUIT ends the server's processes without a checkpoint. */
	kill(c->pid, SIGQUIT);
	waitpid(c->pid, NULL, 0);
}

void
cluster_recover(struct cluster *c)
{
	run_server(c);
}

void
cluster_start(struct cluster *c)
{
	const char *memory = getenv(MEMORY);
	const char *tmp = memory != NULL ? memory : getenv("TMPDIR");
	char initdb[256];
	const char *make[] = {initdb,
			      "-D",
			      "data",
			      "-U",
			      "postgres",
			      "--auth=trust",
			      "--no-sync",
			      "-E",
			      "UTF8",
			      "--locale=C.UTF-8",
			      "--no-instructions",
			      NULL};
	const struct passwd *pw = getpwnam("postgres");
	int status;

	snprintf(c->dir, sizeof c->dir, "%s/sems-pg.XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(c->dir) == NULL)
		die("cannot make %s: %s", c->dir, strerror(errno));
	if (geteuid() == 0 && (pw == NULL || chown(c->dir, pw->pw_uid, pw->pw_gid) != 0))
		die("cannot give %s to postgres", c->dir);
	bin(initdb, sizeof initdb, "initdb");
	if (waitpid(spawn(c, make), &status, 0) < 0 || status != 0)
		die("initdb failed: see %s/output", c->dir);
	run_server(c);
}

pid_t
cluster_receive(const struct cluster *c)
{
	char program[256];
	char where[256];
	const char *receive[] = {program,         "-D",        "received", "-d", where,
				 "--synchronous", "--no-loop", NULL};
	const char *make[] = {"/bin/mkdir", "-p", "received", NULL};
	int status;

	bin(program, sizeof program, "pg_receivewal");
	snprintf(where, sizeof where, "host=%s port=5432 user=postgres application_name=other",
		 c->dir);
	if (waitpid(spawn(c, make), &status, 0) < 0 || status != 0)
		die("no folder for what is received in %s", c->dir);
	return spawn(c, receive);
}

void
cluster_unreceive(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void
cluster_stop(struct cluster *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGQUIT);
		waitpid(c->pid, NULL, 0);
	}
	c->pid = 0;
	nftw(c->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- databases -------------------------------------------------------------------------------- */

const char *
cluster_conninfo(const struct cluster *c, const char *database, const char *user)
{
	static char text[256];

	snprintf(text, sizeof text, "host=%s port=5432 dbname=%s user=%s", c->dir, database, user);
	return text;
}

static PGconn *
connect_to(const struct cluster *c, const char *database)
{
	PGconn *pg = PQconnectdb(cluster_conninfo(c, database, "postgres"));

	if (PQstatus(pg) != CONNECTION_OK)
		die("%s", PQerrorMessage(pg));
	cluster_do(pg, "SET client_min_messages = error; SET timezone = 'UTC'");
	return pg;
}

void
cluster_create(const struct cluster *c, const char *name, const char *template_name)
{
	PGconn *pg = connect_to(c, "postgres");
	const char *roles = embed_text("sql/roles.sql");
	char sql[256];

	if (roles == NULL)
		die("sql/roles.sql is not compiled in");
	if (strcmp(template_name, "template0") == 0)
		cluster_do(pg, roles);
	snprintf(sql, sizeof sql, "CREATE DATABASE %s OWNER sems_owner TEMPLATE %s", name,
		 template_name);
	cluster_do(pg, sql);
	PQfinish(pg);
}

static struct cluster shared;

void
cluster_share(cluster_prepare_fn prepare)
{
	struct err e;
	PGconn *pg;

	cluster_start(&shared);
	cluster_create(&shared, TEMPLATE, "template0");
	if (prepare(cluster_conninfo(&shared, TEMPLATE, "semsd"), &e) != OK)
		die("%s: %s", e.where, e.text);
	cluster_create(&shared, ENTITY, TEMPLATE);
	pg = connect_to(&shared, ENTITY);
	cluster_do(pg, "SELECT sems.setup_entity('Invented Airport', 'Europe/London')");
	/* Once here, not in each copy: what autovacuum would do within a minute. Not the empty
	 * tables: what a test fills is then planned for as if it were still empty. */
	cluster_do(pg, "VACUUM (FREEZE, ANALYZE) sems.civil_day");
	PQfinish(pg);
	setenv(SHARED, shared.dir, 1);
}

void
cluster_unshare(void)
{
	cluster_stop(&shared);
}

const struct cluster *
cluster_shared(void)
{
	const char *dir = getenv(SHARED);

	if (shared.dir[0] == '\0') {
		if (dir == NULL)
			die("no cluster is shared: cluster_share() belongs into "
			    "ReportHook(PRE_ALL)");
		snprintf(shared.dir, sizeof shared.dir, "%s", dir);
	}
	return &shared;
}

/* Memory is not left to databases of tests that have ended. */
static void
drop_ended(const struct cluster *c)
{
	PGconn *pg = connect_to(c, "postgres");
	PGresult *res = PQexec(pg, "SELECT datname, substring(datname FROM '^t([0-9]+)_[0-9]+$') "
				   "FROM pg_database WHERE datname ~ '^t[0-9]+_[0-9]+$'");

	for (int i = 0; i < PQntuples(res); i++) {
		pid_t pid = (pid_t)strtol(PQgetvalue(res, i, 1), NULL, 10);
		char sql[128];

		if (kill(pid, 0) == 0 || errno != ESRCH)
			continue;
		/* Another test may be at it, too: whichever loses is content. */
		snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)",
			 PQgetvalue(res, i, 0));
		PQclear(PQexec(pg, sql));
	}
	PQclear(res);
	PQfinish(pg);
}

static const char *
copy_of(const char *template_name)
{
	static char names[16][32];
	static unsigned n;
	char *name = names[n % 16];

	if (n == 0 && getenv(MEMORY) != NULL)
		drop_ended(cluster_shared());
	snprintf(name, sizeof names[0], "t%ld_%u", (long)getpid(), n++);
	cluster_create(cluster_shared(), name, template_name);
	return name;
}

const char *
cluster_database(void)
{
	return copy_of(TEMPLATE);
}

const char *
cluster_entity_database(void)
{
	return copy_of(ENTITY);
}

PGconn *
cluster_connect(const char *database)
{
	return connect_to(cluster_shared(), database);
}

/* --- asking ----------------------------------------------------------------------------------- */

static PGresult *
query(PGconn *pg, const char *sql)
{
	PGresult *res = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		die("%s%s", PQerrorMessage(pg), sql);
	return res;
}

void
cluster_mistrust(PGconn *pg)
{
	cluster_do(pg, "DROP TRIGGER trust ON sems.correction");
}

void
cluster_conflict(PGconn *pg, const char *table, int times, bool is_deadlock)
{
	char sql[900];

	/* A sequence counts on whatever is rolled back. */
	snprintf(sql, sizeof sql,
		 "DROP TABLE IF EXISTS public.conflicts; "
		 "DROP SEQUENCE IF EXISTS public.conflict CASCADE; "
		 "CREATE SEQUENCE public.conflict; "
		 "CREATE TABLE public.conflicts AS SELECT %d AS n; "
		 "CREATE OR REPLACE FUNCTION public.conflict() RETURNS trigger "
		 "LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
		 "IF nextval('public.conflict') <= (SELECT n FROM public.conflicts) THEN "
		 "RAISE 'not for people' USING ERRCODE = '%s'; END IF; RETURN NULL; END $$; "
		 "CREATE OR REPLACE TRIGGER conflict BEFORE INSERT OR UPDATE OR DELETE ON %s "
		 "EXECUTE FUNCTION public.conflict()",
		 times, is_deadlock ? "40P01" : "40001", table);
	cluster_do(pg, sql);
}

void
cluster_do(PGconn *pg, const char *sql)
{
	PQclear(query(pg, sql));
}

const char *
cluster_text(PGconn *pg, const char *sql)
{
	static char text[2048];
	PGresult *res = query(pg, sql);

	text[0] = '\0';
	if (PQntuples(res) > 0)
		snprintf(text, sizeof text, "%s", PQgetvalue(res, 0, 0));
	PQclear(res);
	return text;
}

int64_t
cluster_int(PGconn *pg, const char *sql)
{
	return strtoll(cluster_text(pg, sql), NULL, 10);
}

void
cluster_submit(PGconn *pg, const char *quarter, const char *at)
{
	char sql[1600];

	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, "
	    "created_by) "
	    "VALUES ('%s', (SELECT coalesce(max(revision), 0) + 1 FROM sems.spd_revision "
	    "WHERE quarter = '%s'), '{}', sha256('{}'), now(), 'unix:ann'); "
	    "INSERT INTO sems.spd_event (quarter, revision, made_by, action, channel, reference) "
	    "SELECT r.quarter, r.revision, e.who, e.action, "
	    "CASE e.action WHEN 'SUBMIT' THEN 'post' END, "
	    "CASE e.action WHEN 'SUBMIT' THEN 'letter 1' END "
	    "FROM (VALUES (1, 'unix:bob', 'QA'), (2, 'unix:cy', 'APPROVE'), "
	    "(3, 'unix:ann', 'SUBMIT')) AS e (n, who, action), sems.spd_revision r "
	    "WHERE r.quarter = '%s' AND r.revision = (SELECT max(revision) FROM sems.spd_revision "
	    "WHERE quarter = r.quarter) ORDER BY e.n; "
	    "ALTER TABLE sems.spd_event DISABLE TRIGGER USER; "
	    "UPDATE sems.spd_event SET at = '%s' WHERE quarter = '%s'; "
	    "ALTER TABLE sems.spd_event ENABLE TRIGGER USER",
	    quarter, quarter, quarter, at, quarter);
	cluster_do(pg, sql);
}

const char *
cluster_state(PGconn *pg, const char *sql)
{
	static char state[6];
	PGresult *res = PQexec(pg, sql);
	const char *s = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	snprintf(state, sizeof state, "%s", s == NULL ? "00000" : s);
	PQclear(res);
	return state;
}
