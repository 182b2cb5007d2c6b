/* Legal holds: set, listed and lifted, with who says so, why and until when it is looked at. */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "core/kind/kind.h"
#include "office/call.h"
#include "office/pseudonym.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX_BYTES 1000
#define TIME_MAX_MS    INT64_C(253402300799999)

struct holding {
	const char *sql; /* of the change; NULL: nothing is changed */
	int n_params;
	const char *params[4];
	const char *hold_id; /* NULL: all of them are told */
	char now[UTC_TEXT_SIZE];
	bool is_changed;
	bool is_asked;
	json_t *answer;
};

static bool
hold_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct holding *h = c->state;

	(void)e;
	if (h->sql != NULL && !h->is_changed) {
		h->is_changed = true;
		*st = (struct statement){embed_text(h->sql),
					 h->n_params,
					 {h->params[0], h->params[1], h->params[2], h->params[3]}};
		return true;
	}
	if (h->is_asked)
		return false;
	h->is_asked = true;
	*st = (struct statement){
	    embed_text("sql/queries/setup/hold_list.sql"), 2, {h->now, h->hold_id}};
	return true;
}

static void
hold_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct holding *h = c->state;

	if (h->is_asked)
		h->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	else
		h->hold_id = arena_printf(c->arena, "%s", rows_text(r, 0, 0));
}

static void
hold_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct holding *h = c->state;

	if (e->code != OK) {
		json_decref(h->answer);
		call_fail_err(c, e);
		return;
	}
	if (h->hold_id != NULL && json_array_size(json_object_get(h->answer, "holds")) == 0) {
		json_decref(h->answer);
		call_fail(c, ANSWER_NOT_FOUND, "hold_id", "there is no hold %s", h->hold_id);
		return;
	}
	if (h->sql != NULL)
		log_info("hold.changed", KV("by", c->who.principal.s), KV("hold", h->hold_id));
	call_reply_json(c, h->answer);
}

/* --- what is wished --------------------------------------------------------------------------- */

static bool
is_text(const char *s)
{
	return text_is_given(s) && strlen(s) <= TEXT_MAX_BYTES && text_is_clean_utf8(text_of(s));
}

static enum code
take_text(const char *name, const char *s, json_t *wish, struct err *e)
{
	if (!text_is_given(s))
		return OK;
	if (!is_text(s))
		return err_set(e, REJ_FIELD, name, "is text of at most %d bytes", TEXT_MAX_BYTES);
	json_object_set_new(wish, name, json_string(s));
	return OK;
}

static enum code
take_why(const struct hold_request *q, json_t *wish, struct err *e)
{
	if (!is_text(q->reason))
		return err_set(e, REJ_FIELD, "reason", "say why, in at most %d bytes; it is kept",
			       TEXT_MAX_BYTES);
	if (!is_text(q->authority))
		return err_set(e, REJ_FIELD, "authority",
			       "say who asks for it, and by what, in at most %d bytes",
			       TEXT_MAX_BYTES);
	if (!civil_is_day(q->review_on))
		return err_set(e, REJ_FIELD, "review_on",
			       "say when it is to be looked at again, such as 2027-01-31");
	json_object_set_new(wish, "reason", json_string(q->reason));
	json_object_set_new(wish, "authority", json_string(q->authority));
	json_object_set_new(wish, "review_on", json_string(q->review_on));
	return OK;
}

static enum code
take_person(const struct call *c, json_t *wish, struct err *e)
{
	const char *person = c->request.hold->person;
	json_t *persons;

	if (!text_is_given(person))
		return OK;
	if (pseudonyms_of(c, person, &persons, e) != OK)
		return e->code;
	json_object_set_new(wish, "persons", persons);
	return OK;
}

static enum code
take_time(const char *name, bool is_given, int64_t ms, json_t *wish, struct err *e)
{
	char text[UTC_TEXT_SIZE];

	if (!is_given)
		return OK;
	if (ms < 0 || ms > TIME_MAX_MS)
		return err_set(e, REJ_FIELD, name, "is outside the years 1970 to 9999");
	utc_format((struct utc_ms){ms}, text);
	json_object_set_new(wish, name, json_string(text));
	return OK;
}

