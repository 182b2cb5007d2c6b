#include "tools/import/build.h"

#include "base/count.h"
#include "base/near.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES      64
#define JSON_SCALAR_BYTES 64
#define NEAR_SIZE         80 /* of a name that may have been meant, in words */

bool
build_start(struct builder *b, const struct kind *k, struct record *r)
{
	*r =
	    (struct record){.kind = k, .v = arena_zalloc(b->arena, kind_n_fields(k), sizeof *r->v)};
	return r->v != NULL;
}

/* ---- paths ---- */

static struct text
take_part(struct text *path)
{
	const char *dot = path->n > 0 ? memchr(path->s, '.', path->n) : NULL;
	struct text part = {path->s, dot != NULL ? (size_t)(dot - path->s) : path->n};

	path->n -= part.n + (dot != NULL);
	path->s += part.n + (dot != NULL);
	return part;
}

static bool
is_many(const struct field *f)
{
	return f->type == FIELD_LIST || f->type == FIELD_TEXTS || f->type == FIELD_ENUMS ||
	       f->type == FIELD_PERSONS;
}

static void
append_name(char *out, size_t size, const char *name)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s", n > 0 ? ", " : "", name);
}

/* What there is instead of a name: all names, and the nearest one as "; did you mean outcome?", or
 * "". */
struct instead {
	char names[1024];
	char word[NEAR_SIZE];
	struct near near;
	char meant[NEAR_SIZE];
};

static void
look_instead(struct text name, struct instead *out)
{
	*out = (struct instead){.names = ""};
	snprintf(out->word, sizeof out->word, "%.*s", (int)name.n, name.s);
	out->near = near_to(out->word);
}

static void
say_near(struct instead *x)
{
	if (x->near.best != NULL)
		snprintf(x->meant, sizeof x->meant, "; did you mean %s?", x->near.best);
}

static enum code
no_field(const struct kind *k, struct text name, struct err *e)
{
	struct instead x;

	look_instead(name, &x);
	for (size_t i = 0; i < kind_n_fields(k); i++)
		near_offer(&x.near, kind_field(k, i)->name);
	for (size_t i = 0; i < k->n_own; i++)
		append_name(x.names, sizeof x.names, k->own[i].name);
	say_near(&x);
	return err_set(e, REJ_FIELD, k->name,
		       "%s has no field '%.*s'%s (its own are %s): see `semsctl template %s`",
		       k->name, (int)name.n, name.s, x.meant, x.names, k->name);
}

static enum code
read_index(const struct field *f, struct text number, struct target *t, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < number.n; i++) {
		if (!isdigit((unsigned char)number.s[i]) || n > 100000)
			n = 0;
		else
			n = n * 10 + (size_t)(number.s[i] - '0');
		if (n == 0)
			break;
	}
	if (n == 0 || (f->max > 0 && n > (size_t)f->max))
		return err_set(e, REJ_FIELD, f->name,
			       "%s.%.*s: the items of %s are numbered from 1 to %" PRId64, f->name,
			       (int)number.n, number.s, f->name, f->max);
	t->item = n;
	return OK;
}

static enum code
no_sub(const struct field *f, struct text name, struct err *e)
{
	struct instead x;

	look_instead(name, &x);
	for (size_t i = 0; i < f->n_item; i++) {
		append_name(x.names, sizeof x.names, f->item[i].name);
		near_offer(&x.near, f->item[i].name);
	}
	say_near(&x);
	return err_set(e, REJ_FIELD, f->name,
		       "an item of %s has no field '%.*s'%s (its fields are %s)", f->name,
		       (int)name.n, name.s, x.meant, x.names);
}

static enum code
read_sub(const struct field *f, struct text name, struct target *t, struct err *e)
{
	for (size_t i = 0; i < f->n_item; i++) {
		if (text_is(name, f->item[i].name)) {
			t->sub = i;
			t->leaf = &f->item[i];
			return OK;
		}
	}
	return no_sub(f, name, e);
}

