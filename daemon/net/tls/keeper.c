#include "net/tls/keeper.h"

#include "base/beside.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_SIZE 1024
#define WAITERS_MAX 16u

/* What tells that a file is another one. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct stamps {
	struct stamp of[TRUST_FILES];
};

/* A reading, in a thread of its own. */
struct look {
	struct task task;
	struct keeper *keeper;
	char folder[FOLDER_SIZE];
	bool is_forced;
	struct stamps before;
	struct stamps now;
	bool is_read;
	struct trust *trust;
	struct err err;
};

struct waiter {
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
};

struct keeper {
	struct keeper_config config;
	struct trust *trust;
	struct stamps stamps;
	struct utc_ms since;
	struct err fault;
	struct mono_ms looked_at;
	struct look *look;                  /* that runs; NULL: none */
	bool again;                         /* behind it, for those who came later */
	struct waiter waiters[WAITERS_MAX]; /* the first n_now for the look that runs */
	unsigned n_waiters;
	unsigned n_now;
};

/* --- a look ----------------------------------------------------------------------------------- */

static void
take_stamps(const char *folder, struct stamps *out)
{
	char path[FOLDER_SIZE + 32];
	struct stat st;

	memset(out, 0, sizeof *out);
	for (unsigned f = 0; f < TRUST_FILES; f++) {
		snprintf(path, sizeof path, "%s/%s", folder, trust_file_name((enum trust_file)f));
		if (stat(path, &st) != 0)
			continue;
		out->of[f].dev = st.st_dev;
		out->of[f].ino = st.st_ino;
		out->of[f].size = st.st_size;
		out->of[f].changed = st.st_ctim;
	}
}

/* The stamps are taken before: what changes while it is read is seen at the next look. */
static void
run(struct task *t)
{
	struct look *l = (struct look *)t;

	take_stamps(l->folder, &l->now);
	if (!l->is_forced && memcmp(&l->now, &l->before, sizeof l->now) == 0)
		return;
	l->is_read = true;
	/* The list of what was revoked is not to be forgotten by removing it. */
	if (l->before.of[TRUST_REVOKED].ino != 0 && l->now.of[TRUST_REVOKED].ino == 0)
		err_set(&l->err, FATAL_CONFIG, "tls",
			"%s/%s is gone: put it back; what it revoked stays revoked", l->folder,
			trust_file_name(TRUST_REVOKED));
	else if (trust_load(l->folder, &l->trust, &l->err) != OK)
		l->trust = NULL;
}

/* One that has ended is no good in place of one that has not. */
static bool
is_worse(const struct keeper *k, const struct trust *t)
{
	struct utc_ms now = k->config.now();

	return trust_end(t, TRUST_CERTIFICATE).v <= now.v &&
	       trust_end(k->trust, TRUST_CERTIFICATE).v > now.v;
}

static void
put_in_place(struct keeper *k, struct look *l)
{
	struct trust *before = k->trust;

	k->trust = l->trust;
	l->trust = NULL;
	k->stamps = l->now;
	k->since = k->config.now();
	k->fault = (struct err){0};
	log_info("tls.loaded", KV("folder", k->config.folder));
	k->config.on_trust(k->config.ctx, k->trust);
	trust_free(before);
}

/* The same fault again is not told again. */
static void
keep_the_last(struct keeper *k, const struct err *why)
{
	bool is_new = strcmp(k->fault.text, why->text) != 0;

	k->fault = *why;
	if (is_new)
		log_error("tls.kept", KV("text", why->text),
			  KV("advice", "the set read last that was good is in force"));
}

static bool begin(struct keeper *k, bool is_forced);

static void
tell_waiters(struct keeper *k)
{
	struct waiter now[WAITERS_MAX];
	unsigned n = k->n_now;

	memcpy(now, k->waiters, sizeof now);
	k->n_waiters -= n;
	memmove(k->waiters, k->waiters + n, k->n_waiters * sizeof k->waiters[0]);
	k->n_now = 0;
	for (unsigned i = 0; i < n; i++)
		now[i].done(now[i].ctx, &k->fault);
}

