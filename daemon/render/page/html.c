#include "render/page/html.h"

#include "base/count.h"
#include "base/text.h"
#include "core/spd/keys.h"
#include "render/sheet/sheets.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void
html_text(struct buf *out, const char *s)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {
	    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (; *s != '\0'; s++) {
		const char *entity = NULL;

		for (size_t i = 0; i < COUNT(entities); i++)
			if (*s == entities[i].c)
				entity = entities[i].entity;
		if (entity != NULL)
			buf_add(out, entity, strlen(entity));
		else if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t')
			buf_add(out, s, 1);
	}
}

/* Everything but letters, digits and blanks as its number: nothing in it can end the string. */
void
html_css_string(struct buf *out, const char *s)
{
	struct text rest = text_of(s);
	uint32_t rune;
	size_t n;

	buf_add(out, "\"", 1);
	while (rest.n > 0 && (n = text_rune(rest, &rune)) > 0) {
		if (rune == ' ' || rune == '-' || (rune < 0x80 && isalnum((int)rune) != 0))
			buf_add(out, rest.s, 1);
		else
			buf_addf(out, "\\%06x ", (unsigned)rune);
		rest.s += n;
		rest.n -= n;
	}
	buf_add(out, "\"", 1);
}

static const char *const tone_class[] = {[TONE_PLAIN] = "",
					 [TONE_GOOD] = "good",
					 [TONE_BAD] = "bad",
					 [TONE_UNSURE] = "unsure",
					 [TONE_MUTED] = "muted"};
COVERS(tone_class, N_TONES);

