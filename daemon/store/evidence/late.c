#include "store/evidence/late.h"

#include "base/log.h"
#include "store/pg/pg.h"

#include <event2/event.h>

#include <stdio.h>

#define FIRST_MS    30000
#define NEXT_MAX_MS (10 * 60 * 1000)

static void
set_timer(struct late *l)
{
	struct timeval t = {l->next_ms / 1000, (l->next_ms % 1000) * 1000};

	event_add(l->timer, &t);
}

static int64_t
count_pending(const struct group *g)
{
	int64_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += g->items[i].verdict == VERDICT_NONE ? 1 : 0;
	return n;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct late *l = arg;

	(void)fd;
	(void)what;
	l->waited_ms += l->next_ms;
	log_warn("store.late", KVI("seconds", l->waited_ms / 1000),
		 KVI("records", count_pending(l->g)), KV("while", l->doing),
		 KVI("tries", (int64_t)l->tries), KV("last_failure", l->sqlstate),
		 KVI("backend", l->backend));
	l->next_ms = l->waited_ms > NEXT_MAX_MS ? NEXT_MAX_MS : (int)l->waited_ms;
	set_timer(l);
}

bool
late_init(struct late *l, struct event_base *base, int first_ms)
{
	*l = (struct late){.first_ms = first_ms == 0 ? FIRST_MS : first_ms, .doing = ""};
	l->timer = event_new(base, -1, 0, on_timer, l);
	return l->timer != NULL;
}

void
late_fini(struct late *l)
{
	if (l->timer != NULL)
		event_free(l->timer);
}

void
late_begin(struct late *l, const struct group *g)
{
	l->g = g;
	l->tries = 0;
	l->waited_ms = 0;
	l->sqlstate[0] = '\0';
	l->next_ms = l->first_ms;
	set_timer(l);
}

void
late_end(struct late *l)
{
	event_del(l->timer);
	if (l->waited_ms != 0)
		log_info("store.late.settled", KVI("tries", (int64_t)l->tries));
	l->g = NULL;
	l->waited_ms = 0;
}

void
late_doing(struct late *l, const char *doing, int backend)
{
	l->doing = doing;
	l->backend = backend;
}

void
late_try(struct late *l, const char *doing, int backend)
{
	late_doing(l, doing, backend);
	l->tries++;
}

void
late_failed(struct late *l, const char *sqlstate)
{
	snprintf(l->sqlstate, sizeof l->sqlstate, "%s", sqlstate);
}

bool
late_look(const struct late *l, struct store_late *out)
{
	if (l->waited_ms == 0)
		return false;
	*out =
	    (struct store_late){.since = l->g->received_at,
				.records = count_pending(l->g),
				.tries = l->tries,
				.doing = l->doing,
				.last_failure = l->sqlstate[0] == '\0' ? "" : pg_words(l->sqlstate),
				.backend = l->backend};
	return true;
}
