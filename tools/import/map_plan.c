#include "tools/import/map_plan.h"

#include "base/count.h"

#include <string.h>

static void *
plan_alloc(struct map_plan *plan, size_t n, size_t size, struct err *e)
{
	void *p = arena_zalloc(plan->arena, n > 0 ? n : 1, size);

	if (p == NULL)
		err_set(e, TRY_LIMIT, "memory", "out of memory");
	return p;
}

static enum code
compile_conditions(struct map_plan *plan, const struct map_condition *m, unsigned n,
		   struct condition **out, struct err *e)
{
	enum code rc = OK;

	*out = plan_alloc(plan, n, sizeof **out, e);
	if (*out == NULL)
		return e->code;
	for (unsigned i = 0; rc == OK && i < n; i++)
		rc = condition_compile(plan->arena, &plan->file, &m[i], &(*out)[i], e);
	return rc;
}

static enum code
compile_plus(struct map_plan *plan, struct field_plan *p, struct err *e)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {{"ms", 1}, {"s", 1e3}, {"min", 6e4}, {"h", 3.6e6}, {"days", 8.64e7}};

	p->plus = plan_alloc(plan, p->m->plus_count, sizeof *p->plus, e);
	if (p->plus == NULL)
		return e->code;
	for (unsigned i = 0; i < p->m->plus_count; i++) {
		const struct map_plus *m = &p->m->plus[i];
		struct plus_plan *to = &p->plus[i];

		to->name = text_of(m->column);
		if (expr_find_column(&plan->file, to->name, &to->column, e) != OK)
			return e->code;
		for (size_t u = 0; u < COUNT(units); u++)
			if (strcmp(units[u].name, m->unit) == 0)
				to->unit_ms = units[u].ms;
		if (to->unit_ms == 0)
			return err_set(e, REJ_FIELD, "plus",
				       "unit '%s' is not one of ms, s, min, h, days", m->unit);
	}
	return OK;
}

static enum code
compile_precision(struct field_plan *p, struct err *e)
{
	const struct enum_table *names = envelope_fields[ENV_PRECISION].names;

	if (p->m->precision == NULL)
		return OK;
	p->precision = (enum precision)enum_number(names, text_of(p->m->precision));
	if (p->precision == 0)
		return err_set(e, REJ_FIELD, "precision",
			       "precision '%s' is not one of DAY, MINUTE, MS", p->m->precision);
	return OK;
}

static enum code
compile_patterns(struct map_plan *plan, struct field_plan *p, struct err *e)
{
	const struct map_field *m = p->m;
	struct err why;

	if (m->formats_count == 0)
		return OK;
	p->patterns = plan_alloc(plan, m->formats_count, sizeof *p->patterns, e);
	if (p->patterns == NULL)
		return e->code;
	for (unsigned i = 0; i < m->formats_count; i++) {
		if (pattern_compile(m->formats[i], &p->patterns[i], &why) != OK)
			return err_set(e, REJ_FIELD, "formats", "the format '%.40s' %s",
				       m->formats[i], why.text);
	}
	return OK;
}

static enum code
compile_number(struct map_plan *plan, struct err *e)
{
	const struct map_number *m = plan->m->number;
	const char *decimal = m == NULL || m->decimal == NULL ? "." : m->decimal;
	const char *group = m == NULL || m->group == NULL ? "" : m->group;

	if (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0)
		return err_set(e, REJ_FIELD, "number", "number: decimal is \".\" or \",\"");
	if (strcmp(group, decimal) == 0 || strlen(group) > 3 ||
	    (group[0] != '\0' && strchr("0123456789+-eE", group[0]) != NULL))
		return err_set(e, REJ_FIELD, "number",
			       "number: group is one sign that is no digit and not the decimal's");
	plan->number = (struct decimal_form){decimal[0], group};
	return OK;
}

static enum code
compile_zones(struct map_plan *plan, struct err *e)
{
	const struct map *m = plan->m;
	size_t n = 0;

	for (unsigned i = 0; i < m->zones_count; i++)
		n += m->zones[i].from_count;
	if (n == 0)
		return OK;
	plan->zones = plan_alloc(plan, n, sizeof *plan->zones, e);
	if (plan->zones == NULL)
		return e->code;
	for (unsigned i = 0; i < m->zones_count; i++) {
		const struct map_entry *z = &m->zones[i];
		struct zone_word word;

		if (z->to == NULL || !pattern_zone(z->to, &word))
			return err_set(e, REJ_FIELD, "zones",
				       "zones: '%.40s' is neither an offset such as +01:00 nor a "
				       "zone such as Europe/London",
				       z->to == NULL ? "" : z->to);
		for (unsigned k = 0; k < z->from_count; k++) {
			word.from = z->from[k];
			plan->zones[plan->n_zones++] = word;
		}
	}
	return OK;
}

