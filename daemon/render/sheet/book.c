#include "render/sheet/book.h"

#include "base/civil.h"
#include "core/kind/words.h"
#include "core/spd/keys.h"
#include "render/doc/spd_time.h"
#include "render/sheet/sheets.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_CHARACTERS 31

const char *
book_text(struct book *b, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0)
		text = arena_alloc(b->arena, (size_t)n + 1);
	if (text == NULL)
		return "";
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return text;
}

const char *
book_join(struct book *b, const char *all, const char *separator, const char *one)
{
	return all[0] == '\0' ? one : book_text(b, "%s%s%s", all, separator, one);
}

/* Spreadsheets allow 31 characters and not these in a sheet's name, and no name twice. */
static const char *
safe_name(struct book *b, const char *name, unsigned most)
{
	char out[NAME_MAX_CHARACTERS * 4 + 1];
	struct text rest = text_of(name);
	size_t n = 0;
	unsigned characters = 0;

	while (rest.n > 0 && characters < most) {
		uint32_t rune;
		size_t bytes = text_rune(rest, &rune);

		if (bytes == 0)
			break;
		if (bytes == 1 && strchr("[]:*?/\\'", rest.s[0]) != NULL)
			out[n++] = '-';
		else
			for (size_t i = 0; i < bytes; i++)
				out[n++] = rest.s[i];
		rest.s += bytes;
		rest.n -= bytes;
		/* Beyond the basic plane a character counts as two. */
		characters += rune > 0xFFFF ? 2 : 1;
	}
	out[n] = '\0';
	return book_text(b, "%s", out);
}

static bool
is_taken(const struct book *b, const char *name)
{
	for (const struct sheet *s = b->first; s != NULL; s = s->next)
		if (strcasecmp(s->name, name) == 0)
			return true;
	return false;
}

struct sheet *
book_sheet(struct book *b, const char *slug, const char *name)
{
	struct sheet *s = arena_zalloc(b->arena, 1, sizeof *s);

	if (s == NULL)
		return NULL;
	*s = (struct sheet){.slug = slug, .book = b};
	s->name = safe_name(b, name, NAME_MAX_CHARACTERS);
	for (unsigned n = 2; is_taken(b, s->name) && n < 1000; n++)
		s->name = book_text(b, "%s %u", safe_name(b, name, NAME_MAX_CHARACTERS - 4), n);
	if (b->last != NULL)
		b->last->next = s;
	else
		b->first = s;
	b->last = s;
	return s;
}

static bool
find_row(const struct grid *g, const char *id, size_t *row)
{
	for (size_t r = 0; r < grid_rows(g); r++) {
		const struct cell *c = grid_cell(g, r, 0);

		*row = r;
		if (c->kind == CELL_TEXT && strcmp(c->text, id) == 0)
			return true;
	}
	return false;
}

bool
book_find(const struct book *b, const char *link, struct book_place *out)
{
	for (const struct sheet *s = b->first; s != NULL; s = s->next) {
		*out = (struct book_place){.sheet = s};
		if (strcmp(s->slug, link) == 0)
			return true;
		for (const struct block *k = s->first; k != NULL; k = k->next) {
			out->grid = k->grid;
			if (k->kind == BLOCK_GRID && k->grid->places &&
			    find_row(k->grid, link, &out->row))
				return true;
		}
	}
	return false;
}

static struct block *
add_block(struct sheet *s, enum block_kind kind)
{
	struct block *k = s == NULL ? NULL : arena_zalloc(s->book->arena, 1, sizeof *k);

	if (k == NULL)
		return NULL;
	k->kind = kind;
	if (s->last != NULL)
		s->last->next = k;
	else
		s->first = k;
	s->last = k;
	return k;
}

const char *
book_decided(struct book *b, const json_t *decision, const char *named)
{
	const char *by = spd_text(decision, DOC_SET_BY);

	return book_text(b, "set%s%s at %s in the name of %s", by[0] == '\0' ? "" : " by ", by,
			 book_time(b, spd_text(decision, DOC_SET_AT)), spd_text(decision, named));
}

void
sheet_note(struct sheet *s, const char *text)
{
	struct block *k = add_block(s, BLOCK_NOTE);

	if (k != NULL)
		k->note = text;
}

