/* Records put together field by field, through the kinds' tables. */
#include "base/digest.h"
#include "tools/airport/airport_model.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define DUPLICATE_RUN                                                               \
	16 /* what a lost answer makes a sender send again is a run, not one record \
	    */

int64_t
airport_at(const struct airport *ap, int day, int64_t local_ms)
{
	const struct calendar *c = ap->plan.cal;
	const int64_t *row = &c->starts[ap->first_day + day - c->first_day];

	/* On the day the clocks change they do so before 03:00: later hours are counted from its
	 * end. */
	if (row[1] - row[0] != MS_PER_DAY && local_ms >= 3 * MS_PER_HOUR)
		return row[1] - (MS_PER_DAY - local_ms);
	return row[0] + local_ms;
}

int
airport_weekday(const struct airport *ap, int day)
{
	return (int)((ap->first_day + day + 3) % 7); /* 1970-01-01 was a Thursday */
}

static void
fault(struct airport *ap, const char *where, const char *what)
{
	if (ap->fault.code == OK)
		err_set(&ap->fault, FATAL_BUG, where, "the simulator's model: %s", what);
	ap->stopped = true;
}

struct uuid
airport_record_id(const struct airport *ap, const char *source, const char *source_record_id,
		  int64_t at)
{
	char name[256];
	unsigned char hash[SHA256_SIZE] = {0};
	int n = snprintf(name, sizeof name, "%" PRIu64 "\n%s\n%s", ap->plan.seed, source,
			 source_record_id);

	if (n > 0)
		sha256(name, (size_t)n < sizeof name ? (size_t)n : sizeof name - 1, hash);
	return uuid_at((struct utc_ms){at}, hash, false);
}

/* A source gives no number twice, in whichever quarter. The lanes count on by themselves. */
static const char *
name_in_quarter(struct airport *ap, enum kind_id kind, const char *name)
{
	char label[QUARTER_TEXT_SIZE];

	if (kind == KIND_TIP_EVENT || kind == KIND_TIP_SESSION)
		return name;
	quarter_format(ap->plan.quarter, label);
	return draft_textf(ap, "%s/%s", label, name);
}

struct draft
draft_begin(struct airport *ap, enum kind_id kind, const char *source, const char *source_record_id,
	    int64_t at)
{
	struct draft d = {.ap = ap, .r = {.kind = kinds[kind]}};

	d.r.v = arena_zalloc(ap->scratch, kind_n_fields(d.r.kind), sizeof(*d.r.v));
	if (d.r.v == NULL) {
		fault(ap, d.r.kind->name, "a record is too large");
		return d;
	}
	d.r.v[ENV_RECORD_ID] = (struct value){
	    .set = true, .uuid = airport_record_id(ap, source, source_record_id, at)};
	draft_text(&d, "source", source);
	draft_text(&d, "source_record_id", name_in_quarter(ap, kind, source_record_id));
	draft_int(&d, "schema_version", 1);
	draft_int(&d, "occurred_at", at);
	draft_enum(&d, "precision", "MS");
	return d;
}

/* The field's value, NULL (and a fault) when the kind has no such field of one of these types. */
static struct value *
slot(struct draft *d, const char *name, unsigned types, const struct field **f)
{
	size_t i;

	if (d->r.v == NULL)
		return NULL;
	i = kind_field_index(d->r.kind, text_of(name));
	if (i == kind_n_fields(d->r.kind)) {
		fault(d->ap, name, "no such field");
		return NULL;
	}
	*f = kind_field(d->r.kind, i);
	if ((types & (1U << (*f)->type)) == 0) {
		fault(d->ap, name, "the field is of another type");
		return NULL;
	}
	return &d->r.v[i];
}

#define TYPE(t) (1U << (t))

static struct text
keep(struct draft *d, const char *s)
{
	size_t n = strlen(s);
	char *copy = arena_dup(d->ap->scratch, s, n);

	if (copy == NULL) {
		fault(d->ap, "", "a record is too large");
		return (struct text){"", 0};
	}
	return (struct text){copy, n};
}

