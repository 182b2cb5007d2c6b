#include "tools/import/mapper.h"

#include "base/text.h"
#include "tools/import/build.h"
#include "tools/import/expr.h"
#include "tools/import/identity.h"
#include "tools/import/map_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAN_BYTES_MAX   (8u * 1024u * 1024u)
#define YEARS_DEFAULT    1970
#define REPEAT_MAX       10000
#define RECORD_ID_COLUMN "source_record_id"

struct mapper {
	struct map_plan plan;
	struct when_zones zones;
	struct zone zone_file;
	struct zone zone_entity;
	struct row_numbers *numbers;
	int first_year;
	bool pads;
};

/* A row on its way. */
struct pass {
	struct mapper *mapper;
	struct builder builder;
	struct expr_scope scope;
	struct record *record;
	struct row_reject *reject;
	const char *number; /* of the row, once asked for */
	bool has_end;       /* the map gives this record an end */
};

static void
copy_zones(struct mapper *mp, const struct when_zones *zones)
{
	if (zones->file != NULL) {
		mp->zone_file = *zones->file;
		mp->zones.file = &mp->zone_file;
	}
	if (zones->entity != NULL) {
		mp->zone_entity = *zones->entity;
		mp->zones.entity = &mp->zone_entity;
	}
}

enum code
mapper_new(const struct map *m, const struct text *names, size_t n, const struct when_zones *zones,
	   struct mapper **out, struct err *e)
{
	struct arena *a = arena_new(PLAN_BYTES_MAX);
	struct mapper *mp = a != NULL ? arena_zalloc(a, 1, sizeof *mp) : NULL;
	enum code rc;

