/* The SPD's requests: which there are, and those that compute. */
#include "office/quarter/spd.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
reply_kept(struct call *c)
{
	call_reply(c, c->answer);
}

/* Who takes what out of the house is in the log before he has it. */
static void
note_export(struct call *c, struct text document, const char *digest)
{
	const struct spd_request *q = c->request.spd;

	c->answer.n = document.n;
	c->answer.s = arena_dup(c->arena, document.s, document.n);
	if (c->answer.s == NULL)
		call_fail_memory(c);
	else
		call_note(c, "spd.export", ((const struct spd_ask *)c->state)->label,
			  json_pack("{s:I, s:s, s:s}", "revision", (json_int_t)q->revision,
				    "format", q->exported_as, "sha256", digest),
			  reply_kept);
}

void
spd_reply_document(struct call *c, struct text document)
{
	const struct spd_request *q = c->request.spd;
	unsigned char sum[SHA256_SIZE];
	char digest[2 * SHA256_SIZE + 1] = "";

	if (q->exported_as != NULL) {
		if (sha256(document.s, document.n, sum))
			hex_encode(sum, sizeof sum, digest);
		log_info("spd.export", KV("quarter", q->quarter), KVI("revision", q->revision),
			 KV("by", c->who.principal.s), KV("format", q->exported_as),
			 KV("sha256", digest));
		note_export(c, document, digest);
		return;
	}
	call_reply(c, document);
}

#define FORMAT_MAX 64 /* bytes of what names a format */

void
spd_ask_fini(struct spd_ask *a)
{
	json_t **const held[] = {&a->head, &a->document, &a->events, &a->earlier, &a->answer};

	for (size_t i = 0; i < COUNT(held); i++) {
		json_t *json = *held[i];

		json_decref(json);
		*held[i] = NULL;
	}
	free(a->by_dims);
	a->by_dims = NULL;
}

void
spd_add_advice(json_t *answer, const struct life_advice *a)
{
	json_object_set_new(answer, "next", json_string(a->text));
	json_object_set_new(answer, "actions", action_list(a->next));
}

bool
spd_failed(struct call *c, const struct err *e)
{
	struct err why = *e;

	if (why.code == OK)
		return false;
	spd_ask_fini(c->state);
	call_fail_err(c, &why);
	return true;
}

void
spd_job(struct call *c, enum lane lane, bool writes,
	bool (*next)(struct job *, struct statement *, struct err *),
	void (*rows)(struct job *, const struct rows *),
	void (*done)(struct job *, const struct err *))
{
	c->job = (struct job){
	    .role = DB_COMPUTE,
	    .writes = writes,
	    .next = next,
	    .rows = rows,
	    .done = done,
	    .ctx = c,
	};
	call_run(c, lane);
}

/* --- computing: SHOW of now, FREEZE, REVISE --------------------------------------------------- */

static void
on_shown(struct spd_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	struct err why = *e;
	/* The reply ends the call, and with it the memory that holds the run. */
	struct spd_run run = *r;

	if (why.code != OK)
		call_fail_err(c, &why);
	else
		spd_reply_document(c, (struct text){(const char *)run.document.p, run.document.n});
	spd_fini(&run);
}

static void
on_frozen(struct spd_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	struct err why = *e;
	json_t *answer;

	if (why.code != OK) {
		spd_fini(r);
		call_fail_err(c, &why);
		return;
	}
	log_info(r->will.revises ? "spd.revise" : "spd.freeze", KV("quarter", r->label),
		 KVI("revision", r->spd.revision), KV("by", c->who.principal.s),
		 KV("sha256", r->sha256));
	answer = json_pack("{s:s, s:I, s:s, s:s, s:s, s:I}", "quarter", r->label, "revision",
			   (json_int_t)r->spd.revision, "state", "DRAFT", "as_of", r->spd.as_of,
			   "sha256", r->sha256, "restatements",
			   (json_int_t)json_array_size(r->freezing.restatements));
	spd_fini(r);
	call_reply_json(c, answer);
}

static void
compute(struct call *c, enum spd_task task, bool revises,
	void (*done)(struct spd_run *, const struct err *))
{
	struct spd_ask *a = c->state;
	struct err e = {0};

	a->run = (struct spd_run){
	    .lanes = store_lanes(call_store(c)),
	    .keys = store_keys(call_store(c)),
	    .ticket = call_ticket(c, LANE_LONG),
	    .catalogue = spd_catalogue(&e),
	    .quarter = a->quarter,
	    .task = task,
	    .source = a->q->from_records ? SPD_FROM_RAW : SPD_FROM_COUNTS,
	    .by = c->who.principal.s,
	    .shows_small = task == SPD_TASK_SHOW && a->q->unsuppressed != NULL,
	    .will = {a->rights, revises, a->q->text, a->q->early, a->q->exclude_embargoed},
	    .done = done,
	    .ctx = c,
	};
	if (a->run.catalogue == NULL)
		call_fail_err(c, &e);
	else
		spd_start(&a->run);
}

