#include "tools/sheet/sheet.h"

#include "base/arena.h"
#include "render/file/formula.h"
#include "tools/sheet/filekind.h"
#include "tools/sheet/infile.h"
#include "tools/sheet/rejects.h"
#include "tools/sheet/workbook.h"

#include <csv.h>
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#define CHUNK     65536u
#define CELLS_MAX 4096u

struct span {
	size_t offset;
	size_t n;
};

struct sheet {
	struct arena *arena;
	int fd;
	char delimiter;
	struct csv_parser parser;
	bool parsing; /* parser is initialised */
	uint64_t size;
	/* Bytes read and not yet fed to the parser. */
	unsigned char chunk[CHUNK];
	size_t at;
	size_t n;
	uint64_t position; /* in the file, of chunk[at] */
	bool eof;
	bool after_cr;
	bool is_rejects;
	bool is_workbook; /* what counts is its rows, whatever lines their cells hold */
	uint64_t line;    /* of chunk[at] */
	/* The row being read. */
	bool begun;
	bool whole;
	bool ended;
	uint64_t row_line;
	uint64_t row_offset;
	struct buf bytes;
	struct buf spans;
	struct buf cells; /* struct text each */
};

/* ---- opening ---- */

/* UTF-16, by its mark, or, when nobody says what it is, by the zeros that every second byte of
 * Latin text is; else NULL. */
