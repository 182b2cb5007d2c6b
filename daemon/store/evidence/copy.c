#include "store/evidence/copy.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* 2000-01-01T00:00Z, where PostgreSQL's timestamps begin, in Unix ms. */
#define PG_EPOCH_MS  INT64_C(946684800000)
#define SQL_NULL     UINT32_MAX
#define JSONB_FORMAT 1
#define RECEIVED     3 /* columns behind those of the fields */

void
copy_begin(struct buf *b)
{
	/* Signature, flags, length of the header's extension. */
	static const unsigned char header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

	buf_add(b, header, sizeof header);
}

void
copy_end(struct buf *b)
{
	buf_add_be16(b, UINT16_MAX);
}

void
copy_row(struct buf *b, uint16_t columns)
{
	buf_add_be16(b, columns);
}

void
copy_int4(struct buf *b, int32_t v)
{
	buf_add_be32(b, 4);
	buf_add_be32(b, (uint32_t)v);
}

void
copy_int8(struct buf *b, int64_t v)
{
	buf_add_be32(b, 8);
	buf_add_be64(b, (uint64_t)v);
}

void
copy_bytes(struct buf *b, struct text v)
{
	if (v.s == NULL) {
		buf_add_be32(b, SQL_NULL);
		return;
	}
	buf_add_be32(b, (uint32_t)v.n);
	buf_add(b, v.s, v.n);
}

void
copy_time(struct buf *b, struct utc_ms t)
{
	copy_int8(b, (t.v - PG_EPOCH_MS) * 1000);
}

void
copy_uuid(struct buf *b, const struct uuid *u)
{
	if (u == NULL) {
		buf_add_be32(b, SQL_NULL);
		return;
	}
	buf_add_be32(b, sizeof u->b);
	buf_add(b, u->b, sizeof u->b);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static bool json_value(struct buf *b, const struct field *f, const struct value *v);

static void
json_text(struct buf *b, struct text t)
{
	size_t plain = 0; /* where the run of bytes that need no escape began */

	buf_add(b, "\"", 1);
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, t.s + plain, i - plain);
		buf_addf(b, "\\u%04x", c);
		plain = i + 1;
	}
	if (plain < t.n)
		buf_add(b, t.s + plain, t.n - plain);
	buf_add(b, "\"", 1);
}

static bool
json_enum(struct buf *b, const struct field *f, const struct value *v)
{
	const char *name = f->names == NULL ? NULL : enum_name(f->names, v->i);

	if (name == NULL)
		return false;
	json_text(b, text_of(name));
	return true;
}

static bool
json_person(struct buf *b, const struct value *v)
{
	char hex[33];

	/* Anything else is a person's own identifier, which must not be stored. */
	if (v->text.n != 16)
		return false;
	hex_encode((const unsigned char *)v->text.s, 16, hex);
	json_text(b, text_of(hex));
	return true;
}

static bool
json_scalar(struct buf *b, const struct field *f, const struct value *v)
{
	char word[UUID_TEXT_SIZE > UTC_TEXT_SIZE ? UUID_TEXT_SIZE : UTC_TEXT_SIZE];

	switch (f->type) {
	case FIELD_INT:
		buf_addf(b, "%" PRId64, v->i);
		return true;
	case FIELD_REAL:
		buf_addf(b, "%.17g", v->real);
		return isfinite(v->real) != 0;
	case FIELD_BOOL:
		buf_addf(b, "%s", v->i != 0 ? "true" : "false");
		return true;
	case FIELD_TIME:
		utc_format((struct utc_ms){v->i}, word);
		json_text(b, text_of(word));
		return true;
	case FIELD_UUID:
		uuid_format(&v->uuid, word);
		json_text(b, text_of(word));
		return true;
	case FIELD_ENUM:
	case FIELD_ENUMS:
		return json_enum(b, f, v);
	case FIELD_PERSON:
	case FIELD_PERSONS:
		return json_person(b, v);
	case FIELD_TEXT:
	case FIELD_TEXTS:
	case FIELD_LIST:
		break;
	}
	json_text(b, v->text);
	return true;
}

static bool
json_object(struct buf *b, const struct field *f, const struct value *v)
{
	bool first = true;

	buf_add(b, "{", 1);
	for (size_t i = 0; i < f->n_item; i++) {
		if (!v[i].set)
			continue;
		if (!first)
			buf_add(b, ",", 1);
		first = false;
		json_text(b, text_of(f->item[i].name));
		buf_add(b, ":", 1);
		if (!json_value(b, &f->item[i], &v[i]))
			return false;
	}
	return buf_add(b, "}", 1);
}

