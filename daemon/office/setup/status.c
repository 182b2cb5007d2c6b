/* Status: one document, made by one statement. */
#include "base/file/embed.h"
#include "office/call.h"

#include <inttypes.h>
#include <stdlib.h>

struct look {
	char now[UTC_TEXT_SIZE];
	const char *late;     /* the group that is not settled in time, as JSON; NULL: none */
	const char *sessions; /* as JSON; NULL: who asks is no administrator */
	const char *doors;    /* the same */
};

/* False: no memory. */
static bool
look_at_writer(struct call *c, struct look *l)
{
	struct store_late late;
	char since[UTC_TEXT_SIZE];

	if (!store_late(call_store(c), &late))
		return true;
	utc_format(late.since, since);
	l->late = arena_printf(c->arena,
			       "{\"since\": \"%s\", \"records\": %" PRId64 ", \"tries\": %" PRIu64
			       ", \"while\": \"%s\", \"last_failure\": \"%s\", \"backend\": %d}",
			       since, late.records, late.tries, late.doing, late.last_failure,
			       late.backend);
	return l->late != NULL;
}

/* False: no memory. */
static bool
look_at_sessions(struct call *c, struct look *l)
{
	const struct ingest *in = call_ingest(c);
	const struct ingest_sessions now = ingest_sessions(in);
	const struct ingest_counters *n = ingest_counters(in);

	if (!right_has(c->who.role, RIGHT_KNOW_SESSIONS))
		return true;
	l->sessions = arena_printf(
	    c->arena,
	    "{\"open\": %" PRIu32 ", \"most\": %" PRIu32 ", \"without_role\": %" PRIu32
	    ", \"opened\": %" PRIu64 ", \"refused\": %" PRIu64 ", \"made_way\": %" PRIu64
	    ", \"unread\": %" PRIu64 ", \"unread_bytes\": %zu}",
	    now.open, now.most, now.without_role, n->sessions_opened, n->sessions_refused,
	    n->sessions_displaced, n->sessions_unread, ingest_unsent(in));
	return l->sessions != NULL;
}

/* False: no memory. */
static bool
look_at_doors(struct call *c, struct look *l)
{
	json_t *doors;
	char *text;

	if (!right_has(c->who.role, RIGHT_KNOW_SESSIONS))
		return true;
	doors = call_doors(c);
	text = doors == NULL ? NULL : json_dumps(doors, JSON_COMPACT);
	json_decref(doors);
	l->doors = text == NULL ? NULL : arena_printf(c->arena, "%s", text);
	free(text);
	return l->doors != NULL;
}

void
admin_status(struct call *c)
{
	struct look *l = arena_zalloc(c->arena, 1, sizeof *l);

	if (l == NULL || !look_at_writer(c, l) || !look_at_sessions(c, l) || !look_at_doors(c, l)) {
		call_fail_memory(c);
		return;
	}
	utc_format(c->now, l->now);
	call_select(c, LANE_SHORT,
		    &(struct statement){embed_text("sql/queries/upkeep/status.sql"),
					7,
					{l->now, call_may_know_covert(c) ? "1" : "0", l->late,
					 l->sessions, l->doors, ingest_durability(call_ingest(c)),
					 store_fault(call_store(c))}});
}
