/*
 * One stored record, with what corrected it. Persons are shown as "~" and their pseudonym: the mark
 * tells it from a name, and nothing leads back.
 */
#include "admin/call.h"
#include "admin/change.h"
#include "base/embed.h"

#include <jansson.h>

struct fetch {
	const struct kind *kind;
	char record_id[UUID_TEXT_SIZE];
	bool asked;
	json_t *answer; /* NULL: none found */
};

static void
mark_persons(json_t *record, const struct kind *k)
{
	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);
		json_t *v = json_object_get(record, f->name);

		if (f->type == FIELD_PERSON && json_is_string(v))
			(void)json_object_set_new(record, f->name, change_person(v));
		for (size_t at = 0; f->type == FIELD_PERSONS && at < json_array_size(v); at++)
			(void)json_array_set_new(v, at, change_person(json_array_get(v, at)));
	}
}

static void
hide_restricted(json_t *record, const struct kind *k)
{
	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);

		if ((f->flags & FIELD_RESTRICTED) != 0)
			(void)json_object_del(record, f->name);
	}
}

static bool
record_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct fetch *f = c->state;

	(void)e;
	if (f->asked)
		return false;
	f->asked = true;
	st->sql = embed_text("sql/queries/record.sql");
	st->n_params = 4;
	st->params[0] = f->kind->name;
	st->params[1] = c->request->record->source;
	st->params[2] = f->record_id;
	st->params[3] = call_may_know_covert(c) ? "1" : "0";
	return true;
}

static void
record_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct fetch *f = c->state;
	json_t *record;

	if (rows_count(r) != 1 || rows_text(r, 0, 0) == NULL)
		return;
	f->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	record = json_object_get(f->answer, "record");
	mark_persons(record, f->kind);
	change_show_all(json_object_get(f->answer, "corrections"), c->role);
	if (!change_may_see_restricted(c->role))
		hide_restricted(record, f->kind);
}

static void
record_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct fetch *f = c->state;

	if (e->code != OK || f->answer == NULL) {
		json_decref(f->answer);
		if (e->code != OK)
			call_fail_err(c, e);
		else
			call_fail(c, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND, "record_id",
				  "no such %s is stored for this source; see the quarantine, or "
				  "resend it",
				  f->kind->name);
		return;
	}
	call_reply_json(c, f->answer);
}

void
admin_record(struct call *c)
{
	const Sems__V1__RecordRequest *r = c->request->record;
	struct fetch *f = arena_zalloc(c->arena, 1, sizeof *f);
	struct uuid id;

	if (f == NULL) {
		call_fail_memory(c);
		return;
	}
	f->kind = r->kind == NULL ? NULL : kind_by_name(text_of(r->kind));
	if (f->kind == NULL) {
		call_fail(c, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID, "kind",
			  "is not a record kind; the kinds are those of \"semsctl template\"");
		return;
	}
	if (r->source == NULL || r->source[0] == '\0' || !text_is_clean_utf8(text_of(r->source))) {
		call_fail(c, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID, "source",
			  "is missing; name the source the record came from");
		return;
	}
	if (!r->has_record_id || r->record_id.len != sizeof id.b) {
		call_fail(c, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID, "record_id",
			  "is not 16 bytes");
		return;
	}
	memcpy(id.b, r->record_id.data, sizeof id.b);
	uuid_format(&id, f->record_id);
	c->state = f;
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = record_next,
			      .rows = record_rows,
			      .done = record_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