enum code
build_target(const struct kind *k, struct text path, struct target *t, struct err *e)
{
	const struct text whole = path;
	struct text name = take_part(&path);
	enum code rc;

	*t = (struct target){.index = kind_field_index(k, name)};
	if (t->index == kind_n_fields(k))
		return no_field(k, name, e);
	t->field = kind_field(k, t->index);
	t->leaf = t->field;
	if (!is_many(t->field)) {
		if (path.n > 0)
			return err_set(e, REJ_FIELD, t->field->name,
				       "%.*s: %s is one value, not a list", (int)whole.n, whole.s,
				       t->field->name);
		return OK;
	}
	if (path.n == 0) {
		if (t->field->type == FIELD_LIST)
			return err_set(e, REJ_FIELD, t->field->name,
				       "%s is a list: name a field of an item, as in %s.1.%s",
				       t->field->name, t->field->name, t->field->item[0].name);
		return OK;
	}
	rc = read_index(t->field, take_part(&path), t, e);
	if (rc == OK && t->field->type == FIELD_LIST)
		return read_sub(t->field, path, t, e);
	if (rc == OK && path.n > 0)
		return err_set(e, REJ_FIELD, t->field->name,
			       "%.*s: the items of %s are single values", (int)whole.n, whole.s,
			       t->field->name);
	return rc;
}

/* ---- values ---- */

static enum code
wrong(struct err *e, const struct field *f, struct text s, const char *want)
{
	return err_set(e, REJ_FIELD, f->name, "'%.*s' is not %s", (int)(s.n > 60 ? 60 : s.n), s.s,
		       want);
}

static bool
as_string(struct text s, char out[NUMBER_BYTES])
{
	if (s.n == 0 || s.n >= NUMBER_BYTES || memchr(s.s, '\0', s.n) != NULL ||
	    isspace((unsigned char)s.s[0]))
		return false;
	memcpy(out, s.s, s.n);
	out[s.n] = '\0';
	return true;
}

static enum code
put_int(const struct field *f, struct value *v, struct text s, struct err *e)
{
	char text[NUMBER_BYTES];
	char *end;

	if (!as_string(s, text))
		return wrong(e, f, s, "a whole number");
	errno = 0;
	v->i = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0)
		return wrong(e, f, s, "a whole number");
	return OK;
}

static enum code
put_real(const struct field *f, struct value *v, struct text s, struct err *e)
{
	char text[NUMBER_BYTES];
	char *end;

	if (!as_string(s, text))
		return wrong(e, f, s, "a number");
	v->real = strtod(text, &end);
	if (*end != '\0' || strpbrk(text, "nNxX") != NULL)
		return wrong(e, f, s, "a number (a decimal point, no thousands separator)");
	return OK;
}

static enum code
put_bool(const struct field *f, struct value *v, struct text s, struct err *e)
{
	static const struct {
		const char *word;
		int value;
	} words[] = {{"true", 1},  {"yes", 1}, {"y", 1}, {"1", 1},
		     {"false", 0}, {"no", 0},  {"n", 0}, {"0", 0}};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strlen(words[i].word) == s.n && strncasecmp(words[i].word, s.s, s.n) == 0) {
			v->i = words[i].value;
			return OK;
		}
	}
	return wrong(e, f, s, "true or false");
}

/* "Not met" is NOT_MET, and so is CRITERION_RESULT_NOT_MET. */
static enum code
put_enum(const struct field *f, struct value *v, struct text s, struct err *e)
{
	char name[NUMBER_BYTES];
	char names[1024] = "";
	size_t prefix = strlen(f->names->prefix);
	struct text t;

	if (as_string(s, name)) {
		for (char *p = name; *p != '\0'; p++)
			if (*p == ' ' || *p == '-')
				*p = '_';
			else
				*p = (char)toupper((unsigned char)*p);
		t = text_of(name);
		v->i = enum_number(f->names, t);
		if (v->i == 0 && t.n > prefix && memcmp(name, f->names->prefix, prefix) == 0)
			v->i = enum_number(f->names, text_of(name + prefix));
		if (v->i != 0)
			return OK;
	}
	for (size_t i = 0; i < f->names->n; i++)
		append_name(names, sizeof names, f->names->names[i].name);
	return err_set(e, REJ_FIELD, f->name, "'%.*s' is not one of %s", (int)(s.n > 40 ? 40 : s.n),
		       s.s, names);
}

static enum code
put_time(struct builder *b, const struct field *f, struct value *v, struct text s, struct err *e)
{
	struct when w;
	struct utc_ms t;
	enum code rc;

	if (!when_parse(s, &w))
		return wrong(e, f, s,
			     "a time such as 2026-04-01T09:00:00Z, 2026-04-01 09:00 or 2026-04-01");
	rc = when_resolve(&w, &b->zones, w.precision, &t, e);
	if (rc == OK)
		v->i = t.v;
	return rc;
}

