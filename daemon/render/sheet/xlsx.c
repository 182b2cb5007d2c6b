#include "render/sheet/xlsx.h"

#include "base/civil.h"
#include "base/count.h"
#include "core/spd/keys.h"
#include "render/file/archive.h"
#include "render/sheet/sheets.h"
#include "render/sheet/xlsx_part.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_HEIGHT   13.0 /* points, of ten-point letters */
#define LINES_MAX     31   /* that a row can have: 409 points */
#define PRINTED_WIDTH 260  /* characters: what is wider is not printed */
#define NOTE_COLUMNS  6    /* that what is printed of it has */

static enum code
no_memory(struct err *e)
{
	return err_set(e, TRY_LIMIT, "xlsx", "out of memory; try again");
}

/* --- where things are ------------------------------------------------------------------------- */

static bool
is_shown(const struct block *k)
{
	if (k->kind == BLOCK_GRID)
		return (k->grid->where & IN_BOOK) != 0;
	return true;
}

static size_t
height_of(const struct block *k)
{
	size_t rows;

	if (k->kind == BLOCK_CHART)
		return CHART_ROWS + 2;
	if (k->kind == BLOCK_NOTE)
		return 2;
	rows = grid_rows(k->grid);
	/* Title, note, header (or what there is instead of a table), rows, a blank one. */
	return 3 + rows + (k->grid->note != NULL ? 1 : 0);
}

static size_t
blocks_of(const struct sheet *s)
{
	size_t n = 0;

	for (const struct block *k = s->first; k != NULL; k = k->next)
		n++;
	return n;
}

static enum code
find_places(struct page *p, struct err *e)
{
	size_t row = HEAD_ROWS + 1;

	p->place = arena_zalloc(p->w->book->arena, blocks_of(p->sheet) + 1, sizeof *p->place);
	if (p->place == NULL)
		return no_memory(e);
	for (const struct block *k = p->sheet->first; k != NULL; k = k->next) {
		if (!is_shown(k))
			continue;
		if (k->kind == BLOCK_GRID)
			p->place[p->n_places++] = (struct placed){
			    k->grid, (lxw_row_t)row + 1 + (k->grid->note != NULL ? 1u : 0u)};
		row += height_of(k);
		if (row > LXW_ROW_MAX)
			return err_set(e, TRY_LIMIT, "xlsx",
				       "the sheet %s has more than the %d rows that a workbook "
				       "takes: export it as csv, html or json",
				       p->sheet->name, LXW_ROW_MAX);
	}
	return OK;
}

lxw_row_t
xlsx_header_of(const struct page *p, const struct grid *g)
{
	for (size_t i = 0; i < p->n_places; i++)
		if (p->place[i].grid == g)
			return p->place[i].header;
	return 0;
}

lxw_col_t
xlsx_column_of(const struct grid *g, size_t column)
{
	lxw_col_t at = 0;

	for (size_t i = 0; i < column; i++)
		if (g->columns[i].where & IN_BOOK)
			at++;
	return at;
}

/* --- cells ------------------------------------------------------------------------------------ */

void
xlsx_put_text(struct page *p, lxw_row_t row, lxw_col_t col, const char *s, enum look look)
{
	/* write_string(): a text is never read as a formula, a link or a number. */
	worksheet_write_string(p->ws, row, col, xlsx_shortened(p->w->book, s, TEXT_MAX),
			       p->w->format[look]);
}

static lxw_row_t
row_of_place(const struct book_place *to)
{
	size_t row = HEAD_ROWS + 1;

	for (const struct block *k = to->sheet->first; k != NULL; k = k->next) {
		if (!is_shown(k))
			continue;
		if (k->kind == BLOCK_GRID && k->grid == to->grid)
			return (lxw_row_t)(row + 2 + (k->grid->note != NULL ? 1u : 0u) + to->row);
		row += height_of(k);
	}
	return 0;
}

static void
put_link(struct page *p, lxw_row_t row, lxw_col_t col, const char *text, const char *link)
{
	struct book *b = p->w->book;
	struct book_place to;

	if (!book_find(b, link, &to)) {
		xlsx_put_text(p, row, col, text, F_WRAP);
		return;
	}
	/* Names of sheets have no apostrophe. */
	worksheet_write_url_opt(
	    p->ws, row, col,
	    book_text(b, "internal:'%s'!A%u", to.sheet->name, row_of_place(&to) + 1),
	    p->w->format[F_LINK],
	    xlsx_shortened(b, to.grid == NULL ? to.sheet->name : text, TEXT_MAX), NULL);
}

