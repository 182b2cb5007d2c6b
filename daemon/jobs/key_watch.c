#include "jobs/key_watch.h"

#include "base/beside.h"
#include "base/file/embed.h"
#include "base/log.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct key_watch {
	struct store *store;
	struct keyring *keys;
	struct key_watch_config config;
	struct event *again; /* while it is pending, nothing is tried */
	struct event *ahead;
	bool is_running;
	int year;
	bool has_failed; /* some year, since the first of them had its turn */
	enum { STEP_TELL, STEP_ASK, STEP_END } step;
	char name[16];
	char hex[2 * KEY_CHECK_SIZE + 1];
	unsigned char answer[KEY_CHECK_SIZE];
	bool has_answer;
	struct job job;
};

struct key_task {
	struct task task;
	struct key_watch *watch;
	struct key_file file;
};

struct key_watch_config
key_watch_defaults(void)
{
	return (struct key_watch_config){.again_ms = 2000, .look_ms = (int)MS_PER_HOUR};
}

static void
start_timer(struct event *timer, int ms)
{
	struct timeval t = {ms / 1000, (ms % 1000) * 1000};

	event_add(timer, &t);
}

/* Its year's turn is over; what was not agreed on is tried again when all had theirs. */
static void
turn_over(struct key_watch *w, bool is_agreed)
{
	w->is_running = false;
	w->has_failed = w->has_failed || !is_agreed;
	key_watch_look(w);
}

static void
give_up(struct key_watch *w, const struct err *e)
{
	if (e->code != OK && !code_is_retry(e->code) && keyring_tell_once(w->keys, w->year))
		log_error("key.wrong", KVI("year", w->year), KV("why", e->text),
			  KV("todo",
			     "put the right one into the folder of keys; until then records "
			     "of that year that name people are answered RETRY, " KEY_RUNBOOK));
	turn_over(w, false);
}

static void
agreed(struct key_watch *w)
{
	log_info("key.agreed", KVI("year", w->year));
	turn_over(w, true);
}

/* --- the database ----------------------------------------------------------------------------- */

static bool
watch_next(struct job *j, struct statement *st, struct err *e)
{
	struct key_watch *w = j->ctx;

	(void)e;
	if (w->step == STEP_END)
		return false;
	st->sql = embed_text(w->step == STEP_TELL ? "sql/queries/setup/key_tell.sql"
						  : "sql/queries/setup/key_ask.sql");
	st->n_params = w->step == STEP_TELL ? 2 : 1;
	st->params[0] = w->name;
	st->params[1] = w->hex;
	w->step = w->step == STEP_TELL ? STEP_ASK : STEP_END;
	return true;
}

static void
watch_rows(struct job *j, const struct rows *r)
{
	struct key_watch *w = j->ctx;

	if (w->step == STEP_END && rows_count(r) == 1)
		w->has_answer = hex_decode(text_of(rows_text(r, 0, 0)), w->answer, KEY_CHECK_SIZE);
}

static void
watch_done(struct job *j, const struct err *e)
{
	struct key_watch *w = j->ctx;
	struct err why = *e;

	if (why.code == OK && w->has_answer &&
	    keyring_expect(w->keys, w->year, w->answer, &why) == OK)
		agreed(w);
	else
		give_up(w, &why);
}

static void
ask(struct key_watch *w, const unsigned char check[KEY_CHECK_SIZE])
{
	snprintf(w->name, sizeof w->name, "person-%04d", w->year);
	hex_encode(check, KEY_CHECK_SIZE, w->hex);
	w->has_answer = false;
	w->step = STEP_TELL;
	w->job = (struct job){.role = DB_ADMIN,
			      .writes = true,
			      .next = watch_next,
			      .rows = watch_rows,
			      .done = watch_done,
			      .ctx = w};
	store_run(w->store, &w->job);
}

/* --- the file --------------------------------------------------------------------------------- */

static void
run_file(struct task *t)
{
	keyring_load_file(&((struct key_task *)t)->file);
}

static void
file_done(struct task *t)
{
	struct key_task *k = (struct key_task *)t;
	struct key_watch *w = k->watch;
	unsigned char check[KEY_CHECK_SIZE];
	struct err e = {0};
	enum code code = keyring_take_file(w->keys, &k->file, &e);

	free(t);
	if (code != OK || !keyring_person_check(w->keys, w->year, check))
		give_up(w, &e);
	else if (keyring_is_expected(w->keys, w->year))
		agreed(w);
	else
		ask(w, check);
}

void
key_watch_look(struct key_watch *w)
{
	struct key_task *t;

	if (w->is_running || evtimer_pending(w->again, NULL))
		return;
	w->year = keyring_wanted(w->keys, w->year);
	if (w->year == 0 && w->has_failed) {
		w->has_failed = false;
		start_timer(w->again, w->config.again_ms);
		return;
	}
	if (w->year == 0)
		w->year = keyring_wanted(w->keys, 0);
	t = w->year == 0 ? NULL : task_new(sizeof *t);
	if (t == NULL)
		return;
	t->task.run = run_file;
	t->task.done = file_done;
	t->watch = w;
	w->is_running = keyring_plan_file(w->keys, w->year, &t->file) &&
			beside_run(store_beside(w->store), &t->task);
	if (!w->is_running)
		free(t);
}

/* --- time ------------------------------------------------------------------------------------- */

/* This year's and the next one's, before a record asks for them. */
static void
on_ahead(evutil_socket_t fd, short what, void *arg)
{
	struct key_watch *w = arg;
	char now[UTC_TEXT_SIZE];
	int year;

	(void)fd;
	(void)what;
	utc_format(w->config.now(w->config.ctx), now);
	year = (int)strtol(now, NULL, 10);
	keyring_person(w->keys, year);
	keyring_person(w->keys, year + 1);
	key_watch_look(w);
	start_timer(w->ahead, w->config.look_ms);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	key_watch_look(arg);
}

struct key_watch *
key_watch_new(struct event_base *base, struct store *store, struct keyring *keys,
	      const struct key_watch_config *config)
{
	struct key_watch *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->store = store;
	w->keys = keys;
	w->config = *config;
	w->again = evtimer_new(base, on_again, w);
	w->ahead = evtimer_new(base, on_ahead, w);
	if (w->again == NULL || w->ahead == NULL) {
		key_watch_free(w);
		return NULL;
	}
	if (config->now != NULL)
		start_timer(w->ahead, 0);
	return w;
}

void
key_watch_free(struct key_watch *w)
{
	if (w == NULL)
		return;
	if (w->again != NULL)
		event_free(w->again);
	if (w->ahead != NULL)
		event_free(w->ahead);
	free(w);
}

bool
key_watch_is_idle(const struct key_watch *w)
{
	return !w->is_running;
}
