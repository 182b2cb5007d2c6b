/*
 * PROTOCOL.md says what the code does: its field tables are the core's, it names every code, and
 * its examples are read and written here. To make the tables anew after a change of the core's:
 *
 *   PROTOCOL_TABLES=/tmp/tables.md build/asan/test_wire --filter
 * protocol/documents_every_field_as_the_core_has_it
 *
 * and put what it wrote in the place of the old ones.
 */
#include "core/kind/validate.h"
#include "tests/wire/make_record.h"
#include "wire/bind.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static char *
read_document(void)
{
	FILE *f = fopen("proto/PROTOCOL.md", "r");

	cr_assert_not_null(f, "run the tests from the root of the tree");
	char *text = calloc(1, 1 << 20);
	cr_assert_gt(fread(text, 1, (1 << 20) - 1, f), 0);
	fclose(f);
	return text;
}

/* --- tables ------------------------------------------------------------------------------------
 */

static void
put_limits(struct buf *b, const struct field *f)
{
	if (f->max == INT64_MAX)
		buf_addf(b, ", %" PRId64 " or more", f->min);
	else
		buf_addf(b, ", %" PRId64 " to %" PRId64, f->min, f->max);
}

static void
put_type(struct buf *b, const struct field *f)
{
	static const char *const names[] = {
	    [FIELD_TEXT] = "text",   [FIELD_ENUM] = "enum",       [FIELD_INT] = "int",
	    [FIELD_REAL] = "real",   [FIELD_BOOL] = "bool",       [FIELD_TIME] = "time",
	    [FIELD_UUID] = "uuid",   [FIELD_PERSON] = "person",   [FIELD_TEXTS] = "texts",
	    [FIELD_ENUMS] = "enums", [FIELD_PERSONS] = "persons", [FIELD_LIST] = "list",
	};

	buf_addf(b, "%s%s", (f->flags & FIELD_CODE) != 0 ? "code " : "", names[f->type]);
	if (f->type == FIELD_TEXT || f->type == FIELD_PERSON)
		buf_addf(b, ", %" PRId64 " bytes", f->max);
	else if (f->type == FIELD_INT || f->type == FIELD_REAL)
		put_limits(b, f);
	else if (f->type >= FIELD_TEXTS)
		buf_addf(b, ", %" PRId64 " items", f->max);
}

static const char *
need_of(const struct field *f)
{
	if ((f->flags & FIELD_REQUIRED) != 0)
		return "yes";
	return (f->flags & FIELD_OF_CORRECTION) != 0 ? "with corrects_record_id" : "";
}

static void
put_row(struct buf *b, const char *list, const struct slot *s)
{
	const struct field *f = s->field;

	buf_addf(b, "| %u | %s%s%s | ", s->wire->id, list, *list == '\0' ? "" : "[].", f->name);
	put_type(b, f);
	buf_addf(b, " | %s | %s", need_of(f), f->help);
	if (f->names != NULL) {
		buf_addf(b, ". `%s`", f->names->prefix);
		for (size_t i = 0; i < f->names->n; i++)
			buf_addf(b, "%s %s %d", i == 0 ? "" : ",", f->names->names[i].name,
				 f->names->names[i].number);
	}
	buf_addf(b, " |\n");
	for (size_t i = 0; f->type == FIELD_LIST && i < s->item->n; i++)
		put_row(b, f->name, &s->item->slots[i]);
}

