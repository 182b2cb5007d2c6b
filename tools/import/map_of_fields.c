#include "tools/import/map_of_fields.h"

#include "tools/import/build.h"

#include <string.h>

static enum code
map_columns(const struct kind *k, const struct mapper_columns *columns, struct arena *a,
	    struct map_record *r, struct err *e)
{
	for (size_t i = 0; i < columns->n; i++) {
		char *name = arena_dup(a, columns->names[i].s, columns->names[i].n);
		struct target t;
		enum code rc;

		if (name == NULL)
			return err_set(e, TRY_LIMIT, "memory", "out of memory");
		rc = build_target(k, columns->names[i], &t, e);
		if (rc != OK)
			return rc;
		if (t.index == ENV_OCCURRED_AT) {
			r->occurred_at->column = name;
		} else if (t.index == ENV_SOURCE_RECORD_ID) {
			r->id->columns[0] = name;
			r->id->columns_count = 1;
		} else {
			r->fields[r->fields_count++] =
			    (struct map_field){.field = name, .column = name};
		}
	}
	if (r->occurred_at->column == NULL)
		return err_set(e, REJ_FIELD, "occurred_at",
			       "the file has no column occurred_at: see `semsctl template %s`",
			       k->name);
	return OK;
}

enum code
map_of_fields(const struct kind *k, const struct mapper_columns *columns, const char *source,
	      struct arena *a, struct map **out, struct err *e)
{
	struct map *m = arena_zalloc(a, 1, sizeof *m);
	struct map_record *r = arena_zalloc(a, 1, sizeof *r);
	char **number = arena_zalloc(a, 1, sizeof *number);

	if (m == NULL || r == NULL || number == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	m->records = r;
	m->records_count = 1;
	m->version = 1;
	m->source = source != NULL ? arena_dup(a, source, strlen(source)) : NULL;
	r->kind = arena_dup(a, k->name, strlen(k->name));
	r->id = arena_zalloc(a, 1, sizeof *r->id);
	r->occurred_at = arena_zalloc(a, 1, sizeof *r->occurred_at);
	r->fields = arena_zalloc(a, columns->n + 1, sizeof *r->fields);
	if (arena_failed(a))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	r->id->columns = number;
	r->id->optional = true;
	*out = m;
	return map_columns(k, columns, a, r, e);
}
