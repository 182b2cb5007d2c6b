/* semsctl spd export: the documents of a quarter as files. */
#include "tools/lib/outfile.h"
#include "tools/render/spd_csv.h"
#include "tools/semsctl/spd.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

struct export
{
	const struct spd_wish *w;
	const json_t *doc;
	const struct buf *raw;
	int check_only;
};

static enum code
export_file(const struct export *x, const char *sheet, const char *extension,
	    const struct buf *content, struct err *e)
{
	char name[SPD_CELL];
	char path[PATH_MAX];
	enum code code = OK;

	spd_file_name(x->doc, sheet, extension, name);
	if (snprintf(path, sizeof path, "%s/%s", x->w->folder, name) >= (int)sizeof path)
		return err_set(e, FATAL_CONFIG, "--out", "the folder's name is too long");
	if (x->check_only) {
		if (!x->w->force && outfile_exists(path))
			return err_set(e, FATAL_CONFIG, "--out",
				       "%.180s is there already: use --force, or another folder",
				       path);
		return OK;
	}
	code = outfile_write(path, content->p, content->n, x->w->force, e);
	if (code == OK && !x->w->o->quiet)
		printf("%s\n", path);
	return code;
}

static enum code
export_csv(const struct export *x, struct err *e)
{
	enum code code = OK;
	struct buf out;

	buf_init(&out, SPD_DOC_MAX);
	for (size_t i = 0; i < n_spd_sheets && code == OK; i++) {
		buf_clear(&out);
		if (!x->check_only)
			spd_sheets[i].render(x->doc, &out);
		code = out.failed ? err_set(e, TRY_LIMIT, "csv", "out of memory; try again")
				  : export_file(x, spd_sheets[i].name, "csv", &out, e);
	}
	buf_fini(&out);
	return code;
}

/* The bytes as the daemon has them: what was frozen, not another reading of it. */
static enum code
export_json(const struct export *x, struct err *e)
{
	return export_file(x, "spd", "json", x->raw, e);
}

static enum code
export_all(struct export *x, struct err *e)
{
	static const struct {
		const char *name;
		enum code (*write)(const struct export *x, struct err *e);
	} formats[] = {{"csv", export_csv}, {"json", export_json}};
	enum code code = OK;

	for (size_t i = 0; i < 2 && code == OK; i++) {
		if (strcmp(x->w->format, "all") == 0 || strcmp(x->w->format, formats[i].name) == 0)
			code = formats[i].write(x, e);
	}
	return code;
}

int
spd_run_export(struct spd_wish *w)
{
	struct export x = {.w = w};
	struct buf raw;
	struct err e;
	json_t *doc = NULL;
	int status = EXIT_DONE;
	enum code code;

	if (w->folder == NULL)
		return command_usage(&command_spd, "export: say where to: --out DIR");
	if (w->format == NULL)
		w->format = "all";
	if (strcmp(w->format, "csv") != 0 && strcmp(w->format, "json") != 0 &&
	    strcmp(w->format, "all") != 0)
		return command_usage(&command_spd, "export: --format is csv, json or all");
	code = spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, &raw, &e);
	if (code == OK)
		code = spd_doc_read(&raw, &doc, &e);
	if (code == OK)
		code = outfile_folder(w->folder, &e);
	x.doc = doc;
	x.raw = &raw;
	/* First a look whether all of them may be written: none when one may not. */
	for (x.check_only = 1; code == OK && x.check_only >= 0; x.check_only--)
		code = export_all(&x, &e);
	if (code != OK)
		status = command_fail(&e);
	json_decref(doc);
	buf_fini(&raw);
	return status;
}