/* What may stand in an id as it is. */
static const char *
id_of(struct book *b, const char *slug)
{
	char *out = arena_dup(b->arena, slug, strlen(slug));

	for (char *p = out; p != NULL && *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			*p = '-';
	return out == NULL ? "" : out;
}

/* Metrics and sheets may be called alike: a row of a metric has a letter before its id. */
#define ROW_ID "m-%s"

void
html_link(struct book *b, struct buf *out, const struct cell *c)
{
	struct book_place to;

	if (!book_find(b, c->link, &to)) {
		html_text(out, c->text);
		return;
	}
	buf_addf(out, to.grid == NULL ? "<a href=\"#%s\">" : "<a href=\"#" ROW_ID "\">",
		 id_of(b, c->link));
	html_text(out, to.grid == NULL ? to.sheet->name : c->text);
	buf_addf(out, "</a>");
}

/* --- grids ------------------------------------------------------------------------------------ */

/* A column in which no row has anything is left out of a page. */
static bool
is_column_shown(const struct grid *g, size_t column)
{
	if (!(g->columns[column].where & IN_PAGE))
		return false;
	for (size_t r = 0; r < grid_rows(g); r++)
		if (grid_cell(g, r, column)->kind != CELL_EMPTY)
			return true;
	return false;
}

/* Which side a column's cells stand on is said once, by the table: pages have thousands of cells.
 */
static void
put_cell_begin(struct buf *out, const struct grid *g, size_t column, const struct cell *c,
	       bool heads)
{
	const char *tone = tone_class[c->tone];
	/* Digests and signatures may break anywhere, words may not. */
	bool code = c->kind == CELL_TEXT && strlen(c->text) >= 60 && strchr(c->text, ' ') == NULL;

	buf_addf(out, heads ? "<th scope=\"row\"" : "<td");
	if (code || tone[0] != '\0')
		buf_addf(out, " class=\"%s%s%s\"", code ? "code" : "",
			 code && tone[0] != '\0' ? " " : "", tone);
	if (g->cards && !heads) {
		buf_addf(out, " data-h=\"");
		html_text(out, g->columns[column].header);
		buf_addf(out, "\"");
	}
	buf_addf(out, ">");
}

static void
put_cell(struct buf *out, const struct grid *g, size_t column, const struct cell *c, bool heads)
{
	put_cell_begin(out, g, column, c, heads);
	if (c->kind == CELL_INSTANT || c->kind == CELL_DAY) {
		buf_addf(out, "<time datetime=\"");
		html_text(out, c->raw != NULL ? c->raw : c->text);
		buf_addf(out, "\">");
		html_text(out, c->text);
		buf_addf(out, "</time>");
	} else if (c->points != NULL) {
		html_spark(out, c);
	} else if (c->link != NULL) {
		html_link(g->book, out, c);
	} else {
		html_text(out, c->text);
	}
	/* The next cell ends this one, as the next row its row: pages have thousands. */
}

/* A metric's name is said once, by the first of its rows. */
static bool
is_said_above(const struct grid *g, size_t row, size_t column)
{
	return row > 0 && !g->cards && strcmp(g->columns[column].key, "name") == 0 &&
	       strcmp(grid_cell(g, row, column)->text, grid_cell(g, row - 1, column)->text) == 0;
}

/* Of those that a page has. */
static size_t
first_row(const struct grid *g)
{
	size_t n = grid_rows(g);

	return g->page_rows == 0 || g->page_rows >= n ? 0 : n - g->page_rows;
}

static void
put_rows(struct buf *out, const struct grid *g, const bool *shown)
{
	for (size_t r = first_row(g); r < grid_rows(g); r++) {
		bool heads = true;

		if (g->places)
			buf_addf(out, "<tr id=\"" ROW_ID "\">",
				 id_of(g->book, grid_cell(g, r, 0)->text));
		else
			buf_addf(out, "<tr>");
		for (size_t i = 0; i < g->n_columns; i++) {
			if (!shown[i])
				continue;
			if (r > first_row(g) && is_said_above(g, r, i))
				buf_addf(out, "<td>");
			else
				put_cell(out, g, i, grid_cell(g, r, i), heads);
			heads = false;
		}
		buf_addf(out, "\n");
	}
}

static void
put_headers(struct buf *out, const struct grid *g, const bool *shown)
{
	buf_addf(out, "<thead><tr>");
	for (size_t i = 0; i < g->n_columns; i++) {
		if (!shown[i])
			continue;
		buf_addf(out, "<th scope=\"col\">");
		html_text(out, g->columns[i].header);
		buf_addf(out, "</th>");
	}
	buf_addf(out, "</tr></thead>");
}

/* "n3 n4": the columns that stand to the right, as html_columns() has rules for them. */
static void
put_table_class(struct buf *out, const struct grid *g, const bool *shown)
{
	unsigned at = 0;

	buf_addf(out, " class=\"%s%s", g->look == GRID_PAIRS ? "pairs" : "",
		 g->cards ? "cards" : "");
	for (size_t i = 0; i < g->n_columns; i++) {
		at += shown[i];
		if (shown[i] && g->columns[i].right)
			buf_addf(out, " n%u", at);
	}
	buf_addf(out, "\"");
}

/* Rules for columns that stand to the right. */
static void
put_column_rules(const struct book *b, struct buf *out)
{
	size_t most = 1;

	for (const struct sheet *s = b->first; s != NULL; s = s->next)
		for (const struct block *k = s->first; k != NULL; k = k->next)
			if (k->kind == BLOCK_GRID && k->grid->n_columns > most)
				most = k->grid->n_columns;
	for (size_t i = 1; i <= most; i++)
		buf_addf(out, "%s.n%zu tr>:nth-child(%zu)", i == 1 ? "" : ",", i, i);
	buf_addf(out, "{text-align:right;white-space:nowrap;padding-left:8px}\n");
}

static void
put_table(struct buf *out, const struct grid *g, const struct chart_view *chart, const char *sheet,
	  const char *id)
{
	bool *shown;

	if (chart != NULL)
		html_chart(out, chart, id);
	if (g->note != NULL) {
		buf_addf(out, "<p class=\"note\">");
		html_text(out, g->note);
		buf_addf(out, "</p>\n");
	}
	if (first_row(g) > 0)
		buf_addf(out,
			 "<p class=\"note\">The last %zu of %zu rows: all are in the workbook and "
			 "in the CSV file.</p>\n",
			 g->page_rows, grid_rows(g));
	if (grid_rows(g) == 0) {
		buf_addf(out, "<p class=\"none\">");
		html_text(out, g->empty);
		buf_addf(out, "</p>\n");
		return;
	}
	shown = arena_zalloc(g->book->arena, g->n_columns, sizeof *shown);
	if (shown == NULL)
		return; /* and the arena says so */
	for (size_t i = 0; i < g->n_columns; i++)
		shown[i] = is_column_shown(g, i);
	buf_addf(out,
		 "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s-h %s\" tabindex=\"0\">"
		 "<table aria-labelledby=\"%s-h %s\"",
		 sheet, id, sheet, id);
	put_table_class(out, g, shown);
	buf_addf(out, ">");
	if (g->look != GRID_PAIRS)
		put_headers(out, g, shown);
	buf_addf(out, "<tbody>\n");
	put_rows(out, g, shown);
	buf_addf(out, "</tbody></table></div>\n");
}

void
html_grid(struct buf *out, const struct grid *g, const struct chart_view *chart, const char *sheet,
	  const char *id)
{
	bool folded = g->folded && grid_rows(g) > 0;

	if (folded)
		buf_addf(out, "<details%s><summary>", g->book->full ? " open" : "");
	buf_addf(out, "<h3 id=\"%s\">", id);
	html_text(out, g->title);
	buf_addf(out, "</h3>%s\n", folded ? "</summary>" : "");
	put_table(out, g, chart, sheet, id);
	if (folded)
		buf_addf(out, "</details>\n");
}

/* --- the page --------------------------------------------------------------------------------- */

static void
put_sheet(struct book *b, const struct sheet *s, struct buf *out)
{
	const struct chart_view *chart = NULL;
	const char *sheet = id_of(b, s->slug);
	unsigned n = 0;

	buf_addf(out,
		 "<section class=\"sheet%s\" id=\"%s\" aria-labelledby=\"%s-h\"><h2 id=\"%s-h\">",
		 s->on_paper ? " paper" : "", sheet, sheet, sheet);
	html_text(out, s->name);
	buf_addf(out, "</h2>\n");
	for (const struct block *k = s->first; k != NULL; k = k->next) {
		const char *id = book_text(b, "%s-%u", sheet, ++n);

		if (k->kind == BLOCK_NOTE) {
			buf_addf(out, "<p class=\"note\">");
			html_text(out, k->note);
			buf_addf(out, "</p>\n");
		} else if (k->kind == BLOCK_CHART) {
			chart = k->chart; /* goes between the grid's title and its rows */
		} else if (k->grid->where & IN_PAGE) {
			html_grid(out, k->grid, chart, sheet, id);
			chart = NULL;
		}
	}
	buf_addf(out, "</section>\n");
}

static bool
is_on_page(const struct sheet *s)
{
	for (const struct block *k = s->first; k != NULL; k = k->next)
		if (k->kind != BLOCK_GRID || (k->grid->where & IN_PAGE))
			return true;
	return false;
}

static void
put_navigation(struct book *b, struct buf *out)
{
	buf_addf(out, "<nav aria-label=\"Sheets\"><ul>");
	for (const struct sheet *s = b->first; s != NULL; s = s->next) {
		if (!is_on_page(s) || strcmp(s->slug, SHEET_OF_SUMMARY) == 0)
			continue;
		buf_addf(out, "<li><a href=\"#%s\">", id_of(b, s->slug));
		html_text(out, s->name);
		buf_addf(out, "</a></li>");
	}
	buf_addf(out, "</ul></nav>\n");
}

/* What is printed around every page. */
static void
put_page_margins(const struct book *b, struct buf *out)
{
	const char *provisional = b->provisional ? " - PROVISIONAL" : "";

	buf_addf(out, "@page{");
	buf_addf(out, "@top-center{content:");
	html_css_string(out, b->marking);
	if (b->provisional)
		html_css_string(out, provisional);
	buf_addf(out, ";font:bold 9pt sans-serif}@bottom-center{content:");
	html_css_string(out, b->marking);
	buf_addf(out, ";font:bold 9pt sans-serif}@bottom-left{content:");
	html_css_string(out, b->subject);
	buf_addf(out, ";font:8pt sans-serif}@bottom-right{content:\"Page \" counter(page) \" of \" "
		      "counter(pages);font:8pt sans-serif}}\n");
}

void
html_document_head(const struct book *b, const char *const *styles, struct buf *out)
{
	buf_addf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"robots\" content=\"noindex\">\n<title>");
	html_text(out, b->marking);
	buf_addf(out, " – %s, ", b->what);
	html_text(out, b->subject);
	buf_addf(out, "</title>\n<style>\n");
	put_page_margins(b, out);
	put_column_rules(b, out);
	for (size_t i = 0; html_style[i] != NULL; i++)
		buf_add(out, html_style[i], strlen(html_style[i]));
	for (size_t i = 0; styles != NULL && styles[i] != NULL; i++)
		buf_add(out, styles[i], strlen(styles[i]));
	buf_addf(out, "</style>\n</head>\n");
}

