/*
 * What the users of this machine are called. Names come from wherever nsswitch.conf says, which may
 * be a directory that does not answer: so they are looked up beside the loop, one look at a time
 * for each user, and remembered.
 *
 * A name is good for a minute; then it is looked up again, and stays good while no other one comes.
 */
#ifndef SEMS_NET_USERS_H
#define SEMS_NET_USERS_H

#include "base/civil.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct beside;
struct users;

#define USERS_MAX       256u /* that are remembered; whoever was asked for longest ago makes way */
#define USERS_LOOKS_MAX 16u  /* at once */
#define USERS_FRESH_MS  MS_PER_MINUTE
#define USERS_STALE_MS  (1 * MS_PER_SECOND) /* a name that was good waits so long for another */
#define USERS_FAILED_MS (1 * MS_PER_SECOND) /* until what failed is tried again */
#define USERS_NAME_SIZE 128u

enum user_answer {
	USER_NAMED,
	USER_ASKED,  /* on_answer() follows, some time */
	USER_FAILED, /* the name service said that it cannot tell, or there is no memory */
	USER_BUSY,   /* too many looks run, none of them for this one */
	N_USER_ANSWERS
};

struct users_config {
	struct beside *beside;
	/* Puts the user's principal into name. Runs in a thread of its own. False: it cannot be
	 * told now. */
	bool (*look_up)(uid_t uid, char *name, size_t size);
	struct mono_ms (*mono)(void);
	/* One was answered; ask again for whoever waits. */
	void (*on_answer)(void *ctx);
	void *ctx;
};

/* NULL: out of memory. beside and what ctx points to outlive it. */
struct users *users_new(const struct users_config *config);
/* Looks that run are forgotten. Accepts NULL. */
void users_free(struct users *u);

/* The principal of a user, of at most USERS_NAME_SIZE bytes, or why it is not known now. */
enum user_answer users_name(struct users *u, uid_t uid, char *name, size_t size);

/* "unix:NAME", or with the number of who has no name (NULL), or one that size has no room for. */
void users_principal(uid_t uid, const char *login, char *name, size_t size);

/* Asks the system, and blocks. A user without a name is called by its number; so it is, too, when
 * false tells that it may have one. */
bool users_look_up(uid_t uid, char *name, size_t size);

#endif