static void
put_cell(struct page *p, lxw_row_t row, lxw_col_t col, const struct cell *c)
{
	enum look look = xlsx_tone(c->tone);

	if (c->link != NULL)
		put_link(p, row, col, c->text, c->link);
	else if (c->kind == CELL_NUMBER)
		worksheet_write_number(p->ws, row, col, c->number, xlsx_number_format(p->w, c));
	else if (c->kind == CELL_DAY || c->kind == CELL_INSTANT)
		worksheet_write_number(p->ws, row, col, c->number,
				       p->w->format[c->kind == CELL_DAY ? F_DAY : F_INSTANT]);
	else if (c->kind == CELL_TEXT)
		xlsx_put_text(p, row, col, c->text, look == F_PLAIN ? F_WRAP : look);
	else
		worksheet_write_blank(p->ws, row, col, p->w->format[F_PLAIN]);
}

/* Not every program makes room for what goes over several lines. */
static void
set_height(struct page *p, lxw_row_t row, unsigned lines)
{
	if (lines > LINES_MAX)
		lines = LINES_MAX;
	if (lines > 1)
		worksheet_set_row(p->ws, row, lines * LINE_HEIGHT + 2, NULL);
}

static unsigned
width_at(const struct page *p, size_t col)
{
	return p->width == NULL ? 0 : p->width[col];
}

static unsigned
lines_of_cell(const struct page *p, lxw_col_t col, const struct cell *c)
{
	return c->kind == CELL_TEXT ? xlsx_lines(c->text, width_at(p, col)) : 1;
}

static void
put_rows(struct page *p, const struct grid *g, lxw_row_t first)
{
	size_t rows = grid_rows(g);

	for (size_t r = 0; r < rows; r++) {
		lxw_row_t row = first + (lxw_row_t)r;
		unsigned most = 1;
		lxw_col_t col = 0;

		for (size_t i = 0; i < g->n_columns; i++) {
			const struct cell *c = grid_cell(g, r, i);
			unsigned lines;

			if (!(g->columns[i].where & IN_BOOK))
				continue;
			lines = lines_of_cell(p, col, c);
			most = lines > most ? lines : most;
			if (g->look == GRID_PAIRS && i == 0)
				xlsx_put_text(p, row, col, c->text, F_ITEM);
			else
				put_cell(p, row, col, c);
			col++;
		}
		set_height(p, row, most);
	}
}

/* Sentences over all columns but the first, which says what each is about. */
static void
put_sentences(struct page *p, const struct grid *g, lxw_row_t first)
{
	lxw_col_t last = (lxw_col_t)(p->n_columns - 1);
	unsigned width = 0;

	for (lxw_col_t i = 1; i <= last; i++)
		width += width_at(p, i);
	for (size_t r = 0; r < grid_rows(g); r++) {
		lxw_row_t row = first + (lxw_row_t)r;
		const char *text = grid_cell(g, r, 1)->text;

		put_cell(p, row, 0, grid_cell(g, r, 0));
		if (last > 1)
			worksheet_merge_range(p->ws, row, 1, row, last, "", p->w->format[F_WRAP]);
		xlsx_put_text(p, row, 1, text, F_WRAP);
		set_height(p, row, xlsx_lines(text, width));
	}
}

/* --- tables ----------------------------------------------------------------------------------- */

/* A table's headers must differ, and be there. */
static const char *
header_text(struct book *b, const struct grid *g, size_t column)
{
	const char *header = g->columns[column].header;
	unsigned before = 0;

	for (size_t i = 0; i < column; i++)
		before += strcasecmp(g->columns[i].header, header) == 0;
	if (before > 0)
		return book_text(b, "%s %u", xlsx_shortened(b, header, 200), before + 1);
	return header[0] == '\0' ? book_text(b, "Column %zu", column + 1)
				 : xlsx_shortened(b, header, 200);
}