static int64_t
number_of(struct draft *d, const struct field *f, const char *name)
{
	int n = f->names == NULL ? 0 : enum_number(f->names, text_of(name));

	if (n == 0)
		fault(d->ap, f->name, "no such name of the enumeration");
	return n;
}

void
draft_int(struct draft *d, const char *field, int64_t v)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_INT) | TYPE(FIELD_TIME), &f);

	if (p != NULL)
		*p = (struct value){.set = true, .i = v};
}

void
draft_real(struct draft *d, const char *field, double v)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_REAL), &f);

	if (p != NULL)
		*p = (struct value){.set = true, .real = v};
}

void
draft_text(struct draft *d, const char *field, const char *v)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_TEXT) | TYPE(FIELD_PERSON), &f);

	if (p != NULL && v != NULL)
		*p = (struct value){.set = true, .text = keep(d, v)};
}

void
draft_enum(struct draft *d, const char *field, const char *name)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_ENUM), &f);

	if (p != NULL)
		*p = (struct value){.set = true, .i = number_of(d, f, name)};
}

void
draft_bool(struct draft *d, const char *field, bool v)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_BOOL), &f);

	if (p != NULL)
		*p = (struct value){.set = true, .i = v};
}

void
draft_unset(struct draft *d, const char *field)
{
	const struct field *f;
	struct value *p = slot(d, field, ~0U, &f);

	if (p != NULL)
		*p = (struct value){.set = false};
}

static struct value *
list_of(struct draft *d, struct value *p, size_t n, size_t width)
{
	struct value *v = arena_zalloc(d->ap->scratch, n * width, sizeof(*v));

	if (v == NULL) {
		fault(d->ap, "", "a record is too large");
		return NULL;
	}
	*p = (struct value){.set = true, .list = {v, n, width}};
	return v;
}

void
draft_texts(struct draft *d, const char *field, const char *const *v, size_t n)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_TEXTS) | TYPE(FIELD_PERSONS), &f);
	struct value *items = p == NULL || n == 0 ? NULL : list_of(d, p, n, 1);

	for (size_t i = 0; items != NULL && i < n; i++)
		items[i] = (struct value){.set = true, .text = keep(d, v[i])};
}

void
draft_enums(struct draft *d, const char *field, const char *const *names, size_t n)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_ENUMS), &f);
	struct value *items = p == NULL || n == 0 ? NULL : list_of(d, p, n, 1);

	for (size_t i = 0; items != NULL && i < n; i++)
		items[i] = (struct value){.set = true, .i = number_of(d, f, names[i])};
}

void
draft_items(struct draft *d, const char *field, size_t n)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_LIST), &f);

	if (p != NULL && n > 0)
		list_of(d, p, n, f->n_item);
}

static struct value *
item_slot(struct draft *d, const char *field, size_t i, const char *name, const struct field **item)
{
	const struct field *f;
	struct value *p = slot(d, field, TYPE(FIELD_LIST), &f);

	if (p == NULL || !p->set || i >= p->list.n)
		return NULL;
	for (size_t k = 0; k < f->n_item; k++) {
		if (strcmp(f->item[k].name, name) == 0) {
			*item = &f->item[k];
			return &p->list.v[i * p->list.width + k];
		}
	}
	fault(d->ap, name, "no such field of the list's items");
	return NULL;
}

void
draft_item_int(struct draft *d, const char *field, size_t i, const char *name, int64_t v)
{
	const struct field *item;
	struct value *p = item_slot(d, field, i, name, &item);

	if (p != NULL)
		*p = (struct value){.set = true, .i = v};
}

void
draft_item_bool(struct draft *d, const char *field, size_t i, const char *name, bool v)
{
	draft_item_int(d, field, i, name, v);
}

