#include "core/kind/field.h"

#include "base/text.h"
#include "core/kind/validate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

bool
value_is_given(const struct field *f, const struct value *v)
{
	if (!v->set)
		return false;
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_PERSON:
		return v->text.n != 0;
	case FIELD_ENUM:
		return v->i != 0;
	case FIELD_TEXTS:
	case FIELD_ENUMS:
	case FIELD_PERSONS:
	case FIELD_LIST:
		return v->list.n != 0;
	case FIELD_INT:
	case FIELD_REAL:
	case FIELD_BOOL:
	case FIELD_TIME:
	case FIELD_UUID:
		break;
	}
	return true;
}

bool
rule_given(const struct record *r, size_t index)
{
	return value_is_given(kind_field(r->kind, index), &r->v[index]);
}

enum code
rule_broken(struct err *e, const struct record *r, size_t index, const char *fmt, ...)
{
	va_list ap;

	e->code = REJ_FIELD;
	field_path(r->kind, index, e->where);
	va_start(ap, fmt);
	text_vprint(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return e->code;
}

static uint32_t
bit_of(const struct record *r, size_t index)
{
	int64_t number = r->v[index].i;

	return rule_given(r, index) && number < 32 ? WHEN(number) : 0;
}

enum code
rule_check_when(const struct record *r, const struct rule_when *rules, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct rule_when *w = &rules[i];
		const struct field *by = kind_field(r->kind, w->by);
		uint32_t bit = bit_of(r, w->by);
		bool given = rule_given(r, w->field);

		if (bit == 0)
			continue;
		if (given && (w->allowed & bit) == 0)
			return rule_broken(e, r, w->field,
					   "does not go with %s %s: leave it out or correct %s",
					   by->name, enum_name(by->names, r->v[w->by].i), by->name);
		if (!given && (w->needed & bit) != 0)
			return rule_broken(e, r, w->field, "is needed with %s %s: give it",
					   by->name, enum_name(by->names, r->v[w->by].i));
	}
	return OK;
}

enum code
rule_check_longest(const struct record *r, const char *advice, struct err *e)
{
	const int64_t longest = 93 * MS_PER_DAY;

	if (!rule_given(r, ENV_OCCURRED_END) ||
	    r->v[ENV_OCCURRED_END].i - r->v[ENV_OCCURRED_AT].i <= longest)
		return OK;
	return rule_broken(e, r, ENV_OCCURRED_END, "is more than 93 days after occurred_at: %s",
			   advice);
}

enum code
rule_check_order(const struct record *r, size_t earlier, size_t later, struct err *e)
{
	char a[UTC_TEXT_SIZE];
	char b[UTC_TEXT_SIZE];

	if (!rule_given(r, earlier) || !rule_given(r, later))
		return OK;
	if (r->v[later].i >= r->v[earlier].i)
		return OK;
	utc_format((struct utc_ms){r->v[later].i}, a);
	utc_format((struct utc_ms){r->v[earlier].i}, b);
	return rule_broken(e, r, later, "%s is before %s %s: correct one of them", a,
			   kind_field(r->kind, earlier)->name, b);
}

enum code
rule_check_unique(const struct record *r, size_t index, size_t sub, struct err *e)
{
	const struct list *l = &r->v[index].list;
	const struct field *f = kind_field(r->kind, index);

	if (!rule_given(r, index))
		return OK;
	for (size_t i = 1; i < l->n; i++) {
		struct text id = l->v[i * l->width + sub].text;

		for (size_t j = 0; j < i; j++) {
			if (!text_eq(id, l->v[j * l->width + sub].text))
				continue;
			rule_broken(e, r, index,
				    "the same %s as item %zu: give each item once, by its own %s",
				    f->item[sub].name, j, f->item[sub].name);
			snprintf(e->where, sizeof e->where, "%s.%s[%zu].%s", r->kind->name, f->name,
				 i, f->item[sub].name);
			return e->code;
		}
	}
	return OK;
}

enum code
rule_check_part(const struct record *r, size_t part, size_t whole, struct err *e)
{
	if (!rule_given(r, part) || !rule_given(r, whole) || r->v[part].i <= r->v[whole].i)
		return OK;
	return rule_broken(e, r, part,
			   "%" PRId64 " is more than %s %" PRId64 ": correct one of them",
			   r->v[part].i, kind_field(r->kind, whole)->name, r->v[whole].i);
}

enum code
rule_check_differ(const struct record *r, size_t a, size_t b, struct err *e)
{
	if (!rule_given(r, a) || !rule_given(r, b) || !text_eq(r->v[a].text, r->v[b].text))
		return OK;
	return rule_broken(e, r, a, "is the same person as %s: it must be someone else",
			   kind_field(r->kind, b)->name);
}
