#include "tools/terminal/table.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/count.h"
#include "base/text.h"
#include "tools/terminal/shown.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define TABLE_BYTES_MAX (64u * 1024u * 1024u)
#define CELL_BYTES      4096u /* more lose their middle */
#define CELL_SHOWN_MAX  (64u * 1024u)
#define GAP             2

/* In a table that is to fit a longer word goes over several lines; an id does not. */
#define WORD_MAX 40

struct cell {
	const char *text; /* NULL: of a rule */
	const char *style;
};

struct table {
	struct arena *arena;
	size_t columns;
	const char **headers;
	size_t *limits;   /* 0: none */
	size_t *optional; /* in which place a column goes, from 1; 0: it stays */
	size_t n_optional;
	struct buf cells; /* struct cell each; a rule is a row of them */
};

static size_t fit; /* 0: whatever a table needs */

void
table_fit(size_t width)
{
	fit = width;
}

size_t
table_width(void)
{
	return fit;
}

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

	for (size_t i = 0; i < COUNT(ranges); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return ranges[i].width;
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
	t->optional = arena_zalloc(a, columns, sizeof *t->optional);
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
put_cell(struct table *t, const char *text)
{
	const struct cell cell = {text, ""};

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
	shown_add(&shown, text_of(text), "");
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

void
table_style(struct table *t, const char *style)
{
	struct cell cell;

	if (t->cells.failed || t->cells.n < sizeof cell)
		return;
	memcpy(&cell, t->cells.p + t->cells.n - sizeof cell, sizeof cell);
	cell.style = style;
	memcpy(t->cells.p + t->cells.n - sizeof cell, &cell, sizeof cell);
}

void
table_optional(struct table *t, size_t column)
{
	t->optional[column] = ++t->n_optional;
}

static struct cell
cell_at(const struct table *t, size_t i)
{
	struct cell cell;

	memcpy(&cell, t->cells.p + i * sizeof cell, sizeof cell);
	return cell;
}

static size_t
n_cells(const struct table *t)
{
	return t->cells.n / sizeof(struct cell);
}

static const char *
header_text(const struct table *t, size_t column)
{
	return t->headers[column] + (t->headers[column][0] == '>');
}

/* --- how wide ----------------------------------------------------------------------------------
 */

static size_t
longest_word(const char *s)
{
	size_t longest = 0;
	size_t now = 0;

	while (*s != '\0') {
		uint32_t c;

		s += next_char(s, &c);
		now = c == ' ' ? 0 : now + char_width(c);
		if (now > longest)
			longest = now;
	}
	return longest < WORD_MAX ? longest : WORD_MAX;
}

/* The greatest of a column's header and cells. */
static size_t
column_width(const struct table *t, size_t column, size_t (*measure)(const char *s))
{
	size_t width = measure(header_text(t, column));

	for (size_t i = column; i < n_cells(t); i += t->columns) {
		const char *text = cell_at(t, i).text;
		size_t w = text != NULL ? measure(text) : 0;

		if (w > width)
			width = w;
	}
	return width;
}

/* How a table is laid out: a column that is left out has no width. */
struct layout {
	size_t *width; /* one per column */
	bool wraps;    /* a cell goes over several lines; else it ends in an ellipsis */
	bool blocks;   /* each row is a block of lines */
};

static size_t
width_of_all(const struct table *t, const size_t *width)
{
	size_t sum = 0;

	for (size_t c = 0; c < t->columns; c++)
		sum += width[c] == 0 ? 0 : width[c] + (sum > 0 ? GAP : 0);
	return sum;
}

/* Of what is left over, those that lack least get it first: a time stays in one line. */
static void
share_out(const struct table *t, size_t *width, const size_t *natural)
{
	size_t rest = fit - width_of_all(t, width);

	for (size_t want = t->columns; want > 0; want--) {
		size_t next = t->columns;
		size_t more;

		for (size_t c = 0; c < t->columns; c++)
			if (width[c] != 0 && width[c] < natural[c] &&
			    (next == t->columns ||
			     natural[c] - width[c] < natural[next] - width[next]))
				next = c;
		if (next == t->columns)
			return;
		more = natural[next] - width[next];
		more = more < rest ? more : rest;
		width[next] += more;
		rest -= more;
	}
}

/* As narrow as columns can be, without those that have to go. */
static void
narrow(const struct table *t, const size_t *natural, size_t *width)
{
	for (size_t c = 0; c < t->columns; c++)
		width[c] = t->headers[c][0] == '>' ? natural[c] : column_width(t, c, longest_word);
	for (size_t place = 1; place <= t->n_optional && width_of_all(t, width) > fit; place++)
		for (size_t c = 0; c < t->columns; c++)
			width[c] = t->optional[c] == place ? 0 : width[c];
}

/* For programs: a cell over its column's limit is cut. */
static void
limit_widths(const struct table *t, const size_t *natural, size_t *width)
{
	for (size_t c = 0; c < t->columns; c++) {
		size_t head = text_width(header_text(t, c));
		size_t most = t->limits[c] > head ? t->limits[c] : head;

		width[c] = t->limits[c] != 0 && natural[c] > most ? most : natural[c];
	}
}

/* False: no memory. */
static bool
lay_out(const struct table *t, struct layout *l)
{
	size_t *natural = arena_zalloc(t->arena, t->columns, sizeof *natural);

	l->width = arena_zalloc(t->arena, t->columns, sizeof *l->width);
	if (natural == NULL || l->width == NULL)
		return false;
	for (size_t c = 0; c < t->columns; c++)
		natural[c] = column_width(t, c, text_width);
	if (fit == 0) {
		limit_widths(t, natural, l->width);
	} else if (width_of_all(t, natural) <= fit) {
		l->width = natural;
	} else {
		l->wraps = true;
		narrow(t, natural, l->width);
		l->blocks = width_of_all(t, l->width) > fit;
		if (!l->blocks)
			share_out(t, l->width, natural);
	}
	return true;
}

/* --- printing -----------------------------------------------------------------------------------
 */

/* A part of a cell that is in one line. */
struct piece {
	const char *s;
	size_t n;     /* bytes */
	size_t width; /* columns of the terminal */
	bool cut;     /* an ellipsis follows */
};

/* As much of *s as goes into `width` columns, which moves on behind it. */
static struct piece
piece_cut(const char **s, size_t width)
{
	struct piece p = {.s = *s, .n = strlen(*s), .width = text_width(*s)};

	*s += p.n;
	if (p.width <= width)
		return p;
	p.cut = true;
	p.n = p.width = 0;
	for (;;) {
		uint32_t c;
		size_t n = next_char(p.s + p.n, &c);

		if (p.width + char_width(c) + 1 > width)
			return p;
		p.n += n;
		p.width += char_width(c);
	}
}

/* The same, up to a blank where there is one. */
static struct piece
piece_wrapped(const char **s, size_t width)
{
	struct piece p = {.s = *s};
	struct piece whole = {0}; /* up to the last blank */

	while (p.s[p.n] != '\0') {
		uint32_t c;
		size_t n = next_char(p.s + p.n, &c);

		if (c == ' ')
			whole = p;
		if (p.width + char_width(c) > width && (p.n > 0 || c == ' '))
			break;
		p.n += n;
		p.width += char_width(c);
	}
	if (p.s[p.n] != '\0' && whole.n > 0)
		p = whole;
	*s = p.s + p.n;
	while (**s == ' ')
		(*s)++;
	return p;
}

static void
print_piece(FILE *f, const struct piece *p, const char *style)
{
	const char *end = style[0] == '\0' ? "" : "\033[0m";

	if (p->n > 0 || p->cut)
		fprintf(f, "%s%.*s%s%s", style, (int)p->n, p->s, p->cut ? "…" : "", end);
}

/* In exactly `width` columns; trailing blanks only when something follows. */
static void
print_padded(FILE *f, const struct piece *p, size_t width, bool right, bool last, const char *style)
{
	int taken = (int)p->width + p->cut;
	int blanks = (int)width > taken ? (int)width - taken : 0;

	fprintf(f, "%*s", right ? blanks : 0, "");
	print_piece(f, p, style);
	fprintf(f, "%*s", right || last ? 0 : blanks, "");
}

/* A line of the table; rest: what is left of each cell. False: nothing is left. */
static bool
print_line(const struct table *t, const struct layout *l, const char **rest, size_t row, FILE *f)
{
	bool more = false;
	size_t last = t->columns;

	while (last > 0 && l->width[last - 1] == 0)
		last--;
	for (size_t c = 0; c < last; c++) {
		struct piece p;

		if (l->width[c] == 0)
			continue;
		p = l->wraps ? piece_wrapped(&rest[c], l->width[c])
			     : piece_cut(&rest[c], l->width[c]);
		more = more || rest[c][0] != '\0';
		print_padded(f, &p, l->width[c], t->headers[c][0] == '>', c + 1 == last,
			     row == SIZE_MAX ? "" : cell_at(t, row + c).style);
		if (c + 1 < last)
			fprintf(f, "%*s", GAP, "");
	}
	return more;
}

static void
print_rule(const struct table *t, const size_t *width, FILE *f)
{
	size_t at = 0;

	for (size_t c = 0; c < t->columns; c++) {
		if (width[c] == 0)
			continue;
		if (at++ > 0)
			fprintf(f, "%*s", GAP, "");
		for (size_t i = 0; i < width[c]; i++)
			fputs("─", f);
	}
	fputc('\n', f);
}

static void
print_header(const struct table *t, const struct layout *l, const char **rest, FILE *f, int color)
{
	bool more;

	for (size_t c = 0; c < t->columns; c++)
		rest[c] = header_text(t, c);
	do {
		if (color)
			fputs("\033[1m", f);
		more = print_line(t, l, rest, SIZE_MAX, f);
		fprintf(f, "%s\n", color ? "\033[0m" : "");
	} while (more);
	print_rule(t, l->width, f);
}

static void
print_row(const struct table *t, const struct layout *l, const char **rest, size_t row, FILE *f)
{
	bool more;

	for (size_t c = 0; c < t->columns; c++)
		rest[c] = cell_at(t, row + c).text;
	do {
		more = print_line(t, l, rest, row, f);
		fputc('\n', f);
	} while (more);
}

static void
print_left_out(const struct table *t, const struct layout *l, FILE *f)
{
	const char *before = "Not shown, for want of room: ";

	for (size_t c = 0; c < t->columns; c++) {
		if (l->width[c] != 0)
			continue;
		fprintf(f, "%s%s", before, header_text(t, c));
		before = ", ";
	}
	if (before[0] == ',')
		fputc('\n', f);
}

/* A row as lines of "Header  cell", for which there is always room. */
static void
print_block(const struct table *t, size_t row, FILE *f, int color)
{
	size_t label = 0;

	for (size_t c = 0; c < t->columns; c++) {
		size_t w = text_width(header_text(t, c));

		label = w > label ? w : label;
	}
	for (size_t c = 0; c < t->columns; c++) {
		struct cell cell = cell_at(t, row + c);
		const char *head = header_text(t, c);
		const char *rest = cell.text;
		size_t room = fit > label + GAP + 10 ? fit - label - GAP : 10;

		if (rest[0] == '\0')
			continue;
		fprintf(f, "%s%s%s%*s", color ? "\033[1m" : "", head, color ? "\033[0m" : "",
			(int)(label + GAP - text_width(head)), "");
		for (;;) {
			struct piece p = piece_wrapped(&rest, room);

			print_piece(f, &p, cell.style);
			fputc('\n', f);
			if (rest[0] == '\0')
				break;
			fprintf(f, "%*s", (int)(label + GAP), "");
		}
	}
}

static void
print_blocks(const struct table *t, FILE *f, int color)
{
	for (size_t i = 0; i + t->columns <= n_cells(t); i += t->columns) {
		if (i > 0)
			fputc('\n', f);
		if (cell_at(t, i).text != NULL)
			print_block(t, i, f, color);
	}
}

void
table_print(const struct table *t, FILE *f, int color)
{
	const char **rest = arena_zalloc(t->arena, t->columns, sizeof *rest);
	struct layout l = {0};

	if (rest == NULL || !lay_out(t, &l))
		return;
	if (l.blocks) {
		print_blocks(t, f, color);
		return;
	}
	print_header(t, &l, rest, f, color);
	for (size_t i = 0; i + t->columns <= n_cells(t); i += t->columns)
		if (cell_at(t, i).text == NULL)
			print_rule(t, l.width, f);
		else
			print_row(t, &l, rest, i, f);
	print_left_out(t, &l, f);
}