static void
put_banner(struct book *b, struct buf *out)
{
	const json_t *q = json_object_get(b->edition->doc, DOC_QUARTER);
	char state[SPD_CELL];

	edition_words(b->edition, state);
	buf_addf(out, "<header>\n<p class=\"marking\">");
	html_text(out, b->marking);
	buf_addf(out, "</p>\n");
	if (b->handling != NULL) {
		buf_addf(out, "<p class=\"handling\">");
		html_text(out, b->handling);
		buf_addf(out, "</p>\n");
	}
	buf_addf(out, "<p class=\"kicker\">SeMS performance data</p>\n<h1>");
	html_text(out, spd_text(b->edition->doc, DOC_ENTITY));
	buf_addf(out, " <span>");
	html_text(out, spd_text(q, DOC_LABEL));
	buf_addf(out, "</span></h1>\n<p class=\"facts\">");
	html_text(out, spd_text(q, DOC_FIRST_DAY));
	buf_addf(out, " to ");
	html_text(out, spd_text(q, DOC_LAST_DAY));
	buf_addf(out, " (");
	html_text(out, spd_text(b->edition->doc, DOC_ZONE));
	buf_addf(out, ") · <strong>");
	html_text(out, state);
	buf_addf(out, "</strong> · as of ");
	html_text(out, book_time(b, spd_text(b->edition->doc, DOC_AS_OF)));
	buf_addf(out, "</p>\n");
	if (b->provisional)
		buf_addf(out, "<p class=\"provisional\"><strong>PROVISIONAL.</strong> Not frozen, "
			      "not approved: these figures may change.</p>\n");
	buf_addf(out, "</header>\n");
}

