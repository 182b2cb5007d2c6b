#include "net/users.h"

#include "base/beside.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_BYTES_MAX ((size_t)1024 * 1024) /* of a user's entry; LDAP's may be long */

struct look {
	struct task task;
	struct users *users;
	struct user *user;
	bool (*look_up)(uid_t uid, char *name, size_t size);
	uid_t uid;
	bool is_good;
	char name[USERS_NAME_SIZE];
};

struct user {
	bool is_used;
	bool has_name;
	bool has_failed; /* the last look */
	uid_t uid;
	struct look *look; /* that runs; NULL: none */
	struct mono_ms asked_at;
	struct mono_ms answered_at;
	struct mono_ms wanted_at;
	char name[USERS_NAME_SIZE];
};

struct users {
	struct users_config config;
	struct user list[USERS_MAX];
	unsigned n_looks;
};

/* --- a look ----------------------------------------------------------------------------------- */

/* What getpwuid(3) lists for "there is no such user". */
static bool
means_none(int fault)
{
	return fault == 0 || fault == ENOENT || fault == ESRCH || fault == EBADF || fault == EPERM;
}

void
users_principal(uid_t uid, const char *login, char *name, size_t size)
{
	int n = login == NULL ? -1 : snprintf(name, size, "unix:%s", login);

	/* Two long names may begin alike. */
	if (n < 0 || (size_t)n >= size)
		snprintf(name, size, "unix:%u", uid);
}

bool
users_look_up(uid_t uid, char *name, size_t size)
{
	struct passwd *found = NULL;
	struct passwd pw;
	char *scratch = NULL;
	int fault = ERANGE;

	for (size_t n = 1024; fault == ERANGE && n <= ENTRY_BYTES_MAX; n *= 4) {
		free(scratch);
		scratch = malloc(n);
		fault = scratch == NULL ? ENOMEM : getpwuid_r(uid, &pw, scratch, n, &found);
	}
	users_principal(uid, fault == 0 && found != NULL ? pw.pw_name : NULL, name, size);
	free(scratch);
	return means_none(fault);
}

static void
run_look(struct task *t)
{
	struct look *l = (struct look *)t;

	l->is_good = l->look_up(l->uid, l->name, sizeof l->name);
}

static void
look_done(struct task *t)
{
	struct look *l = (struct look *)t;
	struct users *u = l->users;
	struct user *user = l->user;

	user->look = NULL;
	user->has_failed = !l->is_good;
	user->answered_at = u->config.mono();
	if (l->is_good) {
		user->has_name = true;
		memcpy(user->name, l->name, sizeof user->name);
	}
	u->n_looks--;
	free(t);
	u->config.on_answer(u->config.ctx);
}

/* --- who is remembered ------------------------------------------------------------------------ */

static struct user *
find(struct users *u, uid_t uid)
{
	for (size_t i = 0; i < USERS_MAX; i++)
		if (u->list[i].is_used && u->list[i].uid == uid)
			return &u->list[i];
	return NULL;
}

/* A place for one more; there are more places than looks. */
static struct user *
make(struct users *u, uid_t uid)
{
	struct user *oldest = NULL;

	for (size_t i = 0; i < USERS_MAX; i++) {
		struct user *user = &u->list[i];

		if (user->look != NULL)
			continue;
		if (oldest == NULL || !user->is_used ||
		    (oldest->is_used && user->wanted_at.v < oldest->wanted_at.v))
			oldest = user;
	}
	*oldest = (struct user){.is_used = true, .uid = uid};
	return oldest;
}

_Static_assert(USERS_LOOKS_MAX < USERS_MAX, "somebody can make way");

static enum user_answer
ask(struct users *u, struct user *user)
{
	struct look *l;

	if (u->n_looks == USERS_LOOKS_MAX)
		return USER_BUSY;
	l = task_new(sizeof *l);
	if (l == NULL)
		return USER_FAILED;
	l->task.run = run_look;
	l->task.done = look_done;
	l->users = u;
	l->user = user;
	l->uid = user->uid;
	l->look_up = u->config.look_up;
	if (!beside_run(u->config.beside, &l->task)) {
		free(l);
		return USER_FAILED;
	}
	user->look = l;
	user->asked_at = user->wanted_at;
	u->n_looks++;
	return USER_ASKED;
}

/* Whether the answer there is, good or bad, is young enough. */
static bool
is_fresh(const struct user *user)
{
	int64_t age = user->wanted_at.v - user->answered_at.v;

	return user->has_failed ? age < USERS_FAILED_MS : user->has_name && age < USERS_FRESH_MS;
}

static enum user_answer
state_of(struct users *u, struct user *user)
{
	enum user_answer answer = USER_ASKED;

	if (is_fresh(user))
		return user->has_name ? USER_NAMED : USER_FAILED;
	if (user->look == NULL)
		answer = ask(u, user);
	/* No other name came: this one was good. */
	if (user->has_name &&
	    (answer != USER_ASKED || user->wanted_at.v - user->asked_at.v >= USERS_STALE_MS))
		return USER_NAMED;
	return answer;
}

enum user_answer
users_name(struct users *u, uid_t uid, char *name, size_t size)
{
	struct user *user = find(u, uid);
	enum user_answer answer;

	if (user == NULL)
		user = make(u, uid);
	user->wanted_at = u->config.mono();
	answer = state_of(u, user);
	if (answer == USER_NAMED)
		snprintf(name, size, "%s", user->name);
	return answer;
}

/* --- life ------------------------------------------------------------------------------------- */

struct users *
users_new(const struct users_config *config)
{
	struct users *u = calloc(1, sizeof *u);

	if (u != NULL)
		u->config = *config;
	return u;
}

void
users_free(struct users *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < USERS_MAX; i++)
		if (u->list[i].look != NULL)
			u->list[i].look->task.done = NULL;
	free(u);
}
