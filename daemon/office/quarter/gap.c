/* Periods that may lack records: listed, noted by hand, resolved with a reason. */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "office/call.h"

#include <stdio.h>

#define REASON_MAX 1000

struct gap_look {
	const char *sql;
	int n_params;
	const char *params[4];
	char numbers[2][24];
	char now[UTC_TEXT_SIZE];
	bool is_asked;
	struct text document;
};

static bool
gap_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct gap_look *l = c->state;

	(void)e;
	if (l->is_asked)
		return false;
	l->is_asked = true;
	st->sql = embed_text(l->sql);
	st->n_params = l->n_params;
	for (int i = 0; i < l->n_params; i++)
		st->params[i] = l->params[i];
	return true;
}

/* A list as it is, or the number of the gap that was made or resolved. */
static void
gap_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct gap_look *l = c->state;
	const char *t = arena_printf(c->arena, c->job.writes ? "{\"gap_id\":%s}" : "{\"gaps\":%s}",
				     rows_text(r, 0, 0));

	if (t != NULL)
		l->document = text_of(t);
}

static void
gap_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct gap_look *l = c->state;

	if (e->code != OK) {
		call_fail_err(c, e);
	} else if (l->document.s == NULL) {
		call_fail_memory(c);
	} else {
		if (c->job.writes)
			log_info("gap.changed", KV("by", c->who.principal.s),
				 KV("gap", l->document.s));
		call_reply(c, l->document);
	}
}

static bool
may_change(struct call *c)
{
	if (right_has(c->who.role, RIGHT_CHANGE_GAPS))
		return true;
	call_forbid(c, "", RIGHT_CHANGE_GAPS);
	return false;
}

static bool
has_reason(struct call *c)
{
	const char *reason = c->request.gap->reason;

	if (reason != NULL && reason[0] != '\0' && strlen(reason) <= REASON_MAX)
		return true;
	call_fail(c, ANSWER_INVALID, "reason", "say why, in 1 to %d characters", REASON_MAX);
	return false;
}

static bool
prepare_list(struct call *c, struct gap_look *l)
{
	(void)c;
	l->sql = "sql/queries/upkeep/gap_list.sql";
	return true;
}

static bool
prepare_add(struct call *c, struct gap_look *l)
{
	const struct gap_request *r = c->request.gap;

	if (!may_change(c) || !has_reason(c))
		return false;
	if (!r->has_lacks_from || !r->has_lacks_to || r->lacks_from > r->lacks_to ||
	    r->lacks_from < 0 || r->lacks_to > c->now.v) {
		call_fail(c, ANSWER_INVALID, "lacks_from",
			  "say from when to when records may be missing, in the past");
		return false;
	}
	snprintf(l->numbers[0], sizeof l->numbers[0], "%lld", (long long)r->lacks_from);
	snprintf(l->numbers[1], sizeof l->numbers[1], "%lld", (long long)r->lacks_to);
	l->sql = "sql/queries/upkeep/gap_add.sql";
	l->n_params = 4;
	l->params[0] = l->numbers[0];
	l->params[1] = l->numbers[1];
	l->params[2] = r->reason;
	l->params[3] = c->who.principal.s;
	return true;
}

static bool
prepare_resolve(struct call *c, struct gap_look *l)
{
	const struct gap_request *r = c->request.gap;
	struct err why;

	if (!may_change(c) || !has_reason(c))
		return false;
	if (!r->has_gap_id || r->gap_id > INT64_MAX) {
		err_set(&why, REJ_FIELD, "gap_id", "say which gap; gaps.list lists them");
		action_offer(&why, &(struct todo){.action = ACTION_GAPS_LIST});
		call_fail_err(c, &why);
		return false;
	}
	utc_format(c->now, l->now);
	snprintf(l->numbers[0], sizeof l->numbers[0], "%llu", (unsigned long long)r->gap_id);
	l->sql = "sql/queries/upkeep/gap_resolve.sql";
	l->n_params = 4;
	l->params[0] = l->numbers[0];
	l->params[1] = l->now;
	l->params[2] = c->who.principal.s;
	l->params[3] = r->reason;
	return true;
}

static const struct {
	uint32_t operation;
	bool writes;
	bool (*prepare)(struct call *c, struct gap_look *l); /* false: it has answered */
} operations[] = {
    {GAP_OP_LIST, false, prepare_list},
    {GAP_OP_ADD, true, prepare_add},
    {GAP_OP_RESOLVE, true, prepare_resolve},
};

void
admin_gap(struct call *c)
{
	struct gap_look *l = arena_zalloc(c->arena, 1, sizeof *l);

	if (l == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = l;
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].operation != c->request.gap->operation)
			continue;
		if (!operations[i].prepare(c, l))
			return;
		c->job = (struct job){.role = DB_ADMIN,
				      .writes = operations[i].writes,
				      .next = gap_next,
				      .rows = gap_rows,
				      .done = gap_done,
				      .ctx = c};
		call_run(c, LANE_SHORT);
		return;
	}
	call_fail(c, ANSWER_INVALID, "operation", "an operation that this version does not know");
}
