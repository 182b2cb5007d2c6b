/* One metric of a quarter's document: what it is, its figure, and every part of it, each with the
 * way to its records. */
#include "base/count.h"
#include "core/spd/keys.h"
#include "render/doc/spd_since.h"
#include "render/doc/spd_target.h"
#include "render/sheet/figure_row.h"
#include "web/page/rows.h"
#include "web/read/paper.h"
#include "web/read/quarter.h"

#define SETS_MOST 40 /* of dimensions that figures are broken down by */

struct part {
	struct showing *s;
	struct paper *p;
	const json_t *metric;
};

static void
put_definition(const struct part *m, struct buf *b)
{
	static const struct col cols[] = {
	    {DOC_FORM, "Form", NULL},
	    {DOC_BASIS, "Basis", NULL},
	    {DOC_DIRECTION, "Better", NULL},
	    {DOC_UNIT, "Unit", NULL},
	    {DOC_MINIMUM_N, "Fewest that a share is told of", NULL},
	    {"clusters", "Clustered by", NULL},
	    {DOC_VERSION, "Version of the definition", NULL},
	    {DOC_EFFECTIVE_FROM, "In force from", NULL},
	    {"target.set_by", "Target set by", NULL},
	    {"target.approved_by", "In the name of", NULL},
	    {"target.from_quarter", "From the quarter", NULL},
	};
	static const struct rows pairs = {"definition", NULL, NULL, cols, COUNT(cols)};
	char target[SPD_CELL];

	html_put(b, "<h2>What it counts</h2>\n");
	html_line(b, "p", spd_text(m->metric, DOC_DEFINITION));
	rows_pairs(b, &pairs, m->metric);
	if (spd_target_words(m->metric, target) && spd_target_is_late(m->metric))
		html_put(b, "<p class=\"unsure\">The target was set when the quarter had ended."
			    "</p>\n");
}

/* --- links to records ------------------------------------------------------------------------- */

/* All of a figure's dimensions, and the revision, stand in the address. */
static void
put_records_link(const struct part *m, struct buf *b, json_t *by, const char *words)
{
	const char *name;
	json_t *value;

	html_put(b, "<a href=\"/quarter/");
	html_query(b, m->s->part[0]);
	html_put(b, "/metric/");
	html_query(b, spd_text(m->metric, DOC_ID));
	html_put(b, "/records");
	html_text(b, m->p->links.behind);
	json_object_foreach(by, name, value)
	{
		html_put(b, "&amp;");
		html_query(b, name);
		html_put(b, "=");
		html_query(b, json_is_string(value) ? json_string_value(value) : "");
	}
	html_put(b, "\">");
	html_text(b, words);
	html_put(b, "</a>");
}

/* --- the entity's figure ---------------------------------------------------------------------- */

static void
put_figure(const struct part *m, struct buf *b)
{
	const json_t *figure = metric_entity_figure(m->metric);
	struct sheet *own = book_sheet(&m->p->book, "web-entity", "Entity");
	struct grid *g = own == NULL ? NULL : sheet_grid(own, "web-entity", "");
	char words[SPD_CELL];

	if (figure == NULL || g == NULL)
		return;
	figure_columns(g, FIGURE_AFTER, OF_SHEET, NULL);
	figure_cells(&(struct figure_row){g, m->metric, figure}, FIGURE_AFTER, OF_SHEET, NULL);
	html_put(b, "<h2>The entity's figure</h2>\n<dl class=\"pairs\">\n");
	for (size_t i = 0; i < g->n_columns; i++)
		if ((g->columns[i].where & IN_PAGE) != 0)
			rows_pair(b, g->columns[i].header, grid_cell(g, 0, i)->text);
	spd_since(m->metric, figure,
		  spd_text(json_object_get(m->p->ed.doc, DOC_QUARTER), DOC_LABEL), words);
	rows_pair(b, "Status since", words);
	rows_pair(b, "What was said of it",
		  figure_comment(&m->p->book, spd_text(m->metric, DOC_ID), NULL));
	html_put(b, "</dl>\n<p>");
	put_records_link(m, b, NULL, "The records of this figure");
	html_put(b, "</p>\n");
	if (!view_may(m->s, RIGHT_COMMENT_SPD) || paper_revision(m->p) == 0)
		return;
	html_put(b, "<p><a href=\"/quarter/");
	html_query(b, m->s->part[0]);
	html_put(b, "/comment?metric=");
	html_query(b, spd_text(m->metric, DOC_ID));
	html_put(b, "\">Comment on this figure</a></p>\n");
}

