/* The calendar beside the zone's rules of today: how they differ, and giving it those. */
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "office/call.h"

#include <stdlib.h>

#define REASON_MAX_BYTES 1000

struct mending {
	bool applies;
	bool is_asked;
	char now[UTC_TEXT_SIZE];
	json_t *answer; /* NULL: no day may be mended */
};

static bool
calendar_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct mending *k = c->state;

	(void)e;
	if (k->is_asked)
		return false;
	k->is_asked = true;
	if (k->applies)
		*st = (struct statement){embed_text("sql/queries/setup/calendar_mend.sql"),
					 3,
					 {c->who.principal.s, c->request.calendar->reason, k->now}};
	else
		*st = (struct statement){embed_text("sql/queries/setup/calendar_look.sql"),
					 2,
					 {k->now, call_may_know_covert(c) ? "1" : "0"}};
	return true;
}

static void
calendar_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct mending *k = c->state;

	if (rows_count(r) == 1 && rows_text(r, 0, 0) != NULL)
		k->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
}

static void
calendar_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct mending *k = c->state;
	struct err why;

	if (e->code != OK) {
		json_decref(k->answer);
		call_fail_err(c, e);
	} else if (!k->applies) {
		call_reply_json(c, k->answer);
	} else if (k->answer == NULL) {
		err_set(&why, REJ_STATE, "",
			"no day that begins otherwise by today's rules is behind all evidence "
			"and every frozen quarter: what is stored counts by the rules it was "
			"stored by; calendar.look says which days differ");
		action_offer(&why, &(struct todo){.action = ACTION_CALENDAR_LOOK});
		call_fail_err(c, &why);
	} else {
		log_warn("calendar.mended", KV("by", c->who.principal.s),
			 KV("reason", c->request.calendar->reason),
			 KV("from_day", member_text(k->answer, "from_day")),
			 KVI("days", json_integer_value(json_object_get(k->answer, "days"))));
		/* Ingest, too, judges by the calendar. */
		call_reply_reload(c, k->answer);
	}
}

static bool
is_reason(const char *s)
{
	return s != NULL && s[0] != '\0' && strlen(s) <= REASON_MAX_BYTES &&
	       text_is_clean_utf8(text_of(s));
}

void
admin_calendar(struct call *c)
{
	const struct calendar_request *q = c->request.calendar;
	struct mending *k = arena_zalloc(c->arena, 1, sizeof *k);

	if (k == NULL) {
		call_fail_memory(c);
		return;
	}
	k->applies = q->apply;
	if (k->applies && !right_has(c->who.role, RIGHT_MEND_CALENDAR)) {
		call_forbid(c, "apply", RIGHT_MEND_CALENDAR);
		return;
	}
	if (k->applies && !is_reason(q->reason)) {
		call_fail(c, ANSWER_INVALID, "reason", "say why, in at most %d bytes; it is kept",
			  REASON_MAX_BYTES);
		return;
	}
	utc_format(c->now, k->now);
	c->state = k;
	c->job = (struct job){.role = k->applies ? DB_ADMIN : DB_COMPUTE,
			      .writes = k->applies,
			      .next = calendar_next,
			      .rows = calendar_rows,
			      .done = calendar_done,
			      .ctx = c};
	call_run(c, LANE_LONG);
}
