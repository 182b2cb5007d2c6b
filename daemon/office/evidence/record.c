/*
 * One stored record, with what corrected it. Persons are shown as "~" and their pseudonym: the mark
 * tells it from a name, and nothing leads back.
 */
#include "base/file/embed.h"
#include "office/call.h"
#include "office/change.h"

#include <jansson.h>

enum stage { FIND, LOOK, END };

struct fetch {
	const struct kind *kind; /* NULL: to be found */
	const char *source;      /* the same */
	int n_found;
	char record_id[UUID_TEXT_SIZE];
	enum stage stage; /* what is asked next */
	json_t *answer;   /* NULL: none found */
};

static void
mark_persons(json_t *record, const struct kind *k)
{
	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);
		json_t *v = json_object_get(record, f->name);

		if (f->type == FIELD_PERSON && json_is_string(v))
			json_object_set_new(record, f->name, change_person(v));
		for (size_t at = 0; f->type == FIELD_PERSONS && at < json_array_size(v); at++)
			json_array_set_new(v, at, change_person(json_array_get(v, at)));
	}
}

static void
hide_restricted(json_t *record, const struct kind *k)
{
	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);

		if ((f->flags & FIELD_RESTRICTED) != 0)
			json_object_del(record, f->name);
	}
}

static bool
record_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct fetch *f = c->state;
	const char *may_know = call_may_know_covert(c) ? "1" : "0";

	if (f->stage == FIND) {
		f->stage = LOOK;
		*st = (struct statement){embed_text("sql/queries/evidence/record_find.sql"),
					 3,
					 {f->record_id, f->source, may_know}};
		return true;
	}
	if (f->n_found > 1) {
		err_set(e, REJ_FIELD, "source",
			"several records have this id: name kind and source");
		return false;
	}
	if (f->stage == END || f->kind == NULL)
		return false;
	f->stage = END;
	*st = (struct statement){embed_text("sql/queries/evidence/record.sql"),
				 4,
				 {f->kind->name, f->source, f->record_id, may_know}};
	return true;
}

/* Of this kind, when one was named. */
static void
record_found(struct call *c, const struct rows *r)
{
	struct fetch *f = c->state;
	const struct kind *wanted = f->kind;

	for (int i = 0; i < rows_count(r); i++) {
		const struct kind *k = kind_by_name(text_of(rows_text(r, i, 0)));

		if (k == NULL || (wanted != NULL && k != wanted))
			continue;
		f->kind = k;
		f->source = rows_keep(r, i, 1, c->arena);
		f->n_found++;
	}
	if (f->n_found == 0)
		f->kind = NULL;
}

static void
record_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct fetch *f = c->state;
	json_t *record;

	if (f->stage == LOOK) {
		record_found(c, r);
		return;
	}
	if (rows_count(r) != 1 || rows_text(r, 0, 0) == NULL)
		return;
	f->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	record = json_object_get(f->answer, "record");
	mark_persons(record, f->kind);
	change_show_all(json_object_get(f->answer, "corrections"), c->who.role);
	if (!right_has(c->who.role, RIGHT_KNOW_PERSONS))
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
			call_fail(c, ANSWER_NOT_FOUND, "record_id",
				  "no such %s is stored%s; see the quarantine, or "
				  "resend it",
				  f->kind == NULL ? "record" : f->kind->name,
				  f->source == NULL ? "" : " for this source");
		return;
	}
	call_reply_json(c, f->answer);
}

void
admin_record(struct call *c)
{
	const struct record_request *r = c->request.record;
	struct fetch *f = arena_zalloc(c->arena, 1, sizeof *f);
	struct uuid id;
	struct err why;

	if (f == NULL) {
		call_fail_memory(c);
		return;
	}
	f->kind = r->kind == NULL || r->kind[0] == '\0' ? NULL : kind_by_name(text_of(r->kind));
	if (f->kind == NULL && r->kind != NULL && r->kind[0] != '\0') {
		call_no_kind("kind", &why);
		call_fail_err(c, &why);
		return;
	}
	if (r->source != NULL && !text_is_clean_utf8(text_of(r->source))) {
		call_fail(c, ANSWER_INVALID, "source", "is no clean UTF-8 text");
		return;
	}
	f->source = r->source == NULL || r->source[0] == '\0' ? NULL : r->source;
	f->stage = f->kind == NULL || f->source == NULL ? FIND : LOOK;
	if (r->record_id.n != sizeof id.b) {
		call_fail(c, ANSWER_INVALID, "record_id", "is not 16 bytes");
		return;
	}
	memcpy(id.b, r->record_id.s, sizeof id.b);
	uuid_format(&id, f->record_id);
	c->state = f;
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = record_next,
			      .rows = record_rows,
			      .done = record_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
