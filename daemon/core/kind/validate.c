#include "core/kind/validate.h"

#include "base/count.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void
field_path(const struct kind *k, size_t index, char out[64])
{
	if (index < ENV_COUNT)
		snprintf(out, 64, "%s", envelope_fields[index].name);
	else
		snprintf(out, 64, "%s.%s", k->name, kind_field(k, index)->name);
}

/* Where in a record a value is: a field, and the item and item's field when it is a list's. */
struct place {
	const struct record *r;
	size_t index;
	bool in_item;
	size_t item;
	const struct field *sub; /* NULL: the item itself */
	struct refusal *why;
};

static bool refuse(const struct place *at, enum reason reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static bool
refuse(const struct place *at, enum reason reason, const char *fmt, ...)
{
	struct err *e = &at->why->err;
	size_t n;
	va_list ap;

	at->why->reason = reason;
	e->code = REJ_FIELD;
	field_path(at->r->kind, at->index, e->where);
	n = strlen(e->where);
	if (at->in_item)
		snprintf(e->where + n, sizeof e->where - n, "[%zu]%s%s", at->item,
			 at->sub == NULL ? "" : ".", at->sub == NULL ? "" : at->sub->name);
	va_start(ap, fmt);
	text_vprint(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return false;
}

static bool
is_code(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.s[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_')
			return false;
	}
	return true;
}

static bool
is_padded(struct text t)
{
	return t.n != 0 && (t.s[0] == ' ' || t.s[0] == '\t' || t.s[0] == '\n' ||
			    t.s[t.n - 1] == ' ' || t.s[t.n - 1] == '\t' || t.s[t.n - 1] == '\n');
}

static bool
check_text(const struct place *at, const struct field *f, struct text t, int64_t max)
{
	if (t.n > (uint64_t)max)
		return refuse(at, REASON_TOO_LONG,
			      "%zu bytes, at most %" PRId64 " allowed: shorten it", t.n, max);
	if (!text_is_clean_utf8(t))
		return refuse(at, REASON_TEXT,
			      "is not clean UTF-8: send UTF-8 without NUL or control characters");
	/* Or one person would be two: a second person must be another one. */
	if ((f->type == FIELD_PERSON || f->type == FIELD_PERSONS) && is_padded(t))
		return refuse(at, REASON_TEXT,
			      "begins or ends with a blank: send the identifier alone");
	if ((f->flags & FIELD_NAME) != 0 && !text_is_name(t))
		return refuse(at, REASON_TEXT,
			      "has a line break, a character that nobody sees, or a blank at an "
			      "end: send what it names and nothing else");
	if ((f->flags & FIELD_CODE) != 0 && !is_code(t))
		return refuse(at, REASON_TEXT,
			      "is no code: use letters, digits, '.', '-' and '_' only");
	if ((f->flags & FIELD_KIND) != 0 && kind_by_name(t) == NULL)
		return refuse(at, REASON_ENUM,
			      "is no record kind that this version knows: use a name such as "
			      "tip_event");
	return true;
}

static bool
check_enum(const struct place *at, const struct field *f, int64_t number)
{
	if (enum_name(f->names, number) != NULL)
		return true;
	return refuse(at, REASON_ENUM,
		      "%" PRId64
		      " is no value this version knows: send a listed one, or update semsd",
		      number);
}

static bool
check_int(const struct place *at, const struct field *f, int64_t v)
{
	if (v >= f->min && v <= f->max)
		return true;
	return refuse(at, REASON_RANGE,
		      "%" PRId64 " is not within %" PRId64 " to %" PRId64
		      ": correct it or leave it out",
		      v, f->min, f->max);
}

static bool
check_real(const struct place *at, const struct field *f, double v)
{
	/* NaN is within nothing, so it is refused here too. */
	if (v >= (double)f->min && v <= (double)f->max)
		return true;
	return refuse(at, REASON_RANGE,
		      "%g is not within %" PRId64 " to %" PRId64 ": correct it or leave it out", v,
		      f->min, f->max);
}

static bool
check_time(const struct place *at, const struct field *f, int64_t v)
{
	/* The clock rule says more about occurred_at than a range can. */
	if (at->index == ENV_OCCURRED_AT || (v >= f->min && v <= f->max))
		return true;
	return refuse(at, REASON_RANGE,
		      "%" PRId64 " is not between 1990 and 2200: send Unix milliseconds, UTC", v);
}

/* Every identity is one of a record's, whose instant it tells. */
static bool
check_uuid(const struct place *at, const struct uuid *id)
{
	if (uuid_is_timed(id))
		return true;
	return refuse(at, REASON_IDENTITY,
		      at->index == ENV_RECORD_ID
			  ? "is no UUID of version 7 or 8: make one from occurred_at"
			  : "is no UUID of version 7 or 8: give the record_id of the record meant");
}

static bool
check_scalar(const struct place *at, const struct field *f, const struct value *v)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_PERSON:
		return check_text(at, f, v->text, f->max);
	case FIELD_TEXTS:
	case FIELD_PERSONS:
		return check_text(at, f, v->text, FIELD_ITEM_BYTES);
	case FIELD_ENUM:
	case FIELD_ENUMS:
		return check_enum(at, f, v->i);
	case FIELD_INT:
	case FIELD_BOOL:
		return check_int(at, f, v->i);
	case FIELD_REAL:
		return check_real(at, f, v->real);
	case FIELD_TIME:
		return check_time(at, f, v->i);
	case FIELD_UUID:
		return check_uuid(at, &v->uuid);
	case FIELD_LIST:
		break;
	}
	return true;
}