/* --- over time -------------------------------------------------------------------------------- */

static void
put_past(const struct part *m, struct buf *b, const json_t *past)
{
	char value[SPD_CELL] = "no value", n[SPD_CELL], of[SPD_CELL], words[SPD_CELL];
	double v;

	if (spd_number(past, DOC_VALUE, &v))
		spd_value(v, spd_text(m->metric, DOC_UNIT), NULL, value);
	spd_count(past, DOC_NUMERATOR, "–", n);
	spd_count(past, DOC_DENOMINATOR, "–", of);
	spd_status_words(spd_text(past, DOC_STATUS), words);
	html_put(b, "<tr><th scope=\"row\"><a href=\"/quarter/");
	html_query(b, spd_text(past, DOC_QUARTER));
	html_put(b, "/metric/");
	html_query(b, spd_text(m->metric, DOC_ID));
	html_put(b, "\">");
	html_text(b, spd_text(past, DOC_QUARTER));
	html_put(b, "</a></th>");
	html_line(b, "td class=\"number\"", value);
	html_line(b, "td class=\"number\"", n);
	html_line(b, "td class=\"number\"", of);
	html_line(b, "td", words);
	html_line(b, "td", spd_text(past, DOC_BASIS));
	html_put(b, "</tr>\n");
}

/* As the document's own sheets draw it, of this metric alone. */
static void
put_line(const struct part *m, struct buf *b)
{
	const json_t *const list[] = {m->metric, NULL};
	const struct plan plan = {
	    .slug = "web-quarters", .title = "", .note = "", .empty = "", .metrics = list};
	struct sheet *own = book_sheet(&m->p->book, "web-quarters", "Quarters");

	if (own == NULL)
		return;
	history_of_sheet(own, &plan);
	for (struct block *k = own->first; k != NULL; k = k->next)
		if (k->kind == BLOCK_CHART)
			k->chart->text = "A point for each quarter. Where the line has a gap "
					 "there was no figure.";
	grid_put_sheet(b, own, &m->p->links);
}

static void
put_history(const struct part *m, struct buf *b)
{
	const json_t *history = json_object_get(metric_entity_figure(m->metric), DOC_HISTORY);

	if (json_array_size(history) == 0)
		return;
	html_line(b, "h2", "Quarter by quarter");
	put_line(m, b);
	html_put(b,
		 "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		 "aria-labelledby=\"history\"><table><caption id=\"history\">The entity's figure "
		 "in the quarters before</caption>\n<thead><tr><th scope=\"col\">Quarter</th>"
		 "<th scope=\"col\">Value</th><th scope=\"col\">Counted</th><th scope=\"col\">"
		 "Of</th><th scope=\"col\">Status</th><th scope=\"col\">From</th></tr></thead>\n"
		 "<tbody>\n");
	for (size_t i = json_array_size(history); i > 0; i--)
		put_past(m, b, json_array_get(history, i - 1));
	html_put(b, "</tbody></table></div>\n");
}

static void
put_charts(const struct part *m, struct buf *b)
{
	struct sheet *own = book_sheet(&m->p->book, "web-chart", "Charts");

	if (own == NULL)
		return;
	charts_of_metric(own, "web-chart", m->metric);
	if (own->first == NULL)
		return;
	html_put(b, "<h2>Week by week, and site beside site</h2>\n");
	grid_put_sheet(b, own, &m->p->links);
}

/* --- broken down ------------------------------------------------------------------------------ */

/* "site measure": the dimensions of a figure, in the document's order. */
static void
name_set(json_t *by, char out[SPD_CELL])
{
	const char *name;
	json_t *value;
	size_t n = 0;

	out[0] = '\0';
	json_object_foreach(by, name, value)
	{
		if (value != NULL && n < SPD_CELL - 1)
			n += (size_t)snprintf(out + n, SPD_CELL - n, "%s%s", n == 0 ? "" : " ",
					      name);
	}
}

/* The rows of one set of dimensions. */
struct set {
	const struct part *m;
	const char *dimensions;
	const json_t **figure; /* by row */
	size_t n;
};