static void
done(struct task *t)
{
	struct look *l = (struct look *)t;
	struct keeper *k = l->keeper;

	k->look = NULL;
	if (l->trust != NULL && is_worse(k, l->trust))
		err_set(&l->err, FATAL_CONFIG, "tls",
			"%s/%s has expired: give it one that has not, or look at the clock",
			l->folder, trust_file_name(TRUST_CERTIFICATE));
	if (l->is_read && l->err.code == OK)
		put_in_place(k, l);
	else if (l->is_read)
		keep_the_last(k, &l->err);
	trust_free(l->trust);
	free(l);
	tell_waiters(k);
	if (k->again && begin(k, true))
		k->again = false;
}

static bool
begin(struct keeper *k, bool is_forced)
{
	struct look *l = task_new(sizeof *l);

	if (l == NULL)
		return false;
	l->task.run = run;
	l->task.done = done;
	l->keeper = k;
	l->is_forced = is_forced || k->fault.code != OK;
	l->before = k->stamps;
	snprintf(l->folder, sizeof l->folder, "%s", k->config.folder);
	if (!beside_run(k->config.beside, &l->task)) {
		free(l);
		return false;
	}
	k->look = l;
	k->n_now = k->n_waiters;
	return true;
}

/* --- life ------------------------------------------------------------------------------------- */

/* Of a keeper that is gone. */
static void
drop(struct task *t)
{
	struct look *l = (struct look *)t;

	trust_free(l->trust);
	free(l);
}

enum code
keeper_open(const struct keeper_config *config, struct keeper **out, struct err *e)
{
	struct keeper *k = calloc(1, sizeof *k);

	*out = NULL;
	if (k == NULL)
		return err_set(e, TRY_SYSTEM, "tls", "out of memory");
	k->config = *config;
	if (strlen(config->folder) >= FOLDER_SIZE)
		err_set(e, FATAL_CONFIG, "tls", "the folder's path is too long");
	else
		take_stamps(config->folder, &k->stamps);
	if (e->code != OK || trust_load(config->folder, &k->trust, e) != OK) {
		free(k);
		return e->code;
	}
	k->since = config->now();
	k->looked_at = config->mono();
	if (trust_end(k->trust, TRUST_CERTIFICATE).v <= k->since.v)
		log_error("tls.expired", KV("folder", config->folder),
			  KV("text", "server.pem has expired: nobody who looks will come in"));
	*out = k;
	return OK;
}

void
keeper_free(struct keeper *k)
{
	if (k == NULL)
		return;
	if (k->look != NULL)
		k->look->task.done = drop;
	err_set(&k->fault, TRY_SYSTEM, "tls", "semsd stops");
	k->n_now = k->n_waiters;
	tell_waiters(k);
	trust_free(k->trust);
	free(k);
}

const struct trust *
keeper_trust(const struct keeper *k)
{
	return k->trust;
}

struct utc_ms
keeper_since(const struct keeper *k)
{
	return k->since;
}

const struct err *
keeper_fault(const struct keeper *k)
{
	return k->fault.code == OK ? NULL : &k->fault;
}

void
keeper_tick(struct keeper *k)
{
	struct mono_ms now = k->config.mono();

	if (k->look != NULL || (!k->again && now.v - k->looked_at.v < KEEPER_LOOK_MS))
		return;
	k->looked_at = now;
	if (begin(k, k->again))
		k->again = false;
}

bool
keeper_reload(struct keeper *k, void (*fn)(void *ctx, const struct err *e), void *ctx)
{
	if (k->n_waiters == WAITERS_MAX)
		return false;
	if (fn != NULL)
		k->waiters[k->n_waiters++] = (struct waiter){fn, ctx};
	/* What runs may have read before the change that it is to see. */
	if (k->look != NULL)
		k->again = true;
	else if (!begin(k, true)) {
		k->n_waiters -= fn != NULL;
		return false;
	}
	return true;
}
