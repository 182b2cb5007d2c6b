#include "tests/wire/make_record.h"

#include <stdlib.h>

struct maker {
	uint64_t state;
	bool full;
	struct arena *a;
};

static uint64_t
next(struct maker *m)
{
	uint64_t x = m->state += 0x9E3779B97F4A7C15u; /* splitmix64 */

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 27) * 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

static struct text
make_text(struct maker *m)
{
	static const char *const pieces[] = {
	    "a", "Z", "9", " ", "-", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9B\x84"};
	char out[64] = "";
	size_t n = 1 + next(m) % 12;

	for (size_t i = 0; i < n; i++)
		strncat(out, pieces[next(m) % 8], sizeof out - strlen(out) - 1);
	return text_of(arena_dup(m->a, out, strlen(out)));
}

static void make_value(struct maker *m, const struct field *f, struct value *v);

static void
make_list(struct maker *m, const struct field *f, struct value *v)
{
	size_t n = 1 + next(m) % 4;
	size_t width = f->type == FIELD_LIST ? f->n_item : 1;

	v->list = (struct list){arena_zalloc(m->a, n * width, sizeof *v), n, width};
	for (size_t i = 0; i < n * width; i++) {
		struct value *item = &v->list.v[i];

		if (f->type == FIELD_LIST) {
			if (m->full || next(m) % 2 == 0)
				make_value(m, &f->item[i % width], item);
		} else if (f->type == FIELD_ENUMS) {
			item->set = true;
			item->i = f->names->names[next(m) % f->names->n].number;
		} else {
			item->set = true;
			item->text = make_text(m);
		}
	}
}

static int64_t
make_number(struct maker *m)
{
	static const int64_t edges[] = {0, 1, -1, 127, 128, INT64_MAX, INT64_MIN, 1775034000000};
	uint64_t pick = next(m) % 16;

	return pick < 8 ? edges[pick] : (int64_t)(next(m) % 1000000);
}

static void
make_value(struct maker *m, const struct field *f, struct value *v)
{
	v->set = true;
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_PERSON:
		v->text = make_text(m);
		return;
	case FIELD_ENUM:
		v->i = f->names->names[next(m) % f->names->n].number;
		return;
	case FIELD_INT:
	case FIELD_TIME:
		v->i = make_number(m);
		return;
	case FIELD_REAL:
		v->real = (double)(int64_t)next(m) / 7.0;
		return;
	case FIELD_BOOL:
		v->i = (int64_t)(next(m) % 2);
		return;
	case FIELD_UUID:
		for (size_t i = 0; i < 16; i++)
			v->uuid.b[i] = (unsigned char)next(m);
		return;
	case FIELD_TEXTS:
	case FIELD_ENUMS:
	case FIELD_PERSONS:
	case FIELD_LIST:
		make_list(m, f, v);
		return;
	}
}

static struct record
make(const struct kind *k, struct maker *m)
{
	size_t n = kind_n_fields(k);
	struct record r = {k, arena_zalloc(m->a, n, sizeof(struct value))};

	for (size_t i = 0; i < n; i++)
		if (m->full || next(m) % 2 == 0)
			make_value(m, kind_field(k, i), &r.v[i]);
	return r;
}

struct record
make_record(const struct kind *k, uint64_t seed, struct arena *a)
{
	struct maker m = {seed, false, a};

	return make(k, &m);
}

struct record
make_full_record(const struct kind *k, uint64_t seed, struct arena *a)
{
	struct maker m = {seed, true, a};

	return make(k, &m);
}

static bool value_eq(const struct field *f, const struct value *a, const struct value *b);

static bool
list_eq(const struct field *f, const struct list *a, const struct list *b)
{
	if (a->n != b->n || a->width != b->width)
		return false;
	for (size_t i = 0; i < a->n * a->width; i++) {
		struct field item = *f;

		item.type = f->type == FIELD_ENUMS ? FIELD_INT : FIELD_TEXT;
		if (!value_eq(f->type == FIELD_LIST ? &f->item[i % a->width] : &item, &a->v[i],
			      &b->v[i]))
			return false;
	}
	return true;
}

static bool
value_eq(const struct field *f, const struct value *a, const struct value *b)
{
	if (a->set != b->set || !a->set)
		return a->set == b->set;
	if (f->type == FIELD_TEXT || f->type == FIELD_PERSON)
		return text_eq(a->text, b->text);
	if (f->type == FIELD_REAL)
		return !(a->real < b->real) && !(a->real > b->real); /* NaN is refused before */
	if (f->type == FIELD_UUID)
		return memcmp(&a->uuid, &b->uuid, sizeof a->uuid) == 0;
	if (f->type >= FIELD_TEXTS)
		return list_eq(f, &a->list, &b->list);
	return a->i == b->i;
}

const char *
record_difference(const struct record *a, const struct record *b)
{
	if (a->kind != b->kind)
		return "kind";
	for (size_t i = 0; i < kind_n_fields(a->kind); i++)
		if (!value_eq(kind_field(a->kind, i), &a->v[i], &b->v[i]))
			return kind_field(a->kind, i)->name;
	return NULL;
}

struct text
from_hex(const char *hex, struct arena *a)
{
	char *digits = arena_alloc(a, strlen(hex) + 1);
	size_t n = 0;

	for (const char *p = hex; *p != '\0'; p++)
		if (*p != ' ' && *p != '\n')
			digits[n++] = *p;
	unsigned char *out = arena_alloc(a, n / 2 + 1);
	if (n % 2 != 0 || !hex_decode((struct text){digits, n}, out, n / 2))
		abort();
	return (struct text){(char *)out, n / 2};
}