static enum code
put_text(struct builder *b, struct value *v, struct text s, struct err *e)
{
	v->text = (struct text){arena_dup(b->arena, s.s, s.n), s.n};
	return v->text.s != NULL ? OK : err_set(e, TRY_LIMIT, "memory", "out of memory");
}

static enum code
put_uuid(const struct field *f, struct value *v, struct text s, struct err *e)
{
	return uuid_parse(s, &v->uuid) ? OK : wrong(e, f, s, "a UUID");
}

static enum code
put_scalar(struct builder *b, const struct field *f, struct value *v, struct text s, struct err *e)
{
	enum code rc = OK;

	switch (f->type) {
	case FIELD_TEXT:
		/* A blank that does not break, out of a spreadsheet, is in nobody's name. */
		rc = put_text(b, v, (f->flags & FIELD_NAME) != 0 ? text_trim(s) : s, e);
		break;
	case FIELD_PERSON:
	case FIELD_TEXTS:
	case FIELD_PERSONS:
		rc = put_text(b, v, s, e);
		break;
	case FIELD_ENUM:
	case FIELD_ENUMS:
		rc = put_enum(f, v, s, e);
		break;
	case FIELD_INT:
		rc = put_int(f, v, s, e);
		break;
	case FIELD_REAL:
		rc = put_real(f, v, s, e);
		break;
	case FIELD_BOOL:
		rc = put_bool(f, v, s, e);
		break;
	case FIELD_TIME:
		rc = put_time(b, f, v, s, e);
		break;
	case FIELD_UUID:
		rc = put_uuid(f, v, s, e);
		break;
	case FIELD_LIST:
		rc = err_set(e, FATAL_BUG, f->name, "a list is not one value");
		break;
	}
	v->set = rc == OK;
	return rc;
}

/* Room for `items` items. The capacity is the power of two at or above n, so it needs no member. */
static bool
list_grow(struct builder *b, struct list *l, size_t width, size_t items)
{
	size_t old = 1;
	size_t cap = 1;
	struct value *v;

	l->width = width;
	if (items <= l->n)
		return true;
	while (old < l->n)
		old *= 2;
	while (cap < items)
		cap *= 2;
	if (l->v == NULL || cap > old) {
		v = arena_zalloc(b->arena, cap * width, sizeof *v);
		if (v == NULL)
			return false;
		if (l->v != NULL)
			memcpy(v, l->v, l->n * width * sizeof *v);
		l->v = v;
	}
	l->n = items;
	return true;
}

static size_t
item_width(const struct field *f)
{
	return f->type == FIELD_LIST ? f->n_item : 1;
}

struct value *
build_value(struct builder *b, struct record *r, const struct target *t)
{
	struct value *v = &r->v[t->index];

	if (t->item == 0)
		return v;
	if (!v->set) {
		v->set = true;
		v->list = (struct list){NULL, 0, item_width(t->field)};
	}
	if (!list_grow(b, &v->list, item_width(t->field), t->item))
		return NULL;
	return &v->list.v[(t->item - 1) * v->list.width + t->sub];
}

static struct text
trim(struct text s)
{
	while (s.n > 0 && isspace((unsigned char)s.s[0])) {
		s.s++;
		s.n--;
	}
	while (s.n > 0 && isspace((unsigned char)s.s[s.n - 1]))
		s.n--;
	return s;
}

static enum code
put_split(struct builder *b, struct record *r, struct target t, struct text s, struct err *e)
{
	enum code rc = OK;

	while (rc == OK && s.n > 0) {
		const char *semicolon = memchr(s.s, ';', s.n);
		struct text part = {s.s, semicolon != NULL ? (size_t)(semicolon - s.s) : s.n};

		s.s += part.n + (semicolon != NULL);
		s.n -= part.n + (semicolon != NULL);
		part = trim(part);
		if (part.n == 0)
			continue;
		t.item++;
		rc = build_put(b, r, &t, part, e);
	}
	return rc;
}

