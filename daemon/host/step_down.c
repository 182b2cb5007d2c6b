/*
 * From root to somebody who may run PostgreSQL. The folder is given away only when nobody can be
 * harmed by it: when it is new, or empty and nobody else may write to it. Never /tmp, never a home.
 */
#include "host/embedded.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct account {
	char name[64];
	uid_t uid;
	gid_t gid;
};

static bool
find_account(const char *name, struct account *a)
{
	char text[4096];
	struct passwd entry;
	struct passwd *found = NULL;

	if (getpwnam_r(name, &entry, text, sizeof text, &found) != 0 || found == NULL)
		return false;
	snprintf(a->name, sizeof a->name, "%s", name);
	a->uid = found->pw_uid;
	a->gid = found->pw_gid;
	return a->uid != 0;
}

static bool
is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	int entries = 0;

	if (d == NULL)
		return false;
	while (entries <= 2 && readdir(d) != NULL)
		entries++;
	closedir(d);
	return entries == 2;
}

/* mkdir -p; *made: the last part is new. */
static bool
make_path(const char *dir, bool *made)
{
	char path[512];
	size_t n = strlen(dir);

	*made = false;
	if (n == 0 || n >= sizeof path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(path, dir, n + 1);
	for (size_t i = 1; i < n; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return false;
		path[i] = '/';
	}
	*made = mkdir(path, 0700) == 0;
	return *made || errno == EEXIST;
}

static enum code
find_user(const char *user, struct account *a, struct err *e)
{
	if (user != NULL ? find_account(user, a)
			 : find_account("semsd", a) || find_account("postgres", a))
		return OK;
	return err_set(e, FATAL_CONFIG, "embedded",
		       "PostgreSQL refuses root, and there is no user %s to become: "
		       "adduser --system %s",
		       user != NULL ? user : "semsd or postgres", user != NULL ? user : "semsd");
}

/* A folder that is there and somebody else's. */
static enum code
may_take(const char *dir, const struct stat *st, const struct account *a, struct err *e)
{
	if ((st->st_mode & 022) == 0 && is_empty(dir))
		return OK;
	return err_set(e, FATAL_CONFIG, "embedded",
		       "%s is shared or not empty, and is not of user %s: name a new "
		       "folder, or chown this one",
		       dir, a->name);
}

static enum code
give_folder(const char *dir, const struct account *a, struct err *e)
{
	struct stat st;
	bool made;

	if (!make_path(dir, &made) || stat(dir, &st) != 0)
		return err_set(e, FATAL_CONFIG, "embedded", "cannot make %s: %s", dir,
			       strerror(errno));
	if (st.st_uid == a->uid)
		return OK;
	if (!made && may_take(dir, &st, a, e) != OK)
		return e->code;
	if (chown(dir, a->uid, a->gid) != 0)
		return err_set(e, FATAL_CONFIG, "embedded", "cannot give %s to %s: %s", dir,
			       a->name, strerror(errno));
	return OK;
}

enum code
embedded_look_user(const char *dir, const char *user, struct err *e)
{
	struct account a = {0};
	struct stat st;

	if (geteuid() != 0)
		return OK;
	if (find_user(user, &a, e) != OK)
		return e->code;
	if (stat(dir, &st) != 0 || st.st_uid == a.uid)
		return OK;
	return may_take(dir, &st, &a, e);
}

enum code
embedded_step_down(const char *dir, const char *user, struct err *e)
{
	struct account a = {0};
	enum code code;

	if (geteuid() != 0)
		return OK;
	code = find_user(user, &a, e);
	if (code == OK)
		code = give_folder(dir, &a, e);
	if (code != OK)
		return code;
	if (initgroups(a.name, a.gid) != 0 || setresgid(a.gid, a.gid, a.gid) != 0 ||
	    setresuid(a.uid, a.uid, a.uid) != 0)
		return err_set(e, FATAL_CONFIG, "embedded", "cannot become %s: %s", a.name,
			       strerror(errno));
	/* eaccess() asks for the user we now are. */
	if (eaccess(dir, R_OK | W_OK | X_OK) != 0)
		return err_set(e, FATAL_CONFIG, "embedded",
			       "user %s cannot reach %s (%s): choose a folder below one that "
			       "everybody may enter, "
			       "such as /var/lib or /tmp",
			       a.name, dir, strerror(errno));
	return OK;
}