static enum code
take_conditions(const struct call *c, json_t *wish, struct err *e)
{
	const struct hold_request *q = c->request.hold;
	struct uuid id;
	enum code code = OK;

	if (text_is_given(q->kind) && kind_by_name(text_of(q->kind)) == NULL)
		return call_no_kind("kind", e);
	if (text_is_given(q->record_id) && !uuid_parse(text_of(q->record_id), &id))
		return err_set(e, REJ_FIELD, "record_id", "is no record's id");
	if (q->has_since && q->has_until && q->since >= q->until)
		return err_set(e, REJ_FIELD, "until", "is not after since");
	code = take_text("kind", q->kind, wish, e);
	if (code == OK)
		code = take_text("source", q->source, wish, e);
	if (code == OK)
		code = take_text("site_id", q->site_id, wish, e);
	if (code == OK)
		code = take_text("record_id", q->record_id, wish, e);
	if (code == OK)
		code = take_time("since", q->has_since, q->since, wish, e);
	if (code == OK)
		code = take_time("until", q->has_until, q->until, wish, e);
	if (code == OK)
		code = take_person(c, wish, e);
	if (code == OK && json_object_size(wish) == 0)
		return err_set(e, REJ_FIELD, "kind",
			       "say what is held: kind, source, site, record, person or period");
	return code;
}

/* --- what is asked ---------------------------------------------------------------------------- */

static enum code
prepare_list(struct call *c, struct holding *h, struct err *e)
{
	(void)c;
	(void)h;
	(void)e;
	return OK;
}

static enum code
prepare_show(struct call *c, struct holding *h, struct err *e)
{
	const struct hold_request *q = c->request.hold;

	if (!q->has_hold_id || q->hold_id > INT64_MAX)
		return err_set(e, REJ_FIELD, "hold_id", "say which hold, by its number");
	h->hold_id = arena_printf(c->arena, "%" PRIu64, q->hold_id);
	return h->hold_id == NULL ? err_set(e, TRY_LIMIT, "", "out of memory; try again") : OK;
}

static enum code
prepare_add(struct call *c, struct holding *h, struct err *e)
{
	json_t *wish = json_object();
	enum code code = take_conditions(c, wish, e);
	char *text;

	if (code == OK)
		code = take_why(c->request.hold, wish, e);
	text = code == OK ? json_dumps(wish, JSON_COMPACT) : NULL;
	json_decref(wish);
	if (code != OK)
		return code;
	h->sql = "sql/queries/setup/hold_set.sql";
	h->n_params = 2;
	h->params[0] = text == NULL ? NULL : arena_printf(c->arena, "%s", text);
	h->params[1] = c->who.principal.s;
	free(text);
	return h->params[0] == NULL ? err_set(e, TRY_LIMIT, "", "out of memory; try again") : OK;
}

static enum code
prepare_lift(struct call *c, struct holding *h, struct err *e)
{
	const char *reason = c->request.hold->reason;

	if (!is_text(reason))
		return err_set(e, REJ_FIELD, "reason", "say why, in at most %d bytes; it is kept",
			       TEXT_MAX_BYTES);
	if (prepare_show(c, h, e) != OK)
		return e->code;
	h->sql = "sql/queries/setup/hold_lift.sql";
	h->n_params = 4;
	h->params[0] = h->hold_id;
	h->params[1] = c->who.principal.s;
	h->params[2] = h->now;
	h->params[3] = reason;
	return OK;
}

static const struct {
	uint32_t operation;
	enum code (*prepare)(struct call *c, struct holding *h, struct err *e);
} operations[] = {
    {HOLD_OP_LIST, prepare_list},
    {HOLD_OP_SHOW, prepare_show},
    {HOLD_OP_ADD, prepare_add},
    {HOLD_OP_LIFT, prepare_lift},
};

void
admin_hold(struct call *c)
{
	struct holding *h = arena_zalloc(c->arena, 1, sizeof *h);
	struct err e;
	size_t i = 0;

	if (h == NULL) {
		call_fail_memory(c);
		return;
	}
	utc_format(c->now, h->now);
	c->state = h;
	while (i < COUNT(operations) && operations[i].operation != c->request.hold->operation)
		i++;
	if (i == COUNT(operations)) {
		call_fail(c, ANSWER_INVALID, "operation",
			  "an operation that this version does not know");
		return;
	}
	if (operations[i].prepare(c, h, &e) != OK) {
		call_fail_err(c, &e);
		return;
	}
	c->job = (struct job){.role = DB_ADMIN,
			      .writes = h->sql != NULL,
			      .next = hold_next,
			      .rows = hold_rows,
			      .done = hold_done,
			      .ctx = c};
	call_run(c, LANE_LONG);
}
