#include "tests/jobs/scene.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>

/* Only a hang takes this long. */
#define TURN_MS 10
#define TURNS_MAX \
	15000 /* with nothing to do five minutes, or half of that: a busy machine is no fault */

static void
on_written(void *ctx, struct group *g)
{
	(void)ctx;
	(void)g;
}

static void
on_ready(void *ctx, bool ready)
{
	(void)ctx;
	(void)ready;
}

void
scene_turn(struct scene *s)
{
	struct timeval t = {0, TURN_MS * 1000};

	event_base_loopexit(s->base, &t);
	event_base_dispatch(s->base);
}

bool
scene_turn_until(struct scene *s, bool (*so)(void))
{
	for (int i = 0; i < TURNS_MAX; i++) {
		if (so())
			return true;
		scene_turn(s);
	}
	return false;
}

struct utc_ms
scene_now(void *ctx)
{
	const struct scene *s = ctx;

	return s->now;
}

void
scene_set_clock(struct scene *s, const char *rfc3339)
{
	cr_assert(utc_parse(text_of(rfc3339), &s->now));
}

static void
open_store(struct scene *s, const char *database)
{
	struct store_config config = {.writer = {.conninfo = s->conninfo,
						 .keys = s->keys,
						 .on_written = on_written,
						 .on_ready = on_ready}};

	snprintf(s->conninfo, sizeof s->conninfo, "%s",
		 cluster_conninfo(cluster_shared(), database, "semsd"));
	s->store = store_new(s->base, &config);
	cr_assert_not_null(s->store);
	for (int i = 0; i < TURNS_MAX && !store_ready(s->store); i++)
		scene_turn(s);
	cr_assert(store_ready(s->store), "the store never became ready");
}

void
scene_open(struct scene *s)
{
	const char *database = cluster_database();
	struct err e;

	*s = (struct scene){.base = event_base_new()};
	temp_dir(s->folder);
	cr_assert_eq(keyring_open(s->folder, &s->keys, &e), OK, "%s", e.text);
	s->pg = cluster_connect(database);
	open_store(s, database);
	scene_set_clock(s, "2026-05-15T10:00:00Z");
}

void
scene_stop(struct scene *s)
{
	store_free(s->store);
	s->store = NULL;
}

void
scene_close(struct scene *s)
{
	scene_stop(s);
	keyring_free(s->keys);
	event_base_free(s->base);
	PQfinish(s->pg);
	cr_expect(temp_remove(s->folder));
}
