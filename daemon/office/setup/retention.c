/* Retention by hand: the plan, or the run, with every month's reason. */
#include "core/time/retention.h"

#include "base/file/embed.h"
#include "base/log.h"
#include "office/call.h"
#include "office/setup/one_row.h"
#include "store/schema/retention_job.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
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

/* --- certificates ----------------------------------------------------------------------------- */

#define CERTIFICATES_PAGE "200"

struct listing {
	struct one_row row;
	char after[24];
	char only[24];
};

static void
on_certificates(struct call *c, json_t *answer, const struct err *e)
{
	const char *signs;

	if (e->code != OK) {
		call_fail_err(c, e);
	} else if (c->request.retention->has_certificate_no &&
		   json_array_size(json_object_get(answer, "certificates")) == 0) {
		json_decref(answer);
		call_fail(c, ANSWER_NOT_FOUND, "certificate_no", "there is no certificate %" PRIu64,
			  c->request.retention->certificate_no);
	} else {
		json_object_set_new(answer, "keys", call_keys_json(c, &signs));
		call_reply_json(c, answer);
	}
}

static void
list_certificates(struct call *c)
{
	const struct retention_request *q = c->request.retention;
	struct listing *l = arena_zalloc(c->arena, 1, sizeof *l);

	if (l == NULL) {
		call_fail_memory(c);
		return;
	}
	if (q->after > INT64_MAX || q->certificate_no > INT64_MAX || q->run) {
		call_fail(c, ANSWER_INVALID, q->run ? "run" : "certificate_no",
			  q->run ? "nothing is removed when certificates are asked for"
				 : "is no certificate's number");
		return;
	}
	snprintf(l->after, sizeof l->after, "%" PRIu64, q->after);
	snprintf(l->only, sizeof l->only, "%" PRIu64, q->certificate_no);
	c->state = l;
	one_row_run(c, &l->row, false,
		    (struct statement){
			embed_text("sql/queries/upkeep/retention_certificates.sql"),
			3,
			{l->after, CERTIFICATES_PAGE, q->has_certificate_no ? l->only : NULL}},
		    on_certificates);
}

static void
plan_or_run(struct call *c)
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
	r->keys = call_keys(c);
	r->drop = c->request.retention->run;
	r->done = on_done;
	r->ctx = c;
	retention_start(r);
}

void
admin_retention(struct call *c)
{
	if (c->request.retention->certificates)
		list_certificates(c);
	else
		plan_or_run(c);
}
