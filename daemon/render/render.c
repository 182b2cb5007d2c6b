#include "render/render.h"

#include "base/count.h"
#include "core/spd/keys.h"
#include "render/csv.h"
#include "render/page/html.h"
#include "render/sheet/book.h"
#include "render/sheet/xlsx.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)2 << 30)

const char render_formats[] = "xlsx, html, csv, json, bundle or all";

static void
add_separator(char out[SPD_CELL])
{
	size_t n = strlen(out);

	if (n + 1 < SPD_CELL)
		memcpy(out + n, "_", 2);
}

/* Appends what of s may be part of a file name. */
static void
add_safe(char out[SPD_CELL], const char *s)
{
	size_t at = strlen(out);

	for (; *s != '\0' && at + 1 < SPD_CELL; s++) {
		bool safe = isalnum((unsigned char)*s) != 0;

		out[at++] = '-';
		if (safe)
			out[at - 1] = *s;
	}
	out[at] = '\0';
}

void
render_file_name(const struct edition *ed, const char *what, const char *extension,
		 char out[SPD_CELL])
{
	const json_t *doc = ed->doc;
	json_int_t revision = json_integer_value(json_object_get(doc, DOC_REVISION));
	char number[32] = "provisional";

	if (revision > 0)
		snprintf(number, sizeof number, "r%" JSON_INTEGER_FORMAT, revision);
	out[0] = '\0';
	add_safe(out, spd_text(json_object_get(doc, DOC_QUARTER), DOC_LABEL));
	add_separator(out);
	add_safe(out, number);
	add_separator(out);
	add_safe(out, spd_text(doc, DOC_MARKING));
	add_separator(out);
	add_safe(out, what);
	/* The extension fits: what comes from the document is cut before. */
	if (strlen(out) > SPD_CELL - 16)
		out[SPD_CELL - 16] = '\0';
	snprintf(out + strlen(out), SPD_CELL - strlen(out), ".%s", extension);
}

struct rendered *
renderings_add(struct renderings *r)
{
	struct rendered *file;

	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 16 : r->cap * 2;

		file = realloc(r->file, cap * sizeof *file);
		if (file == NULL)
			return NULL;
		r->file = file;
		r->cap = cap;
	}
	file = &r->file[r->n++];
	file->name[0] = '\0';
	buf_init(&file->bytes, RENDER_MAX);
	return file;
}

static struct buf *
add_file(struct renderings *r, const struct edition *ed, const char *what, const char *extension)
{
	struct rendered *file = renderings_add(r);

	if (file == NULL)
		return NULL;
	render_file_name(ed, what, extension, file->name);
	return &file->bytes;
}

static enum code
no_memory(struct err *e)
{
	return err_set(e, TRY_LIMIT, "render", "out of memory; try again");
}

/* --- formats ---------------------------------------------------------------------------------- */

static enum code
add_xlsx(struct book *b, struct renderings *out, struct err *e)
{
	struct buf *to = add_file(out, b->edition, "spd", "xlsx");

	return to == NULL ? no_memory(e) : xlsx_render(b, to, e);
}

static enum code
add_html(struct book *b, struct renderings *out, struct err *e)
{
	struct buf *to = add_file(out, b->edition, "spd", "html");

	if (to == NULL)
		return no_memory(e);
	html_render(b, to);
	return to->failed || arena_failed(b->arena) ? no_memory(e) : OK;
}

static enum code
add_csv(struct book *b, struct renderings *out, struct err *e)
{
	for (const struct sheet *s = b->first; s != NULL; s = s->next) {
		for (const struct block *k = s->first; k != NULL; k = k->next) {
			struct buf *to;

			if (k->kind != BLOCK_GRID || !(k->grid->where & IN_CSV))
				continue;
			to = add_file(out, b->edition, k->grid->slug, "csv");
			if (to == NULL)
				return no_memory(e);
			csv_render(b, k->grid, to);
			if (to->failed)
				return no_memory(e);
		}
	}
	return OK;
}

static int
on_dump(const char *bytes, size_t n, void *ctx)
{
	return buf_add(ctx, bytes, n) ? 0 : -1;
}

/* What the seal says of this document, and not of the keys there are today: the same each time. */
static enum code
add_seal(const struct edition *ed, struct renderings *out, struct err *e)
{
	struct buf *to = add_file(out, ed, "seal", "json");
	json_t *seal = json_pack("{s:s, s:s, s:s, s:s}", "algorithm", "Ed25519", "key_id",
				 spd_text(ed->seal, "key_id"), "sha256", ed->sha256, "signature",
				 spd_text(ed->seal, "signature"));
	int failed = to == NULL || seal == NULL
			 ? -1
			 : json_dump_callback(seal, on_dump, to, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(seal);
	return failed == 0 ? OK : no_memory(e);
}

/* The bytes as they are stored: what was frozen, not another reading of it. */
static enum code
add_json(struct book *b, struct renderings *out, struct err *e)
{
	struct buf *to = add_file(out, b->edition, "spd", "json");
	const struct buf *declaration = b->edition->declaration_bytes;

	if (to == NULL || !buf_add(to, b->edition->bytes->p, b->edition->bytes->n))
		return no_memory(e);
	if (declaration != NULL) {
		to = add_file(out, b->edition, "declaration", "json");
		if (to == NULL || !buf_add(to, declaration->p, declaration->n))
			return no_memory(e);
	}
	return b->edition->seal == NULL ? OK : add_seal(b->edition, out, e);
}

static const struct {
	const char *name;
	enum code (*add)(struct book *b, struct renderings *out, struct err *e);
} formats[] = {{"xlsx", add_xlsx}, {"html", add_html}, {"csv", add_csv}, {"json", add_json}};

static enum code
add_formats(struct book *b, const char *format, struct renderings *out, struct err *e)
{
	enum code code = OK;

	for (size_t i = 0; i < COUNT(formats) && code == OK; i++)
		if (strcmp(format, "all") == 0 || strcmp(format, formats[i].name) == 0)
			code = formats[i].add(b, out, e);
	return code;
}

bool
render_is_format(const char *format)
{
	if (strcmp(format, "all") == 0 || strcmp(format, "bundle") == 0)
		return true;
	for (size_t i = 0; i < COUNT(formats); i++)
		if (strcmp(format, formats[i].name) == 0)
			return true;
	return false;
}

enum code
render(const struct edition *ed, const char *format, struct renderings *out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct book b;
	enum code code;

	if (arena == NULL)
		return no_memory(e);
	code = book_make(ed, arena, &b, e);
	if (code == OK)
		code = add_formats(&b, strcmp(format, "bundle") == 0 ? "all" : format, out, e);
	arena_free(arena);
	return code;
}

void
renderings_fini(struct renderings *r)
{
	for (size_t i = 0; i < r->n; i++)
		buf_fini(&r->file[i].bytes);
	free(r->file);
	*r = (struct renderings){0};
}