/* Letters, digits and '-' of it. */
static const char *
plain(struct book *b, const char *slug)
{
	char *out = arena_dup(b->arena, slug, strlen(slug));

	for (char *p = out; p != NULL && *p != '\0'; p++)
		if (!isalnum((unsigned char)*p))
			*p = '-';
	return out == NULL ? "" : out;
}

static bool
is_slug_taken(const struct book *b, const char *slug)
{
	for (const struct sheet *s = b->first; s != NULL; s = s->next) {
		for (const struct block *k = s->first; k != NULL; k = k->next)
			if (k->kind == BLOCK_GRID && k->grid != NULL &&
			    strcasecmp(k->grid->slug, slug) == 0)
				return true;
	}
	return false;
}

/* Files and tables are named by it. */
static const char *
unique_slug(struct book *b, const char *slug)
{
	const char *base = plain(b, slug);
	const char *one = base;

	for (unsigned n = 2; is_slug_taken(b, one) && n < 1000; n++)
		one = book_text(b, "%s-%u", base, n);
	return one;
}

struct grid *
sheet_grid(struct sheet *s, const char *slug, const char *title)
{
	struct grid *g = s == NULL ? NULL : arena_zalloc(s->book->arena, 1, sizeof *g);
	struct block *k = g == NULL ? NULL : add_block(s, BLOCK_GRID);

	if (k == NULL)
		return NULL;
	*g = (struct grid){.slug = unique_slug(s->book, slug),
			   .title = title,
			   .empty = "None.",
			   .where = IN_ALL,
			   .book = s->book};
	k->grid = g;
	return g;
}

struct chart_view *
sheet_chart(struct sheet *s, const struct grid *data, const char *title)
{
	struct chart_view *c = s == NULL ? NULL : arena_zalloc(s->book->arena, 1, sizeof *c);
	struct block *k = s == NULL ? NULL : s->first;
	struct block *moved = c == NULL ? NULL : add_block(s, BLOCK_GRID);

	while (k != NULL && (k->kind != BLOCK_GRID || k->grid != data))
		k = k->next;
	if (moved == NULL || k == NULL || k->next != moved)
		return NULL;
	*c = (struct chart_view){
	    .data = data, .title = title, .text = "", .y_unit = "%", .good = ""};
	moved->grid = k->grid;
	k->kind = BLOCK_CHART;
	k->grid = NULL;
	k->chart = c;
	return c;
}

void
chart_series_add(struct chart_view *c, unsigned column, enum series_look look)
{
	if (c != NULL && c->n_series < SERIES_MAX)
		c->series[c->n_series++] = (struct series){column, look};
}

#define TICKS 5

double
chart_step(double span, unsigned ticks)
{
	double raw = span / ticks;
	double power = pow(10, floor(log10(raw)));
	double part = raw / power;

	return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

int
chart_decimals(const struct chart_view *c, double step)
{
	int power = strcmp(c->y_unit, "%") == 0 ? 2 : 0;

	return (int)fmax(0, -floor(log10(step) + power + 0.001));
}

static void
values_of(const struct chart_view *c, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < c->n_series; i++) {
		for (size_t r = 0; r < grid_rows(c->data); r++) {
			const struct cell *y = grid_cell(c->data, r, c->series[i].column);

			if (y->kind == CELL_NUMBER) {
				*low = fmin(*low, y->number);
				*high = fmax(*high, y->number);
			}
		}
	}
}

void
chart_range(const struct chart_view *c, double *low, double *high, double *step)
{
	values_of(c, low, high);
	if (!isfinite(*low) || !isfinite(*high)) {
		*low = 0;
		*high = 1;
	}
	if (*high - *low < 1e-9) {
		double room = strcmp(c->y_unit, "%") == 0 ? 0.01 : 1;

		*low -= room;
		*high += room;
	}
	*step = chart_step(*high - *low, TICKS);
	*low = floor(*low / *step + 1e-9) * *step;
	*high = ceil(*high / *step - 1e-9) * *step;
}

/* --- grids ------------------------------------------------------------------------------------ */

/* NULL: the book is of no SPD. */
static const json_t *
document_of(const struct book *b)
{
	return b->edition == NULL ? NULL : b->edition->doc;
}

/* By which clocks its instants are. */
static const char *
clocks_of(const struct book *b)
{
	return b->edition == NULL ? "UTC" : spd_text(document_of(b), DOC_ZONE);
}

