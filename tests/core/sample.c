#include "tests/core/sample.h"

#include "core/kind/validate.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const required[KIND_COUNT][8][2] = {
    [KIND_OBSERVATION] = {{"mode", "OVERT"},
			  {"criteria[0].criterion_id", "c1"},
			  {"criteria[0].result", "MET"}},
    [KIND_TEST] = {{"mode", "COVERT"}, {"outcome", "PASS"}},
    [KIND_AUDIT] = {{"type", "INTERNAL_AUDIT"}},
    [KIND_TIP_EVENT] = {{"device_id", "xr-1"}, {"outcome", "HIT"}},
    [KIND_TIP_SESSION] = {{"device_id", "xr-1"},
			  {"images_viewed", "900"},
			  {"tip_shown", "10"},
			  {"hits", "8"},
			  {"misses", "2"}},
    [KIND_ACTIVITY] = {{"occurred_end", "1778581800000"},
		       {"activity", "CABIN_BAGS"},
		       {"count", "120"},
		       {"method", "COUNTED"}},
    [KIND_PLAN] = {{"plan_id", "p1"},
		   {"what", "TESTS"},
		   {"period_start", "1774998000000"},
		   {"period_end", "1782860400000"},
		   {"planned_count", "40"}},
    [KIND_EQUIPMENT_CHECK] = {{"device_id", "xr-1"},
			      {"check_type", "DAILY_OTP"},
			      {"result", "PASS"}},
    [KIND_HEARTBEAT] = {{"occurred_end", "1778581800000"}},
    [KIND_VOID] = {{"corrects_record_id", "019e1b1c-54c0-7000-8000-000000000001"},
		   {"corrected_at", "1778578200000"},
		   {"correction_reason", "entered twice"},
		   {"recorded_by", "anna"}},
    [KIND_CONFIRMATION] = {{"confirms_record_id", "019e1b85-95c0-7000-8000-000000000001"},
			   {"decision", "CONFIRMED"},
			   {"decided_at", "1778578200000"}},
    [KIND_TRAINING] = {{"subject_person", "anna"},
		       {"course", "11.2.3.1"},
		       {"basis", "RECURRENT"},
		       {"result", "PASS"}},
    [KIND_DEPLOYMENT] = {{"subject_person", "anna"},
			 {"occurred_end", "1778581800000"},
			 {"role", "SCREENER"}},
    [KIND_INCIDENT] = {{"category", "perimeter"}},
    [KIND_REPORT] = {{"category", "unattended-item"}, {"channel", "STAFF"}},
    [KIND_PATROL] = {{"route", "fence-north"}, {"result", "DONE"}},
    [KIND_EXERCISE] = {{"scope", "LOCAL"}},
};

static struct value *
list_memory(struct sample *s, const struct field *f)
{
	for (size_t i = 0; i < 3; i++) {
		if (s->lists[i] == NULL)
			s->lists[i] = f;
		if (s->lists[i] == f)
			return s->items[i];
	}
	cr_assert_fail("too many lists");
	return NULL;
}

static void
set_value(const struct field *f, struct value *v, const char *text)
{
	v->set = text[0] != '\0';
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_PERSON:
	case FIELD_TEXTS:
	case FIELD_PERSONS:
		v->text = text_of(text);
		return;
	case FIELD_ENUM:
	case FIELD_ENUMS:
		v->i = enum_number(f->names, text_of(text));
		if (v->i == 0)
			v->i = strtoll(text, NULL, 10);
		return;
	case FIELD_REAL:
		v->real = strtod(text, NULL);
		return;
	case FIELD_UUID:
		if (v->set)
			cr_assert(uuid_parse(text_of(text), &v->uuid), "%s", text);
		return;
	case FIELD_INT:
	case FIELD_BOOL:
	case FIELD_TIME:
		v->i = strtoll(text, NULL, 10);
		return;
	case FIELD_LIST:
		break;
	}
	cr_assert_fail("%s is a list", f->name);
}

static struct value *
item_of(struct sample *s, const struct field *f, struct value *v, size_t item)
{
	size_t width = f->n_item == 0 ? 1 : f->n_item;

	if (!v->set)
		*v = (struct value){.set = true, .list = {list_memory(s, f), 0, width}};
	cr_assert_lt(item, SAMPLE_ITEMS);
	if (v->list.n <= item)
		v->list.n = item + 1;
	return &v->list.v[item * width];
}

static const struct field *
sub_field(const struct field *f, const char *name, size_t *index)
{
	for (*index = 0; *index < f->n_item; ++*index)
		if (strcmp(f->item[*index].name, name) == 0)
			return &f->item[*index];
	cr_assert_fail("%s has no %s", f->name, name);
	return NULL;
}

