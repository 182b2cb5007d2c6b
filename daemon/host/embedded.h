/* Room host: This machine: the private cluster, its processes, and the folder of keys. */
/*
 * A private PostgreSQL cluster under a folder: made on first use (initdb with checksums), started
 * as a child that ends with us, reached by a Unix socket only, stopped cleanly.
 */
#ifndef SEMS_HOST_EMBEDDED_H
#define SEMS_HOST_EMBEDDED_H

#include "base/err.h"

#include <stdbool.h>

struct embedded;

#define CLUSTER_DATABASE "sems"

/* What of a cluster only a client of PostgreSQL can know and do; of another room. conninfo: as
 * superuser, to the database postgres. */
struct cluster_access {
	bool (*answers)(const char *conninfo);
	/* Makes the login role and CLUSTER_DATABASE where they are missing. */
	enum code (*furnish)(const char *conninfo, struct err *e);
};

/*
 * Steps down from root (the whole process) to an unprivileged user: `user`, or "semsd" or
 * "postgres" when NULL. Gives that user the folder, making it when it is not there. Does nothing
 * when not root. Says what to do when the user cannot reach the folder.
 */
enum code embedded_step_down(const char *dir, const char *user, struct err *e) MUST_CHECK;
/* Refuses what stepping down and starting would for the user, the folder and the programs as they
 * are; makes and changes nothing. A folder that is not there is made by a start. */
enum code embedded_look(const char *dir, const char *user, struct err *e) MUST_CHECK;
/* For embedded_look() alone: what stepping down would refuse. */
enum code embedded_look_user(const char *dir, const char *user, struct err *e) MUST_CHECK;
/* Makes and starts the cluster under dir; blocks until it answers. */
enum code embedded_start(const char *dir, const struct cluster_access *access,
			 struct embedded **out, struct err *e) MUST_CHECK;
/* For schema_prepare() and store_new(); valid as long as the cluster. */
const char *embedded_conninfo(const struct embedded *m);
/*
 * To be called once a second: starts the cluster again when its postmaster ended, was killed or
 * crashed, later each time when it ends soon. Does not wait until it answers. Accepts NULL.
 */
void embedded_tend(struct embedded *m);
/* Fast shutdown, waits for it, frees. Accepts NULL. */
void embedded_stop(struct embedded *m);

#endif
