/*
 * What the files of the workbook share: its looks, a sheet as it is written, and where things lie.
 * Texts that are handed to the library live in the book's arena.
 */
#ifndef SEMS_RENDER_SHEET_XLSX_PART_H
#define SEMS_RENDER_SHEET_XLSX_PART_H

#include "render/sheet/book.h"

#include <xlsxwriter.h>

#define TEXT_MAX   32000 /* bytes of a cell; a spreadsheet takes 32,767 characters */
#define HEAD_ROWS  3     /* marking, title, state */
#define CHART_ROWS 18

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
	F_LINK,
	N_LOOKS,
};

#define FINER_MAX 12 /* decimals */

struct writer {
	struct book *book;
	lxw_workbook *workbook;
	lxw_format *format[N_LOOKS];
	lxw_format *finer[N_LOOKS][FINER_MAX + 1]; /* by decimals; NULL: not met yet */
};

/* Where the grids of a sheet lie, so that a chart can name cells below it. */
struct placed {
	const struct grid *grid;
	lxw_row_t header; /* the row of the column headers */
};

struct page {
	struct writer *w;
	const struct sheet *sheet;
	lxw_worksheet *ws;
	struct placed *place;
	size_t n_places;
	unsigned short *width; /* of the sheet's columns, in characters */
	size_t n_columns;
};

/* xlsx_look.c */
void xlsx_formats(struct writer *w);
enum look xlsx_tone(enum tone tone);
/* A number's format; of one that needs more decimals than its unit has, made when it is met. */
lxw_format *xlsx_number_format(struct writer *w, const struct cell *c);
/* At most max bytes of s, cut between characters. */
const char *xlsx_shortened(struct book *b, const char *s, size_t max);
char *xlsx_owned(struct book *b, const char *s); /* the library's structures want it so */
/* How many lines of so many characters a text takes that is broken between words; 1 at least. */
unsigned xlsx_lines(const char *s, unsigned width);

/* xlsx.c */
void xlsx_put_text(struct page *p, lxw_row_t row, lxw_col_t col, const char *s, enum look look);
lxw_row_t xlsx_header_of(const struct page *p, const struct grid *g);
/* The column of the sheet that a column of the grid is in: those of other formats have none. */
lxw_col_t xlsx_column_of(const struct grid *g, size_t column);

/* xlsx_chart.c: from the row on; its data lies below. */
void xlsx_put_chart(struct page *p, const struct chart_view *c, lxw_row_t row);

#endif