static const char *
wide_encoding(int fd, bool is_told)
{
	unsigned char head[4096];
	ssize_t n = pread(fd, head, sizeof head, 0);
	size_t zeros[2] = {0, 0};

	if (n >= 2 &&
	    ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
		return "UTF-16";
	for (ssize_t i = 0; i < n && !is_told; i++)
		zeros[i % 2] += head[i] == 0;
	if (n < 8 || (zeros[0] > 0 && zeros[1] > 0) || 3 * (zeros[0] + zeros[1]) < (size_t)n)
		return NULL;
	return zeros[1] > 0 ? "UTF-16LE" : "UTF-16BE";
}

/* Whatever it was in, rows and rejects are UTF-8. */
static enum code
open_encoding(struct sheet *s, const char *encoding, struct err *e)
{
	const char *wide = wide_encoding(s->fd, encoding != NULL);
	bool is_utf8 = encoding == NULL || strcasecmp(encoding, "utf-8") == 0 ||
		       strcasecmp(encoding, "utf8") == 0;

	if (wide != NULL)
		encoding = wide;
	else if (is_utf8)
		return OK;
	return infile_convert(&s->fd, &s->size, encoding, e);
}

static enum code
start_parser(struct sheet *s, struct err *e)
{
	if (s->parsing)
		csv_free(&s->parser);
	s->parsing = csv_init(&s->parser, CSV_APPEND_NULL) == 0;
	if (!s->parsing)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	csv_set_delim(&s->parser, (unsigned char)s->delimiter);
	return OK;
}

/* A byte order mark, and the line by which Excel says what stands between cells. */
static void
skip_mark(struct sheet *s)
{
	unsigned char head[16] = {0};
	ssize_t n = pread(s->fd, head, sizeof head - 1, 0);
	const char *p = (const char *)head;
	bool quoted;

	if (n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	s->position = (uint64_t)(p - (const char *)head);
	quoted = *p == '"';
	if (strncasecmp(p + quoted, "sep=", 4) != 0 || p[quoted + 4] == '\0')
		return;
	p += quoted + 4;
	if (p[1 + quoted] != '\n' && p[1 + quoted] != '\r')
		return;
	s->delimiter = *p;
	p += 1 + quoted;
	s->position = (uint64_t)(p - (const char *)head) + 1 + (p[0] == '\r' && p[1] == '\n');
	s->line = 2;
}

enum code
sheet_rewind(struct sheet *s, struct err *e)
{
	s->at = 0;
	s->n = 0;
	s->position = 0;
	s->eof = false;
	s->after_cr = false;
	s->line = 1;
	s->begun = false;
	s->ended = false;
	buf_clear(&s->bytes);
	buf_clear(&s->spans);
	skip_mark(s);
	return start_parser(s, e);
}

static bool
begins_as_rejects(int fd)
{
	char head[sizeof REJECTS_HEAD - 1];

	return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
	       memcmp(head, REJECTS_HEAD, sizeof head) == 0;
}

/* What the file is comes before what somebody says it is in. */
static enum code
open_content(struct sheet *s, const struct sheet_file *f, struct err *e)
{
	bool is_workbook = filekind_is_workbook(s->fd, e);
	char decimal = f->decimal;

	if (e->code != OK)
		return e->code;
	s->is_rejects = begins_as_rejects(s->fd);
	if (s->is_rejects) {
		s->delimiter = ',';
		return OK;
	}
	if (!is_workbook)
		return open_encoding(s, f->encoding, e);
	s->is_workbook = true;
	s->delimiter = ',';
	if (decimal == '\0')
		decimal = '.';
	return workbook_convert(&s->fd, &s->size, f->sheet, decimal, e);
}

enum code
sheet_open(const struct sheet_file *f, struct sheet **out, struct err *e)
{
	struct arena *a = arena_new(1024u * 1024u);
	struct sheet *s = a != NULL ? arena_zalloc(a, 1, sizeof *s) : NULL;
	enum code rc;

	*out = NULL;
	if (s == NULL) {
		arena_free(a);
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	s->arena = a;
	s->fd = -1;
	s->delimiter = f->delimiter;
	if (s->delimiter == '\0')
		s->delimiter = ',';
	buf_init(&s->bytes, SHEET_ROW_MAX * 4);
	buf_init(&s->spans, CELLS_MAX * sizeof(struct span));
	buf_init(&s->cells, CELLS_MAX * sizeof(struct text));
	rc = infile_open(f->path, &s->fd, &s->size, e);
	if (rc == OK)
		rc = open_content(s, f, e);
	if (rc == OK)
		rc = sheet_rewind(s, e);
	if (rc != OK) {
		sheet_close(s);
		return rc;
	}
	*out = s;
	return OK;
}

void
sheet_close(struct sheet *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->parsing)
		csv_free(&s->parser);
	buf_fini(&s->bytes);
	buf_fini(&s->spans);
	buf_fini(&s->cells);
	arena_free(s->arena);
}

/* ---- rows ---- */

static void
on_cell(void *p, size_t n, void *ctx)
{
	struct sheet *s = ctx;
	struct span span = {s->bytes.n, 0};

	buf_add(&s->bytes, p, n);
	span.n = s->bytes.n - span.offset;
	buf_add(&s->bytes, "", 1);
	buf_add(&s->spans, &span, sizeof span);
}

static void
on_row(int c, void *ctx)
{
	struct sheet *s = ctx;

	(void)c;
	s->whole = true;
}

static bool
refill(struct sheet *s)
{
	ssize_t n;

	if (s->at < s->n)
		return true;
	if (s->eof)
		return false;
	n = pread(s->fd, s->chunk, sizeof s->chunk, (off_t)s->position);
	s->at = 0;
	s->n = n > 0 ? (size_t)n : 0;
	s->eof = n <= 0;
	return !s->eof;
}

/* The bytes up to and with the next line break, or to the end of the chunk. */
static size_t
segment(const struct sheet *s)
{
	size_t n = s->at;

	while (n < s->n && s->chunk[n] != '\n' && s->chunk[n] != '\r')
		n++;
	return n - s->at + (n < s->n);
}

/* A line break is LF, CR LF or CR. */
static void
count_lines(struct sheet *s, unsigned char last)
{
	if (s->is_workbook)
		return;
	if (last == '\r' || (last == '\n' && !s->after_cr))
		s->line++;
	s->after_cr = last == '\r';
}

static bool
is_blank(const struct sheet *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = s->chunk[s->at + i];

		if (c == (unsigned char)s->delimiter || !isspace(c))
			return false;
	}
	return true;
}

static void
advance(struct sheet *s, size_t n)
{
	count_lines(s, s->chunk[s->at + n - 1]);
	s->at += n;
	s->position += n;
}

static void
begin_row(struct sheet *s)
{
	s->begun = true;
	s->whole = false;
	s->row_line = s->line;
	s->row_offset = s->position;
	buf_clear(&s->bytes);
	buf_clear(&s->spans);
}

static void
fill_row(const struct sheet *s, struct sheet_row *row)
{
	row->line = s->row_line;
	row->offset = s->row_offset;
	row->size = (size_t)(s->position - s->row_offset);
	row->cells = NULL;
	row->n = 0;
}

static struct text
trim(struct text t)
{
	while (t.n > 0 && isspace((unsigned char)t.s[0])) {
		t.s++;
		t.n--;
	}
	while (t.n > 0 && isspace((unsigned char)t.s[t.n - 1]))
		t.n--;
	return t;
}

static enum sheet_status
give_row(struct sheet *s, struct sheet_row *row, struct err *e)
{
	s->begun = false;
	fill_row(s, row);
	s->line += s->is_workbook;
	buf_clear(&s->cells);
	for (size_t i = 0; i < s->spans.n / sizeof(struct span); i++) {
		struct span span;
		struct text t;

		memcpy(&span, s->spans.p + i * sizeof span, sizeof span);
		t = trim((struct text){(const char *)s->bytes.p + span.offset, span.n});
		t = trim(formula_read(t));
		buf_add(&s->cells, &t, sizeof t);
	}
	if (s->bytes.failed || s->spans.failed || s->cells.failed) {
		err_set(e, REJ_MALFORMED, "", "the row has too many cells");
		return SHEET_BAD;
	}
	row->cells = (const struct text *)(const void *)s->cells.p;
	row->n = s->cells.n / sizeof(struct text);
	if (s->is_rejects) {
		row->cells += row->n < REJECTS_COLUMNS ? row->n : REJECTS_COLUMNS;
		row->n -= row->n < REJECTS_COLUMNS ? row->n : REJECTS_COLUMNS;
	}
	return SHEET_ROW;
}

static enum sheet_status
end_of_file(struct sheet *s, struct sheet_row *row, struct err *e)
{
	bool unclosed;

	if (s->ended || !s->begun)
		return SHEET_END;
	s->ended = true;
	/* Strict only about the end: a quote inside a cell that has none around it is taken as it
	 * is. */
	csv_set_opts(&s->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
	unclosed = csv_fini(&s->parser, on_cell, on_row, s) != 0;
	if (unclosed) {
		fill_row(s, row);
		err_set(e, REJ_MALFORMED, "", "a quote opened in this row is never closed");
		return SHEET_BAD;
	}
	return s->whole ? give_row(s, row, e) : SHEET_END;
}

static enum sheet_status
too_long(struct sheet *s, struct sheet_row *row, struct err *e)
{
	s->ended = true;
	s->eof = true;
	s->at = s->n;
	s->begun = false;
	fill_row(s, row);
	err_set(e, REJ_MALFORMED, "",
		"the row is longer than %u bytes: a quote opened in it is probably never closed; "
		"nothing after it was read",
		SHEET_ROW_MAX);
	return SHEET_BAD;
}

/* Spreadsheets keep rows of which everything was deleted. */
static bool
is_empty(const struct sheet_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (row->cells[i].n > 0)
			return false;
	return true;
}

enum sheet_status
sheet_next(struct sheet *s, struct sheet_row *row, struct err *e)
{
	enum sheet_status status;

	while (refill(s)) {
		size_t n = segment(s);

		if (!s->begun && is_blank(s, n)) {
			advance(s, n);
			continue;
		}
		if (!s->begun)
			begin_row(s);
		if (s->position - s->row_offset + n > SHEET_ROW_MAX)
			return too_long(s, row, e);
		csv_parse(&s->parser, s->chunk + s->at, n, on_cell, on_row, s);
		advance(s, n);
		if (!s->whole)
			continue;
		status = give_row(s, row, e);
		if (status != SHEET_ROW || !is_empty(row))
			return status;
	}
	status = end_of_file(s, row, e);
	return status == SHEET_ROW && is_empty(row) ? SHEET_END : status;
}

char
sheet_delimiter(const struct sheet *s)
{
	return s->delimiter;
}

bool
sheet_is_workbook(const struct sheet *s)
{
	return s->is_workbook;
}

bool
sheet_is_rejects(const struct sheet *s)
{
	return s->is_rejects;
}

uint64_t
sheet_read(const struct sheet *s)
{
	return s->position;
}

uint64_t
sheet_size(const struct sheet *s)
{
	return s->size;
}

int
sheet_fd(const struct sheet *s)
{
	return s->fd;
}
