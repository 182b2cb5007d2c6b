#include "tools/sheet/workbook.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/count.h"
#include "tools/sheet/infile.h"
#include "tools/sheet/workbook_cell.h"

#include <errno.h>
#include <expat.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define ARENA_BYTES (8u * 1024u * 1024u)
#define SMALL_MAX   ((uint64_t)64 << 20) /* of a part that is not a sheet or its texts */
#define STYLES_MAX  65536u
#define DEPTH_MAX   100u /* of elements; workbooks have a dozen */
#define PIECE_MAX   ((int64_t)8 << 20)
#define NAME_BYTES  512u
#define VALUE_BYTES (1024u * 1024u) /* of a cell; Excel has 32,767 characters */
#define PART_WORDS  "the workbook"

zip_t *
workbook_archive(int fd)
{
	int copy = dup(fd);
	int why;
	zip_t *zip = copy < 0 ? NULL : zip_fdopen(copy, 0, &why);

	if (zip == NULL && copy >= 0)
		close(copy);
	return zip;
}

/* --- its parts -------------------------------------------------------------------------------- */

struct tab { /* a sheet as the workbook lists it */
	const char *name;
	const char *id;
	const char *path; /* NULL: not a sheet of cells */
	bool hidden;
};

struct part;

struct workbook {
	zip_t *zip;
	struct arena *arena;
	struct tab tabs[WORKBOOK_SHEETS_MAX];
	size_t n_tabs;
	bool is_1904;
	/* Formats by style: enum cell_format, a byte each; those the workbook names itself. */
	struct buf styles;
	struct {
		unsigned id;
		enum cell_format format;
	} custom[1024];
	size_t n_custom;
	bool in_xfs;
	/* Shared texts: all bytes, and where each ends (size_t). */
	struct buf bytes;
	struct buf ends;
	/* Of the sheet being read. */
	struct buf value;
	struct buf row;
	char type[16]; /* attributes of the cell */
	unsigned long style_index;
	unsigned column;  /* from 0, of the cell */
	unsigned written; /* columns of the row */
	unsigned row_number;
	bool wants_text;   /* inside v or t */
	unsigned phonetic; /* inside rPh */
	int to;
	uint64_t out;
	char decimal;
	XML_Parser parser;
	const struct part *part;
	unsigned depth;
	struct err *e;
};

static void
fail(struct workbook *w, enum code code, const char *where, const char *what)
{
	if (w->e->code == OK)
		err_set(w->e, code, where, "%s", what);
	XML_StopParser(w->parser, XML_FALSE);
}

/* "x:row" is "row": which prefix stands for which namespace is the file's own. */
static const char *
local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static const char *
attribute(const char **list, const char *name)
{
	for (; list[0] != NULL; list += 2)
		if (strcmp(local(list[0]), name) == 0)
			return list[1];
	return NULL;
}

static bool
is_true(const char *s)
{
	return s != NULL && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0);
}

/* No workbook declares entities. */
static void
on_doctype(void *ctx, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	fail(ctx, REJ_MALFORMED, "", PART_WORDS " declares a document type, which none has");
}

struct part {
	const char *path;
	uint64_t max;
	XML_StartElementHandler start;
	XML_EndElementHandler end;
	XML_CharacterDataHandler text;
	bool needed;
};

static void
on_start(void *ctx, const char *name, const char **list)
{
	struct workbook *w = ctx;

	if (++w->depth > DEPTH_MAX)
		fail(w, REJ_MALFORMED, "", PART_WORDS " nests deeper than any does");
	else
		w->part->start(w, name, list);
}

static void
on_end(void *ctx, const char *name)
{
	struct workbook *w = ctx;

	w->depth--;
	if (w->part->end != NULL)
		w->part->end(w, name);
}

