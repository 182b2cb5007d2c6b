#include "web/page/grid.h"

#include "base/count.h"
#include "render/sheet/sheets.h"
#include "web/page/markup.h"

#define COLUMNS_MOST 64

static const char *
tone_of(enum tone tone)
{
	static const char *const classes[] = {
	    [TONE_PLAIN] = "",        [TONE_GOOD] = "good",   [TONE_BAD] = "bad",
	    [TONE_UNSURE] = "unsure", [TONE_MUTED] = "muted",
	};
	COVERS(classes, N_TONES);

	return classes[tone];
}

/* --- cells ------------------------------------------------------------------------------------ */

/* The metric that a cell leads to, or is the id of; NULL: it is another's. */
static const char *
metric_in(const struct grid *g, size_t column, const struct cell *c)
{
	const char *id = c->link;

	if (id == NULL && strcmp(g->columns[column].key, "metric") == 0)
		id = c->text;
	return id == NULL || metric_of(g->book, id) == NULL ? NULL : id;
}

/* What a sheet is called by is no metric's: it leads nowhere here, and is told by its name. */
static void
put_text(struct buf *b, const struct grid *g, size_t column, const struct cell *c,
	 const struct grid_links *to)
{
	const char *metric = to == NULL ? NULL : metric_in(g, column, c);
	struct book_place place;

	if (metric != NULL) {
		html_put(b, "<a href=\"");
		html_text(b, to->before);
		html_query(b, metric);
		html_text(b, to->behind);
		html_put(b, "\">");
		html_text(b, c->text);
		html_put(b, "</a>");
	} else if (c->link != NULL && book_find(g->book, c->link, &place) && place.grid == NULL) {
		html_text(b, place.sheet->name);
	} else {
		html_text(b, c->text);
	}
}

