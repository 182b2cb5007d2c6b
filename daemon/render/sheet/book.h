/* Room render/sheet: The document as sheets, and as a workbook. */
/*
 * A book: what an SPD says, as sheets of grids, charts and notes, before any format. The workbook,
 * the page and the CSV files are made from the same book, so that they cannot differ.
 *
 * Everything lives in the book's arena or in the documents it was made from; both outlive it. When
 * the arena is full, book_failed() tells, and what was built is not to be used.
 */
#ifndef SEMS_RENDER_SHEET_BOOK_H
#define SEMS_RENDER_SHEET_BOOK_H

#include "base/arena.h"
#include "render/doc/edition.h"
#include "render/doc/spd_value.h"

#include <stdint.h>

/* Where a grid or a column is shown. */
#define IN_BOOK  1u /* the workbook */
#define IN_PAGE  2u
#define IN_CSV   4u
#define IN_ALL   7u
#define IN_SHOWN (IN_BOOK | IN_PAGE) /* to people */
/* Beside these, of a column that holds instants: its header says by which clocks. */
#define BY_CLOCK 8u

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_UNSURE, TONE_MUTED, N_TONES };

enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_DAY, CELL_INSTANT };

struct cell {
	enum cell_kind kind;
	enum tone tone;
	const char *text; /* for people */
	const char *raw;  /* for programs: a code, digits, ISO 8601; NULL: the text */
	const char *unit; /* CELL_NUMBER: as in the catalogue, or one of the units below */
	double number;
	int decimals; /* CELL_NUMBER: more than its unit has */
	/* CELL_TEXT: drawn on a page with the text as its alternative, NAN a gap; NULL: none */
	const double *points;
	size_t n_points;
	/* Where the reader goes on, as book_find() finds it: a metric's id or a sheet's slug; NULL:
	 * nowhere. */
	const char *link;
};

/* And UNIT_CHANGE. */
#define UNIT_INTEGER "count"
#define UNIT_REAL    "z"

struct column {
	const char *key;    /* for programs */
	const char *header; /* for people */
	unsigned where;
	unsigned short width; /* in characters */
	bool right;           /* holds numbers */
};

/* How a grid is laid out: columns with headers; what and what it is; a few numbers; sentences. */
enum grid_look { GRID_TABLE, GRID_PAIRS, GRID_TALLY, GRID_SAID };

struct grid {
	const char *slug; /* one of its kind in the book: "tip-by-site" */
	const char *title;
	const char *note;  /* NULL: none */
	const char *empty; /* what to say when there are no rows */
	unsigned where;
	enum grid_look look;
	bool folded;      /* on a page behind its title until it is opened */
	bool cards;       /* on a narrow page each row is a block of lines */
	size_t page_rows; /* a page has no more than the last of them; 0: all */
	bool places;      /* links to a metric lead to its row here, by the first cell */
	struct column *columns;
	size_t n_columns;
	struct cell *cells; /* row by row */
	size_t n_cells;
	size_t cap_cells;
	struct book *book;
};

struct series {
	unsigned column; /* of the grid */
	enum series_look {
		LOOK_LINE,
		LOOK_POINTS,
		LOOK_LIMIT,
		LOOK_WARNING,
		LOOK_ALERT,
		LOOK_TARGET
	} look;
};

#define SERIES_MAX 8

struct chart_view {
	const struct grid *data;
	const char *title;
	const char *text; /* what there is to see, in words */
	const char *y_unit;
	const char *good; /* "higher is better"; "": neither way is */
	unsigned x;       /* column of the grid */
	bool x_numeric;   /* else one step a row */
	bool marks;       /* rows whose last column is not empty are marked */
	struct series series[SERIES_MAX];
	size_t n_series;
};

struct block {
	enum block_kind { BLOCK_GRID, BLOCK_CHART, BLOCK_NOTE } kind;
	struct grid *grid;
	struct chart_view *chart;
	const char *note;
	struct block *next;
};

struct sheet {
	const char *slug;
	const char *name; /* at most 31 characters, none of []:*?/\ */
	struct book *book;
	bool on_paper; /* a page prints it without being asked for all */
	bool holds;    /* the headers of its first grid stay in sight, few as its rows may be */
	struct block *first;
	struct block *last;
	struct sheet *next;
};