static enum code
feed(struct workbook *w, zip_file_t *f, const struct part *p)
{
	uint64_t total = 0;
	zip_int64_t n = 1;

	while (n > 0 && w->e->code == OK) {
		void *chunk = XML_GetBuffer(w->parser, 65536);
		bool good;

		n = chunk == NULL ? -1 : zip_fread(f, chunk, 65536);
		total += n > 0 ? (uint64_t)n : 0;
		if (n < 0 || total > p->max)
			break;
		good = XML_ParseBuffer(w->parser, (int)n, n == 0) == XML_STATUS_OK;

		/* What expat keeps of one name or attribute that does not end. */
		if (good && (int64_t)total - XML_GetCurrentByteIndex(w->parser) > PIECE_MAX)
			fail(w, REJ_MALFORMED, "", PART_WORDS " has a piece of more than 8 MiB");
		if (good || w->e->code != OK)
			continue;
		return err_set(w->e, REJ_MALFORMED, "",
			       PART_WORDS " is damaged: %s in line %lu of %s",
			       XML_ErrorString(XML_GetErrorCode(w->parser)),
			       (unsigned long)XML_GetCurrentLineNumber(w->parser), p->path);
	}
	if (w->e->code == OK && total > p->max)
		return err_set(w->e, REJ_MALFORMED, "",
			       PART_WORDS "'s %s has more than %" PRIu64 " MiB: save it as CSV",
			       p->path, p->max >> 20);
	if (w->e->code == OK && n < 0)
		return err_set(w->e, REJ_MALFORMED, "",
			       PART_WORDS " is damaged: %s cannot be unpacked", p->path);
	return w->e->code;
}

static enum code
read_part(struct workbook *w, const struct part *p)
{
	zip_file_t *f = zip_fopen(w->zip, p->path, ZIP_FL_NOCASE);
	enum code code;

	if (f == NULL)
		return p->needed ? err_set(w->e, REJ_MALFORMED, "",
					   PART_WORDS " is damaged: it has no %s", p->path)
				 : OK;
	w->parser = XML_ParserCreate(NULL);
	if (w->parser == NULL) {
		zip_fclose(f);
		return err_set(w->e, TRY_LIMIT, "memory", "out of memory");
	}
	XML_SetUserData(w->parser, w);
	w->part = p;
	w->depth = 0;
	XML_SetElementHandler(w->parser, on_start, on_end);
	XML_SetCharacterDataHandler(w->parser, p->text);
	XML_SetStartDoctypeDeclHandler(w->parser, on_doctype);
	code = feed(w, f, p);
	XML_ParserFree(w->parser);
	w->parser = NULL;
	zip_fclose(f);
	return code;
}

/* --- which sheets there are ------------------------------------------------------------------- */

static const char *
keep(struct workbook *w, const char *s)
{
	return s == NULL ? "" : arena_dup(w->arena, s, strnlen(s, NAME_BYTES));
}

static void
start_workbook(void *ctx, const char *name, const char **list)
{
	struct workbook *w = ctx;
	const char *state = attribute(list, "state");

	if (strcmp(local(name), "workbookPr") == 0)
		w->is_1904 = is_true(attribute(list, "date1904"));
	if (strcmp(local(name), "sheet") != 0)
		return;
	if (w->n_tabs == WORKBOOK_SHEETS_MAX) {
		fail(w, REJ_MALFORMED, "", PART_WORDS " has more than 256 sheets");
		return;
	}
	w->tabs[w->n_tabs++] = (struct tab){
	    .name = keep(w, attribute(list, "name")),
	    .id = keep(w, attribute(list, "id")),
	    .hidden = state != NULL && strcmp(state, "visible") != 0,
	};
}

/* "worksheets/sheet1.xml", from where the workbook lies, or from the top. */
static void
start_relation(void *ctx, const char *name, const char **list)
{
	static const char wanted[] = "/worksheet";
	struct workbook *w = ctx;
	const char *id = attribute(list, "Id");
	const char *type = attribute(list, "Type");
	const char *target = attribute(list, "Target");
	size_t n = type == NULL ? 0 : strlen(type);

	if (strcmp(local(name), "Relationship") != 0 || id == NULL || target == NULL ||
	    n < sizeof wanted || strcmp(type + n - (sizeof wanted - 1), wanted) != 0)
		return;
	for (size_t i = 0; i < w->n_tabs; i++) {
		if (strcmp(w->tabs[i].id, id) == 0)
			w->tabs[i].path = target[0] == '/'
					      ? keep(w, target + 1)
					      : arena_printf(w->arena, "xl/%.500s", target);
	}
}

static enum code
read_tabs(struct workbook *w)
{
	static const struct part list = {
	    "xl/workbook.xml", SMALL_MAX, start_workbook, NULL, NULL, true};
	static const struct part where = {
	    "xl/_rels/workbook.xml.rels", SMALL_MAX, start_relation, NULL, NULL, true};
	enum code code = read_part(w, &list);

	return code == OK ? read_part(w, &where) : code;
}