/* False: the call has been answered. Who sees them, and why, is in the log before they do. */
static bool
may_see_small(struct call *c)
{
	const struct spd_request *q = c->request.spd;
	size_t n = q->unsuppressed == NULL ? 0 : strlen(q->unsuppressed);

	if (q->unsuppressed == NULL)
		return true;
	if (!right_has(c->who.role, RIGHT_KNOW_SMALL_CELLS)) {
		call_forbid(c, "unsuppressed", RIGHT_KNOW_SMALL_CELLS);
		return false;
	}
	if (n == 0 || n > SPD_TEXT_MAX) {
		call_fail(c, ANSWER_INVALID, "unsuppressed",
			  "say in at most %d bytes why figures of few persons are to be shown",
			  SPD_TEXT_MAX);
		return false;
	}
	if (q->revision != 0 || q->exported_as != NULL) {
		call_fail(c, ANSWER_INVALID, "unsuppressed",
			  "what is frozen or handed out has no figures of few persons: show them "
			  "as they are computed now");
		return false;
	}
	log_info("spd.unsuppressed", KV("quarter", q->quarter), KV("by", c->who.principal.s),
		 KV("reason", q->unsuppressed));
	return true;
}

static void
show_now(struct call *c)
{
	const struct spd_ask *a = c->state;

	if (a->revision[0] == '0')
		compute(c, SPD_TASK_SHOW, false, on_shown);
	else
		spd_show_stored(c);
}

static void
show(struct call *c)
{
	const struct spd_request *q = c->request.spd;

	if (q->exported_as != NULL && strlen(q->exported_as) > FORMAT_MAX) {
		call_fail(c, ANSWER_INVALID, "exported_as", "is over %d bytes", FORMAT_MAX);
		return;
	}
	if (!may_see_small(c))
		return;
	if (q->unsuppressed == NULL)
		show_now(c);
	else
		call_note(c, "spd.unsuppressed", ((const struct spd_ask *)c->state)->label,
			  json_pack("{s:s}", "reason", q->unsuppressed), show_now);
}

static void
freeze(struct call *c)
{
	compute(c, SPD_TASK_FREEZE, false, on_frozen);
}

static void
revise(struct call *c)
{
	compute(c, SPD_TASK_FREEZE, true, on_frozen);
}

/* --- the operations --------------------------------------------------------------------------- */

static const struct {
	uint32_t operation;
	void (*run)(struct call *c);
	enum spd_action action; /* of spd_step */
} operations[] = {
    {SPD_OP_SHOW, show, SPD_ACTIONS},        {SPD_OP_FREEZE, freeze, SPD_FREEZE},
    {SPD_OP_REVISE, revise, SPD_REVISE},     {SPD_OP_COMMENT, spd_step, SPD_COMMENT},
    {SPD_OP_QA, spd_step, SPD_QA},           {SPD_OP_APPROVE, spd_step, SPD_APPROVE},
    {SPD_OP_REJECT, spd_step, SPD_REJECT},   {SPD_OP_WITHDRAW, spd_step, SPD_WITHDRAW},
    {SPD_OP_SUBMIT, spd_step, SPD_SUBMIT},   {SPD_OP_ACKNOWLEDGE, spd_step, SPD_ACKNOWLEDGE},
    {SPD_OP_LIST, spd_list, SPD_ACTIONS},    {SPD_OP_STATUS, spd_status, SPD_ACTIONS},
    {SPD_OP_CHECK, spd_checks, SPD_ACTIONS}, {SPD_OP_DECLARATION, spd_declaration, SPD_ACTIONS},
    {SPD_OP_DIFF, spd_compare, SPD_ACTIONS},
};

/* Fills the ask from the request; false: the call has been answered. */
static bool
read_ask(struct call *c, struct spd_ask *a)
{
	const struct spd_request *q = c->request.spd;

	if (q->quarter == NULL || !quarter_parse(text_of(q->quarter), &a->quarter)) {
		call_fail(c, ANSWER_INVALID, "quarter", "name a quarter such as 2026-Q2");
		return false;
	}
	if (q->revision > 1000000) {
		call_fail(c, ANSWER_INVALID, "revision", "there are not so many");
		return false;
	}
	a->q = q;
	a->rights = right_set(c->who.role);
	quarter_format(a->quarter, a->label);
	quarter_format(quarter_prev(a->quarter), a->before);
	snprintf(a->revision, sizeof a->revision, "%" PRIu32, q->revision);
	a->life = (struct life){.quarter = a->label,
				.who = c->who.principal.s,
				.rights = a->rights,
				.text = q->text,
				.metric = q->metric,
				.reference = q->reference,
				.channel = q->channel};
	return true;
}

void
admin_spd(struct call *c)
{
	struct spd_ask *a = arena_zalloc(c->arena, 1, sizeof *a);
	struct err e;

	if (a == NULL) {
		call_fail_memory(c);
		return;
	}
	c->state = a;
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].operation != c->request.spd->operation)
			continue;
		a->action = operations[i].action;
		if (a->action != SPD_ACTIONS &&
		    life_may(a->action, right_set(c->who.role), &e) != OK)
			call_fail_err(c, &e);
		else if (read_ask(c, a))
			operations[i].run(c);
		return;
	}
	call_fail(c, ANSWER_INVALID, "operation", "is none that this version knows");
}