static void
put_set_headers(struct buf *b, const void *of, bool behind)
{
	const struct set *set = of;
	const char *p = set->dimensions;
	char word[SPD_CELL];

	if (behind) {
		html_line(b, "th scope=\"col\"", "Records");
		return;
	}
	while (*p != '\0') {
		size_t n = strcspn(p, " ");

		snprintf(word, sizeof word, "%.*s", (int)n, p);
		for (char *c = word; *c != '\0'; c++)
			if (*c == '_')
				*c = ' ';
		html_line(b, "th scope=\"col\"", word);
		p += n + (p[n] == ' ');
	}
}

static void
put_set_cells(struct buf *b, const void *of, size_t row, bool behind)
{
	const struct set *set = of;
	json_t *by = json_object_get(set->figure[row], DOC_BY);
	const char *name;
	json_t *value;

	if (behind) {
		html_put(b, "<td>");
		put_records_link(set->m, b, by, "records");
		html_put(b, "</td>");
		return;
	}
	json_object_foreach(by, name, value)
	{
		html_line(b, "th scope=\"row\"",
			  book_value(&set->m->p->book, name,
				     json_is_string(value) ? json_string_value(value) : ""));
	}
}

/* In the document's order, which the rows of the grid have, too. */
static void
put_set(const struct part *m, struct buf *b, const char *dimensions, unsigned no)
{
	const json_t *figures = json_object_get(m->metric, DOC_FIGURES);
	struct book *book = &m->p->book;
	struct sheet *own = book_sheet(book, book_text(book, "web-by-%u", no), "Parts");
	struct grid *g = own == NULL ? NULL
				     : sheet_grid(own, book_text(book, "web-by-%u", no),
						  book_text(book, "By %s", dimensions));
	struct set set = {m, dimensions, NULL, 0};

	set.figure = arena_zalloc(m->p->arena, json_array_size(figures), sizeof *set.figure);
	if (g == NULL || set.figure == NULL)
		return;
	figure_columns(g, FIGURE_AFTER, OF_SHEET, NULL);
	for (size_t i = 0; i < json_array_size(figures); i++) {
		const json_t *figure = json_array_get(figures, i);
		char its[SPD_CELL];

		name_set(json_object_get(figure, DOC_BY), its);
		if (strcmp(its, dimensions) != 0)
			continue;
		set.figure[set.n++] = figure;
		figure_cells(&(struct figure_row){g, m->metric, figure}, FIGURE_AFTER, OF_SHEET,
			     NULL);
	}
	grid_put(b, g, g->slug, &m->p->links,
		 &(struct grid_more){put_set_headers, put_set_cells, &set});
}

static void
put_sets(const struct part *m, struct buf *b)
{
	const json_t *figures = json_object_get(m->metric, DOC_FIGURES);
	char seen[SETS_MOST][SPD_CELL];
	unsigned n = 0;

	for (size_t i = 0; i < json_array_size(figures) && n < SETS_MOST; i++) {
		unsigned k = 0;

		name_set(json_object_get(json_array_get(figures, i), DOC_BY), seen[n]);
		while (k < n && strcmp(seen[k], seen[n]) != 0)
			k++;
		if (seen[n][0] == '\0' || k < n)
			continue;
		if (n == 0)
			html_put(b, "<h2>Its parts</h2>\n");
		put_set(m, b, seen[n], n);
		n++;
	}
}

/* --- the page --------------------------------------------------------------------------------- */

void
metric_print(struct showing *s, struct buf *b)
{
	struct paper p;
	struct part m = {s, &p, NULL};

	if (!paper_open(&p, s, QUARTER_DOCUMENT, QUARTER_DECLARATION, b))
		return;
	m.metric = metric_of(&p.book, s->part[1]);
	if (m.metric == NULL) {
		s->status = 404;
		html_line(b, "p class=\"bad\"", "The document has no such metric.");
	} else {
		html_line(b, "p class=\"caption\"", spd_text(m.metric, DOC_NAME));
		paper_put_of(&p, s, b);
		put_figure(&m, b);
		put_history(&m, b);
		put_charts(&m, b);
		put_sets(&m, b);
		put_definition(&m, b);
	}
	paper_close(&p);
}
