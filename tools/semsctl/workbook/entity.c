#include "tools/semsctl/workbook/entity.h"

#include "base/count.h"
#include "tools/sheet/sheet.h"

#include <inttypes.h>
#include <stdlib.h>

#define ROWS_MAX 1000u

const char *const entity_headers[] = {
    [ENTITY_WHAT] = "What",     [ENTITY_CODE] = "Code",
    [ENTITY_SAYS] = "Says",     [ENTITY_QUARTER] = "From quarter",
    [ENTITY_BY] = "Decided by",
};
COVERS(entity_headers, N_ENTITY_COLUMNS);

const struct entity_row entity_rows[] = {
    [ENTITY_NAME] = {"entity", 1, "Says: the name of your company. Required."},
    [ENTITY_ZONE] = {"zone", 1,
		     ("Says: the time zone of all times in this file, such as Europe/London. "
		      "Required.")},
    [ENTITY_SITE] = {"site", 20,
		     "Code: what your records call the site, such as LHR-CARGO. Says: its name."},
    [ENTITY_PROVIDER] = {"provider", 10,
			 "Code: what your records call a contractor for security. Says: its name."},
    [ENTITY_TARGET] = {"target", 12,
		       ("Code: a metric, such as OUT01. Says: the target, 0.8 for 80 %. From "
			"quarter: the first that it holds for, such as 2026-Q3. Decided by: who "
			"approved it.")},
    [ENTITY_NOT_APPLICABLE] = {"not applicable", 20,
			       ("Code: a metric that is none of your business, such as QN16. Says: "
				"why. From quarter and Decided by: as of a target.")},
};
COVERS(entity_rows, N_ENTITY_WHATS);

struct reading {
	struct arena *arena;
	struct setup *to;
	uint64_t line;
	char *cell[N_ENTITY_COLUMNS]; /* "": nothing in it */
	struct err *e;
};

static enum code
wrong(struct reading *r, enum entity_column column, const char *what)
{
	return err_set(r->e, REJ_FIELD, "entity",
		       "sheet " ENTITY_SHEET ", row %" PRIu64 ", column %s: %s", r->line,
		       entity_headers[column], what);
}

static char *
given(char *cell)
{
	return cell[0] == '\0' ? NULL : cell;
}

static enum code
take_one(struct reading *r, char **to)
{
	if (r->cell[ENTITY_SAYS][0] == '\0')
		return OK;
	if (*to != NULL)
		return wrong(r, ENTITY_WHAT, "there is one already: leave one of the two");
	*to = r->cell[ENTITY_SAYS];
	return OK;
}

static enum code
take_name(struct reading *r)
{
	return take_one(r, &r->to->entity);
}

static enum code
take_zone(struct reading *r)
{
	return take_one(r, &r->to->zone);
}

static enum code
need(struct reading *r, enum entity_column column)
{
	return r->cell[column][0] != '\0' ? OK : wrong(r, column, "is required: fill it in");
}

static enum code
take_site(struct reading *r)
{
	r->to->sites[r->to->sites_count++] =
	    (struct setup_site){.id = r->cell[ENTITY_CODE], .name = given(r->cell[ENTITY_SAYS])};
	return OK;
}

static enum code
take_provider(struct reading *r)
{
	r->to->providers[r->to->providers_count++] =
	    (struct setup_named){r->cell[ENTITY_CODE], given(r->cell[ENTITY_SAYS])};
	return OK;
}

/* What a decision needs beside its metric. */
static enum code
need_decision(struct reading *r)
{
	enum code rc = need(r, ENTITY_SAYS);

	rc = rc != OK ? rc : need(r, ENTITY_QUARTER);
	return rc != OK ? rc : need(r, ENTITY_BY);
}

static enum code
take_target(struct reading *r)
{
	double *value = arena_zalloc(r->arena, 1, sizeof *value);
	enum code rc = need_decision(r);
	char *end;

	if (rc != OK || value == NULL)
		return rc;
	*value = strtod(r->cell[ENTITY_SAYS], &end);
	if (*end != '\0')
		return wrong(r, ENTITY_SAYS, "is no number: write 0.8 for 80 %");
	r->to->targets[r->to->targets_count++] =
	    (struct setup_target){.metric = r->cell[ENTITY_CODE],
				  .value = value,
				  .approved_by = r->cell[ENTITY_BY],
				  .from_quarter = r->cell[ENTITY_QUARTER]};
	return OK;
}

