#include "tools/lib/rejects.h"

#include "base/arena.h"
#include "tools/lib/formula.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rejects {
	struct arena *arena;
	char *path;
	char *temporary;
	mode_t mode;
	FILE *f;
};

enum code
rejects_open(const char *path, mode_t of, struct rejects **out, struct err *e)
{
	struct arena *a = arena_new(64u * 1024u);
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
	return fputs("line,column,value,reason,row\n", r->f) < 0 ? failed(r, e) : OK;
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
	fputc(',', r->f);
	put_cell(r->f, row);
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
