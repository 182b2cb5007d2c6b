/* Which of a kind's fields are columns of its sheet, and in what order. */
#include "base/count.h"
#include "tools/semsctl/workbook/blank.h"

#include <stdio.h>
#include <string.h>

/* Of the envelope, before a kind's own fields and behind them. The others are made by machines, or
 * by the command that corrects. */
static const enum envelope front[] = {ENV_SOURCE_RECORD_ID, ENV_OCCURRED_AT, ENV_OCCURRED_END,
				      ENV_SITE_ID, ENV_SUBJECT_PERSON};
static const enum envelope back[] = {ENV_LOCATION_ID,      ENV_MEASURE_CODE, ENV_PROVIDER_ID,
				     ENV_RECORDED_BY,      ENV_SHIFT_ID,     ENV_REQUIREMENT_REFS,
				     ENV_RISK_CONTROL_IDS, ENV_EMBARGO};

bool
blank_has(const struct kind *k)
{
	static const enum kind_id none[] = {KIND_TIP_EVENT, KIND_TIP_SESSION, KIND_HEARTBEAT,
					    KIND_VOID, KIND_CONFIRMATION};

	for (size_t i = 0; i < COUNT(none); i++)
		if (k->id == none[i])
			return false;
	return true;
}

static bool
is_named(const struct field *f, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(f->name, names[i]) == 0)
			return true;
	return false;
}

bool
blank_is_day(const struct field *f)
{
	static const char *const days[] = {"expires_at", "previous_expires_at", "planned_for"};

	return is_named(f, days, COUNT(days));
}

bool
blank_is_end(const struct field *f)
{
	static const char *const ends[] = {"occurred_end", "period_end", "debriefed_at"};

	return is_named(f, ends, COUNT(ends));
}

struct columns {
	struct blank_column *to;
	size_t n;
};

static struct blank_column *
add(struct columns *c, const struct field *f, bool required)
{
	struct blank_column *to;

	if (c->n == BLANK_COLUMNS_MAX)
		return NULL;
	to = &c->to[c->n++];
	*to = (struct blank_column){
	    .field = f, .in_example = required, .need = required ? "required" : "optional"};
	snprintf(to->name, sizeof to->name, "%s", f->name);
	return to;
}

/* What is not required by itself, but by what the example chooses. */
static bool
goes_with_example(const struct kind *k, const struct field *f)
{
	static const struct {
		enum kind_id kind;
		const char *field;
	} also[] = {{KIND_EQUIPMENT_CHECK, "result"}, {KIND_TEST, "debriefed_at"}};

	for (size_t i = 0; i < COUNT(also); i++)
		if (also[i].kind == k->id && strcmp(also[i].field, f->name) == 0)
			return true;
	return false;
}

static void
add_own(struct columns *c, const struct kind *k, const struct field *f)
{
	struct blank_column *to = add(c, f, (f->flags & FIELD_REQUIRED) != 0);

	if (to != NULL && goes_with_example(k, f))
		to->in_example = true;
}

static void
add_envelope(struct columns *c, const struct kind *k, const enum envelope *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct field *f = &envelope_fields[list[i]];

		/* An embargo is of tests alone. */
		if (list[i] != ENV_EMBARGO || k->id == KIND_TEST)
			add(c, f, (f->flags & FIELD_REQUIRED) != 0 || kind_requires(k, list[i]));
	}
}

/* Of a list that is required, what is required of its first item is. */
static void
add_list(struct columns *c, const struct field *list, unsigned items)
{
	bool needed = (list->flags & FIELD_REQUIRED) != 0;

	for (unsigned n = 1; n <= items; n++) {
		for (size_t s = 0; s < list->n_item; s++) {
			const struct field *f = &list->item[s];
			bool required = (f->flags & FIELD_REQUIRED) != 0;
			struct blank_column *to = add(c, f, required && needed && n == 1);

			if (to == NULL)
				return;
			if (required && !(needed && n == 1))
				to->need = "required of an item";
			snprintf(to->name, sizeof to->name, "%s.%u.%s", list->name, n, f->name);
		}
	}
}

size_t
blank_columns(const struct kind *k, unsigned items, struct blank_column out[BLANK_COLUMNS_MAX])
{
	struct columns c = {.to = out};

	add_envelope(&c, k, front, COUNT(front));
	for (size_t i = 0; i < k->n_own; i++) {
		const struct field *f = &k->own[i];

		if ((f->flags & FIELD_DERIVED) != 0)
			continue;
		if (f->type == FIELD_LIST)
			add_list(&c, f, items);
		else
			add_own(&c, k, f);
	}
	add_envelope(&c, k, back, COUNT(back));
	return c.n;
}