void
draft_item_text(struct draft *d, const char *field, size_t i, const char *name, const char *v)
{
	const struct field *item;
	struct value *p = item_slot(d, field, i, name, &item);

	if (p != NULL && v != NULL)
		*p = (struct value){.set = true, .text = keep(d, v)};
}

void
draft_item_enum(struct draft *d, const char *field, size_t i, const char *name, const char *v)
{
	const struct field *item;
	struct value *p = item_slot(d, field, i, name, &item);

	if (p != NULL)
		*p = (struct value){.set = true, .i = number_of(d, item, v)};
}

int64_t
draft_at(const struct draft *d)
{
	return d->r.v == NULL ? 0 : d->r.v[ENV_OCCURRED_AT].i;
}

struct uuid
draft_id(const struct draft *d)
{
	const struct uuid none = {{0}};

	return d->r.v == NULL ? none : d->r.v[ENV_RECORD_ID].uuid;
}

void
draft_site(struct draft *d, const struct site *s, const char *location, const char *measure)
{
	draft_text(d, "site_id", s->id);
	draft_text(d, "location_id", location);
	draft_text(d, "measure_code", measure);
}

void
draft_local(struct draft *d, int day, int64_t local_ms)
{
	int64_t wall;
	char text[UTC_TEXT_SIZE];

	if (d->r.v == NULL)
		return;
	wall = (d->ap->first_day + day) * MS_PER_DAY + local_ms;
	utc_format((struct utc_ms){wall}, text);
	text[strlen(text) - 1] = '\0'; /* the Z: it is no UTC */
	draft_text(d, "device_local_time", text);
	draft_int(d, "utc_offset_min", (wall - draft_at(d)) / MS_PER_MINUTE);
}

void
draft_corrects(struct draft *d, const char *suffix, int64_t corrected_at, const char *reason)
{
	struct value root;
	struct text source;
	struct text number;
	const char *name;

	if (d->r.v == NULL)
		return;
	root = d->r.v[ENV_RECORD_ID];
	source = d->r.v[ENV_SOURCE].text;
	number = d->r.v[ENV_SOURCE_RECORD_ID].text;
	name = draft_textf(d->ap, "%s/%s", number.s, suffix);
	d->r.v[ENV_CORRECTS_RECORD_ID] = root;
	d->r.v[ENV_RECORD_ID].uuid = airport_record_id(d->ap, source.s, name, draft_at(d));
	draft_text(d, "source_record_id", name);
	draft_int(d, "corrected_at", corrected_at);
	draft_text(d, "correction_reason", reason);
}

const char *
draft_textf(struct airport *ap, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int n;
	char *copy;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	copy = n < 0 || (size_t)n >= sizeof text ? NULL : arena_dup(ap->scratch, text, (size_t)n);
	if (copy == NULL) {
		fault(ap, fmt, "a text is too long");
		return "";
	}
	return copy;
}

static bool
has_happened(const struct draft *d)
{
	const struct value *v = d->r.v;
	int64_t now = d->ap->plan.now.v;

	return v[ENV_OCCURRED_AT].i <= now &&
	       (!v[ENV_OCCURRED_END].set || v[ENV_OCCURRED_END].i <= now ||
		d->r.kind->id == KIND_PLAN) &&
	       (!v[ENV_CORRECTED_AT].set || v[ENV_CORRECTED_AT].i <= now);
}

void
draft_emit(struct draft *d)
{
	struct airport *ap = d->ap;

	if (d->r.v != NULL && !d->lost && !ap->stopped && has_happened(d)) {
		struct prng g = prng_for(ap->plan.seed, 'D', ap->emitted / DUPLICATE_RUN, 0);
		struct airport_item item = {
		    .record = &d->r,
		    .late = d->late,
		    .duplicate = prng_chance(&g, ap->plan.duplicates),
		    .bad = d->bad,
		};

		ap->emitted++;
		if (!ap->emit(ap->ctx, &item))
			ap->stopped = true;
	}
	d->r.v = NULL;
	arena_reset(ap->scratch);
}