static void
put_cell(struct buf *b, const struct grid *g, size_t row, size_t column, bool heads,
	 const struct grid_links *to)
{
	const struct cell *c = grid_cell(g, row, column);
	const char *tone = tone_of(c->tone);
	const char *number = c->kind == CELL_NUMBER ? "number" : "";

	buf_addf(b, heads ? "<th scope=\"row\"" : "<td");
	if (tone[0] != '\0' || number[0] != '\0')
		buf_addf(b, " class=\"%s%s%s\"", number,
			 number[0] != '\0' && tone[0] != '\0' ? " " : "", tone);
	html_put(b, ">");
	if (c->points != NULL)
		html_spark(b, c);
	else
		put_text(b, g, column, c, to);
	html_put(b, heads ? "</th>" : "</td>");
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Columns that are left out: what no row has, and what is for programs. */
struct shown {
	bool column[COLUMNS_MOST];
	size_t n;
};

static bool
has_some(const struct grid *g, size_t column)
{
	size_t r = 0;

	while (r < grid_rows(g) && grid_cell(g, r, column)->kind == CELL_EMPTY)
		r++;
	return r < grid_rows(g);
}

static void
find_shown(const struct grid *g, struct shown *out)
{
	out->n = 0;
	while (out->n < COLUMNS_MOST && out->n < g->n_columns) {
		bool is_for_pages = (g->columns[out->n].where & IN_PAGE) != 0;

		out->column[out->n] = is_for_pages && has_some(g, out->n);
		out->n++;
	}
}

static void
put_headers(struct buf *b, const struct grid *g, const struct shown *shown,
	    const struct grid_more *more)
{
	html_put(b, "<thead><tr>");
	if (more != NULL)
		more->headers(b, more->of, false);
	for (size_t i = 0; i < shown->n; i++)
		if (shown->column[i])
			html_line(b, "th scope=\"col\"", g->columns[i].header);
	if (more != NULL)
		more->headers(b, more->of, true);
	html_put(b, "</tr></thead>\n");
}

static void
put_row(struct buf *b, const struct grid *g, size_t row, const struct shown *shown,
	const struct grid_links *to, bool heads)
{
	for (size_t i = 0; i < shown->n; i++) {
		if (!shown->column[i])
			continue;
		put_cell(b, g, row, i, heads, to);
		heads = false;
	}
}

static void
put_rows(struct buf *b, const struct grid *g, const struct shown *shown,
	 const struct grid_links *to, const struct grid_more *more)
{
	html_put(b, "<tbody>\n");
	for (size_t r = 0; r < grid_rows(g); r++) {
		html_put(b, "<tr>");
		if (more != NULL)
			more->cells(b, more->of, r, false);
		put_row(b, g, r, shown, to, more == NULL);
		if (more != NULL)
			more->cells(b, more->of, r, true);
		html_put(b, "</tr>\n");
	}
	html_put(b, "</tbody>");
}

void
grid_put(struct buf *b, const struct grid *g, const char *id, const struct grid_links *to,
	 const struct grid_more *more)
{
	struct shown shown;

	if (g->note != NULL)
		html_line(b, "p class=\"note\"", g->note);
	if (grid_rows(g) == 0) {
		html_line(b, "p class=\"none\"", g->empty);
		return;
	}
	find_shown(g, &shown);
	html_put(b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"");
	html_text(b, id);
	html_put(b, "\"><table><caption id=\"");
	html_text(b, id);
	html_put(b, "\">");
	html_text(b, g->title);
	html_put(b, "</caption>\n");
	if (g->look != GRID_PAIRS)
		put_headers(b, g, &shown, more);
	put_rows(b, g, &shown, to, more);
	html_put(b, "</table></div>\n");
}

/* --- sentences -------------------------------------------------------------------------------- */

static void
put_tally(struct buf *b, const struct grid *g)
{
	html_put(b, "<dl class=\"tally\">");
	for (size_t r = 0; r < grid_rows(g); r++) {
		html_put(b, "<div><dt>");
		html_text(b, grid_cell(g, r, 0)->text);
		html_put(b, "</dt><dd>");
		html_text(b, grid_cell(g, r, 1)->text);
		html_put(b, "</dd></div>");
	}
	html_put(b, "</dl>\n");
}

void
grid_put_said(struct buf *b, const struct grid *g, const struct grid_links *to)
{
	if (g->look == GRID_TALLY) {
		put_tally(b, g);
		return;
	}
	html_line(b, "h3", g->title);
	if (grid_rows(g) == 0) {
		html_line(b, "p class=\"none\"", g->empty);
		return;
	}
	html_put(b, "<ul>\n");
	for (size_t r = 0; r < grid_rows(g); r++) {
		const struct cell *about = grid_cell(g, r, 0);

		html_put(b, "<li>");
		if (about->link != NULL) {
			put_text(b, g, 0, about, to);
			html_put(b, " ");
		}
		html_text(b, grid_cell(g, r, 1)->text);
		html_put(b, "</li>\n");
	}
	html_put(b, "</ul>\n");
}

void
grid_put_sheet(struct buf *b, const struct sheet *s, const struct grid_links *to)
{
	const struct chart_view *chart = NULL;
	unsigned n = 0;
	char id[64];

	for (const struct block *k = s->first; k != NULL; k = k->next) {
		snprintf(id, sizeof id, "%.48s-%u", s->slug, ++n);
		if (k->kind == BLOCK_NOTE) {
			html_line(b, "p class=\"note\"", k->note);
		} else if (k->kind == BLOCK_CHART) {
			chart = k->chart;
			html_chart(b, chart, id);
		} else if (k->grid->look == GRID_SAID || k->grid->look == GRID_TALLY) {
			grid_put_said(b, k->grid, to);
		} else if ((k->grid->where & IN_PAGE) != 0) {
			if (chart != NULL)
				html_put(b, "<details><summary>The chart's data</summary>\n");
			grid_put(b, k->grid, id, to, NULL);
			if (chart != NULL)
				html_put(b, "</details>\n");
			chart = NULL;
		}
	}
}