/* All that are to be seen, for whoever has to say which. */
static enum code
refuse_tabs(const struct workbook *w, const char *sheet)
{
	char names[256] = "";
	size_t used = 0;
	size_t n = 0;

	for (size_t i = 0; i < w->n_tabs; i++) {
		if (w->tabs[i].path == NULL || w->tabs[i].hidden)
			continue;
		n++;
		if (used < sizeof names - 1)
			used += (size_t)snprintf(names + used, sizeof names - used, "%s'%.40s'",
						 n == 1 ? "" : ", ", w->tabs[i].name);
	}
	if (n == 0)
		return err_set(w->e, REJ_FIELD, "sheet", PART_WORDS " has no sheet to read");
	if (sheet != NULL)
		return err_set(w->e, REJ_FIELD, "sheet",
			       PART_WORDS " has no sheet '%.60s'; it has %s", sheet, names);
	return err_set(w->e, REJ_FIELD, "sheet",
		       PART_WORDS " has %zu sheets, %s: say which one with --sheet NAME, or with "
				  "`sheet: NAME` in the map",
		       n, names);
}

static const struct tab *
choose_tab(const struct workbook *w, const char *sheet)
{
	const struct tab *found = NULL;

	for (size_t i = 0; i < w->n_tabs; i++) {
		const struct tab *t = &w->tabs[i];

		if (t->path == NULL || (sheet == NULL && t->hidden))
			continue;
		if (sheet != NULL && strcasecmp(t->name, sheet) == 0)
			return t;
		if (sheet == NULL && found != NULL)
			return NULL;
		found = sheet == NULL ? t : NULL;
	}
	return found;
}

/* --- formats and texts ------------------------------------------------------------------------ */

static void
start_style(void *ctx, const char *name, const char **list)
{
	struct workbook *w = ctx;
	const char *what = local(name);
	const char *id = attribute(list, "numFmtId");
	unsigned n = id == NULL ? 0 : (unsigned)strtoul(id, NULL, 10);
	unsigned char format = (unsigned char)cell_format_builtin(n);

	if (strcmp(what, "cellXfs") == 0)
		w->in_xfs = true;
	if (strcmp(what, "numFmt") == 0 && w->n_custom < COUNT(w->custom)) {
		const char *code = attribute(list, "formatCode");

		w->custom[w->n_custom].id = n;
		w->custom[w->n_custom++].format = cell_format_of(code == NULL ? "" : code);
	}
	if (strcmp(what, "xf") != 0 || !w->in_xfs)
		return;
	for (size_t i = 0; i < w->n_custom; i++)
		if (w->custom[i].id == n)
			format = (unsigned char)w->custom[i].format;
	if (!buf_add(&w->styles, &format, 1))
		fail(w, REJ_MALFORMED, "", PART_WORDS " has more than 65,536 styles");
}

static void
end_style(void *ctx, const char *name)
{
	struct workbook *w = ctx;

	if (strcmp(local(name), "cellXfs") == 0)
		w->in_xfs = false;
}

static void
start_text(void *ctx, const char *name, const char **list)
{
	struct workbook *w = ctx;

	(void)list;
	w->phonetic += strcmp(local(name), "rPh") == 0;
	w->wants_text = strcmp(local(name), "t") == 0 && w->phonetic == 0;
}

static void
add_text(void *ctx, const char *s, int n)
{
	struct workbook *w = ctx;

	if (w->wants_text && !buf_add(&w->bytes, s, (size_t)n))
		fail(w, REJ_MALFORMED, "",
		     PART_WORDS "'s texts have more than 256 MiB: save the sheet as CSV");
}

static void
end_text(void *ctx, const char *name)
{
	struct workbook *w = ctx;

	w->wants_text = false;
	w->phonetic -= strcmp(local(name), "rPh") == 0;
	if (strcmp(local(name), "si") == 0 && !buf_add(&w->ends, &w->bytes.n, sizeof w->bytes.n))
		fail(w, REJ_MALFORMED, "", PART_WORDS " has too many texts: save it as CSV");
}

static enum code
read_shared(struct workbook *w)
{
	static const struct part styles = {"xl/styles.xml", SMALL_MAX, start_style,
					   end_style,       NULL,      false};
	static const struct part shared = {
	    "xl/sharedStrings.xml", WORKBOOK_PART_MAX, start_text, end_text, add_text, false};
	enum code code = read_part(w, &styles);

	return code == OK ? read_part(w, &shared) : code;
}

