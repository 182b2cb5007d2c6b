#include "tools/sheet/rejects.h"

#include "base/arena.h"
#include "render/file/formula.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_BYTES (4u * 1024u * 1024u) /* the names of 4,096 columns */

struct rejects {
	struct arena *arena;
	char *path;
	char *temporary;
	mode_t mode;
	FILE *f;
	char delimiter; /* '\0': rows are not taken apart */
	size_t skip;    /* cells of a row before its own */
	size_t skipped; /* of the row being written */
	const char *names;
};

enum code
rejects_open(const char *path, mode_t of, struct rejects **out, struct err *e)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct rejects *r = a != NULL ? arena_zalloc(a, 1, sizeof *r) : NULL;

	*out = r;
	if (r == NULL) {
		arena_free(a);
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	r->arena = a;
	r->path = arena_dup(a, path, strlen(path));
	r->temporary = arena_printf(a, "%s.XXXXXX", path);
	r->mode = of & (S_IRUSR | S_IWUSR);
	return OK;
}

static enum code
failed(const struct rejects *r, struct err *e)
{
	return err_set(e, TRY_SYSTEM, r->path, "cannot write the rejects file %s: %s", r->path,
		       strerror(errno));
}

static enum code
begin(struct rejects *r, struct err *e)
{
	int fd;

	if (r->f != NULL)
		return OK;
	fd = mkostemp(r->temporary, O_CLOEXEC);
	if (fd < 0)
		return failed(r, e);
	r->f = fchmod(fd, r->mode) == 0 ? fdopen(fd, "w") : NULL;
	if (r->f == NULL) {
		close(fd);
		unlink(r->temporary);
		return failed(r, e);
	}
	return fprintf(r->f, REJECTS_HEAD "%s\n", r->names != NULL ? r->names : "row") < 0
		   ? failed(r, e)
		   : OK;
}

static void
put_cell(FILE *f, struct text t)
{
	fputc('"', f);
	if (formula_is_guarded(t))
		fputc(FORMULA_GUARD, f);
	for (size_t i = 0; i < t.n; i++) {
		if (t.s[i] == '"')
			fputc('"', f);
		fputc(t.s[i], f);
	}
	fputc('"', f);
}

enum code
rejects_columns(struct rejects *r, const struct rejects_columns *c, struct err *e)
{
	char *all = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&all, &size);

	for (size_t i = 0; f != NULL && i < c->n; i++) {
		if (i > 0)
			fputc(',', f);
		put_cell(f, c->names[i]);
	}
	if (f != NULL && fclose(f) == 0) {
		r->delimiter = c->delimiter;
		r->skip = c->skip;
		r->names = arena_dup(r->arena, all, size);
	}
	free(all);
	return r->names != NULL ? OK : err_set(e, TRY_LIMIT, "memory", "out of memory");
}

static void
on_cell(void *p, size_t n, void *ctx)
{
	struct rejects *r = ctx;

	if (r->skipped++ < r->skip)
		return;
	fputc(',', r->f);
	put_cell(r->f, formula_read((struct text){p, n}));
}

/* Cell by cell; what is no row of cells, as it is. */
static void
put_row(struct rejects *r, struct text row)
{
	struct csv_parser parser;

	if (r->delimiter == '\0' || csv_init(&parser, CSV_APPEND_NULL) != 0) {
		fputc(',', r->f);
		put_cell(r->f, row);
		return;
	}
	r->skipped = 0;
	csv_set_delim(&parser, (unsigned char)r->delimiter);
	csv_parse(&parser, row.s, row.n, on_cell, NULL, r);
	csv_fini(&parser, on_cell, NULL, r);
	csv_free(&parser);
}

enum code
rejects_add(struct rejects *r, uint64_t line, const char *const cells[3], struct text row,
	    struct err *e)
{
	enum code rc = begin(r, e);

	if (rc != OK)
		return rc;
	fprintf(r->f, "%" PRIu64, line);
	for (size_t i = 0; i < 3; i++) {
		fputc(',', r->f);
		put_cell(r->f, text_of(cells[i]));
	}
	put_row(r, row);
	return fputc('\n', r->f) == EOF ? failed(r, e) : OK;
}

static void
release(struct rejects *r)
{
	if (r->f != NULL) {
		fclose(r->f);
		unlink(r->temporary);
	}
	arena_free(r->arena);
}

enum code
rejects_close(struct rejects *r, struct err *e)
{
	enum code rc = OK;
	struct stat st;

	if (r->f == NULL && stat(r->path, &st) == 0 && S_ISREG(st.st_mode))
		rc = begin(r, e);
	if (rc == OK && r->f != NULL) {
		FILE *f = r->f;
		int broken = ferror(f);

		broken |= fclose(f);
		r->f = NULL;
		if (broken || rename(r->temporary, r->path) != 0)
			rc = failed(r, e);
		if (rc != OK)
			unlink(r->temporary);
	}
	release(r);
	return rc;
}

void
rejects_discard(struct rejects *r)
{
	if (r != NULL)
		release(r);
}
