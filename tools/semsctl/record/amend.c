#include "tools/semsctl/record/amend.h"

#include "base/json/jsonin.h"
#include "base/text.h"
#include "client/ask.h"
#include "core/kind/validate.h"
#include "tools/import/identity.h"
#include "wire/encode.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define RECORD_BYTES (1024u * 1024u)

struct utc_ms
amend_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct utc_ms){(int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000};
}

static enum code
ask_record(struct client *c, const char *kind, const char *source, struct uuid id, json_t **out,
	   struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__RecordRequest about = SEMS__V1__RECORD_REQUEST__INIT;
	char kind_copy[64];
	char source_copy[128];
	enum code rc;

	snprintf(kind_copy, sizeof kind_copy, "%s", kind);
	snprintf(source_copy, sizeof source_copy, "%s", source);
	about.kind = kind_copy;
	about.source = source_copy;
	about.has_record_id = 1;
	about.record_id = (ProtobufCBinaryData){sizeof id.b, id.b};
	request.body_case = SEMS__V1__REQUEST__BODY_RECORD;
	request.record = &about;
	rc = ask_over(c, &request, out, e);
	if (rc == OK && !json_is_object(json_object_get(*out, "record")))
		rc = err_set(e, FATAL_BUG, "record", "semsd's answer is not what it should be");
	return rc;
}

/* {"source", "record_id"} of a part of the answer. */
static bool
read_key(const json_t *key, const char **source, struct uuid *id)
{
	const char *text = member_maybe(key, "record_id");

	*source = member_text(key, "source");
	return *source != NULL && text != NULL && uuid_parse(text_of(text), id);
}

static enum code
take_answer(json_t *answer, struct stored *out, struct err *e)
{
	json_decref(out->answer);
	out->answer = answer;
	out->record = json_object_get(answer, "record");
	out->is_voided = json_is_true(json_object_get(answer, "is_voided"));
	if (!read_key(json_object_get(answer, "root"), &out->root_source, &out->root_id))
		return err_set(e, FATAL_BUG, "record", "semsd's answer names no root record");
	return OK;
}

enum code
amend_fetch(struct client *c, const char *kind, const char *source, const char *record_id,
	    struct stored *out, struct err *e)
{
	json_t *answer = NULL;
	const char *effective_source;
	struct uuid id;
	enum code rc;

	if (!uuid_parse(text_of(record_id), &id))
		return err_set(e, FATAL_CONFIG, "record_id",
			       "'%s' is not a record_id: it is a UUID", record_id);
	rc = ask_record(c, kind, source, id, &answer, e);
	if (rc == OK)
		rc = take_answer(answer, out, e);
	else
		json_decref(answer);
	if (rc != OK || json_is_true(json_object_get(out->answer, "is_effective")) ||
	    out->is_voided ||
	    !read_key(json_object_get(out->answer, "effective"), &effective_source, &id))
		return rc;
	answer = NULL;
	rc = ask_record(c, kind, effective_source, id, &answer, e);
	if (rc == OK)
		return take_answer(answer, out, e);
	json_decref(answer);
	return rc;
}

/*
 * A stored person is a pseudonym: given back with '~' before it, it is taken as what it is. bytea
 * comes as "\x" and hexadecimal digits.
 */
static json_t *
as_person(struct arena *a, const json_t *j)
{
	const char *s = json_string_value(j);
	const char *text;

	if (s == NULL)
		return NULL;
	if (strncmp(s, "\\x", 2) == 0)
		s += 2;
	text = arena_printf(a, "%s%s", s[0] == '~' ? "" : "~", s);
	return text != NULL ? json_string(text) : NULL;
}

static json_t *
as_persons(struct arena *a, const json_t *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(j); i++)
		json_array_append_new(list, as_person(a, json_array_get(j, i)));
	return list;
}

json_t *
amend_fields(const struct kind *k, struct arena *a, const json_t *stored)
{
	json_t *out = json_object();

	for (size_t i = 0; i < kind_n_fields(k); i++) {
		const struct field *f = kind_field(k, i);
		json_t *j = json_object_get(stored, f->name);

		if (j == NULL || json_is_null(j))
			continue;
		if (f->type == FIELD_PERSON)
			json_object_set_new(out, f->name, as_person(a, j));
		else if (f->type == FIELD_PERSONS)
			json_object_set_new(out, f->name, as_persons(a, j));
		else
			json_object_set(out, f->name, j);
	}
	return out;
}

