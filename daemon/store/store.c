#include "store/store.h"

#include "base/beside.h"
#include "store/evidence/copy.h"
#include "store/evidence/writer.h"
#include "store/waits.h"

#include <event2/event.h>

#include <stdlib.h>

struct store {
	struct writer *writer;
	struct lanes *lanes;
	const struct keyring *keys;
	struct beside *beside;
	struct event *beside_event;
	struct waits waits;
};

static void
on_beside(evutil_socket_t fd, short what, void *arg)
{
	struct store *s = arg;

	(void)fd;
	(void)what;
	beside_collect(s->beside);
}

static bool
open_beside(struct store *s, struct event_base *base)
{
	s->beside = beside_new();
	if (s->beside == NULL)
		return false;
	s->beside_event = event_new(base, beside_fd(s->beside), EV_READ | EV_PERSIST, on_beside, s);
	return s->beside_event != NULL && event_add(s->beside_event, NULL) == 0;
}

struct store *
store_new(struct event_base *base, const struct store_config *config)
{
	struct store *s = calloc(1, sizeof *s);
	bool is_whole;

	if (s == NULL)
		return NULL;
	s->keys = config->writer.keys;
	is_whole = open_beside(s, base);
	s->writer = writer_new(base, s->beside, &config->writer);
	s->lanes = lanes_new(base, s->beside, config->writer.conninfo);
	is_whole = is_whole && s->writer != NULL && s->lanes != NULL;
	is_whole = waits_init(&s->waits, base, s, config->waits_ms) && is_whole;
	if (!is_whole) {
		store_free(s);
		return NULL;
	}
	return s;
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	waits_fini(&s->waits);
	writer_free(s->writer);
	lanes_free(s->lanes);
	if (s->beside_event != NULL)
		event_free(s->beside_event);
	beside_free(s->beside);
	free(s);
}

const struct keyring *
store_keys(const struct store *s)
{
	return s->keys;
}

struct beside *
store_beside(const struct store *s)
{
	return s->beside;
}

bool
store_ready(const struct store *s)
{
	return writer_ready(s->writer);
}

void
store_write(struct store *s, struct group *g)
{
	writer_write(s->writer, g);
}

bool
store_is_up(const struct store *s)
{
	return writer_is_up(s->writer);
}

const char *
store_fault(const struct store *s)
{
	return writer_fault(s->writer);
}

bool
store_late(const struct store *s, struct store_late *out)
{
	return writer_late(s->writer, out);
}

bool
store_write_row(const struct record *r, const struct receipt *receipt, struct buf *out)
{
	return copy_record(out, r, receipt) == COPY_ROW_OK;
}

bool
store_idle(const struct store *s)
{
	return writer_idle(s->writer) && lanes_idle(s->lanes);
}

void
store_drain(struct store *s)
{
	lanes_drain(s->lanes);
}

void
store_run(struct store *s, struct job *j)
{
	lanes_run(s->lanes, j);
}

struct lanes *
store_lanes(struct store *s)
{
	return s->lanes;
}

void
store_reload_registry(struct store *s, registry_done_fn done, void *ctx)
{
	schema_reload_registry(s->lanes, done, ctx);
}