/* --- the sheet -------------------------------------------------------------------------------- */

static void
flush(struct workbook *w)
{
	size_t done = 0;

	while (done < w->row.n && w->e->code == OK) {
		ssize_t n = write(w->to, w->row.p + done, w->row.n - done);

		if (n < 0 && errno != EINTR)
			err_set(w->e, TRY_SYSTEM, "", "cannot write a temporary file: %s",
				strerror(errno));
		done += n > 0 ? (size_t)n : 0;
	}
	w->out += w->row.n;
	buf_clear(&w->row);
	if (w->out > WORKBOOK_OUT_MAX)
		fail(w, REJ_MALFORMED, "", "the sheet is larger than 2 GiB as CSV");
	if (w->e->code != OK)
		XML_StopParser(w->parser, XML_FALSE);
}

/* An empty row, so that rows keep their numbers. */
static void
skip_to_row(struct workbook *w, unsigned row)
{
	while (w->row_number + 1 < row && w->e->code == OK) {
		buf_add(&w->row, "\"\"\n", 3);
		w->row_number++;
		if (w->row.n > 60000)
			flush(w);
	}
}

static void
begin_row(struct workbook *w, const char **list)
{
	const char *r = attribute(list, "r");
	unsigned long row = r == NULL ? w->row_number + 1ul : strtoul(r, NULL, 10);

	if (row <= w->row_number || row > WORKBOOK_ROWS_MAX) {
		fail(w, REJ_MALFORMED, "", PART_WORDS " is damaged: its rows are out of order");
		return;
	}
	skip_to_row(w, (unsigned)row);
	w->row_number = (unsigned)row;
	w->written = 0;
	w->column = 0;
}

/* "BC12" is column 54, from 0; without a reference it is the next one. */
static unsigned
column_of(const char *ref, unsigned next)
{
	unsigned column = 0;
	size_t n = 0;

	if (ref == NULL)
		return next;
	for (; ref[n] >= 'A' && ref[n] <= 'Z' && n < 4; n++)
		column = column * 26 + (unsigned)(ref[n] - 'A') + 1;
	return n == 0 ? next : column - 1;
}

static void
begin_cell(struct workbook *w, const char **list)
{
	const char *type = attribute(list, "t");
	const char *style = attribute(list, "s");

	w->column = column_of(attribute(list, "r"), w->written);
	snprintf(w->type, sizeof w->type, "%s", type == NULL ? "n" : type);
	w->style_index = style == NULL ? 0 : strtoul(style, NULL, 10);
	buf_clear(&w->value);
}

static void
start_cell(void *ctx, const char *name, const char **list)
{
	struct workbook *w = ctx;
	const char *what = local(name);

	if (strcmp(what, "row") == 0)
		begin_row(w, list);
	else if (strcmp(what, "c") == 0)
		begin_cell(w, list);
	w->phonetic += strcmp(what, "rPh") == 0;
	w->wants_text = (strcmp(what, "v") == 0 || strcmp(what, "t") == 0) && w->phonetic == 0;
}

static void
add_value(void *ctx, const char *s, int n)
{
	struct workbook *w = ctx;

	if (w->wants_text && !buf_add(&w->value, s, (size_t)n))
		fail(w, REJ_MALFORMED, "", PART_WORDS " has a cell of more than 1 MiB");
}

/* Between quotes, those in it doubled. */
static void
put_cell(struct workbook *w, const char *s, size_t n)
{
	buf_add(&w->row, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			buf_add(&w->row, "\"", 1);
		buf_add(&w->row, &s[i], 1);
	}
	buf_add(&w->row, "\"", 1);
	w->written++;
}

static void
put_shared(struct workbook *w, const char *digits)
{
	unsigned long i = strtoul(digits, NULL, 10);
	size_t from = 0;
	size_t to;

	if (i >= w->ends.n / sizeof to) {
		fail(w, REJ_MALFORMED, "", PART_WORDS " is damaged: a text is missing");
		return;
	}
	memcpy(&to, w->ends.p + i * sizeof to, sizeof to);
	if (i > 0)
		memcpy(&from, w->ends.p + (i - 1) * sizeof from, sizeof from);
	put_cell(w, (const char *)w->bytes.p + from, to - from);
}

