/*
 * semsd's configuration: the command line, and a YAML file for a production database. One schema;
 * an unknown key is an error with its line.
 */
#ifndef SEMS_CONFIG_H
#define SEMS_CONFIG_H

#include "base/err.h"

#include <stdbool.h>

/* What an answer means: on the database's disk; on a synchronous standby's, too. */
#define DURABILITY_LOCAL      "local"
#define DURABILITY_REPLICATED "replicated"

#define CONFIG_LISTEN_MAX 16 /* of the command line and the file together; more are refused */

struct config_list {
	char *of[CONFIG_LISTEN_MAX];
	unsigned n;
};

struct config {
	/* Command line. */
	char *embedded; /* folder of the private cluster; NULL: the configured database */
	char *user;     /* to step down to when started by root */
	char *web;      /* ADDRESS:PORT of the semsweb that is started too; NULL: none */
	char *file;     /* YAML */
	bool check;     /* read the configuration, say whether it is good, and exit */
	bool verbose;
	/* Either. */
	char *database;            /* libpq connection string */
	char *socket;              /* path; embedded: DIR/semsd.sock */
	char *keys;                /* folder; embedded: DIR/keys */
	char *state;               /* folder; embedded: DIR, else the one above keys */
	char *layout;              /* file of the SPD's layout; NULL: the one compiled in */
	struct config_list listen; /* ADDRESS:PORT, loopback */
	struct config_list tls;    /* ADDRESS:PORT */
	char *durability;          /* DURABILITY_LOCAL or DURABILITY_REPLICATED */
	char *tls_folder;          /* what TLS shows and trusts; embedded: DIR/tls */
};

/*
 * Reads argv and the file it names. OK: run. REJ_STATE: help or version was printed, exit 0.
 * FATAL_CONFIG: *e says what is wrong and where. config_fini() in every case.
 */
enum code config_load(struct config *c, int argc, char **argv, struct err *e) MUST_CHECK;
void config_fini(struct config *c);

#endif
