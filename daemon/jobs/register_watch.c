#include "jobs/register_watch.h"

#include "base/file/embed.h"

#include <event2/event.h>

#include <stdlib.h>

struct register_watch {
	struct store *store;
	struct register_watch_config config;
	struct event *timer;
	bool is_running;
	bool is_asked;
	bool is_known;
	int64_t changes; /* as the register was read, when known */
	int64_t seen;
	struct job job;
};

static bool
watch_next(struct job *j, struct statement *st, struct err *e)
{
	struct register_watch *w = j->ctx;

	(void)e;
	if (w->is_asked)
		return false;
	w->is_asked = true;
	st->sql = embed_text("sql/queries/upkeep/register_changes.sql");
	return true;
}

static void
watch_rows(struct job *j, const struct rows *r)
{
	struct register_watch *w = j->ctx;

	w->seen = rows_int(r, 0, 0);
}

static void
watch_done(struct job *j, const struct err *e)
{
	struct register_watch *w = j->ctx;
	bool is_changed = !w->is_known || w->seen != w->changes;

	w->is_running = false;
	w->is_known = e->code == OK;
	if (e->code != OK || !is_changed)
		return;
	/* What changes from here on is seen at the next look. */
	w->changes = w->seen;
	w->config.on_changed(w->config.ctx);
}

void
register_watch_look(struct register_watch *w)
{
	if (w->is_running)
		return;
	w->is_running = true;
	w->is_asked = false;
	w->job = (struct job){
	    .role = DB_ADMIN, .next = watch_next, .rows = watch_rows, .done = watch_done, .ctx = w};
	store_run(w->store, &w->job);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	register_watch_look(arg);
}

struct register_watch_config
register_watch_defaults(void)
{
	return (struct register_watch_config){.look_ms = 2000};
}

struct register_watch *
register_watch_new(struct event_base *base, struct store *store,
		   const struct register_watch_config *config)
{
	struct register_watch *w = calloc(1, sizeof *w);
	struct timeval every = {config->look_ms / 1000,
				(suseconds_t)(config->look_ms % 1000) * 1000};

	if (w == NULL)
		return NULL;
	w->store = store;
	w->config = *config;
	w->timer = event_new(base, -1, EV_PERSIST, on_timer, w);
	if (w->timer == NULL || event_add(w->timer, &every) != 0) {
		register_watch_free(w);
		return NULL;
	}
	return w;
}

void
register_watch_free(struct register_watch *w)
{
	if (w == NULL)
		return;
	if (w->timer != NULL)
		event_free(w->timer);
	free(w);
}

void
register_watch_stop(struct register_watch *w)
{
	event_del(w->timer);
}

bool
register_watch_is_idle(const struct register_watch *w)
{
	return !w->is_running;
}