/* Letters, digits and underscores; with a prefix, so that it is no name of a cell. */
static const char *
table_name(struct book *b, const struct grid *g)
{
	char out[128] = "t_";
	size_t n = 2;

	for (const char *s = g->slug; *s != '\0' && n + 1 < sizeof out; s++) {
		bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			      (*s >= '0' && *s <= '9');

		out[n++] = '_';
		if (letter)
			out[n - 1] = *s;
	}
	out[n] = '\0';
	return book_text(b, "%s", out);
}

static void
put_table(struct page *p, const struct grid *g, lxw_row_t header)
{
	struct book *b = p->w->book;
	lxw_table_column *column = arena_zalloc(b->arena, g->n_columns, sizeof *column);
	lxw_table_column **list = arena_zalloc(b->arena, g->n_columns + 1, sizeof(*list));
	lxw_table_options options = {
	    .style_type = LXW_TABLE_STYLE_TYPE_LIGHT,
	    .style_type_number = 8,
	    .columns = list,
	};
	unsigned most = 1;
	size_t n = 0;

	if (column == NULL || list == NULL)
		return;
	for (size_t i = 0; i < g->n_columns; i++) {
		unsigned lines;

		if (!(g->columns[i].where & IN_BOOK))
			continue;
		column[n].header = xlsx_owned(b, header_text(b, g, i));
		lines = xlsx_lines(column[n].header, width_at(p, n));
		most = lines > most ? lines : most;
		column[n].header_format =
		    p->w->format[g->columns[i].right ? F_HEADER_RIGHT : F_HEADER];
		list[n] = &column[n];
		n++;
	}
	if (n == 0)
		return;
	options.name = xlsx_owned(b, table_name(b, g));
	options.no_autofilter = g->look == GRID_PAIRS;
	worksheet_add_table(p->ws, header, 0, header + (lxw_row_t)grid_rows(g), (lxw_col_t)(n - 1),
			    &options);
	set_height(p, header, most);
	put_rows(p, g, header + 1);
}

static void
put_grid(struct page *p, const struct grid *g)
{
	lxw_row_t header = xlsx_header_of(p, g);
	lxw_row_t row = header - 1;

	if (g->note != NULL)
		xlsx_put_text(p, row--, 0, g->note, F_NOTE);
	xlsx_put_text(p, row, 0, g->title, F_SUBTITLE);
	if (grid_rows(g) == 0)
		xlsx_put_text(p, header, 0, g->empty, F_NOTE);
	else if (g->look == GRID_SAID)
		put_sentences(p, g, header);
	else
		put_table(p, g, header);
}

/* --- sheets ----------------------------------------------------------------------------------- */

/* '&' begins a code in a header. */
static const char *
header_escaped(struct book *b, const char *s, size_t max)
{
	const char *out = "";

	s = xlsx_shortened(b, s, max);
	for (const char *amp; (amp = strchr(s, '&')) != NULL; s = amp + 1)
		out = book_text(b, "%s%.*s&&", out, (int)(amp - s), s);
	return book_text(b, "%s%s", out, s);
}

/* Nobody could read it on paper. */
static bool
is_too_wide(const struct page *p)
{
	size_t width = 0;

	for (size_t i = 0; i < p->n_columns; i++)
		width += width_at(p, i);
	return width > PRINTED_WIDTH;
}

static void
set_up_print(struct page *p)
{
	struct book *b = p->w->book;
	const char *marking = header_escaped(b, b->marking, 64);
	const char *subject = header_escaped(b, b->subject, 70);

	worksheet_set_landscape(p->ws);
	worksheet_set_paper(p->ws, 9); /* A4 */
	worksheet_set_margins(p->ws, 0.5, 0.5, 0.8, 0.7);
	worksheet_fit_to_pages(p->ws, 1, 0);
	if (is_too_wide(p))
		worksheet_print_area(p->ws, 0, 0, HEAD_ROWS, NOTE_COLUMNS);
	worksheet_gridlines(p->ws, LXW_HIDE_ALL_GRIDLINES);
	worksheet_set_header(p->ws, book_text(b, "&C&\"Arial,Bold\"%s%s", marking,
					      b->provisional ? " - PROVISIONAL" : ""));
	worksheet_set_footer(
	    p->ws, book_text(b, "&L&8%s&C&\"Arial,Bold\"%s&R&8Page &P of &N", subject, marking));
}

