/* The map of a run, its file, and which row is the header. */
#include "tools/import/map_of_fields.h"
#include "tools/import/map_plan.h"
#include "tools/semsctl/intake/intake_run.h"

#include <stdio.h>
#include <string.h>

#define HEADER_ARENA_BYTES (16u * 1024u * 1024u)

static int
delimiter_of(const char *name, char *out)
{
	if (name == NULL)
		name = ",";
	if (strcmp(name, "tab") == 0 || strcmp(name, "\\t") == 0)
		name = "\t";
	*out = name[0];
	return name[0] != '\0' && name[1] == '\0' && name[0] != '"';
}

/* The file is named, as what is wrong is what it is. */
static int
sheet_fail(const struct run *r)
{
	struct run named = *r;

	if (r->e.code == REJ_MALFORMED || r->e.code == REJ_FIELD)
		err_set(&named.e, r->e.code, r->e.where, "%s: %s", r->in->path, r->e.text);
	return intake_fail(&named);
}

int
intake_open_sheet(struct run *r)
{
	const struct map *m = r->loaded;
	const char *delimiter = r->in->delimiter;
	struct sheet_file file = {
	    .path = r->in->path,
	    .encoding = r->in->encoding,
	    .sheet = r->in->sheet,
	};
	char c;

	if (delimiter == NULL && m != NULL)
		delimiter = m->delimiter;
	if (file.encoding == NULL && m != NULL)
		file.encoding = m->encoding;
	if (file.sheet == NULL && m != NULL)
		file.sheet = m->sheet;
	if (m != NULL && m->number != NULL && m->number->decimal != NULL)
		file.decimal = m->number->decimal[0];
	if (!delimiter_of(delimiter, &c)) {
		err_set(&r->e, REJ_FIELD, "delimiter", "the delimiter is one character, or 'tab'");
		return intake_fail(r);
	}
	file.delimiter = c;
	if (sheet_open(&file, &r->sheet, &r->e) != OK)
		return sheet_fail(r);
	if (r->in->sheet == NULL || sheet_is_workbook(r->sheet))
		return EXIT_DONE;
	err_set(&r->e, REJ_FIELD, "sheet", "it is no workbook: it has no sheets");
	return sheet_fail(r);
}

static int
copy_names(struct run *r, const struct text *cells, size_t n)
{
	r->names = arena_zalloc(r->arena, n + 1, sizeof *r->names);
	r->n_names = n;
	for (size_t i = 0; r->names != NULL && i < n; i++)
		r->names[i] =
		    (struct text){arena_dup(r->arena, cells[i].s, cells[i].n), cells[i].n};
	return arena_failed(r->arena) ? intake_no_memory(r) : EXIT_DONE;
}

static int
names_of_map(struct run *r)
{
	struct text *cells = arena_zalloc(r->arena, r->loaded->columns_count + 1, sizeof *cells);

	if (cells == NULL)
		return intake_no_memory(r);
	for (unsigned i = 0; i < r->loaded->columns_count; i++)
		cells[i] = text_of(r->loaded->columns[i]);
	return copy_names(r, cells, r->loaded->columns_count);
}

/* Reports have titles above their header. */
#define HEADER_WITHIN 20

/* Templates carry explanations above the header, which begin with '#'. */
static bool
is_comment(const struct run *r, const struct sheet_row *row)
{
	return r->loaded == NULL && row->n > 0 && row->cells[0].n > 0 && row->cells[0].s[0] == '#';
}

/* Every column that is named is in it. */
static bool
is_header(const struct run *r, const struct sheet_row *row)
{
	const struct mapper_columns columns = {row->cells, row->n};
	struct arena *scratch = arena_new(HEADER_ARENA_BYTES);
	struct map_plan plan = {0};
	struct map *made;
	struct err e;
	bool fits = scratch != NULL;

	if (fits && r->loaded != NULL)
		fits = map_plan_make(&plan, r->map, row->cells, row->n, scratch, &e) == OK;
	else if (fits)
		fits =
		    map_of_fields(r->in->kind, &columns, r->in->source, scratch, &made, &e) == OK;
	map_plan_fini(&plan);
	arena_free(scratch);
	return fits;
}

/* The first row that can be one; false: none of those that are looked at. */
static bool
find_header(struct run *r, struct sheet_row *row)
{
	struct err e;

	for (unsigned n = 0; n < HEADER_WITHIN;) {
		if (sheet_next(r->sheet, row, &e) != SHEET_ROW)
			return false;
		if (is_comment(r, row))
			continue;
		if (is_header(r, row))
			return true;
		n++;
	}
	return false;
}

/* Where no row can be the header, the first one is what is wrong. */
int
intake_read_header(struct run *r)
{
	const struct map *m = r->loaded;
	enum sheet_status s;
	struct sheet_row row;

	if (m != NULL && m->header != NULL && !*m->header) {
		/* Rejects have one all the same. */
		if (sheet_is_rejects(r->sheet))
			sheet_next(r->sheet, &row, &r->e);
		return names_of_map(r);
	}
	if (find_header(r, &row))
		return copy_names(r, row.cells, row.n);
	if (sheet_rewind(r->sheet, &r->e) != OK)
		return intake_fail(r);
	do {
		s = sheet_next(r->sheet, &row, &r->e);
	} while (s == SHEET_ROW && is_comment(r, &row));
	if (s == SHEET_BAD)
		return intake_fail(r);
	if (s == SHEET_END) {
		err_set(&r->e, REJ_MALFORMED, r->in->path, "%s has no header line", r->in->path);
		return intake_fail(r);
	}
	return copy_names(r, row.cells, row.n);
}

int
intake_load_map(struct run *r)
{
	if (r->in->map_path == NULL)
		return EXIT_DONE;
	if (map_load(r->in->map_path, &r->loaded, &r->e) != OK)
		return intake_fail(r);
	/* A copy, so that its source can be another without the YAML's being lost. */
	r->map = arena_zalloc(r->arena, 1, sizeof *r->map);
	if (r->map == NULL)
		return intake_no_memory(r);
	*r->map = *r->loaded;
	if (r->in->source != NULL)
		r->map->source = arena_dup(r->arena, r->in->source, strlen(r->in->source));
	return EXIT_DONE;
}

int
intake_make_map(struct run *r)
{
	const struct mapper_columns columns = {r->names, r->n_names};

	if (r->map != NULL)
		return EXIT_DONE;
	return map_of_fields(r->in->kind, &columns, r->in->source, r->arena, &r->map, &r->e) == OK
		   ? EXIT_DONE
		   : intake_fail(r);
}