static bool
missing(const struct place *at)
{
	return refuse(at, REASON_MISSING, "is required: give it");
}

static bool
check_item(struct place *at, const struct field *f, const struct value *v)
{
	for (size_t i = 0; i < f->n_item; i++) {
		const struct field *sub = &f->item[i];

		at->sub = sub;
		if (value_is_given(sub, &v[i])) {
			if (!check_scalar(at, sub, &v[i]))
				return false;
		} else if ((sub->flags & FIELD_REQUIRED) != 0) {
			return missing(at);
		}
	}
	return true;
}

/* An item of a list of texts or numbers that says nothing. */
static bool
is_empty_item(const struct field *f, const struct value *v)
{
	return f->type == FIELD_ENUMS ? v->i == 0 : v->text.n == 0;
}

static bool
check_list(struct place *at, const struct field *f, const struct list *l)
{
	if (l->n > (uint64_t)f->max)
		return refuse(at, REASON_TOO_LONG,
			      "%zu items, at most %" PRId64 " allowed: split the record", l->n,
			      f->max);
	at->in_item = true;
	for (at->item = 0; at->item < l->n; at->item++) {
		const struct value *v = &l->v[at->item * l->width];

		at->sub = NULL;
		if (f->type == FIELD_LIST) {
			if (!check_item(at, f, v))
				return false;
			continue;
		}
		if (is_empty_item(f, v))
			return refuse(at, REASON_MISSING, "is empty: give it or leave it out");
		if (!check_scalar(at, f, v))
			return false;
	}
	return true;
}

static bool
is_list(const struct field *f)
{
	return f->type == FIELD_TEXTS || f->type == FIELD_ENUMS || f->type == FIELD_PERSONS ||
	       f->type == FIELD_LIST;
}

static bool
is_required(const struct kind *k, const struct field *f, size_t index)
{
	return (f->flags & FIELD_REQUIRED) != 0 ||
	       (index < ENV_COUNT && kind_requires(k, (enum envelope)index));
}

static bool
check_field(const struct record *r, size_t index, struct refusal *why)
{
	const struct field *f = kind_field(r->kind, index);
	const struct value *v = &r->v[index];
	struct place at = {.r = r, .index = index, .why = why};

	if (!value_is_given(f, v))
		return is_required(r->kind, f, index) ? missing(&at) : true;
	return is_list(f) ? check_list(&at, f, &v->list) : check_scalar(&at, f, v);
}

/* Most fields of a record are not given. */
static bool
check_fields(const struct record *r, size_t from, size_t to, struct refusal *why)
{
	for (size_t i = from; i < to; i++) {
		const struct field *f = kind_field(r->kind, i);

		if (!r->v[i].set && !is_required(r->kind, f, i))
			continue;
		if (!check_field(r, i, why))
			return false;
	}
	return true;
}

static bool
given(const struct record *r, enum envelope index)
{
	return value_is_given(&envelope_fields[index], &r->v[index]);
}

static struct place
place_of(const struct record *r, enum envelope index, struct refusal *why)
{
	return (struct place){.r = r, .index = index, .why = why};
}

static bool
check_identity(const struct record *r, struct refusal *why)
{
	struct place at = place_of(r, ENV_RECORD_ID, why);
	const struct uuid *id = &r->v[ENV_RECORD_ID].uuid;
	int64_t occurred = r->v[ENV_OCCURRED_AT].i;

	if (uuid_time(id).v != occurred)
		return refuse(&at, REASON_IDENTITY,
			      "its time bits say %" PRId64 ", occurred_at says %" PRId64
			      ": make it from occurred_at",
			      uuid_time(id).v, occurred);
	return true;
}

static bool
check_ahead(const struct record *r, enum envelope index, struct utc_ms now, struct refusal *why)
{
	struct place at = place_of(r, index, why);
	int64_t v = r->v[index].i;
	char text[UTC_TEXT_SIZE];

	if (!given(r, index) || v <= now.v + CLOCK_AHEAD_MAX_MS)
		return true;
	utc_format((struct utc_ms){v}, text);
	return refuse(
	    &at, REASON_CLOCK,
	    "%s is more than 24 h in the future: set the device's clock and send it again", text);
}