	*out = NULL;
	if (mp == NULL) {
		arena_free(a);
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	mp->plan.arena = a;
	mp->first_year = m->two_digit_years != NULL ? *m->two_digit_years : YEARS_DEFAULT;
	mp->numbers = row_numbers_new();
	copy_zones(mp, zones);
	rc = mp->numbers != NULL ? map_plan_make(&mp->plan, m, names, n, a, e)
				 : err_set(e, TRY_LIMIT, "memory", "out of memory");
	if (rc != OK) {
		mapper_free(mp);
		return rc;
	}
	*out = mp;
	return OK;
}

void
mapper_free(struct mapper *m)
{
	if (m == NULL)
		return;
	map_plan_fini(&m->plan);
	row_numbers_free(m->numbers);
	arena_free(m->plan.arena);
}

/* ---- rows ---- */

static bool
refuse(struct pass *p, struct text column, struct text value, const char *reason)
{
	text_print(p->reject->column, sizeof p->reject->column, "%.*s", (int)column.n,
		   column.n > 0 ? column.s : "");
	text_print(p->reject->value, sizeof p->reject->value, "%.*s", (int)value.n,
		   value.n > 0 ? value.s : "");
	text_print(p->reject->reason, sizeof p->reject->reason, "%s", reason);
	return false;
}

static struct text
blame(const struct field_plan *f)
{
	return f->x.column.n > 0 ? f->x.column : text_of(f->target.field->name);
}

static bool
all_hold(const struct condition *c, unsigned n, const struct expr_scope *s)
{
	for (unsigned i = 0; i < n; i++)
		if (!condition_holds(&c[i], s))
			return false;
	return true;
}

/* The table's text for t; false: the row is refused. *given: there is a text at all. */
static bool
look_up(struct pass *p, const struct field_plan *f, struct text *t, bool *given)
{
	const struct map_field *m = f->m;

	for (unsigned i = 0; i < m->values_count; i++) {
		for (unsigned k = 0; k < m->values[i].from_count; k++) {
			if (!expr_equal(*t, m->values[i].from[k], f->x.squeeze))
				continue;
			*t = text_of(m->values[i].to);
			*given = t->n > 0;
			return true;
		}
	}
	if (m->other == NULL)
		return refuse(p, blame(f), *t, "the map's table does not list this value");
	*t = text_of(m->other);
	*given = t->n > 0;
	return true;
}

static bool
read_number(const struct pass *p, struct text t, double *out)
{
	char text[DECIMAL_BYTES];

	if (!decimal_plain(t, &p->mapper->plan.number, text))
		return false;
	*out = strtod(text, NULL);
	return isfinite(*out);
}

static bool
is_number(const struct field_plan *f)
{
	return f->target.leaf->type == FIELD_INT || f->target.leaf->type == FIELD_REAL;
}

/* Of a map that says how numbers are written, each is turned into how records write them. */
static bool
plain_number(struct pass *p, const struct field_plan *f, struct text *t)
{
	char text[DECIMAL_BYTES];

	if (p->mapper->plan.m->number == NULL || !is_number(f))
		return true;
	if (!decimal_plain(*t, &p->mapper->plan.number, text))
		return refuse(p, blame(f), *t, "is not a number as the map says they are written");
	*t = text_of(arena_printf(p->scope.arena, "%s", text));
	return t->s != NULL || refuse(p, blame(f), *t, "out of memory");
}

#define HOW_WRITTEN \
	"say in the map how numbers are written (number: {decimal: \",\", group: \".\"})"

static bool
compute(struct pass *p, const struct field_plan *f, struct text *t)
{
	bool rounds = f->m->round != NULL && *f->m->round;
	bool is_told = p->mapper->plan.m->number != NULL;
	double d;

	if (!is_told && (rounds || f->target.leaf->type == FIELD_INT) && decimal_is_doubtful(*t))
		return refuse(p, blame(f), *t, "may mean a thousand times as much: " HOW_WRITTEN);
	if (f->m->scale == NULL && !rounds)
		return plain_number(p, f, t);
	if (!read_number(p, *t, &d))
		return refuse(p, blame(f), *t,
			      is_told ? "is not a number as the map says they are written"
				      : "is not a number; if it is meant as one, " HOW_WRITTEN);
	if (f->m->scale != NULL)
		d *= *f->m->scale;
	if (rounds)
		*t = text_of(arena_printf(p->scope.arena, "%.0f", round(d)));
	else
		*t = text_of(arena_printf(p->scope.arena, "%.17g", d));
	return t->s != NULL || refuse(p, blame(f), *t, "out of memory");
}

static bool
is_same_time(const struct when *a, const struct when *b)
{
	return civil_to_days(a->local.date) == civil_to_days(b->local.date) &&
	       a->local.hour == b->local.hour && a->local.minute == b->local.minute &&
	       a->local.second == b->local.second && a->local.ms == b->local.ms &&
	       a->has_offset == b->has_offset && a->offset_s == b->offset_s &&
	       a->has_zone == b->has_zone && strcmp(a->zone.name, b->zone.name) == 0;
}

/* A line that two formats read differently was meant in one way. */
static bool
read_formats(struct pass *p, const struct field_plan *f, struct text t, struct when *w)
{
	const struct mapper *mp = p->mapper;
	const struct pattern_words words = {mp->first_year, mp->plan.zones, mp->plan.n_zones};
	const char *reason = NULL;
	const char *by = NULL;

	for (unsigned i = 0; i < f->m->formats_count; i++) {
		const char *why;
		struct when other;

		if (!pattern_read(&f->patterns[i], t, &words, &other, &why)) {
			reason = reason == NULL ? why : reason;
			continue;
		}
		if (by != NULL && !is_same_time(w, &other))
			return refuse(
			    p, blame(f), t,
			    arena_printf(p->scope.arena,
					 "is %04d-%02d-%02d %02d:%02d by the format %.40s and "
					 "%04d-%02d-%02d %02d:%02d by %.40s: leave one of them in "
					 "the map",
					 w->local.date.year, w->local.date.month, w->local.date.day,
					 w->local.hour, w->local.minute, by, other.local.date.year,
					 other.local.date.month, other.local.date.day,
					 other.local.hour, other.local.minute, f->m->formats[i]));
		if (by == NULL)
			*w = other;
		by = by == NULL ? f->m->formats[i] : by;
	}
	/* What a workbook shows as a date is one, whatever its map says of CSV: year first and
	 * whole, it cannot be meant otherwise. */
	return by != NULL || when_parse(t, w) ||
	       refuse(p, blame(f), t,
		      reason != NULL ? reason : "is a time in none of the map's formats");
}

static bool
read_when(struct pass *p, const struct field_plan *f, struct text t, struct when *w)
{
	if (f->m->formats_count > 0)
		return read_formats(p, f, t, w);
	return when_parse(t, w) ||
	       refuse(p, blame(f), t,
		      "is not a time such as 2026-04-01T09:00:00Z, 2026-04-01 09:00 or 2026-04-01");
}

static bool
add_plus(struct pass *p, const struct field_plan *f, struct when *w)
{
	for (unsigned i = 0; i < f->m->plus_count; i++) {
		const struct plus_plan *plus = &f->plus[i];
		struct text t = p->scope.cells[plus->column];
		double d;

		if (!read_number(p, t, &d) || fabs(d * plus->unit_ms) > 1e14)
			return refuse(p, plus->name, t, "is not a number to add to a time");
		when_add(w, (int64_t)llround(d * plus->unit_ms));
	}
	return true;
}

static bool
is_overnight(const struct field_plan *f)
{
	return f->m->overnight != NULL && *f->m->overnight;
}

/* Whether a day alone, at either end of what lasts, is the file's: else its beginning would be the
 * entity's midnight and its end the file's, and each day would overlap the next. */
static bool
is_day_of_file(const struct pass *p, const struct field_plan *f, const struct when *w)
{
	const struct when_zones *z = &p->mapper->zones;

	return p->has_end && f->precision == 0 && w->precision == PRECISION_DAY &&
	       (f->target.index == ENV_OCCURRED_AT || f->target.index == ENV_OCCURRED_END) &&
	       z->file != NULL && z->entity != NULL &&
	       zone_day_start(z->file, w->local.date).v !=
		   zone_day_start(z->entity, w->local.date).v;
}

static bool
put_when(struct pass *p, const struct field_plan *f, struct text t)
{
	enum precision precision = f->precision;
	struct value *v = build_value(&p->builder, p->record, &f->target);
	struct utc_ms at;
	struct when w;
	struct err e;

	if (v == NULL)
		return refuse(p, blame(f), t, "out of memory");
	if (!read_when(p, f, t, &w))
		return false;
	if (precision == 0)
		precision = f->m->plus_count > 0 ? PRECISION_MS : w.precision;
	if (is_day_of_file(p, f, &w))
		precision = PRECISION_MINUTE;
	if (is_overnight(f)) {
		if (when_resolve(&w, &p->mapper->zones, precision, &at, &e) != OK)
			return refuse(p, blame(f), t, e.text);
		if (at.v < p->record->v[ENV_OCCURRED_AT].i)
			w.local.date = civil_from_days(civil_to_days(w.local.date) + 1);
	}
	/* What is added is of the clock on the wall, as what it is added to. */
	if (!add_plus(p, f, &w))
		return false;
	if (when_resolve(&w, &p->mapper->zones, precision, &at, &e) != OK)
		return refuse(p, blame(f), t, e.text);
	*v = (struct value){.set = true, .i = at.v};
	if (f->target.index == ENV_OCCURRED_AT && precision != PRECISION_MS)
		p->record->v[ENV_PRECISION] = (struct value){.set = true, .i = precision};
	return true;
}

static bool
put_field(struct pass *p, const struct field_plan *f, size_t item)
{
	struct target target = f->target;
	struct text t = {NULL, 0};
	bool given = expr_text(&f->x, &p->scope, &t);
	struct text said = t;
	struct err e;

	if (item > 0)
		target.item = item;
	if (!given && f->m->absent != NULL) {
		t = text_of(f->m->absent);
		given = t.n > 0;
	} else if (given && f->m->values_count > 0 && !look_up(p, f, &t, &given)) {
		return false;
	}
	if (!given)
		return true;
	if (f->target.leaf->type == FIELD_TIME) {
		struct field_plan at = *f;

		at.target = target;
		return put_when(p, &at, t);
	}
	if (!compute(p, f, &t))
		return false;
	return build_put(&p->builder, p->record, &target, t, &e) == OK ||
	       refuse(p, blame(f), said.n > 0 ? said : t, e.text);
}

static bool
put_item(struct pass *p, const struct item_plan *item, size_t index)
{
	for (unsigned i = 0; i < item->m->fields_count; i++)
		if (!put_field(p, &item->fields[i], index))
			return false;
	return true;
}

static bool
put_repeat(struct pass *p, const struct item_plan *item, size_t *index)
{
	struct text t = p->scope.cells[item->counted];
	double n;

	if (t.n == 0)
		return true;
	if (!read_number(p, t, &n) || n < 0 || n > REPEAT_MAX || n != floor(n))
		return refuse(p, text_of(item->m->repeat), t, "is not a number of items");
	for (size_t i = 1; i <= (size_t)n; i++) {
		p->scope.number = i;
		if (!put_item(p, item, ++*index))
			return false;
	}
	return true;
}

static bool
put_split(struct pass *p, const struct item_plan *item, size_t *index)
{
	struct text rest = p->scope.cells[item->counted];
	size_t on = strlen(item->m->on);
	size_t number = 0;

	while (rest.n > 0) {
		const char *end = memmem(rest.s, rest.n, item->m->on, on);
		size_t n = end != NULL ? (size_t)(end - rest.s) : rest.n;

		p->scope.item = (struct text){rest.s, n};
		while (p->scope.item.n > 0 && p->scope.item.s[0] == ' ') {
			p->scope.item.s++;
			p->scope.item.n--;
		}
		rest.s += n + (end != NULL ? on : 0);
		rest.n -= n + (end != NULL ? on : 0);
		p->scope.number = ++number;
		if (p->scope.item.n > 0 && !put_item(p, item, ++*index))
			return false;
	}
	return true;
}

static bool
put_list(struct pass *p, const struct list_plan *list)
{
	size_t index = 0;

	for (unsigned i = 0; i < list->n; i++) {
		const struct item_plan *item = &list->items[i];
		bool ok;

		p->scope.number = 1;
		p->scope.item = (struct text){NULL, 0};
		if (!all_hold(item->when, item->m->when_count, &p->scope))
			continue;
		if (item->m->repeat != NULL)
			ok = put_repeat(p, item, &index);
		else if (item->m->split != NULL)
			ok = put_split(p, item, &index);
		else
			ok = put_item(p, item, ++index);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- identity ---- */

static const char *
row_number(struct pass *p)
{
	if (p->number == NULL)
		p->number = row_numbers_next(p->mapper->numbers, p->scope.cells,
					     p->mapper->plan.file.n, p->scope.arena);
	return p->number;
}

/* The row's own number, its columns joined by '/'; NULL when a column is not given. */
static const char *
own_number(struct pass *p, const struct record_plan *r, struct text *missing)
{
	const char *joined = "";

	for (unsigned i = 0; i < r->n_id; i++) {
		struct text t;

		if (!expr_text(&r->id[i], &p->scope, &t)) {
			*missing = r->id[i].column;
			return NULL;
		}
		joined = arena_printf(p->scope.arena, "%s%s%.*s", joined, i > 0 ? "/" : "",
				      (int)t.n, t.s);
		if (joined == NULL)
			return NULL;
	}
	return joined;
}

static bool
put_identity(struct pass *p, const struct record_plan *r)
{
	struct record *rec = p->record;
	const struct map_id *id = r->m->id;
	struct text missing = {NULL, 0};
	const char *number = r->n_id > 0 ? own_number(p, r, &missing) : row_number(p);
	const char *full;

	if (number == NULL && id != NULL && id->optional)
		number = row_number(p);
	if (number == NULL)
		return refuse(p, missing, (struct text){NULL, 0},
			      "the record's number is not given");
	full = arena_printf(p->scope.arena, "%s%s", number,
			    id != NULL && id->suffix != NULL ? id->suffix : "");
	if (full == NULL)
		return refuse(p, missing, missing, "out of memory");
	rec->v[ENV_SOURCE_RECORD_ID] = (struct value){.set = true, .text = text_of(full)};
	if (!rec->v[ENV_SOURCE].set)
		return refuse(p, text_of("source"), missing,
			      "no source: fill the column, or name one with --source");
	if (!rec->v[ENV_OCCURRED_AT].set)
		return refuse(p, blame(&r->occurred_at), missing, "no time is given");
	if (rec->v[ENV_RECORD_ID].set)
		return true;
	return identity_set(rec) ||
	       refuse(p, missing, text_of(full), "the record's number is too long");
}

static bool
map_record(struct pass *p, const struct record_plan *r)
{
	if (!build_start(&p->builder, r->kind, p->record))
		return refuse(p, text_of(""), text_of(""), "the row is too large");
	if (p->mapper->plan.m->source != NULL)
		p->record->v[ENV_SOURCE] =
		    (struct value){.set = true, .text = text_of(p->mapper->plan.m->source)};
	p->has_end = false;
	for (unsigned i = 0; i < r->m->fields_count; i++)
		p->has_end = p->has_end || r->fields[i].target.index == ENV_OCCURRED_END;
	if (!put_field(p, &r->occurred_at, 0))
		return false;
	for (unsigned i = 0; i < r->m->fields_count; i++)
		if (!put_field(p, &r->fields[i], 0))
			return false;
	for (unsigned i = 0; i < r->m->lists_count; i++)
		if (!put_list(p, &r->lists[i]))
			return false;
	build_finish(p->record);
	return put_identity(p, r);
}

static bool
is_header(const struct mapper *m, const struct text *cells)
{
	for (size_t i = 0; i < m->plan.file.n; i++)
		if (!expr_equal(cells[i], m->plan.file.names[i].s, true))
			return false;
	return true;
}

static bool
ids_differ(struct pass *p, const struct mapped *out)
{
	for (size_t a = 0; a < out->n; a++) {
		for (size_t b = a + 1; b < out->n; b++) {
			const struct value *va = out->records[a].v;
			const struct value *vb = out->records[b].v;

			if (memcmp(&va[ENV_RECORD_ID].uuid, &vb[ENV_RECORD_ID].uuid,
				   sizeof va[ENV_RECORD_ID].uuid) == 0)
				return refuse(p, text_of("id"), va[ENV_SOURCE_RECORD_ID].text,
					      "two records of the row have the same number: give "
					      "each an id suffix in the map");
		}
	}
	return true;
}

static bool
check_row(struct pass *p, const struct text *cells, size_t n)
{
	const struct mapper *m = p->mapper;
	char reason[96];

	if (n != m->plan.file.n) {
		snprintf(reason, sizeof reason, "the row has %zu columns, the header has %zu", n,
			 m->plan.file.n);
		return refuse(p, text_of(""), text_of(""), reason);
	}
	if (is_header(m, cells))
		return refuse(p, text_of(""), text_of(""), "the header line repeated");
	return true;
}

void
mapper_pad(struct mapper *m)
{
	m->pads = true;
}

/* NULL: out of memory. */
static const struct text *
pad(const struct text *cells, size_t n, size_t width, struct arena *a)
{
	struct text *all = arena_zalloc(a, width, sizeof *all);

	for (size_t i = 0; all != NULL && i < width; i++)
		all[i] = i < n ? cells[i] : text_of("");
	return all;
}

static enum mapper_result
map_row(struct mapper *m, const struct text *cells, size_t n, struct arena *a, struct mapped *out)
{
	struct pass p = {
	    .mapper = m,
	    .builder = {a, m->zones},
	    .scope = {.file = &m->plan.file, .cells = cells, .number = 1, .arena = a},
	    .reject = &out->reject,
	};

	for (unsigned i = 0; n == m->plan.file.n && i < m->plan.m->skip_count; i++)
		if (condition_holds(&m->plan.skip[i], &p.scope))
			return MAPPER_SKIP;
	if (!check_row(&p, cells, n))
		return MAPPER_REJECT;
	for (unsigned i = 0; i < m->plan.m->records_count; i++) {
		const struct record_plan *r = &m->plan.records[i];

		if (!all_hold(r->when, r->m->when_count, &p.scope))
			continue;
		p.record = &out->records[out->n];
		if (!map_record(&p, r))
			return MAPPER_REJECT;
		out->n++;
	}
	if (out->n == 0) {
		refuse(&p, text_of(""), text_of(""), "no record of the map applies to this line");
		return MAPPER_REJECT;
	}
	return ids_differ(&p, out) ? MAPPER_RECORDS : MAPPER_REJECT;
}

enum mapper_result
mapper_row(struct mapper *m, const struct text *cells, size_t n, struct arena *a,
	   struct mapped *out)
{
	out->n = 0;
	out->reject = (struct row_reject){"", "", ""};
	if (m->pads && n < m->plan.file.n) {
		cells = pad(cells, n, m->plan.file.n, a);
		n = m->plan.file.n;
	}
	if (cells != NULL)
		return map_row(m, cells, n, a, out);
	snprintf(out->reject.reason, sizeof out->reject.reason, "out of memory");
	return MAPPER_REJECT;
}
