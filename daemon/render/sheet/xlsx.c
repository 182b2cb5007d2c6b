#include "render/sheet/xlsx.h"

#include "base/civil.h"
#include "base/count.h"
#include "core/spd/keys.h"
#include "render/file/archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define TEXT_MAX   32000 /* bytes of a cell; a spreadsheet takes 32,767 characters */
#define HEAD_ROWS  3     /* marking, title, state */
#define CHART_ROWS 18
#define CHART_X    1.9 /* times 480 by 288 pixels */
#define CHART_Y    1.15

enum look {
	F_PLAIN,
	F_WRAP,
	F_GOOD,
	F_BAD,
	F_UNSURE,
	F_MUTED,
	F_SHARE,
	F_CHANGE,
	F_INTEGER,
	F_MS,
	F_REAL2,
	F_REAL3,
	F_DAY,
	F_INSTANT,
	F_ITEM,
	F_HEADER,
	F_HEADER_RIGHT,
	F_MARKING,
	F_TITLE,
	F_STATE,
	F_SUBTITLE,
	F_NOTE,
	N_LOOKS,
};

#define COLOR_GOOD   0x1B5E20
#define COLOR_BAD    0xA31515
#define COLOR_UNSURE 0x7A4A00
#define COLOR_MUTED  0x595959
#define COLOR_INK    0x1F2A37
#define COLOR_HEAD   0x1F3A5F
#define COLOR_LINE   0xA6ADB6

static const struct look_of {
	const char *number;
	uint32_t color;
	bool bold;
	bool wrap;
	bool right;
	uint8_t size; /* 0: the usual */
	bool head;    /* of a table */
} looks[] = {
    [F_PLAIN] = {NULL, 0, false, false, false, 0},
    [F_WRAP] = {NULL, 0, false, true, false, 0},
    [F_GOOD] = {NULL, COLOR_GOOD, true, false, false, 0},
    [F_BAD] = {NULL, COLOR_BAD, true, false, false, 0},
    [F_UNSURE] = {NULL, COLOR_UNSURE, true, false, false, 0},
    [F_MUTED] = {NULL, COLOR_MUTED, false, false, false, 0},
    [F_SHARE] = {"0.0%", 0, false, false, true, 0},
    [F_CHANGE] = {"+0.0%;-0.0%;0.0%", 0, false, false, true, 0},
    [F_INTEGER] = {"#,##0", 0, false, false, true, 0},
    [F_MS] = {"#,##0\" ms\"", 0, false, false, true, 0},
    [F_REAL2] = {"0.00", 0, false, false, true, 0},
    [F_REAL3] = {"0.000", 0, false, false, true, 0},
    [F_DAY] = {"yyyy-mm-dd", 0, false, false, false, 0},
    [F_INSTANT] = {"yyyy-mm-dd hh:mm:ss", 0, false, false, false, 0},
    [F_ITEM] = {NULL, COLOR_INK, true, false, false, 0},
    [F_HEADER] = {NULL, 0xFFFFFF, true, true, false, 0, true},
    [F_HEADER_RIGHT] = {NULL, 0xFFFFFF, true, true, true, 0, true},
    [F_MARKING] = {NULL, COLOR_BAD, true, false, false, 11},
    [F_TITLE] = {NULL, COLOR_INK, true, false, false, 14},
    [F_STATE] = {NULL, COLOR_BAD, true, false, false, 0},
    [F_SUBTITLE] = {NULL, COLOR_INK, true, false, false, 12},
    [F_NOTE] = {NULL, COLOR_MUTED, false, false, false, 0},
};
COVERS(looks, N_LOOKS);

static const enum look tone_look[] = {[TONE_PLAIN] = F_PLAIN,
				      [TONE_GOOD] = F_GOOD,
				      [TONE_BAD] = F_BAD,
				      [TONE_UNSURE] = F_UNSURE,
				      [TONE_MUTED] = F_MUTED};
COVERS(tone_look, N_TONES);

static const struct {
	const char *unit;
	enum look look;
} unit_looks[] = {
    {"%", F_SHARE}, {UNIT_CHANGE, F_CHANGE}, {UNIT_INTEGER, F_INTEGER}, {"n", F_INTEGER},
    {"ms", F_MS},   {"0-1", F_REAL3},
};