enum code
amend_fetch_itself(struct client *c, const char *kind, const char *source, struct uuid id,
		   struct stored *out, struct err *e)
{
	json_t *answer = NULL;
	enum code rc = ask_record(c, kind, source, id, &answer, e);

	if (rc == OK)
		return take_answer(answer, out, e);
	json_decref(answer);
	return rc;
}

enum code
amend_find(struct client *c, const char *source, const char *record_id, struct stored *out,
	   struct err *e)
{
	enum code rc = REJ_NOT_FOUND;

	for (size_t i = 0; i < KIND_COUNT && rc == REJ_NOT_FOUND; i++)
		if (kinds[i]->id != KIND_VOID && kinds[i]->id != KIND_CONFIRMATION)
			rc = amend_fetch(c, kinds[i]->name, source, record_id, out, e);
	return rc;
}

void
amend_release(struct stored *s)
{
	json_decref(s->answer);
	*s = (struct stored){0};
}

bool
amend_envelope(struct record *r, const struct stored *s, const char *reason)
{
	struct value *v = r->v;

	v[ENV_SOURCE] = (struct value){.set = true, .text = text_of(s->root_source)};
	v[ENV_CORRECTS_RECORD_ID] = (struct value){.set = true, .uuid = s->root_id};
	v[ENV_CORRECTS_SOURCE].set = false; /* absent: the same source */
	v[ENV_CORRECTED_AT] = (struct value){.set = true, .i = amend_now().v};
	v[ENV_CORRECTION_REASON] = (struct value){.set = true, .text = text_of(reason)};
	return identity_set_random(r);
}

struct outcome {
	int answered;
	int code; /* a VerdictCode */
	char text[256];
	char field[96];
};

static void
on_verdict(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *v)
{
	struct outcome *o = ctx;

	(void)tag;
	o->answered = 1;
	o->code = (int)v->code;
	text_print(o->text, sizeof o->text, "%s", v->text != NULL ? v->text : "");
	text_print(o->field, sizeof o->field, "%s", v->field != NULL ? v->field : "");
}

static int
report(const struct options *o, const struct record *r, const struct outcome *out, const char *done)
{
	char id[UUID_TEXT_SIZE];

	if (out->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED ||
	    out->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE) {
		struct text reason = r->v[ENV_CORRECTION_REASON].text;

		uuid_format(&r->v[ENV_RECORD_ID].uuid, id);
		if (!o->quiet)
			printf("%s: stored as %s, because: %.*s\n", done, id, (int)reason.n,
			       reason.s);
		return EXIT_DONE;
	}
	if (out->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_EXPIRED)
		fputs("semsctl: not taken: the record is older than its kind is kept\n", stderr);
	else
		fprintf(stderr, "semsctl: not taken: %s%s%s\n", out->field,
			out->field[0] != '\0' ? " " : "", out->text);
	return EXIT_REJECTED;
}

int
amend_send(const struct options *o, struct client *c, const struct record *r, const char *done)
{
	struct arena *a = arena_new(RECORD_BYTES);
	struct outcome out = {0};
	struct refusal why;
	struct buf packed;
	struct err e = {.code = OK};
	enum code rc = OK;

	if (!record_validate(r, amend_now(), NULL, &why)) {
		fprintf(stderr, "semsctl: %s: %s\n", why.err.where, why.err.text);
		arena_free(a);
		return EXIT_USAGE;
	}
	buf_init(&packed, RECORD_BYTES);
	if (a == NULL || !wire_put_record(r, a, &packed))
		rc = err_set(&e, TRY_LIMIT, "record", "the record is too large to send");
	client_on_verdict(c, on_verdict, &out);
	if (rc == OK)
		rc = client_send(c, (struct text){(const char *)packed.p, packed.n}, 0, &e);
	if (rc == OK)
		rc = client_flush(c, &e);
	client_on_verdict(c, NULL, NULL);
	buf_fini(&packed);
	arena_free(a);
	return rc == OK && out.answered ? report(o, r, &out, done) : command_fail(&e);
}
