/* The access log: pages of it for whoever reads it, and of its chain for whoever verifies it; and
 * what the register was, which the log knows. */
#include "base/civil.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "office/call.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE      100u
#define PAGE_MAX  1000u
#define WORDS_MAX 200 /* bytes of `who` and of `what` */

struct reading {
	unsigned step;
	char after[24], limit[12];
	json_t *answer;
};

static const char *
number_or_null(char *out, size_t size, int64_t n)
{
	snprintf(out, size, "%" PRId64, n);
	return n == 0 ? NULL : out;
}

/* What was written a moment ago is linked first, so that it is shown. */
static bool
log_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct reading *k = c->state;
	const struct log_request *q = c->request.log;
	const char *after = number_or_null(k->after, sizeof k->after, (int64_t)q->after);

	(void)e;
	if (k->step == 0)
		*st = (struct statement){embed_text("sql/queries/upkeep/duty_log.sql"), 0, {NULL}};
	else if (q->chain)
		*st = (struct statement){
		    embed_text("sql/queries/setup/log_chain.sql"), 2, {k->after, k->limit}};
	else
		*st = (struct statement){embed_text("sql/queries/setup/log_list.sql"),
					 7,
					 {after, k->limit, text_if_given(q->since),
					  text_if_given(q->until), text_if_given(q->who),
					  text_if_given(q->what),
					  call_may_know_covert(c) ? "t" : "f"}};
	return k->step++ < 2;
}

static void
log_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct reading *k = c->state;

	if (k->step == 2 && rows_count(r) == 1 && rows_text(r, 0, 0) != NULL)
		k->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
}

static void
log_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct reading *k = c->state;

	if (e->code == OK) {
		call_reply_json(c, k->answer);
		return;
	}
	json_decref(k->answer);
	call_fail_err(c, e);
}

#define DAY_BYTES 10 /* of 2026-05-31 */

/* "" or NULL is one, too. */
static bool
is_day(const char *s)
{
	char noon[40];
	struct utc_ms at;

	if (text_if_given(s) == NULL)
		return true;
	snprintf(noon, sizeof noon, "%.20sT12:00:00Z", s);
	return strlen(s) == DAY_BYTES && utc_parse(text_of(noon), &at);
}

static bool
is_time(const char *s)
{
	struct utc_ms at;

	return is_day(s) || utc_parse(text_of(s), &at);
}

static bool
is_fit(const char *s)
{
	return s == NULL || (strlen(s) <= WORDS_MAX && text_is_clean_utf8(text_of(s)));
}

void
admin_log(struct call *c)
{
	const struct log_request *q = c->request.log;
	uint32_t limit = q->limit == 0 ? PAGE : q->limit;
	struct reading *k;

	if (!is_fit(q->who) || !is_fit(q->what)) {
		call_fail(c, ANSWER_INVALID, is_fit(q->who) ? "what" : "who",
			  "is no clean text of at most %d bytes", WORDS_MAX);
		return;
	}
	if (!is_time(q->since) || !is_time(q->until)) {
		call_fail(
		    c, ANSWER_INVALID, is_time(q->since) ? "until" : "since",
		    "is no day, as in 2026-05-31, and no instant, as in 2026-05-31T09:00:00Z");
		return;
	}
	if (limit > PAGE_MAX || q->after > INT64_MAX) {
		call_fail(c, ANSWER_INVALID, limit > PAGE_MAX ? "limit" : "after",
			  "is too great; a page has at most %u entries", PAGE_MAX);
		return;
	}
	/* A digest covers all entries: who may not see some could not verify any. */
	if (q->chain && !call_may_know_covert(c)) {
		call_forbid(c, "chain", RIGHT_KNOW_COVERT);
		return;
	}
	k = arena_zalloc(c->arena, 1, sizeof *k);
	if (k == NULL) {
		call_fail_memory(c);
		return;
	}
	snprintf(k->limit, sizeof k->limit, "%" PRIu32, limit);
	c->state = k;
	c->job = (struct job){.role = DB_ADMIN,
			      .writes = true,
			      .next = log_next,
			      .rows = log_rows,
			      .done = log_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}

void
admin_history(struct call *c)
{
	const char *day = text_if_given(c->request.history->day);

	if (!is_day(day)) {
		call_fail(c, ANSWER_INVALID, "day", "is no day; give it as in 2026-05-31");
		return;
	}
	call_select(c, LANE_SHORT,
		    &(struct statement){embed_text("sql/queries/setup/history.sql"), 1, {day}});
}