void
grid_column(struct grid *g, const struct column *c)
{
	struct column *grown;

	if (g == NULL)
		return;
	grown = arena_zalloc(g->book->arena, g->n_columns + 1, sizeof *grown);
	if (grown == NULL)
		return;
	if (g->n_columns > 0)
		memcpy(grown, g->columns, g->n_columns * sizeof *grown);
	grown[g->n_columns] = *c;
	if (c->where & BY_CLOCK)
		grown[g->n_columns].header =
		    book_text(g->book, "%s (%s)", c->header, clocks_of(g->book));
	g->n_columns++;
	g->columns = grown;
}

size_t
grid_rows(const struct grid *g)
{
	return g == NULL || g->n_columns == 0 ? 0 : g->n_cells / g->n_columns;
}

const struct cell *
grid_cell(const struct grid *g, size_t row, size_t column)
{
	return &g->cells[row * g->n_columns + column];
}

void
grid_add(struct grid *g, struct cell c)
{
	if (g == NULL)
		return;
	if (g->n_cells == g->cap_cells) {
		size_t cap = g->cap_cells == 0 ? 64 : g->cap_cells * 2;
		struct cell *grown = arena_zalloc(g->book->arena, cap, sizeof *grown);

		if (grown == NULL)
			return;
		if (g->n_cells > 0)
			memcpy(grown, g->cells, g->n_cells * sizeof *grown);
		g->cells = grown;
		g->cap_cells = cap;
	}
	g->cells[g->n_cells++] = c;
}

void
grid_empty(struct grid *g)
{
	grid_add(g, (struct cell){.kind = CELL_EMPTY, .text = ""});
}

void
grid_code(struct grid *g, const char *text, const char *raw, enum tone tone)
{
	if (text == NULL || text[0] == '\0')
		grid_add(g, (struct cell){.kind = CELL_EMPTY, .text = "", .raw = raw});
	else
		grid_add(g,
			 (struct cell){.kind = CELL_TEXT, .text = text, .raw = raw, .tone = tone});
}

void
grid_text(struct grid *g, const char *s)
{
	grid_code(g, s, NULL, TONE_PLAIN);
}

const char *
book_value(struct book *b, const char *field, const char *value)
{
	const json_t *names = json_object_get(document_of(b), DOC_NAMES);
	char words[SPD_CELL];

	if (!code_named(names, field, value, words, sizeof words))
		return value;
	return book_text(b, "%s", words);
}

void
grid_value(struct grid *g, const char *field, const char *value)
{
	const char *words = g == NULL ? value : book_value(g->book, field, value);

	grid_code(g, words, words == value ? NULL : value, TONE_PLAIN);
}

const char *
book_count(struct book *b, double v)
{
	char digits[64];
	char out[96];
	size_t n;
	size_t at = 0;

	snprintf(digits, sizeof digits, "%.0f", v);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		out[at++] = digits[i];
		if (digits[i] != '-' && i + 1 < n && (n - i - 1) % 3 == 0)
			out[at++] = ',';
	}
	out[at] = '\0';
	return book_text(b, "%s", out);
}

static bool
is_integer(const char *unit)
{
	return strcmp(unit, UNIT_INTEGER) == 0 || strcmp(unit, "n") == 0;
}

void
grid_beside(struct grid *g, double v, const char *unit, const double *beside)
{
	struct cell c = {.kind = CELL_NUMBER, .number = v, .unit = unit};
	char text[SPD_CELL];

	if (g == NULL)
		return;
	spd_digits(v, text);
	c.raw = book_text(g->book, "%s", text);
	if (is_integer(unit) && v > -1e15 && v < 1e15) {
		c.text = book_count(g->book, v);
	} else {
		spd_value(v, unit, beside, text);
		c.text = book_text(g->book, "%s", text);
		c.decimals = spd_decimals(v, unit, beside);
	}
	grid_add(g, c);
}

void
grid_mark(struct grid *g, const char *sign)
{
	struct cell *c;

	if (g == NULL || g->n_cells == 0)
		return;
	c = &g->cells[g->n_cells - 1];
	c->text = book_text(g->book, "%s %s", c->text, sign);
}

void
grid_number(struct grid *g, double v, const char *unit)
{
	grid_beside(g, v, unit, NULL);
}

void
grid_member(struct grid *g, const json_t *o, const char *key, const char *unit)
{
	double v;

	if (spd_number(o, key, &v))
		grid_number(g, v, unit);
	else
		grid_empty(g);
}

