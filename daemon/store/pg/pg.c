#include "store/pg/pg.h"

#include "base/count.h"
#include "base/text.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No transaction of ours waits for us as long as a minute, unless we are stopped: then the server
 * ends it, so that nobody else waits for what it holds. Conninfo's own options go before. */
static const char default_options[] = "-c idle_in_transaction_session_timeout=60000 ";

/* Pinned, whatever a database's or a role's own settings say. */
static const char own_options[] =
    " -c search_path=sems,pg_temp -c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 -c "
    "jit=off"
    " -c bytea_output=hex -c client_min_messages=warning -c statement_timeout=0"
    " -c default_transaction_isolation=read\\ committed";

/* What comes later counts; an expanded dbname is as if its parts stood there. */
static const struct {
	const char *key;
	const char *value;
} own[] = {
    /* A server that vanished without a word is noticed within a minute or two. */
    {"keepalives_idle", "60"},
    {"tcp_user_timeout", "60000"},
    /* Of each host, where libpq waits by itself: before the loop runs. */
    {"connect_timeout", "10"},
    {"dbname", NULL},
    {"options", NULL},
    {"client_encoding", "UTF8"},
    {"fallback_application_name", NULL},
};
#define N_OWN COUNT(own)

/* Where among the parameters the user's own stand: what is before yields to them. */
#define PLACE_DBNAME 3
#define PLACE_NAME   (N_OWN - 1)

/* By it whoever waits for us finds us. */
static void
name_us(struct pg_params *p)
{
	char host[40] = "";

	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	snprintf(p->name, sizeof p->name, "semsd %ld%s%s", (long)getpid(),
		 host[0] == '\0' ? "" : " on ", host);
}

/* An empty home is none to libpq. */
static void
say_once(const char *name, const char *value)
{
	const char *there = getenv(name); /* NOLINT(concurrency-mt-unsafe): one thread */

	if (there == NULL || there[0] == '\0')
		setenv(name, value, 1); /* NOLINT(concurrency-mt-unsafe): one thread */
}

void
pg_own_user(void)
{
	const struct passwd *pw =
	    getpwuid(geteuid()); /* NOLINT(concurrency-mt-unsafe): one thread */

	if (pw == NULL)
		return;
	say_once("PGUSER", pw->pw_name);
	say_once("HOME", pw->pw_dir);
}

enum code
pg_params_fill(struct pg_params *p, const char *conninfo, const char *role, struct err *e)
{
	char *message = NULL;
	PQconninfoOption *all = PQconninfoParse(conninfo, &message);
	const char *theirs = "";
	int n;

	if (all == NULL) {
		err_set(e, FATAL_CONFIG, "database", "%s", message == NULL ? "" : message);
		PQfreemem(message);
		return e->code;
	}
	for (const PQconninfoOption *o = all; o->keyword != NULL; o++)
		if (strcmp(o->keyword, "options") == 0 && o->val != NULL)
			theirs = o->val;
	n = snprintf(p->options, sizeof p->options, "%s%s%s%s%s", default_options, theirs,
		     own_options, role == NULL ? "" : " -c role=", role == NULL ? "" : role);
	PQconninfoFree(all);
	if (n < 0 || (size_t)n >= sizeof p->options)
		return err_set(e, FATAL_CONFIG, "database", "the options are too long");
	memset(p->keys, 0, sizeof p->keys);
	memset(p->values, 0, sizeof p->values);
	for (size_t i = 0; i < N_OWN; i++) {
		p->keys[i] = own[i].key;
		p->values[i] = own[i].value;
	}
	p->values[PLACE_DBNAME] = conninfo;
	p->values[PLACE_DBNAME + 1] = p->options;
	name_us(p);
	p->values[PLACE_NAME] = p->name;
	return OK;
}

void
pg_params_place(struct pg_params *p, const char *host, const char *hostaddr, const char *port)
{
	const struct {
		const char *key;
		const char *value;
	} all[] = {{"host", host}, {"hostaddr", hostaddr}, {"port", port}};
	size_t n = N_OWN;

	for (size_t i = 0; i < COUNT(all); i++) {
		if (all[i].value == NULL)
			continue;
		p->keys[n] = all[i].key;
		p->values[n++] = all[i].value;
	}
	p->keys[n] = p->values[n] = NULL;
}

const char pg_safety_sql[] =
    "SELECT current_setting('fsync'), current_setting('full_page_writes'), "
    "current_setting('synchronous_commit'), pg_is_in_recovery()::text, "
    "current_setting('transaction_read_only'), "
    "(current_setting('server_version_num')::int >= 150000)::text";