void
sample_set(struct sample *s, const char *path, const char *value)
{
	size_t length = strcspn(path, "[");
	size_t index = kind_field_index(s->r.kind, (struct text){path, length});
	const struct field *f;
	struct value *v;
	const char *dot = strchr(path, '.');
	size_t sub;

	cr_assert_lt(index, kind_n_fields(s->r.kind), "%s has no %s", s->r.kind->name, path);
	f = kind_field(s->r.kind, index);
	v = &s->v[index];
	if (path[length] == '\0' && f->type != FIELD_TEXTS && f->type != FIELD_PERSONS &&
	    f->type != FIELD_ENUMS && f->type != FIELD_LIST) {
		set_value(f, v, value);
		return;
	}
	if (path[length] == '\0' && value[0] == '\0') {
		v->set = false;
		return;
	}
	v = item_of(s, f, v, path[length] == '\0' ? 0 : strtoul(path + length + 1, NULL, 10));
	if (f->type != FIELD_LIST) {
		set_value(f, v, value);
		return;
	}
	f = sub_field(f, dot == NULL ? "" : dot + 1, &sub);
	set_value(f, v + sub, value);
}

void
sample_resize(struct sample *s, const char *name, size_t n)
{
	struct value *v = &s->v[kind_field_index(s->r.kind, text_of(name))];
	struct list *l = &v->list;

	cr_assert(v->set && n <= SAMPLE_ITEMS);
	for (size_t i = l->n; i < n; i++)
		memcpy(&l->v[i * l->width], l->v, l->width * sizeof *l->v);
	l->n = n;
}

void
sample_move(struct sample *s, int64_t occurred_at)
{
	static const unsigned char rest[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

	s->v[ENV_OCCURRED_AT] = (struct value){.set = true, .i = occurred_at};
	s->v[ENV_RECORD_ID] =
	    (struct value){.set = true, .uuid = uuid_at((struct utc_ms){occurred_at}, rest, true)};
}

void
sample_make(struct sample *s, enum kind_id kind)
{
	*s = (struct sample){.r.kind = kinds[kind]};
	s->r.v = s->v;
	cr_assert_leq(kind_n_fields(s->r.kind), SAMPLE_FIELDS);
	sample_move(s, SAMPLE_TIME);
	sample_set(s, "source", "lane-1");
	if (s->r.kind->site_required)
		sample_set(s, "site_id", "north");
	for (size_t i = 0; i < 8 && required[kind][i][0] != NULL; i++)
		sample_set(s, required[kind][i][0], required[kind][i][1]);
}

void
sample_check_rules(enum kind_id kind, const struct sample_rule *rows, size_t n)
{
	static struct sample s;

	for (size_t i = 0; i < n; i++) {
		struct refusal why = {.reason = REASON_NONE, .err = {.where = "", .text = ""}};
		bool accepted = rows[i].where[0] == '\0';
		bool ok;

		sample_make(&s, kind);
		for (size_t j = 0; j < 5 && rows[i].set[j][0] != NULL; j++)
			sample_set(&s, rows[i].set[j][0], rows[i].set[j][1]);
		ok = record_validate(&s.r, SAMPLE_NOW, sample_calendar(), &why);
		cr_expect_eq(ok, accepted, "row %zu: %s %s", i, why.err.where, why.err.text);
		cr_expect_eq(why.reason, accepted ? REASON_NONE : REASON_RULE, "row %zu: %s", i,
			     reason_name(why.reason));
		cr_expect_str_eq(why.err.where, rows[i].where, "row %zu: %s", i, why.err.text);
		cr_expect(rows[i].words == NULL || strstr(why.err.text, rows[i].words) != NULL,
			  "row %zu: \"%s\" lacks \"%s\"", i, why.err.text, rows[i].words);
	}
}

const struct calendar *
sample_calendar(void)
{
	static int64_t starts[366];
	static struct calendar c;
	int64_t summer = civil_to_days((struct civil_date){2026, 3, 29});
	int64_t winter = civil_to_days((struct civil_date){2026, 10, 25});

	c.first_day = civil_to_days((struct civil_date){2026, 1, 1});
	c.starts = starts;
	c.n = 365;
	for (int64_t i = 0; i <= 365; i++) {
		int64_t day = c.first_day + i;

		starts[i] = day * MS_PER_DAY - (day > summer && day <= winter ? MS_PER_HOUR : 0);
	}
	return &c;
}
