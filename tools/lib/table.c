#include "tools/lib/table.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "tools/lib/shown.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define TABLE_BYTES_MAX (64u * 1024u * 1024u)
#define CELL_BYTES      4096u /* more lose their middle */
#define CELL_SHOWN_MAX  (64u * 1024u)
#define GAP             2

struct table {
	struct arena *arena;
	size_t columns;
	const char **headers;
	size_t *limits;   /* 0: none */
	struct buf cells; /* const char * each; a rule is a row whose first cell is NULL */
};

/* One character of UTF-8; a broken byte counts as itself. */
static size_t
next_char(const char *s, uint32_t *c)
{
	unsigned char b = (unsigned char)*s;
	size_t n = b < 0x80 ? 1 : b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;

	*c = n == 1 ? b : b & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xC0) != 0x80) {
			*c = b;
			return 1;
		}
		*c = *c << 6 | ((unsigned char)s[i] & 0x3Fu);
	}
	return n;
}

/* Without a locale: the ranges that names and units use. */
static size_t
char_width(uint32_t c)
{
	static const struct {
		uint32_t from;
		uint32_t to;
		size_t width;
	} ranges[] = {
	    {0x0300, 0x036F, 0},                                           /* combining marks */
	    {0x200B, 0x200F, 0}, {0xFE00, 0xFE0F, 0}, {0x1100, 0x115F, 2}, /* East Asian wide */
	    {0x2E80, 0xA4CF, 2}, {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2},
	    {0xFE30, 0xFE6F, 2}, {0xFF00, 0xFF60, 2}, {0x1F300, 0x1FAFF, 2},
	};

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (c >= ranges[i].from && c <= ranges[i].to)
			return ranges[i].width;
	}
	return 1;
}

size_t
text_width(const char *s)
{
	size_t width = 0;

	while (*s != '\0') {
		uint32_t c;

		s += next_char(s, &c);
		width += char_width(c);
	}
	return width;
}

struct table *
table_new(size_t columns, const char *const headers[])
{
	struct arena *a = arena_new(TABLE_BYTES_MAX);
	struct table *t = a != NULL ? arena_zalloc(a, 1, sizeof *t) : NULL;

	if (t == NULL) {
		arena_free(a);
		return NULL;
	}
	t->arena = a;
	t->columns = columns;
	t->headers = arena_zalloc(a, columns, sizeof *t->headers);
	t->limits = arena_zalloc(a, columns, sizeof *t->limits);
	for (size_t i = 0; t->headers != NULL && i < columns; i++)
		t->headers[i] = arena_dup(a, headers[i], strlen(headers[i]));
	buf_init(&t->cells, TABLE_BYTES_MAX);
	if (arena_failed(a)) {
		table_free(t);
		return NULL;
	}
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	buf_fini(&t->cells);
	arena_free(t->arena);
}

static void
put_cell(struct table *t, const char *cell)
{
	buf_add(&t->cells, &cell, sizeof cell);
}

void
table_cell(struct table *t, const char *fmt, ...)
{
	char text[CELL_BYTES];
	va_list ap;
	struct buf shown;
	const char *cell;

	va_start(ap, fmt);
	text_vprint(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_init(&shown, CELL_SHOWN_MAX);
	(void)shown_add(&shown, text_of(text), "");
	cell = shown.n > 0 ? arena_dup(t->arena, (const char *)shown.p, shown.n) : NULL;
	put_cell(t, cell != NULL ? cell : "");
	buf_fini(&shown);
}

void
table_row(struct table *t, const char *const cells[])
{
	for (size_t i = 0; i < t->columns; i++)
		table_cell(t, "%s", cells[i] != NULL ? cells[i] : "");
}

void
table_rule(struct table *t)
{
	for (size_t i = 0; i < t->columns; i++)
		put_cell(t, NULL);
}

void
table_limit(struct table *t, size_t column, size_t width)
{
	t->limits[column] = width;
}

static const char *
cell_at(const struct table *t, size_t i)
{
	const char *cell;

	memcpy(&cell, t->cells.p + i * sizeof cell, sizeof cell);
	return cell;
}

static size_t
n_cells(const struct table *t)
{
	return t->cells.n / sizeof(const char *);
}

static const char *
header_text(const struct table *t, size_t column)
{
	return t->headers[column] + (t->headers[column][0] == '>');
}

static size_t
column_width(const struct table *t, size_t column)
{
	size_t width = text_width(header_text(t, column));

	for (size_t i = column; i < n_cells(t); i += t->columns) {
		const char *cell = cell_at(t, i);
		size_t w = cell != NULL ? text_width(cell) : 0;

		if (t->limits[column] != 0 && w > t->limits[column])
			w = t->limits[column];
		if (w > width)
			width = w;
	}
	return width;
}

/* s in exactly `width` columns; trailing blanks only when something follows. */
static void
print_padded(FILE *f, const char *s, size_t width, int right, int last)
{
	size_t w = text_width(s);
	size_t at = 0;

	if (w <= width) {
		fprintf(f, "%*s%s%*s", right ? (int)(width - w) : 0, "", s,
			right || last ? 0 : (int)(width - w), "");
		return;
	}
	while (*s != '\0') {
		uint32_t c;
		size_t n = next_char(s, &c);

		if (at + char_width(c) + 1 > width)
			break;
		fwrite(s, 1, n, f);
		at += char_width(c);
		s += n;
	}
	fprintf(f, "…%*s", last ? 0 : (int)(width - at - 1), "");
}

static void
print_rule(const struct table *t, const size_t *width, FILE *f)
{
	for (size_t c = 0; c < t->columns; c++) {
		for (size_t i = 0; i < width[c]; i++)
			fputs("─", f);
		if (c + 1 < t->columns)
			fprintf(f, "%*s", GAP, "");
	}
	fputc('\n', f);
}

void
table_print(const struct table *t, FILE *f, int color)
{
	size_t *width = arena_zalloc(t->arena, t->columns, sizeof *width);

	if (width == NULL)
		return;
	for (size_t c = 0; c < t->columns; c++)
		width[c] = column_width(t, c);
	if (color)
		fputs("\033[1m", f);
	for (size_t c = 0; c < t->columns; c++) {
		print_padded(f, header_text(t, c), width[c], t->headers[c][0] == '>',
			     c + 1 == t->columns);
		if (c + 1 < t->columns)
			fprintf(f, "%*s", GAP, "");
	}
	fprintf(f, "%s\n", color ? "\033[0m" : "");
	print_rule(t, width, f);
	for (size_t i = 0; i + t->columns <= n_cells(t); i += t->columns) {
		if (cell_at(t, i) == NULL) {
			print_rule(t, width, f);
			continue;
		}
		for (size_t c = 0; c < t->columns; c++) {
			const char *cell = cell_at(t, i + c);

			print_padded(f, cell != NULL ? cell : "", width[c], t->headers[c][0] == '>',
				     c + 1 == t->columns);
			if (c + 1 < t->columns)
				fprintf(f, "%*s", GAP, "");
		}
		fputc('\n', f);
	}
}