static bool
json_list(struct buf *b, const struct field *f, const struct list *l)
{
	buf_add(b, "[", 1);
	for (size_t i = 0; i < l->n; i++) {
		const struct value *v = l->v + i * l->width;

		if (i != 0)
			buf_add(b, ",", 1);
		if (!(f->type == FIELD_LIST ? json_object(b, f, v) : json_scalar(b, f, v)))
			return false;
	}
	return buf_add(b, "]", 1);
}

static bool
is_list(enum field_type type)
{
	return type == FIELD_LIST || type == FIELD_TEXTS || type == FIELD_ENUMS ||
	       type == FIELD_PERSONS;
}

static bool
json_value(struct buf *b, const struct field *f, const struct value *v)
{
	return is_list(f->type) ? json_list(b, f, &v->list) : json_scalar(b, f, v);
}

/* --- a record --------------------------------------------------------------------------------- */

static bool
copy_jsonb(struct buf *b, const struct field *f, const struct value *v)
{
	static const unsigned char format = JSONB_FORMAT;
	size_t at;

	buf_add_be32(b, 0); /* the length, once it is known */
	at = b->n;
	buf_add(b, &format, 1);
	if (!json_list(b, f, &v->list))
		return b->failed;
	if (b->failed)
		return true;
	for (int i = 0; i < 4; i++)
		b->p[at - 1 - (size_t)i] = (unsigned char)((b->n - at) >> (8 * i));
	return true;
}

static bool
copy_enum(struct buf *b, const struct field *f, const struct value *v)
{
	const char *name = enum_name(f->names, v->i);

	if (name == NULL)
		return false;
	copy_bytes(b, text_of(name));
	return true;
}

static bool
copy_value(struct buf *b, const struct field *f, const struct value *v)
{
	uint64_t bits;

	if (!v->set) {
		buf_add_be32(b, SQL_NULL);
		return true;
	}
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_PERSON:
		copy_bytes(b, v->text.s == NULL ? TEXT_LIT("") : v->text);
		return true;
	case FIELD_ENUM:
		return copy_enum(b, f, v);
	case FIELD_INT:
		copy_int8(b, v->i);
		return true;
	case FIELD_REAL:
		memcpy(&bits, &v->real, sizeof bits);
		copy_int8(b, (int64_t)bits);
		return true;
	case FIELD_BOOL:
		buf_add_be32(b, 1);
		buf_add(b, v->i != 0 ? "\1" : "\0", 1);
		return true;
	case FIELD_TIME:
		copy_time(b, (struct utc_ms){v->i});
		return true;
	case FIELD_UUID:
		copy_uuid(b, &v->uuid);
		return true;
	case FIELD_TEXTS:
	case FIELD_ENUMS:
	case FIELD_PERSONS:
	case FIELD_LIST:
		break;
	}
	return copy_jsonb(b, f, v);
}

uint16_t
copy_n_columns(const struct kind *k)
{
	return (uint16_t)(kind_n_fields(k) + RECEIVED);
}

enum copy_result
copy_record(struct buf *b, const struct record *r, const struct receipt *receipt)
{
	size_t fields = kind_n_fields(r->kind);
	size_t start = b->n;
	bool good = true;
	struct text as = {0};

	if (receipt->as.n > 0)
		as = receipt->as;
	for (size_t i = 0; i < fields && good; i++)
		good = copy_value(b, kind_field(r->kind, i), &r->v[i]);
	copy_time(b, receipt->at);
	copy_bytes(b, receipt->from.s == NULL ? TEXT_LIT("") : receipt->from);
	copy_bytes(b, as);
	if (good && !b->failed)
		return COPY_ROW_OK;
	b->n = start;
	if (!b->failed)
		return COPY_ROW_BAD;
	b->failed = false;
	return COPY_ROW_FULL;
}

const char *
copy_column(const struct kind *k, unsigned i)
{
	static const char *const received[RECEIVED] = {"received_at", "received_from",
						       "received_as"};
	size_t fields = kind_n_fields(k);

	return i < fields ? kind_field(k, i)->name : received[i - fields];
}

bool
copy_columns(struct buf *sql, const struct kind *k)
{
	for (unsigned i = 0; i < copy_n_columns(k); i++)
		buf_addf(sql, "%s\"%s\"", i == 0 ? "" : ", ", copy_column(k, i));
	return !sql->failed;
}