/* What is to be known, and then the way to the rest. */
static void
put_first(struct book *b, const struct sheet *s, struct buf *out)
{
	html_summary(s, out);
	put_navigation(b, out);
	if (!b->full)
		buf_addf(out, "<p class=\"onpaper\">On paper this page is its summary and its "
			      "scorecard. All of it is in the workbook, and on paper where the "
			      "page was made for that (--full).</p>\n");
}

void
html_render(struct book *b, struct buf *out)
{
	html_document_head(b, NULL, out);
	buf_addf(
	    out,
	    "<body class=\"%s%s\">\n<a class=\"skip\" href=\"#summary\">Skip to the summary</a>\n",
	    b->provisional ? "draft" : "", b->full ? " full" : "");
	put_banner(b, out);
	buf_addf(out, "<main>\n");
	for (const struct sheet *s = b->first; s != NULL; s = s->next)
		if (strcmp(s->slug, SHEET_OF_SUMMARY) == 0)
			put_first(b, s, out);
		else if (is_on_page(s))
			put_sheet(b, s, out);
	buf_addf(out, "</main>\n<footer>\n<p class=\"marking\">");
	html_text(out, b->marking);
	buf_addf(out,
		 "</p>\n<p class=\"digest\">Document SHA-256 <code>%s</code></p>\n</footer>\n"
		 "</body>\n</html>\n",
		 b->sha256);
}