static void
put_numeric(struct workbook *w, const char *s)
{
	char text[CELL_TEXT];
	char *end;
	double v = strtod(s, &end);
	enum cell_format format = CELL_NUMBER;

	if (w->style_index < w->styles.n)
		format = (enum cell_format)w->styles.p[w->style_index];
	if (end == s || *end != '\0') {
		put_cell(w, s, strlen(s));
		return;
	}
	cell_text(v, format, w->is_1904, w->decimal, text);
	put_cell(w, text, strlen(text));
}

static void
end_cell(struct workbook *w)
{
	const char *s;

	if (!buf_add(&w->value, "", 1) || w->column < w->written)
		return;
	if (w->column >= WORKBOOK_COLUMNS_MAX)
		w->column = WORKBOOK_COLUMNS_MAX - 1;
	s = (const char *)w->value.p;
	if (s[0] == '\0')
		return; /* a cell that has a format and nothing in it */
	for (; w->written < w->column; w->written++)
		buf_add(&w->row, w->written == 0 ? "" : ",", w->written == 0 ? 0 : 1);
	if (w->written > 0)
		buf_add(&w->row, ",", 1);
	if (strcmp(w->type, "s") == 0)
		put_shared(w, s);
	else if (strcmp(w->type, "n") == 0)
		put_numeric(w, s);
	else if (strcmp(w->type, "b") == 0)
		put_cell(w, s[0] == '1' ? "TRUE" : "FALSE", s[0] == '1' ? 4 : 5);
	else
		put_cell(w, s, w->value.n - 1);
}

static void
end_row(struct workbook *w)
{
	if (w->written == 0)
		buf_add(&w->row, "\"\"", 2);
	buf_add(&w->row, "\n", 1);
	if (w->row.failed)
		fail(w, REJ_MALFORMED, "", PART_WORDS " has a row of more than 32 MiB");
	else
		flush(w);
}

static void
end_element(void *ctx, const char *name)
{
	struct workbook *w = ctx;
	const char *what = local(name);

	w->wants_text = false;
	w->phonetic -= strcmp(what, "rPh") == 0;
	if (strcmp(what, "c") == 0)
		end_cell(w);
	else if (strcmp(what, "row") == 0)
		end_row(w);
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum code
convert(struct workbook *w, const char *sheet)
{
	enum code code = read_tabs(w);
	const struct tab *tab = code == OK ? choose_tab(w, sheet) : NULL;
	struct part cells = {
	    .max = WORKBOOK_PART_MAX,
	    .start = start_cell,
	    .end = end_element,
	    .text = add_value,
	    .needed = true,
	};

	if (code == OK && tab == NULL)
		code = refuse_tabs(w, sheet);
	if (code == OK)
		code = read_shared(w);
	if (code != OK)
		return code;
	cells.path = tab->path;
	w->wants_text = false;
	w->phonetic = 0;
	return read_part(w, &cells);
}

static void
close_workbook(struct workbook *w)
{
	buf_fini(&w->styles);
	buf_fini(&w->bytes);
	buf_fini(&w->ends);
	buf_fini(&w->value);
	buf_fini(&w->row);
	if (w->zip != NULL)
		zip_discard(w->zip);
}

enum code
workbook_convert(int *fd, uint64_t *size, const char *sheet, char decimal, struct err *e)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct workbook *w = a == NULL ? NULL : arena_zalloc(a, 1, sizeof *w);
	enum code code;

	if (w == NULL) {
		arena_free(a);
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	e->code = OK;
	w->arena = a;
	w->e = e;
	w->decimal = decimal;
	w->zip = workbook_archive(*fd);
	buf_init(&w->styles, STYLES_MAX);
	buf_init(&w->bytes, WORKBOOK_TEXTS_MAX);
	buf_init(&w->ends, WORKBOOK_TEXTS_MAX);
	buf_init(&w->value, VALUE_BYTES);
	buf_init(&w->row, 32u * 1024u * 1024u);
	code = w->zip == NULL ? err_set(e, REJ_MALFORMED, "", PART_WORDS " is damaged")
			      : infile_temporary(&w->to, e);
	if (code == OK) {
		code = convert(w, sheet);
		if (code == OK && arena_failed(a))
			code = err_set(e, TRY_LIMIT, "memory", "out of memory");
		close(code == OK ? *fd : w->to);
		*size = code == OK ? w->out : *size;
		*fd = code == OK ? w->to : *fd;
	}
	close_workbook(w);
	arena_free(a);
	return code;
}