enum code
build_put(struct builder *b, struct record *r, const struct target *t, struct text s, struct err *e)
{
	struct value *v;
	struct when w;
	enum code rc;

	if (t->item == 0 && is_many(t->field))
		return put_split(b, r, *t, s, e);
	v = build_value(b, r, t);
	if (v == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	rc = put_scalar(b, t->leaf, v, s, e);
	if (rc == OK && t->index == ENV_OCCURRED_AT && !r->v[ENV_PRECISION].set &&
	    when_parse(s, &w) && w.precision != PRECISION_MS) {
		r->v[ENV_PRECISION].set = true;
		r->v[ENV_PRECISION].i = w.precision;
	}
	return rc;
}

void
build_finish(struct record *r)
{
	for (size_t i = 0; i < kind_n_fields(r->kind); i++) {
		struct value *v = &r->v[i];
		struct list *l = &v->list;
		size_t kept = 0;

		if (!v->set || !is_many(kind_field(r->kind, i)))
			continue;
		for (size_t k = 0; k < l->n; k++) {
			bool given = false;

			for (size_t s = 0; s < l->width; s++)
				given = given || l->v[k * l->width + s].set;
			if (given && kept != k)
				memmove(&l->v[kept * l->width], &l->v[k * l->width],
					l->width * sizeof *l->v);
			kept += given;
		}
		l->n = kept;
		v->set = kept > 0;
	}
}

/* ---- JSON ---- */

static enum code
json_scalar(struct builder *b, struct record *r, const struct target *t, json_t *j, struct err *e)
{
	char number[JSON_SCALAR_BYTES];
	struct value *v;

	if (t->leaf->type == FIELD_TIME && json_is_integer(j)) {
		v = build_value(b, r, t);
		if (v == NULL)
			return err_set(e, TRY_LIMIT, "memory", "out of memory");
		*v = (struct value){.set = true, .i = json_integer_value(j)};
		return OK;
	}
	if (json_is_string(j)) {
		struct text s = {json_string_value(j), json_string_length(j)};

		return s.n == 0 ? OK : build_put(b, r, t, s, e);
	}
	if (json_is_integer(j))
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	else if (json_is_real(j))
		snprintf(number, sizeof number, "%.17g", json_real_value(j));
	else if (json_is_boolean(j))
		snprintf(number, sizeof number, "%s", json_is_true(j) ? "true" : "false");
	else
		return err_set(e, REJ_FIELD, t->field->name, "%s cannot be an array or object here",
			       t->leaf->name);
	return build_put(b, r, t, text_of(number), e);
}

static enum code
json_item(struct builder *b, struct record *r, struct target t, json_t *object, struct err *e)
{
	const char *key;
	json_t *value;
	enum code rc = OK;

	if (!json_is_object(object))
		return err_set(e, REJ_FIELD, t.field->name, "the items of %s are objects",
			       t.field->name);
	json_object_foreach(object, key, value)
	{
		if (json_is_null(value))
			continue;
		rc = read_sub(t.field, text_of(key), &t, e);
		if (rc == OK)
			rc = json_scalar(b, r, &t, value, e);
		if (rc != OK)
			return rc;
	}
	return OK;
}

static enum code
json_list(struct builder *b, struct record *r, struct target t, json_t *array, struct err *e)
{
	enum code rc = OK;

	if (!json_is_array(array))
		return err_set(e, REJ_FIELD, t.field->name, "%s is a list: give an array",
			       t.field->name);
	for (size_t i = 0; rc == OK && i < json_array_size(array); i++) {
		json_t *item = json_array_get(array, i);

		t.item = i + 1;
		rc = t.field->type == FIELD_LIST ? json_item(b, r, t, item, e)
						 : json_scalar(b, r, &t, item, e);
	}
	return rc;
}

enum code
build_json(struct builder *b, struct record *r, json_t *object, struct err *e)
{
	const char *key;
	json_t *value;
	enum code rc = OK;

	json_object_foreach(object, key, value)
	{
		struct target t = {.index = kind_field_index(r->kind, text_of(key))};

		if (json_is_null(value) || strcmp(key, "kind") == 0)
			continue;
		if (t.index == kind_n_fields(r->kind))
			return no_field(r->kind, text_of(key), e);
		t.field = kind_field(r->kind, t.index);
		t.leaf = t.field;
		rc = is_many(t.field) ? json_list(b, r, t, value, e)
				      : json_scalar(b, r, &t, value, e);
		if (rc != OK)
			return rc;
	}
	build_finish(r);
	return OK;
}