static enum code
set_widths(struct page *p, struct err *e)
{
	size_t most = 0;
	unsigned short *width;

	for (size_t i = 0; i < p->n_places; i++)
		if (p->place[i].grid->n_columns > most)
			most = p->place[i].grid->n_columns;
	width = arena_zalloc(p->w->book->arena, most + 1, sizeof *width);
	if (width == NULL)
		return no_memory(e);
	p->width = width;
	for (const struct block *k = p->sheet->first; k != NULL; k = k->next) {
		lxw_col_t col = 0;

		if (k->kind != BLOCK_GRID || !is_shown(k))
			continue;
		for (size_t i = 0; i < k->grid->n_columns; i++) {
			const struct column *c = &k->grid->columns[i];

			if (!(c->where & IN_BOOK))
				continue;
			if (c->width > width[col])
				width[col] = c->width;
			col++;
		}
	}
	for (lxw_col_t i = 0; i < most && width[i] > 0; i++) {
		worksheet_set_column(p->ws, i, i, width[i] + 2.0, NULL);
		p->n_columns++;
	}
	return OK;
}

static size_t
rows_of_sheet(const struct sheet *s)
{
	size_t n = 0;

	for (const struct block *k = s->first; k != NULL; k = k->next)
		if (k->kind == BLOCK_GRID && is_shown(k))
			n += grid_rows(k->grid);
	return n;
}

#define HOLDS_HEAD_FROM 12 /* rows: with fewer the headers stay in sight anyway */

/* A sheet that is one grid, by and large, holds its headers in sight; others marking and title. */
static void
freeze(struct page *p)
{
	const struct block *k = p->sheet->first;
	size_t rows;
	lxw_row_t header;

	while (k != NULL && k->kind == BLOCK_NOTE)
		k = k->next;
	rows = k != NULL && k->kind == BLOCK_GRID && is_shown(k) ? grid_rows(k->grid) : 0;
	if ((rows >= HOLDS_HEAD_FROM || (rows > 0 && p->sheet->holds)) &&
	    3 * rows >= 2 * rows_of_sheet(p->sheet)) {
		header = xlsx_header_of(p, k->grid);
		worksheet_freeze_panes(p->ws, header + 1, 2);
		worksheet_repeat_rows(p->ws, header, header);
	} else {
		worksheet_freeze_panes(p->ws, HEAD_ROWS, 0);
	}
}

static void
put_head(struct page *p)
{
	struct book *b = p->w->book;

	xlsx_put_text(p, 0, 0,
		      b->handling == NULL ? b->marking
					  : book_text(b, "%s: %s", b->marking, b->handling),
		      F_MARKING);
	xlsx_put_text(p, 1, 0, book_text(b, "%s: %s", p->sheet->name, b->subject), F_TITLE);
	if (b->provisional)
		xlsx_put_text(p, 2, 0,
			      book_text(b,
					"PROVISIONAL: computed %s, not frozen, not approved. These "
					"figures may change.",
					b->as_of),
			      F_STATE);
}

/* The way back, and what is left off paper. */
static void
put_way(struct page *p)
{
	struct book_place summary;

	if (strcmp(p->sheet->slug, SHEET_OF_SUMMARY) != 0 &&
	    book_find(p->w->book, SHEET_OF_SUMMARY, &summary))
		put_link(p, HEAD_ROWS, 0, "", SHEET_OF_SUMMARY);
	if (is_too_wide(p))
		xlsx_put_text(p, HEAD_ROWS, 1,
			      "Too wide for paper: of this sheet only these lines are printed. "
			      "All of it is in the CSV files, too.",
			      F_NOTE);
}

static bool
has_content(const struct sheet *s)
{
	for (const struct block *k = s->first; k != NULL; k = k->next)
		if (is_shown(k))
			return true;
	return false;
}

