#include "store/waits.h"

#include "base/file/embed.h"
#include "base/log.h"
#include "base/text.h"

#include <event2/event.h>

#include <stdio.h>
#include <string.h>

#define EVERY_MS 15000

static bool
next_statement(struct job *j, struct statement *st, struct err *e)
{
	struct waits *w = j->ctx;

	(void)e;
	if (w->is_asked)
		return false;
	w->is_asked = true;
	*st = (struct statement){
	    embed_text("sql/queries/upkeep/waits.sql"), 2, {w->patience, w->standstill}};
	return true;
}

static bool
is_to_be_said(struct waits *w, const char *holders)
{
	char said[sizeof w->said];

	text_print(said, sizeof said, "%s", holders);
	if (strcmp(w->said, said) != 0) {
		memcpy(w->said, said, sizeof said);
		w->looks = 0;
		w->next = 1;
		return true;
	}
	if (++w->looks < w->next)
		return false;
	w->looks = 0;
	w->next *= 2;
	return true;
}

static void
take_rows(struct job *j, const struct rows *r)
{
	struct waits *w = j->ctx;
	const char *holders = rows_text(r, 0, 0);
	const char *ended = rows_text(r, 0, 2);

	if (holders == NULL)
		w->said[0] = '\0';
	else if (is_to_be_said(w, holders))
		log_warn("store.waits", KVI("seconds", rows_int(r, 0, 1)), KV("holder", holders));
	if (ended != NULL)
		log_warn("store.ended", KV("session", ended),
			 KV("text", "a semsd that stood still in the middle of a group: it writes "
				    "that again when it goes on"));
}

static void
on_done(struct job *j, const struct err *e)
{
	struct waits *w = j->ctx;

	(void)e;
	w->is_running = false;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct waits *w = arg;

	(void)fd;
	(void)what;
	if (w->is_running || store_idle(w->store))
		return;
	w->is_running = true;
	w->is_asked = false;
	w->job = (struct job){.ticket = {.lane = LANE_SHORT},
			      .role = DB_LOGIN,
			      .next = next_statement,
			      .rows = take_rows,
			      .done = on_done,
			      .ctx = w};
	store_run(w->store, &w->job);
}

bool
waits_init(struct waits *w, struct event_base *base, struct store *store, int every_ms)
{
	struct timeval t;

	*w = (struct waits){.store = store, .every_ms = every_ms == 0 ? EVERY_MS : every_ms};
	snprintf(w->patience, sizeof w->patience, "%d ms", w->every_ms);
	snprintf(w->standstill, sizeof w->standstill, "%d ms", 2 * w->every_ms);
	t = (struct timeval){w->every_ms / 1000, (suseconds_t)(w->every_ms % 1000) * 1000};
	w->timer = event_new(base, -1, EV_PERSIST, on_timer, w);
	return w->timer != NULL && event_add(w->timer, &t) == 0;
}

void
waits_fini(struct waits *w)
{
	if (w->timer != NULL)
		event_free(w->timer);
}