static bool
check_clock(const struct record *r, struct utc_ms now, struct refusal *why)
{
	struct place at = place_of(r, ENV_OCCURRED_AT, why);

	if (r->v[ENV_OCCURRED_AT].i < CLOCK_FLOOR_MS)
		return refuse(&at, REASON_CLOCK,
			      "is before 2000: set the device's clock and send it again, in Unix "
			      "milliseconds");
	/* An interval that reaches into the future would prove a feed alive that may be silent. */
	if (r->kind->end_required && !check_ahead(r, ENV_OCCURRED_END, now, why))
		return false;
	return check_ahead(r, ENV_OCCURRED_AT, now, why) &&
	       check_ahead(r, ENV_CORRECTED_AT, now, why);
}

static bool
check_precision(const struct record *r, const struct calendar *cal, struct refusal *why)
{
	struct place at = place_of(r, ENV_OCCURRED_AT, why);
	int64_t precision = r->v[ENV_PRECISION].set ? r->v[ENV_PRECISION].i : 0;
	struct utc_ms t = record_occurred_at(r);

	if (precision == PRECISION_MINUTE && t.v % MS_PER_MINUTE != 0)
		return refuse(
		    &at, REASON_PRECISION,
		    "is no whole minute, but precision is MINUTE: cut the seconds or send MS");
	if (precision == PRECISION_DAY && cal != NULL && !calendar_is_day_start(cal, t))
		return refuse(
		    &at, REASON_PRECISION,
		    "is not 00:00 of a day of the entity's calendar, but precision is DAY: "
		    "send the day's first instant in the entity's zone, or MS");
	return true;
}

static bool
check_end(const struct record *r, struct refusal *why)
{
	struct place at = place_of(r, ENV_OCCURRED_END, why);

	if (!given(r, ENV_OCCURRED_END) || r->v[ENV_OCCURRED_END].i >= r->v[ENV_OCCURRED_AT].i)
		return true;
	return refuse(&at, REASON_RULE, "is before occurred_at: correct one of them");
}

/* Only the tests' view holds back what is under embargo: elsewhere the field would promise in vain.
 */
static bool
check_embargo(const struct record *r, struct refusal *why)
{
	struct place at = place_of(r, ENV_EMBARGO, why);

	if (r->kind->id == KIND_TEST || !given(r, ENV_EMBARGO) || r->v[ENV_EMBARGO].i == 0)
		return true;
	return refuse(&at, REASON_RULE, "only goes with a test: leave it out");
}

static bool
check_no_correction(const struct record *r, struct refusal *why)
{
	static const enum envelope only[] = {ENV_CORRECTS_SOURCE, ENV_CORRECTED_AT,
					     ENV_CORRECTION_REASON};

	for (size_t i = 0; i < COUNT(only); i++) {
		struct place at = place_of(r, only[i], why);

		if (given(r, only[i]))
			return refuse(&at, REASON_RULE,
				      "only goes with corrects_record_id: name the record, or "
				      "leave this out");
	}
	return true;
}

static bool
check_correction(const struct record *r, struct refusal *why)
{
	struct place at = place_of(r, ENV_CORRECTS_RECORD_ID, why);
	const struct uuid *root = &r->v[ENV_CORRECTS_RECORD_ID].uuid;

	if (!record_is_correction(r))
		return check_no_correction(r, why);
	if (memcmp(root, &r->v[ENV_RECORD_ID].uuid, sizeof *root) == 0)
		return refuse(
		    &at, REASON_IDENTITY,
		    "is the record's own record_id: a correction is a new record with its own");
	for (at.index = 0; at.index < ENV_COUNT; at.index++)
		if ((envelope_fields[at.index].flags & FIELD_OF_CORRECTION) != 0 &&
		    !given(r, (enum envelope)at.index))
			return refuse(&at, REASON_MISSING, "is required of a correction: give it");
	return true;
}

bool
record_validate(const struct record *r, struct utc_ms now, const struct calendar *cal,
		struct refusal *why)
{
	size_t n = kind_n_fields(r->kind);

	if (!check_fields(r, 0, ENV_COUNT, why))
		return false;
	if (!check_identity(r, why) || !check_clock(r, now, why))
		return false;
	if (!check_precision(r, cal, why) || !check_end(r, why) || !check_embargo(r, why) ||
	    !check_correction(r, why))
		return false;
	if (!check_fields(r, ENV_COUNT, n, why))
		return false;
	if (r->kind->check(r, cal, &why->err) != OK) {
		why->reason = REASON_RULE;
		return false;
	}
	return true;
}
