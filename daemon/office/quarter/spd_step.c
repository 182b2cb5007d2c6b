/* What people do with a revision, one event each: asked of the table of core, kept by the database,
 * told to the log without a figure. */
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "core/spd/keys.h"
#include "core/spd/spd_check.h"
#include "office/quarter/spd.h"

#include <stdlib.h>
#include <string.h>

#define DIMENSIONS_SAID 8

/* The names of the checks that fail, for a refusal. */
static void
name_failed(const json_t *checks, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < json_array_size(checks) && used < size; i++) {
		const json_t *o = json_array_get(checks, i);

		if (json_is_true(json_object_get(o, "ok")))
			continue;
		used +=
		    (size_t)snprintf(out + used, size - used, "%s%s (%lld)", used == 0 ? "" : ", ",
				     member_text(o, "check"),
				     (long long)json_integer_value(json_object_get(o, "count")));
	}
}

static enum code
check_document(const struct spd_ask *a, struct err *e)
{
	json_t *checks = spd_check(a->document, a->events, a->earlier);
	char names[120];
	enum code code = OK;

	if (checks == NULL)
		return err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	if (spd_check_failed(checks) > 0) {
		name_failed(checks, names, sizeof names);
		err_set(e, REJ_STATE, "checks",
			"these checks fail: %s; spd.check says where, and what to do", names);
		code = action_offer(
		    e, &(struct todo){.action = ACTION_SPD_CHECK, .quarter = a->label});
	}
	json_decref(checks);
	return code;
}

static bool
is_such_figure(const struct spd_ask *a, const json_t *by)
{
	const json_t *metrics = json_object_get(a->document, DOC_METRICS);

	for (size_t i = 0; i < json_array_size(metrics); i++) {
		const json_t *m = json_array_get(metrics, i);
		const json_t *figures = json_object_get(m, DOC_FIGURES);

		if (strcmp(member_text(m, DOC_ID), a->q->metric) != 0)
			continue;
		for (size_t k = 0; k < json_array_size(figures); k++)
			if (json_equal(json_object_get(json_array_get(figures, k), DOC_BY), by))
				return true;
	}
	return false;
}

static enum code
refuse_figure(const struct spd_ask *a, const char *field, struct err *e)
{
	err_set(e, REJ_FIELD, field, "is no figure of revision %s; spd.show lists them",
		a->revision);
	return action_offer(e, &(struct todo){.action = ACTION_SPD_SHOW,
					      .quarter = a->label,
					      .revision = a->revision,
					      .by = "all"});
}

/* A comment is on a figure that the document has. */
static enum code
check_comment(struct spd_ask *a, struct err *e)
{
	json_t *by = json_object();
	enum code code = OK;

	for (size_t i = 0; i < a->q->n_by && i < DIMENSIONS_SAID; i++) {
		const struct dimension *d = &a->q->by[i];

		json_object_set_new(by, d->name == NULL ? "" : d->name,
				    json_string(d->value == NULL ? "" : d->value));
	}
	a->by_dims = json_dumps(by, JSON_COMPACT | JSON_SORT_KEYS);
	if (a->by_dims == NULL)
		code = err_set(e, REJ_FIELD, "by", "is no clean UTF-8 text");
	else if (a->q->n_by > DIMENSIONS_SAID || !is_such_figure(a, by))
		code = refuse_figure(a, json_object_size(by) > 0 ? "by" : "metric", e);
	json_decref(by);
	return code;
}

/* What somebody says that they have seen has to be all there is: a comment may have come since, or
 * another revision. */
static enum code
check_seen(struct spd_ask *a, struct err *e)
{
	if (a->fault.code != OK) {
		/* What cannot be read can still be turned down. */
		if (a->action == SPD_REJECT || a->action == SPD_WITHDRAW)
			return OK;
		*e = a->fault;
		return e->code;
	}
	if (spd_digest_papers(a, e) != OK)
		return e->code;
	if (a->q->seen == NULL || strcmp(a->q->seen, a->papers) == 0)
		return OK;
	err_set(e, REJ_STATE, "seen",
		"revision %s of %s and what was said of it are not those any more; look "
		"again: spd.status",
		a->revision, a->label);
	return action_offer(e, &(struct todo){.action = ACTION_SPD_STATUS, .quarter = a->label});
}

/* Whether the step may be taken on what was loaded. */
static enum code
check_step(struct spd_ask *a, struct err *e)
{
	enum spd_state next;
	enum code code = life_step(&a->life, a->action, &next, e);

	if (code == OK)
		code = check_seen(a, e);
	/* Once more before it is approved: the reviewer may have said something since. */
	if (code == OK && (a->action == SPD_QA || a->action == SPD_APPROVE))
		code = check_document(a, e);
	if (code == OK && a->action == SPD_COMMENT)
		code = check_comment(a, e);
	return code;
}

static bool
next_step(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	int step = a->step++;
	enum code code;

	if (step < SPD_LOADS)
		return spd_load_next(a, step, st, e);
	if (step > SPD_LOADS)
		return false;
	code = check_step(a, e);
	if (code == OK && call_lacks_memory(c))
		code = err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	*st = (struct statement){embed_text("sql/queries/quarter/spd_step.sql"),
				 9,
				 {a->label, a->revision, c->who.principal.s,
				  spd_action_name(a->action), a->q->metric, a->by_dims, a->q->text,
				  a->q->reference, a->q->channel}};
	return code == OK;
}

static void
rows_step(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;

	if (a->step <= SPD_LOADS)
		spd_load_rows(c, a->step - 1, rows);
	else if (rows_count(rows) == 1)
		a->answer =
		    json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "quarter", a->label,
			      "revision", (json_int_t)a->life.revision, "action",
			      spd_action_name(a->action), "was", spd_state_name(a->life.state),
			      "state", rows_text(rows, 0, 0), "at", rows_text(rows, 0, 1), "by",
			      c->who.principal.s, "sha256", a->sha256, "papers", a->papers);
}

static void
on_step(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	json_t *answer = a->answer;
	struct life_advice next;

	if (e->code != OK && strcmp(e->where, "23505") == 0) {
		struct err why;

		spd_ask_fini(a);
		err_set(&why, REJ_STATE, "operation",
			"somebody else was quicker; look again: spd.status");
		action_offer(&why,
			     &(struct todo){.action = ACTION_SPD_STATUS, .quarter = a->label});
		call_fail_err(c, &why);
		return;
	}
	if (spd_failed(c, e))
		return;
	log_info("spd.step", KV("action", spd_action_name(a->action)), KV("quarter", a->label),
		 KV("revision", a->revision), KV("by", c->who.principal.s), KV("sha256", a->sha256),
		 KV("papers", a->papers));
	spd_state_by_name(text_of(member_text(answer, "state")), &a->life.state);
	life_next(&a->life, &next);
	spd_add_advice(answer, &next);
	a->answer = NULL;
	spd_ask_fini(a);
	call_reply_json(c, answer);
}

void
spd_step(struct call *c)
{
	spd_job(c, LANE_SHORT, true, next_step, rows_step, on_step);
}