static void
put_table(struct buf *b, const struct bound_message *m)
{
	buf_addf(b, "| No. | Field | Type | Required | Meaning |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < m->n; i++)
		put_row(b, "", &m->slots[i]);
}

static void
put_kind(struct buf *b, const struct bound_kind *k)
{
	const char *comma = "";

	buf_addf(b, "### %s\n\n", k->kind->name);
	buf_addf(b, "Field %u of Record: %s. Requires of the envelope ", k->body->id,
		 k->kind->help);
	for (size_t i = 0; i < ENV_COUNT; i++)
		if (kind_requires(k->kind, (enum envelope)i)) {
			buf_addf(b, "%s%s", comma, envelope_fields[i].name);
			comma = ", ";
		}
	buf_addf(b, ".\n\n");
	put_table(b, k->own);
}

static void
expect_in(const char *document, struct buf *b, const char *what, FILE *tables)
{
	buf_add(b, "", 1);
	if (tables != NULL)
		fprintf(tables, "%s\n", (char *)b->p);
	cr_expect(strstr(document, (char *)b->p) != NULL,
		  "PROTOCOL.md's table of %s is not that of the core", what);
	buf_clear(b);
}

/* P-806 */
Test(protocol, documents_every_field_as_the_core_has_it)
{
	const char *path = getenv("PROTOCOL_TABLES");
	FILE *tables = path == NULL ? NULL : fopen(path, "w");
	char *document = read_document();
	struct buf b;

	buf_init(&b, 1 << 20);
	put_table(&b, bind_get()->record);
	expect_in(document, &b, "the envelope", tables);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		put_kind(&b, &bind_get()->kinds[i]);
		expect_in(document, &b, kinds[i]->name, tables);
	}
	if (tables != NULL)
		fclose(tables);
	buf_fini(&b);
	free(document);
}

static void
names_in(const char *document, const ProtobufCEnumDescriptor *d, const char *prefix)
{
	for (unsigned i = 0; i < d->n_values; i++) {
		char cell[80];

		if (d->values[i].value == 0)
			continue;
		snprintf(cell, sizeof cell, "| %d | %s |", d->values[i].value,
			 d->values[i].name + strlen(prefix));
		cr_expect(strstr(document, cell) != NULL, "PROTOCOL.md has no row %s of %s", cell,
			  d->name);
	}
}

/* P-313, P-401, P-408, P-925 */
Test(protocol, documents_every_code)
{
	char *document = read_document();

	names_in(document, &sems__v1__verdict_code__descriptor, "VERDICT_CODE_");
	names_in(document, &sems__v1__reason__descriptor, "REASON_");
	names_in(document, &sems__v1__refuse_code__descriptor, "REFUSE_CODE_");
	names_in(document, &sems__v1__response_code__descriptor, "RESPONSE_CODE_");
	free(document);
}

/* --- examples ----------------------------------------------------------------------------------
 */

/* The bytes of the block ```hex NAME, which must be exactly one frame; its message. */
static struct text
example(const char *document, const char *name, struct arena *a)
{
	char fence[64];

	snprintf(fence, sizeof fence, "```hex %s\n", name);
	const char *start = strstr(document, fence);
	cr_assert_not_null(start, "PROTOCOL.md has no example %s", name);
	start += strlen(fence);
	const char *end = strstr(start, "```");
	cr_assert_not_null(end);
	struct text bytes = from_hex(arena_dup(a, start, (size_t)(end - start)), a), body;
	size_t used;
	struct err e;
	cr_assert_eq(frame_next(bytes.s, bytes.n, FRAME_BYTES_MAX, &body, &used, &e), FRAME_READY);
	cr_assert_eq(used, bytes.n, "%s is more than one frame", name);
	return body;
}

/* The example read as a ServerFrame; writing it again gives the same bytes. */
static Sems__V1__ServerFrame *
server_example(const char *document, const char *name, struct arena *a)
{
	struct text body = example(document, name, a);
	Sems__V1__ServerFrame *f =
	    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

	cr_assert_not_null(f, "%s is no ServerFrame", name);
	cr_assert_eq(f->base.n_unknown_fields, 0);
	cr_assert_eq(sems__v1__server_frame__get_packed_size(f), body.n);
	return f;
}

static struct client_frame
client_example(const char *document, const char *name, struct arena *a)
{
	struct client_frame f;
	struct err e = {0};
	struct text body = example(document, name, a);

	cr_assert_eq(wire_client_frame(body, BATCH_RECORDS_MAX, a, &f, &e), OK, "%s: %s", name,
		     e.text);
	return f;
}