static enum code
put_sheet(struct writer *w, const struct sheet *s, struct err *e)
{
	struct page *p;
	lxw_row_t row = HEAD_ROWS + 1;

	if (!has_content(s))
		return OK;
	p = arena_zalloc(w->book->arena, 1, sizeof *p);
	if (p == NULL)
		return no_memory(e);
	*p = (struct page){.w = w, .sheet = s};
	p->ws = workbook_add_worksheet(w->workbook, s->name);
	if (p->ws == NULL)
		return no_memory(e);
	if (find_places(p, e) != OK)
		return e->code;
	if (set_widths(p, e) != OK)
		return e->code;
	put_head(p);
	put_way(p);
	set_up_print(p);
	freeze(p);
	for (const struct block *k = s->first; k != NULL; k = k->next) {
		if (!is_shown(k))
			continue;
		if (k->kind == BLOCK_GRID)
			put_grid(p, k->grid);
		else if (k->kind == BLOCK_CHART)
			xlsx_put_chart(p, k->chart, row);
		else
			xlsx_put_text(p, row, 0, k->note, F_NOTE);
		row += (lxw_row_t)height_of(k);
	}
	return OK;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void
set_properties(struct writer *w)
{
	struct book *b = w->book;
	struct utc_ms as_of = {0};
	lxw_doc_properties properties = {
	    .title = xlsx_owned(
		b, xlsx_shortened(b, book_text(b, "%s: %s, %s", b->marking, b->what, b->subject),
				  250)),
	    .subject = xlsx_owned(b, xlsx_shortened(b, b->subject, 250)),
	    .author = xlsx_owned(b, xlsx_shortened(b, b->entity, 120)),
	    .category = xlsx_owned(b, b->marking),
	    .company = xlsx_owned(b, xlsx_shortened(b, b->entity, 120)),
	};

	utc_parse(text_of(b->as_of), &as_of);
	/* Not the time of making: the same revision gives the same bytes. */
	properties.created = (time_t)(as_of.v / MS_PER_SECOND);
	if (properties.created <= 0)
		properties.created = 1;
	workbook_set_properties(w->workbook, &properties);
	if (b->sha256 != NULL)
		workbook_set_custom_property_string(w->workbook, "document-sha256", b->sha256);
}

static enum code
write_book(struct writer *w, struct err *e)
{
	enum code code = OK;
	lxw_error failed;

	xlsx_formats(w);
	set_properties(w);
	for (const struct sheet *s = w->book->first; s != NULL && code == OK; s = s->next)
		code = put_sheet(w, s, e);
	failed = workbook_close(w->workbook);
	if (code != OK)
		return code;
	if (arena_failed(w->book->arena))
		return no_memory(e);
	if (failed != LXW_NO_ERROR)
		return err_set(e, TRY_SYSTEM, "xlsx",
			       "cannot make the workbook: %s; is there room in %s?",
			       lxw_strerror(failed), P_tmpdir);
	return OK;
}

static enum code
read_back(int fd, struct buf *out, struct err *e)
{
	struct stat st;
	unsigned char *to;

	if (fstat(fd, &st) != 0 || st.st_size <= 0 ||
	    (to = buf_extend(out, (size_t)st.st_size)) == NULL)
		return no_memory(e);
	for (size_t at = 0; at < (size_t)st.st_size;) {
		ssize_t n = pread(fd, to + at, (size_t)st.st_size - at, (off_t)at);

		if (n <= 0 && errno != EINTR)
			return err_set(e, TRY_SYSTEM, "xlsx", "cannot read the workbook: %s",
				       strerror(errno));
		at += n > 0 ? (size_t)n : 0;
	}
	return OK;
}

enum code
xlsx_render(struct book *b, struct buf *out, struct err *e)
{
	/* The library writes to a named file: this one is memory, and is gone whatever happens. */
	int fd = memfd_create("semsctl-workbook", MFD_CLOEXEC);
	struct writer w = {.book = b};
	enum code code;

	if (fd < 0)
		return err_set(e, TRY_SYSTEM, "xlsx", "cannot make a workbook in memory: %s",
			       strerror(errno));
	w.workbook = workbook_new(book_text(b, "/proc/self/fd/%d", fd));
	if (w.workbook == NULL)
		code = no_memory(e);
	else
		code = write_book(&w, e);
	if (code == OK)
		code = read_back(fd, out, e);
	/* Its parts go through temporary files, and it does not look whether they were written. */
	if (code == OK && !archive_xml_is_whole(out))
		code = err_set(e, TRY_SYSTEM, "xlsx",
			       "the workbook came out incomplete: is there room in %s?", P_tmpdir);
	close(fd);
	return code;
}
