#include "tools/semsctl/workbook/take.h"

#include "base/arena.h"
#include "tools/semsctl/intake/intake.h"
#include "tools/semsctl/setup/init.h"
#include "tools/semsctl/workbook/blank.h"
#include "tools/semsctl/workbook/entity.h"
#include "tools/sheet/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES (16u * 1024u * 1024u)
#define TOLD_MAX    50u /* refused rows of a sheet */

struct taking {
	const struct options *o;
	const char *path;
	struct arena *arena;
	struct setup entity;
	bool is_there[KIND_COUNT]; /* a sheet of the kind */
	uint64_t rows[KIND_COUNT]; /* below its header */
	bool refused;              /* a row of any sheet */
	/* Of the sheet that is being imported. */
	const struct kind *kind;
	const char *rejects;
	uint64_t told;
	struct err e;
};

static int
fail(const struct taking *t)
{
	fprintf(stderr, "semsctl: %s: %s\n", t->path, t->e.text);
	return t->e.code >= TRY_STORE && t->e.code != FATAL_CONFIG ? EXIT_FAULT : EXIT_USAGE;
}

/* --- what there is ---------------------------------------------------------------------------- */

static bool
is_header(const struct sheet_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (text_is(row->cells[i], envelope_fields[ENV_OCCURRED_AT].name))
			return row->cells[0].n > 0 && row->cells[0].s[0] != '#';
	return false;
}

/* Counts the rows below the header. One above it that is not of the workbook's own may be a record
 * that an import would pass over. */
static enum code
count_rows(struct taking *t, const struct kind *k, struct sheet *s)
{
	enum sheet_status status;
	struct sheet_row row;
	bool begun = false;

	while ((status = sheet_next(s, &row, &t->e)) != SHEET_END) {
		if (begun)
			t->rows[k->id]++;
		else if (status == SHEET_ROW && is_header(&row))
			begun = true;
		else if (row.n == 0 || row.cells[0].n == 0 || row.cells[0].s[0] != '#')
			return err_set(&t->e, REJ_FIELD, "sheet",
				       "sheet %s, row %" PRIu64
				       ": stands above the row of column names and does not begin "
				       "with #: move it below",
				       k->name, row.line);
	}
	return begun ? OK
		     : err_set(&t->e, REJ_FIELD, "sheet",
			       "sheet %s: no row has the column names, of which occurred_at is one",
			       k->name);
}

static enum code
look_at(struct taking *t, const struct kind *k)
{
	struct sheet *s = NULL;
	enum code rc =
	    sheet_open(&(struct sheet_file){.path = t->path, .sheet = k->name}, &s, &t->e);

	/* A workbook need not have all of them. */
	if (rc == REJ_FIELD)
		return OK;
	t->is_there[k->id] = rc == OK;
	if (rc == OK)
		rc = count_rows(t, k, s);
	sheet_close(s);
	return rc;
}

/* --- the entity ------------------------------------------------------------------------------- */

static char *
source_of(struct taking *t, const struct kind *k)
{
	return arena_printf(t->arena, "workbook-%s", k->name);
}

static int
register_entity(struct taking *t)
{
	struct setup *s = &t->entity;

	s->sources = arena_zalloc(t->arena, KIND_COUNT, sizeof *s->sources);
	for (size_t i = 0; s->sources != NULL && i < KIND_COUNT; i++) {
		if (t->is_there[i])
			s->sources[s->sources_count++] =
			    (struct setup_source){.id = source_of(t, kinds[i])};
	}
	if (arena_failed(t->arena)) {
		err_set(&t->e, TRY_LIMIT, "memory", "out of memory");
		return fail(t);
	}
	return init_take(t->o, s);
}

/* --- a sheet ---------------------------------------------------------------------------------- */

/* "observation.criteria[0].result", as semsd has it, and "criteria.1.result", as a header does. */
static void
column_words(const struct kind *k, const char *path, char out[160])
{
	size_t n = strlen(k->name);
	const char *open;
	char *end;

	if (strncmp(path, k->name, n) == 0 && path[n] == '.')
		path += n + 1;
	open = strchr(path, '[');
	if (open == NULL)
		snprintf(out, 160, "%s", path);
	else
		snprintf(out, 160, "%.*s.%lu%s", (int)(open - path), path,
			 strtoul(open + 1, &end, 10) + 1,
			 strchr(open, ']') != NULL ? strchr(open, ']') + 1 : "");
}

