/* semsctl spd export and spd render: the documents of a quarter as files. */
#include "base/file/plainfile.h"
#include "render/bundle.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/outfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an edition is made of, as bytes; what there is none of is empty. */
struct papers {
	struct buf document;
	struct buf declaration;
	struct buf seal;
};

static void
papers_init(struct papers *p)
{
	buf_init(&p->document, 0);
	buf_init(&p->declaration, 0);
	buf_init(&p->seal, 0);
}

static void
papers_fini(struct papers *p)
{
	buf_fini(&p->document);
	buf_fini(&p->declaration);
	buf_fini(&p->seal);
}

static const struct buf *
given(const struct buf *b)
{
	return b->n == 0 ? NULL : b;
}

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

/* What was asked for, rendered: pure of everything but the files it came from. */
static enum code
render_files(const struct spd_wish *w, const struct papers *p, struct edition *edition,
	     struct renderings *files, struct err *e)
{
	enum code code =
	    edition_read(edition, &p->document, given(&p->declaration), given(&p->seal), e);

	edition->full = code == OK && w->full;
	if (code == OK)
		code = render(edition, w->format, files, e);
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
	if (w->full && strcmp(w->format, "bundle") == 0)
		return command_usage(&command_spd,
				     "%s: a bundle has the usual page: leave out --full", what);
	return EXIT_DONE;
}

/* --- from the daemon -------------------------------------------------------------------------- */

/* The revision's signature and the keys; with a manifest, its signature too. */
static enum code
ask_sign(const struct spd_wish *w, const struct buf *manifest, struct buf *raw, struct err *e)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	Sems__V1__SignRequest sign = SEMS__V1__SIGN_REQUEST__INIT;
	char quarter[QUARTER_TEXT_SIZE];

	memcpy(quarter, w->quarter, sizeof quarter);
	sign.quarter = quarter;
	sign.has_revision = 1;
	sign.revision = w->revision;
	if (manifest != NULL) {
		sign.has_manifest = 1;
		sign.manifest.data = manifest->p;
		sign.manifest.len = manifest->n;
	}
	request.body_case = SEMS__V1__REQUEST__BODY_SIGN;
	request.sign = &sign;
	return ask_raw(w->o->address, &request, raw, e);
}

static enum code
read_signature(const struct buf *raw, unsigned char out[BUNDLE_SIGNATURE_SIZE], struct err *e)
{
	json_t *answer = json_loadb((const char *)raw->p, raw->n, 0, NULL);
	const char *hex = spd_text(answer, "manifest_signature");
	bool good = strlen(hex) == 2 * BUNDLE_SIGNATURE_SIZE &&
		    hex_decode(text_of(hex), out, BUNDLE_SIGNATURE_SIZE);

	json_decref(answer);
	return good ? OK : err_set(e, FATAL_BUG, "bundle", "semsd answered without a signature");
}

/* Puts the members into one archive, with their list as semsd signs it. */
static enum code
make_bundle(const struct spd_wish *w, const struct edition *ed, struct renderings *files,
	    struct err *e)
{
	unsigned char signature[BUNDLE_SIGNATURE_SIZE];
	struct renderings bundle = {0};
	struct rendered *archive;
	struct buf manifest;
	struct buf raw;
	enum code code = bundle_members(ed, files, e);

	buf_init(&manifest, RENDER_MAX);
	buf_init(&raw, 0);
	if (code == OK)
		code = bundle_manifest(ed, files, &manifest, e);
	if (code == OK)
		code = ask_sign(w, &manifest, &raw, e);
	if (code == OK)
		code = read_signature(&raw, signature, e);
	archive = code == OK ? renderings_add(&bundle) : NULL;
	if (archive != NULL) {
		render_file_name(ed, "bundle", "zip", archive->name);
		code = bundle_pack(files, &manifest, signature, &archive->bytes, e);
	} else if (code == OK) {
		code = err_set(e, TRY_LIMIT, "bundle", "out of memory; try again");
	}
	buf_fini(&manifest);
	buf_fini(&raw);
	renderings_fini(files);
	*files = bundle;
	return code;
}

/* What people did with it, and how it is signed, go with a revision; what is computed now has no
 * such things. */
static enum code
ask_papers(struct spd_wish *w, struct papers *p, struct err *e)
{
	char format[16];
	struct spd_wish look = *w;
	enum code code;

	snprintf(format, sizeof format, "%s", w->format);
	look.exported_as = format;
	code = spd_ask_figures(&look, &p->document, e);
	w->revision = look.revision;
	if (code != OK || w->revision == 0)
		return code;
	code = spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_DECLARATION, &p->declaration, e);
	if (code == OK)
		code = ask_sign(w, NULL, &p->seal, e);
	return code;
}

/* Renders the papers and writes what came of it, unless they could not be had; ends them. */
static int
end_papers(struct spd_wish *w, struct papers *p, enum code code, struct err *e)
{
	struct renderings files = {0};
	struct edition edition = {0};

	if (code == OK)
		code = render_files(w, p, &edition, &files, e);
	if (code == OK && strcmp(w->format, "bundle") == 0)
		code = make_bundle(w, &edition, &files, e);
	if (code == OK)
		code = write_files(w, &files, e);
	renderings_fini(&files);
	edition_fini(&edition);
	papers_fini(p);
	return code == OK ? EXIT_DONE : command_fail(e);
}

int
spd_run_export(struct spd_wish *w)
{
	struct papers p;
	struct err e;
	enum code code;
	int status = check_wish(w, "export");

	if (status != EXIT_DONE)
		return status;
	if (strcmp(w->format, "bundle") == 0 && w->revision == 0)
		return command_usage(
		    &command_spd,
		    "export: a bundle is of a frozen revision: name it by --revision");
	papers_init(&p);
	code = ask_papers(w, &p, &e);
	return end_papers(w, &p, code, &e);
}

/* --- from files ------------------------------------------------------------------------------- */

static enum code
read_file(const char *path, struct buf *out, struct err *e)
{
	buf_init(out, SPD_DOC_MAX);
	return plainfile_read(AT_FDCWD, path, 0, out, e) == OK ? OK : (e->code = FATAL_CONFIG);
}

int
spd_run_render(struct spd_wish *w)
{
	struct papers p;
	struct err e;
	enum code code;
	int status = check_wish(w, "render");

	if (status != EXIT_DONE)
		return status;
	if (strcmp(w->format, "bundle") == 0)
		return command_usage(&command_spd, "render: only semsd signs a bundle: use export");
	papers_init(&p);
	code = read_file(w->document, &p.document, &e);
	if (code == OK && w->declaration != NULL)
		code = read_file(w->declaration, &p.declaration, &e);
	if (code == OK && w->seal != NULL)
		code = read_file(w->seal, &p.seal, &e);
	return end_papers(w, &p, code, &e);
}