#define FINER_MAX  12 /* decimals */
#define FINER_SIZE 64

struct writer {
	struct book *book;
	lxw_workbook *workbook;
	lxw_format *format[N_LOOKS];
	lxw_format *finer[N_LOOKS][FINER_MAX + 1]; /* by decimals; NULL: not met yet */
};

/* Where the grids of a sheet lie, so that a chart can name cells below it. */
struct place {
	const struct grid *grid;
	lxw_row_t header; /* the row of the column headers */
};

struct page {
	struct writer *w;
	const struct sheet *sheet;
	lxw_worksheet *ws;
	struct place *place;
	size_t n_places;
};

static enum code
no_memory(struct err *e)
{
	return err_set(e, TRY_LIMIT, "xlsx", "out of memory; try again");
}

static void
set_frame(lxw_format *f, size_t look)
{
	/* What stands left does not touch the number before it. */
	if (look <= F_MUTED || look == F_DAY || look == F_INSTANT) {
		format_set_align(f, LXW_ALIGN_LEFT);
		format_set_indent(f, 1);
	}
	/* Not every program draws the style of a table. */
	if (looks[look].head)
		format_set_bg_color(f, COLOR_HEAD);
	if (look <= F_ITEM) {
		format_set_bottom(f, LXW_BORDER_HAIR);
		format_set_bottom_color(f, COLOR_LINE);
	}
}

static void
set_look(lxw_format *f, const struct look_of *l)
{
	format_set_font_name(f, "Arial");
	format_set_font_size(f, l->size == 0 ? 10 : l->size);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (l->number != NULL)
		format_set_num_format(f, l->number);
	if (l->color != 0)
		format_set_font_color(f, l->color);
	if (l->bold)
		format_set_bold(f);
	if (l->wrap)
		format_set_text_wrap(f);
	if (l->right)
		format_set_align(f, LXW_ALIGN_RIGHT);
}

static void
make_formats(struct writer *w)
{
	for (size_t i = 0; i < N_LOOKS; i++) {
		lxw_format *f = workbook_add_format(w->workbook);

		w->format[i] = f;
		if (f == NULL)
			continue;
		set_look(f, &looks[i]);
		set_frame(f, i);
	}
}

/* At most max bytes of s, cut between characters. */
static const char *
shortened(struct book *b, const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n <= max)
		return s;
	n = max;
	while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return book_text(b, "%.*s…", (int)n, s);
}

