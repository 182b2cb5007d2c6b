/* What every user of libpq here needs: how to connect, and what an answer means. Private to the
 * store. */
#ifndef SEMS_STORE_PG_PG_H
#define SEMS_STORE_PG_PG_H

#include "base/err.h"

#include <libpq-fe.h>

#include <stdbool.h>

/* Before there are threads: tells libpq by the environment which user of this machine we are, and
 * where its home is; else it looks both up at each connection, and blocks. */
void pg_own_user(void);

/* Connection parameters: the given conninfo with our settings behind the user's own options.
 * role: NULL for the login user, who may do nothing but take a role. */
struct pg_params {
	const char *keys[12];
	const char *values[12];
	char options[1024];
	char name[80]; /* whose session it is, for whoever looks into pg_stat_activity */
};

enum code pg_params_fill(struct pg_params *p, const char *conninfo, const char *role,
			 struct err *e) MUST_CHECK;

/* The same to be sent to one place alone; NULL: as the conninfo says. */
void pg_params_place(struct pg_params *p, const char *host, const char *hostaddr, const char *port);

/* Answers one row that pg_unsafe() reads. */
extern const char pg_safety_sql[];
/* Why commits on this server would not be durable; NULL when they are. */
const char *pg_unsafe(const PGresult *safety);

/* What a failure means for the work that met it; told by SQLSTATE alone, never by text. */
enum sql_class {
	SQL_AGAIN,     /* the environment's: outcome unknown or none, try again later */
	SQL_CONFLICT,  /* others changed the same meanwhile: again from the beginning */
	SQL_DUPLICATE, /* a key exists */
	SQL_PARTITION, /* no partition for a row, or one that went away */
	SQL_DATA,      /* a value is refused: the record's fault */
	SQL_PURGED,    /* before the purge floor */
	SQL_CLOSED,    /* a month is being dropped and takes nothing meanwhile */
	SQL_BUSY,      /* our own functions could not now, and say why in a message for people */
	SQL_RAISED,    /* a rule of our own functions, with a message for people */
	SQL_OURS,      /* a fault of ours: permission, syntax, a broken database */
	N_SQL_CLASSES
};

struct sql_failure {
	enum sql_class class;
	char state[6];
	char message[200]; /* the primary message alone: DETAIL and CONTEXT quote records */
};

void pg_failure(const PGresult *res, struct sql_failure *f);
enum sql_class pg_classify(const char *sqlstate, bool names_constraint);
/* The same for people, who are told neither codes nor the database's words: what it said of this
 * work, to be followed by what to do. Static. */
const char *pg_words(const char *sqlstate);
/* True when this is the answer to a COMMIT that committed: the COMMIT of an aborted transaction is
 * a success with the tag ROLLBACK. */
bool pg_is_commit(const PGresult *res);

#endif
