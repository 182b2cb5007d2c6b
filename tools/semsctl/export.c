/* semsctl spd export and spd render: the documents of a quarter as files. */
#include "tools/lib/outfile.h"
#include "tools/render/render.h"
#include "tools/semsctl/spd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- writing ---------------------------------------------------------------------------------- */

static enum code
write_files(const struct spd_wish *w, const struct renderings *r, struct err *e)
{
	struct outfile *files = calloc(r->n + 1, sizeof *files);
	enum code code = OK;

	if (files == NULL)
		return err_set(e, TRY_LIMIT, "export", "out of memory; try again");
	for (size_t i = 0; i < r->n; i++)
		files[i] =
		    (struct outfile){r->file[i].name, r->file[i].bytes.p, r->file[i].bytes.n};
	code = outfile_folder(w->folder, e);
	if (code == OK)
		code = outfile_write_all(w->folder, files, r->n, w->force, e);
	for (size_t i = 0; i < r->n && code == OK && !w->o->quiet; i++)
		printf("%s/%s\n", w->folder, r->file[i].name);
	free(files);
	return code;
}

/* What was asked for, rendered and written; the buffers are borrowed. */
static enum code
render_and_write(const struct spd_wish *w, const struct buf *document,
		 const struct buf *declaration, struct err *e)
{
	struct renderings files = {0};
	struct edition edition;
	enum code code = edition_read(&edition, document, declaration, NULL, e);

	if (code != OK)
		return code;
	code = render(&edition, w->format, &files, e);
	if (code == OK)
		code = write_files(w, &files, e);
	renderings_fini(&files);
	edition_fini(&edition);
	return code;
}

static int
check_wish(struct spd_wish *w, const char *what)
{
	if (w->folder == NULL)
		return command_usage(&command_spd, "%s: say where to: --output DIR", what);
	if (w->format == NULL)
		w->format = "all";
	if (!render_is_format(w->format))
		return command_usage(&command_spd, "%s: --format is %s", what, render_formats);
	return EXIT_DONE;
}

/* --- from the daemon -------------------------------------------------------------------------- */

int
spd_run_export(struct spd_wish *w)
{
	struct buf document;
	struct buf declaration;
	struct err e;
	enum code code;
	int status = check_wish(w, "export");

	if (status != EXIT_DONE)
		return status;
	code = spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, &document, &e);
	buf_init(&declaration, 0);
	/* What people did with it goes with a revision; what is computed now has no such thing. */
	if (code == OK && w->revision > 0)
		code = spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_DECLARATION, &declaration,
			       &e);
	if (code == OK)
		code = render_and_write(w, &document, w->revision > 0 ? &declaration : NULL, &e);
	if (code != OK)
		status = command_fail(&e);
	buf_fini(&document);
	buf_fini(&declaration);
	return status;
}

/* --- from files ------------------------------------------------------------------------------- */

static enum code
read_file(const char *path, struct buf *out, struct err *e)
{
	FILE *f = fopen(path, "rbe");
	char block[65536];
	size_t n;
	bool failed;

	buf_init(out, SPD_DOC_MAX);
	if (f == NULL)
		return err_set(e, FATAL_CONFIG, path, "cannot read %.180s: %s", path,
			       strerror(errno));
	while ((n = fread(block, 1, sizeof block, f)) > 0 && buf_add(out, block, n))
		;
	failed = ferror(f) != 0;
	fclose(f);
	if (failed || out->failed)
		return err_set(e, FATAL_CONFIG, path, "cannot read %.180s%s", path,
			       out->failed ? ": it is too large" : "");
	return OK;
}

int
spd_run_render(struct spd_wish *w)
{
	struct buf document;
	struct buf declaration;
	struct err e;
	enum code code;
	int status = check_wish(w, "render");

	if (status != EXIT_DONE)
		return status;
	buf_init(&declaration, 0);
	code = read_file(w->document, &document, &e);
	if (code == OK && w->declaration != NULL)
		code = read_file(w->declaration, &declaration, &e);
	if (code == OK)
		code = render_and_write(w, &document, w->declaration != NULL ? &declaration : NULL,
					&e);
	if (code != OK)
		status = command_fail(&e);
	buf_fini(&document);
	buf_fini(&declaration);
	return status;
}