static void
on_reject(void *ctx, uint64_t line, const char *const cells[3])
{
	struct taking *t = ctx;
	char column[160];

	if (t->told++ >= TOLD_MAX)
		return;
	column_words(t->kind, cells[0], column);
	fprintf(stderr, "Sheet %s, row %" PRIu64 "%s%s: %s\n", t->kind->name, line,
		column[0] != '\0' ? ", column " : "", column, cells[2]);
}

static void
on_end(void *ctx, const struct delivery_tally *tally)
{
	struct taking *t = ctx;

	if (!t->o->quiet)
		printf("%-16s %" PRIu64 " row%s: %" PRIu64 " stored, %" PRIu64
		       " there already, %" PRIu64 " refused\n",
		       t->kind->name, tally->lines, text_s(tally->lines), tally->stored,
		       tally->duplicate, tally->rejected);
	if (t->told > TOLD_MAX)
		fprintf(stderr, "Sheet %s: %" PRIu64 " more rows were refused\n", t->kind->name,
			t->told - TOLD_MAX);
	if (t->told > 0)
		fprintf(stderr, "The refused rows are in %s\n", t->rejects);
}

static int
take_kind(struct taking *t, const struct kind *k)
{
	struct options quiet = *t->o;
	struct intake in = {
	    .path = t->path,
	    .kind = k,
	    .sheet = k->name,
	    .source = source_of(t, k),
	    .rejects = arena_printf(t->arena, "%s.%s.rejects.csv", t->path, k->name),
	    .is_import = 1,
	    .on_reject = on_reject,
	    .on_end = on_end,
	    .ctx = t,
	};
	int status;

	if (in.source == NULL || in.rejects == NULL) {
		err_set(&t->e, TRY_LIMIT, "memory", "out of memory");
		return fail(t);
	}
	quiet.quiet = 1;
	t->kind = k;
	t->told = 0;
	t->rejects = in.rejects;
	status = intake_run(&quiet, &in);
	t->refused = t->refused || status == EXIT_REJECTED;
	if (status == EXIT_DONE || status == EXIT_REJECTED)
		return EXIT_DONE;
	fprintf(stderr, "semsctl: the sheet %s was not taken, nor any behind it\n", k->name);
	return status;
}

/* --- the whole -------------------------------------------------------------------------------- */

static enum code
look_at_all(struct taking *t)
{
	enum code rc = entity_read(t->path, t->arena, &t->entity, &t->e);

	for (size_t i = 0; rc == OK && i < KIND_COUNT; i++)
		if (blank_has(kinds[i]))
			rc = look_at(t, kinds[i]);
	return rc;
}

/* A sheet under another name is not looked at. */
static void
tell_absent(const struct taking *t)
{
	const char *before = "No sheet in the file: ";

	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (!blank_has(kinds[i]) || t->is_there[i])
			continue;
		printf("%s%s", before, kinds[i]->name);
		before = ", ";
	}
	if (before[0] == ',')
		putchar('\n');
}

static int
take_all(struct taking *t)
{
	int status;

	if (look_at_all(t) != OK)
		return fail(t);
	status = register_entity(t);
	for (size_t i = 0; status == EXIT_DONE && i < KIND_COUNT; i++)
		if (t->rows[i] > 0)
			status = take_kind(t, kinds[i]);
	if (status == EXIT_DONE && !t->o->quiet)
		tell_absent(t);
	return status == EXIT_DONE && t->refused ? EXIT_REJECTED : status;
}

int
take_workbook(const struct options *o, const char *path)
{
	struct taking t = {.o = o, .path = path, .arena = arena_new(ARENA_BYTES)};
	int status;

	if (t.arena == NULL)
		return EXIT_FAULT;
	status = take_all(&t);
	arena_free(t.arena);
	return status;
}