/* The library's structures want text that is not const. */
static char *
owned(struct book *b, const char *s)
{
	return arena_dup(b->arena, s, strlen(s));
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
			p->place[p->n_places++] = (struct place){
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

static lxw_row_t
header_of(const struct page *p, const struct grid *g)
{
	for (size_t i = 0; i < p->n_places; i++)
		if (p->place[i].grid == g)
			return p->place[i].header;
	return 0;
}

/* The column of the sheet that a column of the grid is in: those of other formats have none. */
static lxw_col_t
column_of(const struct grid *g, size_t column)
{
	lxw_col_t at = 0;

	for (size_t i = 0; i < column; i++)
		if (g->columns[i].where & IN_BOOK)
			at++;
	return at;
}

/* --- cells ------------------------------------------------------------------------------------ */

static void
put_text(struct page *p, lxw_row_t row, lxw_col_t col, const char *s, enum look look)
{
	/* write_string(): a text is never read as a formula, a link or a number. */
	worksheet_write_string(p->ws, row, col, shortened(p->w->book, s, TEXT_MAX),
			       p->w->format[look]);
}

static enum look
number_look(const char *unit)
{
	for (size_t i = 0; i < COUNT(unit_looks); i++)
		if (strcmp(unit, unit_looks[i].unit) == 0)
			return unit_looks[i].look;
	return F_REAL2;
}

static bool
is_last_digit(const char *p)
{
	return p[0] == '0' && p[1] != '0' && p[1] != '.';
}

/* The number format with so many decimals: "0.0%" with three is "0.000%". */
static void
write_finer(const char *number, int decimals, char out[FINER_SIZE])
{
	char zeros[FINER_MAX + 1] = "";
	size_t n = 0;

	memset(zeros, '0', (size_t)decimals);
	for (const char *p = number; *p != '\0' && n < FINER_SIZE - 1; p++) {
		if (*p == '.')
			p += strspn(p + 1, "0");
		else
			out[n++] = *p;
		if (is_last_digit(p))
			n += (size_t)snprintf(out + n, FINER_SIZE - n, ".%s", zeros);
	}
	out[n < FINER_SIZE ? n : FINER_SIZE - 1] = '\0';
}

/* A number's format; of one that needs more decimals than its unit has, made when it is met. */
static lxw_format *
number_format(struct writer *w, const struct cell *c)
{
	enum look look = number_look(c->unit);
	const char *number = looks[look].number;
	const char *point = strchr(number, '.');
	int usual = point == NULL ? 0 : (int)strspn(point + 1, "0");
	lxw_format **finer;
	char text[FINER_SIZE];

	if (c->decimals <= usual || c->decimals > FINER_MAX)
		return w->format[look];
	finer = &w->finer[look][c->decimals];
	if (*finer == NULL && (*finer = workbook_add_format(w->workbook)) != NULL) {
		write_finer(number, c->decimals, text);
		set_look(*finer, &looks[look]);
		set_frame(*finer, look);
		format_set_num_format(*finer, text);
	}
	return *finer;
}

static void
put_cell(struct page *p, lxw_row_t row, lxw_col_t col, const struct cell *c, bool wrap)
{
	enum look look = tone_look[c->tone];

	if (c->kind == CELL_NUMBER)
		worksheet_write_number(p->ws, row, col, c->number, number_format(p->w, c));
	else if (c->kind == CELL_DAY || c->kind == CELL_INSTANT)
		worksheet_write_number(p->ws, row, col, c->number,
				       p->w->format[c->kind == CELL_DAY ? F_DAY : F_INSTANT]);
	else if (c->kind == CELL_TEXT)
		put_text(p, row, col, c->text, wrap && look == F_PLAIN ? F_WRAP : look);
	else
		worksheet_write_blank(p->ws, row, col, p->w->format[F_PLAIN]);
}

#define WRAPPED_FROM 20 /* columns so wide hold sentences */

static void
put_rows(struct page *p, const struct grid *g, lxw_row_t first)
{
	size_t rows = grid_rows(g);

	for (size_t r = 0; r < rows; r++) {
		lxw_col_t col = 0;

		for (size_t i = 0; i < g->n_columns; i++) {
			const struct cell *c = grid_cell(g, r, i);

			if (!(g->columns[i].where & IN_BOOK))
				continue;
			if (g->pairs && i == 0)
				put_text(p, first + (lxw_row_t)r, col, c->text, F_ITEM);
			else
				put_cell(p, first + (lxw_row_t)r, col, c,
					 g->columns[i].width >= WRAPPED_FROM);
			col++;
		}
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
		return book_text(b, "%s %u", shortened(b, header, 200), before + 1);
	return header[0] == '\0' ? book_text(b, "Column %zu", column + 1)
				 : shortened(b, header, 200);
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
	size_t n = 0;

	if (column == NULL || list == NULL)
		return;
	for (size_t i = 0; i < g->n_columns; i++) {
		if (!(g->columns[i].where & IN_BOOK))
			continue;
		column[n].header = owned(b, header_text(b, g, i));
		column[n].header_format =
		    p->w->format[g->columns[i].right ? F_HEADER_RIGHT : F_HEADER];
		list[n] = &column[n];
		n++;
	}
	if (n == 0)
		return;
	options.name = owned(b, table_name(b, g));
	options.no_autofilter = g->pairs;
	worksheet_add_table(p->ws, header, 0, header + (lxw_row_t)grid_rows(g), (lxw_col_t)(n - 1),
			    &options);
	put_rows(p, g, header + 1);
}

static void
put_grid(struct page *p, const struct grid *g)
{
	lxw_row_t header = header_of(p, g);
	lxw_row_t row = header - 1;

	if (g->note != NULL)
		put_text(p, row--, 0, g->note, F_NOTE);
	put_text(p, row, 0, g->title, F_SUBTITLE);
	if (grid_rows(g) == 0)
		put_text(p, header, 0, g->empty, F_NOTE);
	else
		put_table(p, g, header);
}

/* --- charts ----------------------------------------------------------------------------------- */

static void
style_series(lxw_chart_series *one, const struct chart_view *c, size_t i)
{
	static const uint32_t colors[] = {0x1F4E79, 0xB3541E, 0x2E7D32, 0x6A3D9A,
					  0x8C564B, 0x00838F, 0x5D4037, 0x37474F};
	lxw_chart_line line = {.width = 1.75F};
	lxw_chart_line hidden;
	enum series_look look = c->series[i].look;

	memset(&hidden, 0, sizeof hidden);
	hidden.none = LXW_TRUE;
	line.color = colors[i % COUNT(colors)];
	if (look == LOOK_LIMIT || look == LOOK_WARNING) {
		line.color = look == LOOK_LIMIT ? COLOR_BAD : 0x808080;
		line.width = 1.0F;
		line.dash_type =
		    look == LOOK_LIMIT ? LXW_CHART_LINE_DASH_DASH : LXW_CHART_LINE_DASH_ROUND_DOT;
		chart_series_set_marker_type(one, LXW_CHART_MARKER_NONE);
	} else {
		lxw_chart_fill fill = {.color = line.color};

		chart_series_set_marker_type(one, look == LOOK_POINTS ? LXW_CHART_MARKER_DIAMOND
								      : LXW_CHART_MARKER_CIRCLE);
		chart_series_set_marker_size(one, look == LOOK_POINTS ? 7 : 5);
		chart_series_set_marker_fill(one, &fill);
	}
	chart_series_set_line(one, look == LOOK_POINTS ? &hidden : &line);
}

static void
add_series(const struct page *p, lxw_chart *chart, const struct chart_view *c, size_t i)
{
	const struct grid *g = c->data;
	lxw_chart_series *one = chart_add_series(chart, NULL, NULL);
	lxw_row_t first = header_of(p, g) + 1;
	lxw_row_t end = first + (lxw_row_t)grid_rows(g) - 1;
	lxw_col_t x = column_of(g, c->x);
	lxw_col_t y = column_of(g, c->series[i].column);

	if (one == NULL)
		return;
	chart_series_set_categories(one, p->sheet->name, first, x, end, x);
	chart_series_set_values(one, p->sheet->name, first, y, end, y);
	chart_series_set_name_range(one, p->sheet->name, first - 1, y);
	style_series(one, c, i);
}

static void
style_axes(lxw_chart *chart, const struct chart_view *c)
{
	const struct grid *g = c->data;
	bool days = grid_rows(g) > 0 && grid_cell(g, 0, c->x)->kind == CELL_DAY;
	lxw_chart_line faint = {.color = 0xDDE1E6, .width = 0.75F};
	double low;
	double high;
	double step;

	chart_axis_set_name(chart->x_axis, g->columns[c->x].header);
	if (days)
		chart_axis_set_num_format(chart->x_axis, "d mmm");
	else if (c->x_numeric)
		chart_axis_set_num_format(chart->x_axis, "#,##0");
	if (strcmp(c->y_unit, "%") == 0)
		chart_axis_set_num_format(chart->y_axis, "0%");
	chart_range(c, &low, &high, &step);
	chart_axis_set_min(chart->y_axis, low);
	chart_axis_set_max(chart->y_axis, high);
	chart_axis_set_major_unit(chart->y_axis, step);
	chart_axis_set_crossing(chart->y_axis, low);
	chart_axis_major_gridlines_set_line(chart->y_axis, &faint);
}

static void
put_chart(struct page *p, const struct chart_view *c, lxw_row_t row)
{
	struct book *b = p->w->book;
	lxw_chart_font title = {.name = owned(b, "Arial"), .size = 11, .bold = LXW_TRUE};
	lxw_chart_options options = {.x_scale = CHART_X, .y_scale = CHART_Y};
	lxw_chart *chart;

	put_text(p, row, 0, c->text, F_NOTE);
	if (grid_rows(c->data) == 0)
		return;
	chart = workbook_add_chart(p->w->workbook,
				   c->x_numeric ? LXW_CHART_SCATTER_STRAIGHT : LXW_CHART_LINE);
	if (chart == NULL)
		return;
	for (size_t i = 0; i < c->n_series; i++)
		add_series(p, chart, c, i);
	chart_title_set_name(chart, shortened(b, c->title, 120));
	chart_title_set_name_font(chart, &title);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	chart_show_blanks_as(chart, LXW_CHART_BLANKS_AS_GAP);
	style_axes(chart, c);
	options.description = owned(b, book_text(b, "%s. %s", c->title, c->text));
	worksheet_insert_chart_opt(p->ws, row + 1, 0, chart, &options);
}

/* --- sheets ----------------------------------------------------------------------------------- */

/* '&' begins a code in a header. */
static const char *
header_escaped(struct book *b, const char *s, size_t max)
{
	const char *out = "";

	s = shortened(b, s, max);
	for (const char *amp; (amp = strchr(s, '&')) != NULL; s = amp + 1)
		out = book_text(b, "%s%.*s&&", out, (int)(amp - s), s);
	return book_text(b, "%s%s", out, s);
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
	worksheet_gridlines(p->ws, LXW_HIDE_ALL_GRIDLINES);
	worksheet_set_header(p->ws, book_text(b, "&C&\"Arial,Bold\"%s%s", marking,
					      b->provisional ? " - PROVISIONAL" : ""));
	worksheet_set_footer(
	    p->ws, book_text(b, "&L&8%s&C&\"Arial,Bold\"%s&R&8Page &P of &N", subject, marking));
}

static void
set_widths(struct page *p)
{
	size_t most = 0;
	unsigned short *width;

	for (size_t i = 0; i < p->n_places; i++)
		if (p->place[i].grid->n_columns > most)
			most = p->place[i].grid->n_columns;
	width = arena_zalloc(p->w->book->arena, most + 1, sizeof *width);
	if (width == NULL)
		return;
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
	for (lxw_col_t i = 0; i < most && width[i] > 0; i++)
		worksheet_set_column(p->ws, i, i, width[i] + 2.0, NULL);
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
	if (rows >= HOLDS_HEAD_FROM && 3 * rows >= 2 * rows_of_sheet(p->sheet)) {
		header = header_of(p, k->grid);
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

	put_text(p, 0, 0,
		 b->handling == NULL ? b->marking : book_text(b, "%s: %s", b->marking, b->handling),
		 F_MARKING);
	put_text(p, 1, 0, book_text(b, "%s: %s", p->sheet->name, b->subject), F_TITLE);
	if (b->provisional)
		put_text(p, 2, 0,
			 book_text(b,
				   "PROVISIONAL: computed %s, not frozen, not approved. These "
				   "figures may change.",
				   spd_text(b->edition->doc, DOC_AS_OF)),
			 F_STATE);
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
	put_head(p);
	set_widths(p);
	set_up_print(p);
	freeze(p);
	for (const struct block *k = s->first; k != NULL; k = k->next) {
		if (!is_shown(k))
			continue;
		if (k->kind == BLOCK_GRID)
			put_grid(p, k->grid);
		else if (k->kind == BLOCK_CHART)
			put_chart(p, k->chart, row);
		else
			put_text(p, row, 0, k->note, F_NOTE);
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
	    .title = owned(
		b,
		shortened(b, book_text(b, "%s: SeMS performance data, %s", b->marking, b->subject),
			  250)),
	    .subject = owned(b, shortened(b, b->subject, 250)),
	    .author = owned(b, shortened(b, spd_text(b->edition->doc, DOC_ENTITY), 120)),
	    .category = owned(b, b->marking),
	    .company = owned(b, shortened(b, spd_text(b->edition->doc, DOC_ENTITY), 120)),
	};

	utc_parse(text_of(spd_text(b->edition->doc, DOC_AS_OF)), &as_of);
	/* Not the time of making: the same revision gives the same bytes. */
	properties.created = (time_t)(as_of.v / MS_PER_SECOND);
	if (properties.created <= 0)
		properties.created = 1;
	workbook_set_properties(w->workbook, &properties);
	workbook_set_custom_property_string(w->workbook, "document-sha256", b->edition->sha256);
}

static enum code
write_book(struct writer *w, struct err *e)
{
	enum code code = OK;
	lxw_error failed;

	make_formats(w);
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