/* What only makes sense for some types would otherwise be ignored in silence. */
static enum code
check_use(const struct field_plan *p, struct err *e)
{
	const struct map_field *m = p->m;
	bool is_time = p->target.leaf->type == FIELD_TIME;

	if (!is_time && (m->formats_count > 0 || m->precision != NULL || m->plus_count > 0 ||
			 m->overnight != NULL))
		return err_set(e, REJ_FIELD, m->field,
			       "formats, precision, plus and overnight are for times; %s is none",
			       p->target.leaf->name);
	if (is_time && (m->scale != NULL || m->round != NULL))
		return err_set(e, REJ_FIELD, m->field,
			       "scale and round are for numbers; %s is a time",
			       p->target.leaf->name);
	if (p->x.n == 0 && m->absent == NULL)
		return err_set(e, REJ_FIELD, "fields",
			       "say where %s comes from: column, value or default",
			       p->target.field->name);
	return OK;
}

static enum code
compile_field(struct map_plan *plan, const struct kind *k, const struct map_field *m,
	      const char *path, struct field_plan *p, struct err *e)
{
	enum code rc = build_target(k, text_of(path), &p->target, e);

	p->m = m;
	if (rc == OK)
		rc = expr_compile(plan->arena, &plan->file, m->column, m->value, &p->x, e);
	p->x.squeeze = m->ignore_spaces != NULL && *m->ignore_spaces;
	if (rc == OK)
		rc = check_use(p, e);
	if (rc == OK)
		rc = compile_precision(p, e);
	if (rc == OK)
		rc = compile_patterns(plan, p, e);
	return rc == OK ? compile_plus(plan, p, e) : rc;
}

static enum code
compile_fields(struct map_plan *plan, const struct kind *k, const struct map_record *m,
	       struct field_plan **out, struct err *e)
{
	enum code rc = OK;

	*out = plan_alloc(plan, m->fields_count, sizeof **out, e);
	if (*out == NULL)
		return e->code;
	for (unsigned i = 0; rc == OK && i < m->fields_count; i++) {
		if (m->fields[i].field == NULL)
			return err_set(e, REJ_FIELD, "fields", "fields[%u] has no 'field'", i);
		rc = compile_field(plan, k, &m->fields[i], m->fields[i].field, &(*out)[i], e);
	}
	return rc;
}

static enum code
compile_counted(struct map_plan *plan, const struct map_item *m, struct item_plan *p, struct err *e)
{
	const char *column = m->repeat != NULL ? m->repeat : m->split;

	if (m->repeat != NULL && m->split != NULL)
		return err_set(e, REJ_FIELD, "items", "give repeat or split, not both");
	if (column != NULL && expr_find_column(&plan->file, text_of(column), &p->counted, e) != OK)
		return e->code;
	if (m->split != NULL && (m->on == NULL || m->on[0] == '\0'))
		return err_set(e, REJ_FIELD, "items",
			       "split: say with 'on' what stands between the items of %s", column);
	return OK;
}

static enum code
compile_item(struct map_plan *plan, const struct kind *k, const char *list,
	     const struct map_item *m, struct item_plan *p, struct err *e)
{
	enum code rc = compile_conditions(plan, m->when, m->when_count, &p->when, e);

	p->m = m;
	p->fields = plan_alloc(plan, m->fields_count, sizeof *p->fields, e);
	if (p->fields == NULL)
		return e->code;
	if (rc == OK)
		rc = compile_counted(plan, m, p, e);
	for (unsigned i = 0; rc == OK && i < m->fields_count; i++) {
		const char *sub = m->fields[i].field;
		const char *path = arena_printf(plan->arena, "%s.1%s%s", list,
						sub != NULL ? "." : "", sub != NULL ? sub : "");

		rc = path == NULL ? err_set(e, TRY_LIMIT, "memory", "out of memory")
				  : compile_field(plan, k, &m->fields[i], path, &p->fields[i], e);
	}
	return rc;
}

static enum code
compile_lists(struct map_plan *plan, const struct kind *k, const struct map_record *m,
	      struct list_plan **out, struct err *e)
{
	enum code rc = OK;