const char *
pg_unsafe(const PGresult *safety)
{
	static const struct {
		const char *bad;
		const char *why;
	} checks[] = {
	    {"off", "fsync is off: a crash would lose acknowledged records; turn it on"},
	    {"off", "full_page_writes is off: a crash could tear pages; turn it on"},
	    {"off",
	     "synchronous_commit is off: a crash would lose acknowledged records; turn it on"},
	    {"true",
	     "this server is a standby: name the primary, or target_session_attrs=read-write"},
	    {"on", "transactions are read-only here: name the primary"},
	    {"false", "this server is older than PostgreSQL 15"},
	};
	const int n = (int)COUNT(checks);

	if (PQresultStatus(safety) != PGRES_TUPLES_OK || PQntuples(safety) != 1 ||
	    PQnfields(safety) != n)
		return "the server does not tell its settings";
	for (int i = 0; i < n; i++)
		if (strcmp(PQgetvalue(safety, 0, i), checks[i].bad) == 0)
			return checks[i].why;
	return NULL;
}

enum sql_class
pg_classify(const char *sqlstate, bool names_constraint)
{
	/* The first whose prefix matches. */
	static const struct {
		const char *prefix;
		enum sql_class class;
	} classes[] = {
	    {"23505", SQL_DUPLICATE}, {"23", SQL_DATA},
	    {"22", SQL_DATA},         {"54", SQL_DATA}, /* such as a text too long for an index */
	    {"42P01", SQL_PARTITION}, {"SM001", SQL_PURGED}, /* sems.make_partition() */
	    {"SM002", SQL_DATA},   /* sems.make_partition(): no such day */
	    {"SM003", SQL_DATA},   /* sems.note_correction(): too many wait for their records */
	    {"SM004", SQL_CLOSED}, /* sems.refuse_closed(), sems.rule() */
	    {"SM005", SQL_BUSY},   /* sems.close_month(), sems.drop_month(), sems.keep_counts() */
	    {"P0001", SQL_RAISED},    {"08", SQL_AGAIN}, /* connection */
	    {"25006", SQL_AGAIN}, /* read-only: a standby was promoted elsewhere */
	    {"25P03", SQL_AGAIN}, /* we stood still for too long in a transaction */
	    {"40", SQL_CONFLICT}, /* serialization failure, deadlock */
	    {"53", SQL_AGAIN},    /* out of disk, memory, connections */
	    {"55", SQL_AGAIN},    /* lock not available */
	    {"57", SQL_AGAIN},    /* cancelled, shutting down, starting up */
	    {"58", SQL_AGAIN},    /* input or output error */
	};

	if (sqlstate == NULL || sqlstate[0] == '\0')
		return SQL_AGAIN; /* libpq's own: the connection */
	/* A row that finds no partition fails like a CHECK that has no name. */
	if (strcmp(sqlstate, "23514") == 0 && !names_constraint)
		return SQL_PARTITION;
	for (size_t i = 0; i < COUNT(classes); i++)
		if (strncmp(sqlstate, classes[i].prefix, strlen(classes[i].prefix)) == 0)
			return classes[i].class;
	return SQL_OURS;
}

const char *
pg_words(const char *sqlstate)
{
	/* The first whose prefix matches. */
	static const struct {
		const char *prefix;
		const char *words;
	} all[] = {
	    {"08", "the connection to the database was lost"},
	    {"22003", "the database cannot hold a number of that size"},
	    {"22", "the database cannot hold a value"},
	    {"23505", "the database has one of that name"},
	    {"23", "the database's rules refuse a value"},
	    {"25006", "the database is a standby, or became one"},
	    {"25P03", "semsd stood still for too long"},
	    {"40", "others changed the same at the same time"},
	    {"42P01", "the database has no place for its month"},
	    {"53", "the database lacks room, memory or connections"},
	    {"54", "a value is too long for the database"},
	    {"55", "somebody else holds what it needs in the database"},
	    {"57014", "it took too long and was ended"},
	    {"57", "the database is stopping or starting"},
	    {"58", "the database met an error of input or output"},
	    {"SM001", "its month is dropped by now"},
	    {"SM002", "its time is outside the calendar"},
	    {"SM003", "too many corrections of its sender wait for their records"},
	    {"SM004", "its month is being dropped"},
	};

	if (sqlstate == NULL || sqlstate[0] == '\0')
		return all[0].words;
	for (size_t i = 0; i < COUNT(all); i++)
		if (strncmp(sqlstate, all[i].prefix, strlen(all[i].prefix)) == 0)
			return all[i].words;
	return "the database failed in a way that semsd does not know";
}

void
pg_failure(const PGresult *res, struct sql_failure *f)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);

	f->class = pg_classify(state, constraint != NULL && constraint[0] != '\0');
	snprintf(f->state, sizeof f->state, "%s", state == NULL ? "" : state);
	text_print(f->message, sizeof f->message, "%s",
		   message == NULL ? "connection lost" : message);
}

bool
pg_is_commit(const PGresult *res)
{
	/* PQcmdStatus() takes a non-const pointer and changes nothing. */
	union {
		const PGresult *in;
		PGresult *plain;
	} r = {res};

	return PQresultStatus(res) == PGRES_COMMAND_OK &&
	       strcmp(PQcmdStatus(r.plain), "COMMIT") == 0;
}