void
grid_link(struct grid *g, const char *text, const char *link)
{
	grid_add(g, (struct cell){.kind = CELL_TEXT, .text = text, .link = link});
}

/* Days since 1899-12-30, as spreadsheets count them. */
#define SHEET_DAY_OF_1970 25569

/* By the entity's clocks; is_local false: the document does not tell them then. What is no time
 * comes back as it is, with the rest not touched. */
static const char *
time_words(struct book *b, const char *rfc3339, double *days, bool *is_local)
{
	char words[SPD_CELL];
	int64_t ahead = 0;
	struct utc_ms t;
	int64_t s;

	if (!utc_parse(text_of(rfc3339), &t))
		return rfc3339;
	if (!spd_clock_at(document_of(b), t, &ahead) && b->edition != NULL)
		*is_local = false;
	s = t.v / MS_PER_SECOND - (t.v % MS_PER_SECOND < 0) + ahead;
	*days = SHEET_DAY_OF_1970 + (double)s / 86400;
	spd_time(document_of(b), rfc3339, words);
	return book_text(b, "%s", words);
}

const char *
book_time(struct book *b, const char *rfc3339)
{
	char words[SPD_CELL];

	spd_moment(document_of(b), rfc3339, words);
	return book_text(b, "%s", words);
}

void
grid_instant(struct grid *g, const char *rfc3339)
{
	struct cell c = {.kind = CELL_INSTANT, .raw = rfc3339};

	bool is_local = true;

	if (g == NULL)
		return;
	c.text = time_words(g->book, rfc3339, &c.number, &is_local);
	if (c.text == rfc3339)
		grid_text(g, rfc3339);
	else if (is_local)
		grid_add(g, c);
	else
		grid_code(g, c.text, rfc3339, TONE_PLAIN); /* says itself that it is UTC */
}

void
grid_moment(struct grid *g, const char *rfc3339)
{
	if (g != NULL)
		grid_code(g, book_time(g->book, rfc3339), rfc3339, TONE_PLAIN);
}

/* Reads exactly "2026-04-01". */
static bool
read_day(const char *s, struct civil_date *d)
{
	char *end;

	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
		return false;
	*d = (struct civil_date){(int)strtol(s, &end, 10), (int)strtol(s + 5, NULL, 10),
				 (int)strtol(s + 8, NULL, 10)};
	return end == s + 4 && civil_is_valid(*d);
}

const char *
book_day(struct book *b, const char *day, int days)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil_date d;

	if (!read_day(day, &d))
		return day;
	d = civil_from_days(civil_to_days(d) + days);
	return book_text(b, "%d %s", d.day, months[d.month - 1]);
}

void
grid_day(struct grid *g, const char *date)
{
	struct civil_date d;

	if (!read_day(date, &d)) {
		grid_text(g, date);
		return;
	}
	grid_add(g, (struct cell){.kind = CELL_DAY,
				  .text = date,
				  .number = (double)(civil_to_days(d) + SHEET_DAY_OF_1970)});
}

void
grid_item(struct grid *g, const char *what)
{
	grid_text(g, what);
}

/* --- the whole -------------------------------------------------------------------------------- */

enum code
book_make(const struct edition *edition, struct arena *arena, struct book *b, struct err *e)
{
	char state[SPD_CELL];
	const json_t *policy = json_object_get(edition->doc, DOC_POLICY);
	const char *handling = spd_text(policy, DOC_HANDLING);

	*b = (struct book){
	    .edition = edition,
	    .arena = arena,
	    .what = "SeMS performance data",
	    .entity = spd_text(edition->doc, DOC_ENTITY),
	    .as_of = spd_text(edition->doc, DOC_AS_OF),
	    .sha256 = edition->sha256,
	    .full = edition->full,
	    .marking = spd_text(edition->doc, DOC_MARKING),
	    .handling = handling[0] == '\0' ? NULL : handling,
	    .provisional = json_integer_value(json_object_get(edition->doc, DOC_REVISION)) <= 0,
	};
	edition_words(edition, state);
	b->subject =
	    book_text(b, "%s: %s, %s", spd_text(edition->doc, DOC_ENTITY),
		      spd_text(json_object_get(edition->doc, DOC_QUARTER), DOC_LABEL), state);
	sheets_make(b);
	if (arena_failed(arena))
		return err_set(e, TRY_LIMIT, "render",
			       "the document is too large to be rendered here");
	return OK;
}
