/* Status: one document, made by one statement. */
#include "base/file/embed.h"
#include "office/call.h"

#include <inttypes.h>

struct look {
	char now[UTC_TEXT_SIZE];
	const char *late;     /* the group that is not settled in time, as JSON; NULL: none */
	const char *sessions; /* as JSON; NULL: who asks is no administrator */
	bool asked;
	struct text document; /* in the call's arena */
};

static bool
status_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct look *l = c->state;

	(void)e;
	if (l->asked)
		return false;
	l->asked = true;
	st->sql = embed_text("sql/queries/status.sql");
	st->n_params = 4;
	st->params[0] = l->now;
	st->params[1] = call_may_know_covert(c) ? "1" : "0";
	st->params[2] = l->late;
	st->params[3] = l->sessions;
	return true;
}

static void
status_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct look *l = c->state;
	struct text t = text_of(rows_text(r, 0, 0));

	l->document = (struct text){arena_dup(c->arena, t.s, t.n), t.n};
}

static void
status_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct look *l = c->state;

	if (e->code != OK)
		call_fail_err(c, e);
	else if (l->document.s == NULL)
		call_fail_memory(c);
	else
		call_reply(c, l->document);
}

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

	if (!right_has(c->role, RIGHT_KNOW_SESSIONS))
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

void
admin_status(struct call *c)
{
	struct look *l = arena_zalloc(c->arena, 1, sizeof *l);

	if (l == NULL || !look_at_writer(c, l) || !look_at_sessions(c, l)) {
		call_fail_memory(c);
		return;
	}
	utc_format(c->now, l->now);
	c->state = l;
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = status_next,
			      .rows = status_rows,
			      .done = status_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