	*out = plan_alloc(plan, m->lists_count, sizeof **out, e);
	if (*out == NULL)
		return e->code;
	for (unsigned i = 0; rc == OK && i < m->lists_count; i++) {
		const struct map_list *list = &m->lists[i];
		struct list_plan *p = &(*out)[i];

		p->n = list->items_count;
		p->items = plan_alloc(plan, p->n, sizeof *p->items, e);
		if (p->items == NULL)
			return e->code;
		for (unsigned n = 0; rc == OK && n < p->n; n++)
			rc = compile_item(plan, k, list->field, &list->items[n], &p->items[n], e);
	}
	return rc;
}

static enum code
compile_id(struct map_plan *plan, const struct map_record *m, struct record_plan *p, struct err *e)
{
	enum code rc = OK;

	if (m->id == NULL)
		return OK;
	p->n_id = m->id->columns_count;
	p->id = plan_alloc(plan, p->n_id, sizeof *p->id, e);
	if (p->id == NULL)
		return e->code;
	for (unsigned i = 0; rc == OK && i < p->n_id; i++) {
		rc = expr_compile(plan->arena, &plan->file, m->id->columns[i], NULL, &p->id[i], e);
		p->id[i].squeeze = m->id->ignore_spaces != NULL && *m->id->ignore_spaces;
	}
	return rc;
}

static enum code
compile_record(struct map_plan *plan, const struct map_record *m, struct record_plan *p,
	       struct err *e)
{
	char unknown[KIND_UNKNOWN_SIZE];
	enum code rc;

	p->m = m;
	p->kind = kind_by_name(text_of(m->kind));
	if (p->kind == NULL) {
		kind_unknown(m->kind, ": `semsctl template` lists them", unknown);
		return err_set(e, REJ_FIELD, "kind", "%s", unknown);
	}
	rc = compile_conditions(plan, m->when, m->when_count, &p->when, e);
	if (rc == OK)
		rc = compile_id(plan, m, p, e);
	if (rc == OK)
		rc =
		    compile_field(plan, p->kind, m->occurred_at, "occurred_at", &p->occurred_at, e);
	if (rc == OK)
		rc = compile_fields(plan, p->kind, m, &p->fields, e);
	return rc == OK ? compile_lists(plan, p->kind, m, &p->lists, e) : rc;
}

static enum code
copy_names(struct map_plan *plan, const struct text *names, size_t n, struct err *e)
{
	struct text *copy = plan_alloc(plan, n, sizeof *copy, e);

	if (copy == NULL)
		return e->code;
	for (size_t i = 0; i < n; i++) {
		copy[i] = (struct text){arena_dup(plan->arena, names[i].s, names[i].n), names[i].n};
		if (copy[i].s == NULL)
			return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	plan->file = (struct expr_file){copy, n, plan->m->nulls, plan->m->nulls_count};
	return OK;
}

enum code
map_plan_make(struct map_plan *plan, const struct map *m, const struct text *names, size_t n,
	      struct arena *a, struct err *e)
{
	enum code rc;

	*plan = (struct map_plan){.arena = a, .m = m};
	rc = copy_names(plan, names, n, e);
	plan->records = plan_alloc(plan, m->records_count, sizeof *plan->records, e);
	if (plan->records == NULL)
		return e->code;
	if (rc == OK)
		rc = compile_number(plan, e);
	if (rc == OK)
		rc = compile_zones(plan, e);
	if (rc == OK)
		rc = compile_conditions(plan, m->skip, m->skip_count, &plan->skip, e);
	for (unsigned i = 0; rc == OK && i < m->records_count; i++) {
		rc = compile_record(plan, &m->records[i], &plan->records[i], e);
		if (rc != OK) {
			struct err inner = *e;

			err_set(e, rc, inner.where, "records[%u] (%.40s): %.200s", i,
				m->records[i].kind, inner.text);
		}
	}
	return rc;
}

static void
free_conditions(struct condition *c, unsigned n)
{
	for (unsigned i = 0; c != NULL && i < n; i++)
		condition_fini(&c[i]);
}

static void
free_record(struct record_plan *p)
{
	if (p->m == NULL)
		return;
	free_conditions(p->when, p->m->when_count);
	for (unsigned i = 0; p->lists != NULL && i < p->m->lists_count; i++) {
		for (unsigned n = 0; p->lists[i].items != NULL && n < p->lists[i].n; n++)
			free_conditions(p->lists[i].items[n].when,
					p->m->lists[i].items[n].when_count);
	}
}

void
map_plan_fini(struct map_plan *plan)
{
	if (plan->m == NULL)
		return;
	free_conditions(plan->skip, plan->m->skip_count);
	for (unsigned i = 0; plan->records != NULL && i < plan->m->records_count; i++)
		free_record(&plan->records[i]);
}