static enum code
take_not_applicable(struct reading *r)
{
	enum code rc = need_decision(r);

	if (rc == OK)
		r->to->not_applicable[r->to->not_applicable_count++] =
		    (struct setup_not_applicable){.metric = r->cell[ENTITY_CODE],
						  .reason = r->cell[ENTITY_SAYS],
						  .declared_by = r->cell[ENTITY_BY],
						  .from_quarter = r->cell[ENTITY_QUARTER]};
	return rc;
}

static const struct {
	enum code (*take)(struct reading *r);
	bool has_code;
} takers[] = {
    [ENTITY_NAME] = {take_name, false},    [ENTITY_ZONE] = {take_zone, false},
    [ENTITY_SITE] = {take_site, true},     [ENTITY_PROVIDER] = {take_provider, true},
    [ENTITY_TARGET] = {take_target, true}, [ENTITY_NOT_APPLICABLE] = {take_not_applicable, true},
};
COVERS(takers, N_ENTITY_WHATS);

static bool
copy_cells(struct reading *r, const struct sheet_row *row)
{
	for (size_t i = 0; i < N_ENTITY_COLUMNS; i++) {
		struct text t = i < row->n ? row->cells[i] : (struct text){"", 0};

		r->cell[i] = arena_dup(r->arena, t.s, t.n);
		if (r->cell[i] == NULL)
			return false;
	}
	r->line = row->line;
	return true;
}

static enum code
take_row(struct reading *r)
{
	bool says = false;

	for (size_t i = ENTITY_CODE; i < N_ENTITY_COLUMNS; i++)
		says = says || r->cell[i][0] != '\0';
	if (!says)
		return OK;
	for (size_t i = 0; i < COUNT(takers); i++) {
		if (!text_is(text_of(r->cell[ENTITY_WHAT]), entity_rows[i].what))
			continue;
		if (takers[i].has_code && need(r, ENTITY_CODE) != OK)
			return r->e->code;
		return takers[i].take(r);
	}
	return wrong(r, ENTITY_WHAT,
		     "is none of: entity, zone, site, provider, target, not applicable");
}

static enum code
read_rows(struct reading *r, struct sheet *s)
{
	enum sheet_status status;
	struct sheet_row row;
	bool begun = false;
	enum code rc = OK;
	unsigned n = 0;

	while (rc == OK && (status = sheet_next(s, &row, r->e)) != SHEET_END) {
		if (status == SHEET_BAD)
			return REJ_MALFORMED;
		if (!begun) {
			begun = row.n > 0 && text_is(row.cells[0], entity_headers[ENTITY_WHAT]);
			continue;
		}
		if (n++ == ROWS_MAX)
			return err_set(r->e, REJ_FIELD, "entity",
				       "sheet " ENTITY_SHEET ": more than %u rows", ROWS_MAX);
		if (!copy_cells(r, &row))
			return err_set(r->e, TRY_LIMIT, "memory", "out of memory");
		rc = take_row(r);
	}
	if (rc == OK && !begun)
		return err_set(r->e, REJ_FIELD, "entity",
			       "sheet " ENTITY_SHEET
			       ": no row begins with '%s', as the header does",
			       entity_headers[ENTITY_WHAT]);
	return rc;
}

/* A list of any of its rows has room for all of them. */
static bool
make_room(struct arena *a, struct setup *s)
{
	s->sites = arena_zalloc(a, ROWS_MAX, sizeof *s->sites);
	s->providers = arena_zalloc(a, ROWS_MAX, sizeof *s->providers);
	s->targets = arena_zalloc(a, ROWS_MAX, sizeof *s->targets);
	s->not_applicable = arena_zalloc(a, ROWS_MAX, sizeof *s->not_applicable);
	return !arena_failed(a);
}

enum code
entity_read(const char *path, struct arena *a, struct setup *out, struct err *e)
{
	struct reading r = {.arena = a, .to = out, .e = e};
	struct sheet *s = NULL;
	enum code rc;

	*out = (struct setup){0};
	if (!make_room(a, out))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	rc = sheet_open(&(struct sheet_file){.path = path, .sheet = ENTITY_SHEET}, &s, e);
	if (rc != OK)
		return rc;
	if (!sheet_is_workbook(s))
		rc = err_set(e, REJ_FIELD, "entity",
			     "it is no workbook: `semsctl workbook make` makes one");
	else
		rc = read_rows(&r, s);
	sheet_close(s);
	if (rc == OK && arena_failed(a))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	if (rc == OK && (out->entity == NULL || out->zone == NULL))
		return err_set(e, REJ_FIELD, "entity",
			       "sheet " ENTITY_SHEET
			       ": fill in column Says of the rows entity and zone");
	return rc;
}
