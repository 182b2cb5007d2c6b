/* Retention by hand: the plan, or the run, with every month's reason. */
#include "core/time/retention.h"

#include "base/log.h"
#include "office/call.h"
#include "store/schema/retention_job.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *
month_json(const struct retention_month *m)
{
	char next[ERR_NEXT_SIZE] = "";
	json_t *o =
	    json_pack("{s:s, s:s%, s:s, s:I, s:b, s:s, s:s, s:b}", "kind", m->kind, "month",
		      m->month, (size_t)7, "quarter", m->quarter, "records", (json_int_t)m->records,
		      "exact", m->is_exact ? 1 : 0, "decision", retention_name(m->decision), "why",
		      m->why, "dropped", m->is_dropped ? 1 : 0);

	if (m->decision != RETENTION_KEEP_QUARTER)
		return o;
	action_add(next, &(struct todo){.action = ACTION_SPD_FREEZE, .quarter = m->quarter});
	action_add(next, &(struct todo){.action = ACTION_SPD_SUBMIT, .quarter = m->quarter});
	json_object_set_new(o, "do", json_string("spd.freeze, then spd.submit"));
	json_object_set_new(o, "actions", action_list(next));
	return o;
}

/* {"run":..., "months":[...], "may_go":n, "dropped":n} */
static json_t *
answer_json(const struct retention_run *r)
{
	json_t *months = json_array();
	json_int_t may_go = 0;

	for (size_t i = 0; i < r->n; i++) {
		may_go += r->months[i].decision == RETENTION_DROP;
		json_array_append_new(months, month_json(&r->months[i]));
	}
	return json_pack("{s:b, s:i, s:I, s:I, s:o}", "run", r->drop ? 1 : 0,
			 "revision_window_days", r->window_days, "may_go", may_go, "dropped",
			 (json_int_t)r->n_dropped, "months", months);
}

static void
on_done(struct retention_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	bool reload = r->n_dropped > 0;
	json_t *answer;

	if (e->code != OK) {
		struct err why = *e;

		retention_fini(r);
		call_fail_err(c, &why);
		return;
	}
	answer = answer_json(r);
	if (r->drop)
		log_info("retention.run", KV("by", c->who.principal.s));
	retention_fini(r);
	/* What was dropped raised a floor that ingest must know. */
	if (reload)
		call_reply_reload(c, answer);
	else
		call_reply_json(c, answer);
}

void
admin_retention(struct call *c)
{
	struct retention_run *r = arena_zalloc(c->arena, 1, sizeof *r);

	if (r == NULL) {
		call_fail_memory(c);
		return;
	}
	r->lanes = store_lanes(call_store(c));
	r->ticket = call_ticket(c, LANE_LONG);
	r->now = c->now;
	r->by = c->who.principal.s;
	r->drop = c->request.retention->run;
	r->done = on_done;
	r->ctx = c;
	retention_start(r);
}