/* P-1101 */
Test(protocol, shows_a_hello_and_a_welcome_as_they_are)
{
	char *document = read_document();
	struct arena *a = arena_new(1 << 20);
	struct client_frame f = client_example(document, "Hello", a);

	cr_assert_eq(f.type, CLIENT_HELLO);
	cr_assert_eq(f.hello->protocol_min, 1);
	cr_assert_str_eq(f.hello->software, "acme-xray 4.2");
	cr_assert_eq(f.hello->clock, 1775034120000);
	Sems__V1__ServerFrame *s = server_example(document, "Welcome", a);
	cr_assert_eq((int)s->body_case, 1);
	cr_assert_eq(s->welcome->max_frame_bytes, FRAME_BYTES_MAX);
	cr_assert_eq(s->welcome->max_batch_records, BATCH_RECORDS_MAX);
	cr_assert_str_eq(s->welcome->principal, "unix:xray");
	cr_assert_eq(s->welcome->n_grants, 1);
	sems__v1__server_frame__free_unpacked(s, NULL);
	arena_free(a);
	free(document);
}

/* The one record of an example, and what validation says to it. */
static bool
judge(const char *document, const char *name, struct arena *a, struct record *r,
      struct refusal *why)
{
	struct client_frame f = client_example(document, name, a);
	struct text source;

	cr_assert_eq(f.type, CLIENT_BATCH);
	cr_assert_eq(f.batch.n, 1);
	cr_assert(wire_record(f.batch.records[0], a, r, &source, why), "%s: %s", why->err.where,
		  why->err.text);
	cr_assert(text_is(source, "xray-1"));
	struct buf again;
	buf_init(&again, 1000);
	cr_assert(wire_put_record(r, a, &again));
	cr_assert_eq(again.n, f.batch.records[0].n);
	cr_assert_arr_eq(again.p, f.batch.records[0].s, again.n);
	buf_fini(&again);
	return record_validate(r, (struct utc_ms){1775034120015}, NULL, why);
}

static Sems__V1__ServerFrame *
verdict_example(const char *document, const char *name, struct arena *a)
{
	Sems__V1__ServerFrame *s = server_example(document, name, a);

	cr_assert_eq((int)s->body_case, 3);
	cr_assert_eq(s->result->n_verdicts, 1);
	cr_assert_eq(s->result->verdicts[0]->count, 1);
	return s;
}

/* P-604, P-1101 */
Test(protocol, shows_a_batch_that_is_stored)
{
	char *document = read_document();
	struct arena *a = arena_new(1 << 20);
	struct record r;
	struct refusal why = {0};

	cr_assert(judge(document, "Batch", a, &r, &why), "%s: %s", why.err.where, why.err.text);
	char id[UUID_TEXT_SIZE];
	uuid_format(&r.v[ENV_RECORD_ID].uuid, id);
	cr_assert_not_null(strstr(document, id), "the recipe's identity is that of the example");
	Sems__V1__ServerFrame *s = verdict_example(document, "Result STORED", a);
	cr_assert_eq((int)s->result->verdicts[0]->code, 1);
	sems__v1__server_frame__free_unpacked(s, NULL);
	arena_free(a);
	free(document);
}

/* P-1101 */
Test(protocol, shows_a_batch_that_is_quarantined_with_its_words)
{
	char *document = read_document();
	struct arena *a = arena_new(1 << 20);
	struct record r;
	struct refusal why = {0};

	cr_assert_not(judge(document, "Batch with a fault", a, &r, &why));
	Sems__V1__ServerFrame *s = verdict_example(document, "Result QUARANTINED", a);
	const Sems__V1__VerdictRun *run = s->result->verdicts[0];
	cr_assert_eq((int)run->code, 4);
	cr_assert_eq((int)run->reason, (int)why.reason);
	cr_assert_str_eq(run->field, why.err.where);
	cr_assert_str_eq(run->text, why.err.text);
	sems__v1__server_frame__free_unpacked(s, NULL);
	arena_free(a);
	free(document);
}