struct book {
	const struct edition *edition; /* NULL: the book is of no SPD */
	struct arena *arena;
	const char *what;   /* "SeMS performance data" */
	const char *entity; /* whose it is */
	const char *as_of;  /* RFC 3339: when it was so */
	const char *sha256; /* of the document; NULL: not told */
	const char *marking;
	const char *handling; /* NULL: no handling text */
	const char *subject;  /* "Northmoor Airports: 2026-Q3, DRAFT, revision 2" */
	bool provisional;
	bool full; /* a page prints all of it */
	struct sheet *first;
	struct sheet *last;
};

/* Makes the sheets of the edition. */
enum code book_make(const struct edition *edition, struct arena *arena, struct book *b,
		    struct err *e) MUST_CHECK;

/* Where a link leads: a sheet, and of a metric the grid and the row there; false: nowhere. */
struct book_place {
	const struct sheet *sheet;
	const struct grid *grid; /* NULL: the sheet as a whole */
	size_t row;
};
bool book_find(const struct book *b, const char *link, struct book_place *out);

struct sheet *book_sheet(struct book *b, const char *slug, const char *name);
const char *book_text(struct book *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* all, then the separator when there is anything before, then one. */
const char *book_join(struct book *b, const char *all, const char *separator, const char *one);
const char *book_count(struct book *b, double v); /* 1234567 as "1,234,567" */
/* "6 Jul" of "2026-07-06", so many days on; what is no day as it is. */
const char *book_day(struct book *b, const char *day, int days);
/* By the entity's clocks, with UTC beside: "2026-07-10 10:00:00+01:00 (09:00:00 UTC)". */
const char *book_time(struct book *b, const char *rfc3339);
/* "set by unix:anna at 2026-05-04 10:00:00+01:00 (09:00:00 UTC) in the name of A. Example": who was
 * signed in, and whom they named in the member `named`. */
const char *book_decided(struct book *b, const json_t *decision, const char *named);
void sheet_note(struct sheet *s, const char *text);
/* where IN_ALL, no rows, no columns yet. */
struct grid *sheet_grid(struct sheet *s, const char *slug, const char *title);
/* Goes before the grid, which was the last thing to be added to the sheet. */
struct chart_view *sheet_chart(struct sheet *s, const struct grid *data, const char *title);
/* A range of the y axis that holds every value, and the step of its ticks: 1, 2 or 5 times a power
 * of ten. */
void chart_range(const struct chart_view *c, double *low, double *high, double *step);
double chart_step(double span, unsigned ticks);
/* How many decimals, of a share in per cent, tell ticks of that step apart. */
int chart_decimals(const struct chart_view *c, double step);
void chart_series_add(struct chart_view *c, unsigned column, enum series_look look);

/* Columns before the first cell; then a cell for every column, row after row. */
void grid_column(struct grid *g, const struct column *c);
size_t grid_rows(const struct grid *g);
const struct cell *grid_cell(const struct grid *g, size_t row, size_t column);
void grid_add(struct grid *g, struct cell c);

void grid_empty(struct grid *g);
void grid_text(struct grid *g, const char *s);
/* What a record's field of this name says: a code of its enumeration in words, and as it is in CSV.
 */
void grid_value(struct grid *g, const char *field, const char *value);
const char *book_value(struct book *b, const char *field,
		       const char *value); /* "" or NULL: an empty cell */
void grid_code(struct grid *g, const char *text, const char *raw, enum tone tone);
void grid_link(struct grid *g, const char *text, const char *link);
void grid_number(struct grid *g, double v, const char *unit);
/* What is read beside another number, such as a target: as spd_value(). */
void grid_beside(struct grid *g, double v, const char *unit, const double *beside);
/* A sign behind the text of the last cell, where it is read as text; a number stays one. */
void grid_mark(struct grid *g, const char *sign);
/* The member, an empty cell when it is no number. */
void grid_member(struct grid *g, const json_t *o, const char *key, const char *unit);
/* By the entity's clocks; "": an empty cell. */
void grid_instant(struct grid *g, const char *rfc3339);
/* The same as a text, with UTC beside it. */
void grid_moment(struct grid *g, const char *rfc3339);
void grid_day(struct grid *g, const char *date);
/* A row of two cells: what it is, and the cell that comes next. */
void grid_item(struct grid *g, const char *what);

#endif
