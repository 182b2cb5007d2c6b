#include "render/register/heat_map.h"

#include "base/civil.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "render/register/matrix.h"
#include "render/register/svg_text.h"

#include <stdlib.h>
#include <string.h>

/* --- as a drawing ----------------------------------------------------------------------------- */

#define CELL_W 150.0
#define CELL_H 76.0
#define LEFT   150.0
#define TOP    10.0
#define BOTTOM 44.0
#define LETTER 12.0 /* as the style has it */

/* The number of a class: the highest band, those between, the lowest, none of the scheme. */
static unsigned
band_shade(const struct reg *r, size_t band)
{
	if (band >= r->n_bands)
		return 3;
	return band == 0 ? 0 : band + 1 == r->n_bands ? 2 : 1;
}

/* Of the highest band in it. */
static unsigned
shade_of(const struct reg *r, const struct matrix_cell *cell)
{
	size_t i = 0;

	while (i < r->n_bands && cell->part[i].n == 0)
		i++;
	return band_shade(r, i);
}

/* "1 HIGH, 2 MEDIUM" */
static const char *
bands_of(struct book *b, const struct reg *r, const struct matrix_cell *cell)
{
	const char *all = "";

	for (size_t i = 0; i <= BANDS_MAX; i++)
		if (cell->part[i].n > 0)
			all = reg_add(b, all, ", ",
				      book_text(b, "%zu %s", cell->part[i].n,
						i < r->n_bands ? r->band[i].name : "no band"));
	return all;
}

static void
draw_text(struct buf *out, const char *class, double x, double y, const char *s)
{
	buf_addf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
	html_text(out, s);
	buf_addf(out, "</text>");
}

/* Where a text begins, or has its middle or its end, and how wide it may be. */
struct room {
	double x, y, width;
};

/* In two lines at the most; words that have no room are counted. */
static void
draw_wrapped(struct book *b, struct buf *out, const char *class, struct room at, const char *s)
{
	struct text line[2];
	size_t left;
	size_t n = svg_wrap(s, at.width, LETTER, line, COUNT(line), &left);

	if (left > 0)
		n = svg_wrap(s, at.width, LETTER, line, COUNT(line) - 1, &left);
	for (size_t i = 0; i < n; i++)
		draw_text(out, class, at.x, at.y + 14 * (double)i,
			  book_text(b, "%.*s", (int)line[i].n, line[i].s));
	if (left > 0)
		draw_text(out, class, at.x, at.y + 14 * (double)n,
			  book_text(b, "and %zu more word%s", left, text_s(left)));
}

static void
draw_cell(struct book *b, const struct matrix *m, size_t threat, size_t impact, struct buf *out)
{
	const struct reg *r = m->r;
	const struct matrix_cell *cell = matrix_at(m, threat, impact);
	double x = LEFT + CELL_W * (double)(r->impact.n - 1 - impact);
	double y = TOP + CELL_H * (double)threat;

	buf_addf(out,
		 "<rect class=\"f%u q\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
		 cell->n == 0 ? 9 : shade_of(r, cell), x, y, CELL_W, CELL_H);
	if (cell->n == 0)
		return;
	draw_text(out, "n", x + 8, y + 24, book_text(b, "%zu", cell->n));
	control_shape(out, cell->worst, x + 44, y + 10);
	draw_text(out, "", x + 64, y + 21, control_looks[cell->worst].words);
	draw_wrapped(b, out, "", (struct room){x + 8, y + 44, CELL_W - 14}, bands_of(b, r, cell));
}

static void
draw_map(struct book *b, const struct matrix *m, struct buf *out)
{
	const struct reg *r = m->r;
	double width = LEFT + CELL_W * (double)r->impact.n + 4;
	double height = TOP + CELL_H * (double)r->threat.n + BOTTOM;

	buf_addf(
	    out,
	    "<div class=\"scroll\" role=\"region\" aria-label=\"Heat map, drawn\" "
	    "tabindex=\"0\">"
	    "<svg class=\"map\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
	    "role=\"img\" aria-labelledby=\"map-t map-d\"><title id=\"map-t\">Residual risk by "
	    "threat and impact</title><desc id=\"map-d\">Each cell has how many scenarios it "
	    "has, the worst state of their controls, and their bands. The same is in the "
	    "table below.</desc>",
	    width, height, width, height);
	for (size_t t = 0; t < r->threat.n; t++) {
		draw_wrapped(b, out, "e",
			     (struct room){LEFT - 10, TOP + CELL_H * ((double)t + 0.5), LEFT - 20},
			     reg_scored(b, &r->threat, r->threat.level[t].score));
		for (size_t i = 0; i < r->impact.n; i++)
			draw_cell(b, m, t, i, out);
	}
	for (size_t i = 0; i < r->impact.n; i++)
		draw_wrapped(b, out, "m",
			     (struct room){LEFT + CELL_W * ((double)(r->impact.n - 1 - i) + 0.5),
					   height - BOTTOM + 18, CELL_W - 10},
			     reg_scored(b, &r->impact, r->impact.level[i].score));
	buf_addf(out, "</svg></div>\n<p class=\"note\">Upwards threat, to the right impact.</p>\n");
}

/* --- as a table ------------------------------------------------------------------------------- */

static void
put_shape(struct buf *out, enum control_state s)
{
	buf_addf(out,
		 "<svg width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" aria-hidden=\"true\">");
	control_shape(out, s, 0, 0);
	buf_addf(out, "</svg>");
}

/* "HIGH 2: R-2026-001 (V 3), R-2026-004 (V 2)" */
static void
put_part(struct buf *out, const char *band, const struct matrix_part *part)
{
	buf_addf(out, "<p><strong>");
	html_text(out, band);
	buf_addf(out, " %zu</strong>:", part->n);
	for (size_t i = 0; i < part->n && i < MATRIX_SHOWN; i++) {
		const json_t *a = json_object_get(part->scenario[i], "assessment");
		const char *number = member_text(part->scenario[i], "number");
		json_int_t v = reg_score(a, "vulnerability");

		buf_addf(out, "%s <a href=\"#", i > 0 ? "," : "");
		html_text(out, number);
		buf_addf(out, "\">");
		html_text(out, number);
		buf_addf(out, "</a>");
		if (v > 0)
			buf_addf(out, " (V %" JSON_INTEGER_FORMAT ")", v);
	}
	if (part->n > MATRIX_SHOWN)
		buf_addf(out, " and %zu more", part->n - MATRIX_SHOWN);
	buf_addf(out, "</p>");
}

static void
put_cell(const struct matrix *m, size_t threat, size_t impact, struct buf *out)
{
	const struct matrix_cell *cell = matrix_at(m, threat, impact);

	if (cell->n == 0) {
		buf_addf(out, "<td>none</td>");
		return;
	}
	buf_addf(out, "<td class=\"b%u\"><p class=\"state\">", shade_of(m->r, cell));
	put_shape(out, cell->worst);
	buf_addf(out, "%s</p>", control_looks[cell->worst].words);
	for (size_t i = 0; i <= BANDS_MAX; i++)
		if (cell->part[i].n > 0)
			put_part(out, i < m->r->n_bands ? m->r->band[i].name : "no band",
				 &cell->part[i]);
	buf_addf(out, "</td>");
}

static void
put_table(struct book *b, const struct matrix *m, struct buf *out)
{
	const struct reg *r = m->r;

	buf_addf(out, "<div class=\"scroll\" role=\"region\" aria-label=\"Heat map, as a table\" "
		      "tabindex=\"0\"><table class=\"heat\"><thead><tr><th scope=\"col\">Threat"
		      "</th>");
	for (size_t i = r->impact.n; i > 0; i--) {
		buf_addf(out, "<th scope=\"col\">Impact ");
		html_text(out, reg_scored(b, &r->impact, r->impact.level[i - 1].score));
		buf_addf(out, "</th>");
	}
	buf_addf(out, "</tr></thead><tbody>\n");
	for (size_t t = 0; t < r->threat.n; t++) {
		buf_addf(out, "<tr><th scope=\"row\">");
		html_text(out, reg_scored(b, &r->threat, r->threat.level[t].score));
		buf_addf(out, "</th>");
		for (size_t i = r->impact.n; i > 0; i--)
			put_cell(m, t, i - 1, out);
		buf_addf(out, "</tr>\n");
	}
	buf_addf(out, "</tbody></table></div>\n");
}

static void
put_legend(struct buf *out)
{
	buf_addf(out, "<h3>What the shapes say</h3>\n<p class=\"note\">A cell has the worst state "
		      "among the controls of its scenarios, the worst first here.</p>\n"
		      "<ul class=\"list\">\n");
	for (size_t i = 0; i < CONTROL_STATES; i++) {
		buf_addf(out, "<li><span class=\"state\">");
		put_shape(out, (enum control_state)i);
		buf_addf(out, "%s</span>%s</li>\n", control_looks[i].words,
			 control_looks[i].meaning);
	}
	buf_addf(out, "</ul>\n");
}

void
heat_map(struct book *b, const struct reg *r, struct buf *out)
{
	struct matrix *m = matrix_make(b, r, true);

	folio_open(out, "heat-map", "Heat map");
	if (m != NULL && r->threat.n > 0 && r->impact.n > 0) {
		draw_map(b, m, out);
		put_table(b, m, out);
	} else {
		folio_say(out, "none",
			  "No scheme was set: there is nothing to place scenarios by.");
	}
	if (m != NULL)
		folio_say(out, "note",
			  book_text(b,
				    "Scenarios: %zu on the map, %zu without an assessment, %zu by "
				    "scores that the scheme does not have.",
				    m->n, m->unassessed, m->outside));
	put_legend(out);
	folio_close(out);
}

/* --- how it went ------------------------------------------------------------------------------ */

#define DAYS_MAX 9
#define BAR_W    84.0
#define BAR_GAP  14.0
#define BARS_H   160.0

struct trend {
	const char *day[DAYS_MAX];
	size_t n_days;
	size_t n[DAYS_MAX][BANDS_MAX + 1]; /* the last: of no band that the scheme has */
	size_t all[DAYS_MAX];
	size_t most;
};

/* The ends of the eight quarters before, and the day itself. */
static bool
find_days(struct book *b, struct trend *t, const char *as_of)
{
	int year;
	int quarter;

	if (!civil_is_day(as_of))
		return false;
	year = (int)strtol(as_of, NULL, 10);
	quarter = ((int)strtol(as_of + 5, NULL, 10) - 1) / 3;
	for (int i = DAYS_MAX - 1; i > 0; i--) {
		int at = year * 4 + quarter - i + 1; /* the quarter that begins the day after */
		struct civil_date d = {at / 4, at % 4 * 3 + 1, 1};

		d = civil_from_days(civil_to_days(d) - 1);
		t->day[t->n_days++] = book_text(b, "%04d-%02d-%02d", d.year, d.month, d.day);
	}
	t->day[t->n_days++] = as_of;
	return true;
}

static void
count_scenario(struct trend *t, const struct reg *r, const json_t *scenario)
{
	const json_t *history = json_object_get(scenario, "history");

	for (size_t d = 0; d < t->n_days; d++) {
		const json_t *last = NULL;
		size_t band;
		size_t i;
		json_t *one;

		json_array_foreach(history, i, one)
		{
			if (strcmp(member_text(one, "on"), t->day[d]) <= 0)
				last = one;
		}
		if (last == NULL)
			continue;
		band = reg_band_named(r, member_text(last, "band"));
		t->n[d][band < r->n_bands ? band : BANDS_MAX]++;
		t->all[d]++;
		t->most = t->all[d] > t->most ? t->all[d] : t->most;
	}
}

/* The number, and the band's name where it fits. */
static const char *
bar_words(struct book *b, const struct reg *r, size_t n, size_t band)
{
	const char *said =
	    book_text(b, "%zu %s", n, band < r->n_bands ? r->band[band].name : "others");

	return svg_width(text_of(said), LETTER) <= BAR_W ? said : book_text(b, "%zu", n);
}

static void
draw_bar(struct book *b, const struct reg *r, const struct trend *t, size_t day, struct buf *out)
{
	double x = BAR_GAP + (BAR_W + BAR_GAP) * (double)day;
	double y = 20 + BARS_H;

	for (size_t i = BANDS_MAX + 1; i-- > 0;) {
		double h = BARS_H * (double)t->n[day][i] / (double)t->most;

		if (t->n[day][i] == 0)
			continue;
		y -= h;
		buf_addf(out,
			 "<rect class=\"f%u\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			 "height=\"%.2f\"/>",
			 band_shade(r, i), x, y, BAR_W, h);
		if (h >= LETTER + 2)
			draw_text(out, "m", x + BAR_W / 2, y + h / 2 + 4,
				  bar_words(b, r, t->n[day][i], i));
	}
	draw_text(out, "m", x + BAR_W / 2, 36 + BARS_H, t->day[day]);
}

/* t->most is at least 1. */
static void
draw_bars(struct book *b, const struct reg *r, const struct trend *t, struct buf *out)
{
	double width = (BAR_W + BAR_GAP) * (double)t->n_days + BAR_GAP;

	buf_addf(
	    out,
	    "<div class=\"scroll\" role=\"region\" aria-label=\"Bands over time, drawn\" "
	    "tabindex=\"0\"><svg class=\"bars\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
	    "height=\"%.0f\" role=\"img\" aria-labelledby=\"bars-t bars-d\"><title "
	    "id=\"bars-t\">Scenarios by band of residual risk</title><desc id=\"bars-d\">A bar "
	    "for each day, its highest band at the top. The same is in the table "
	    "below.</desc>",
	    width, BARS_H + 44, width, BARS_H + 44);
	for (size_t d = 0; d < t->n_days; d++)
		draw_bar(b, r, t, d, out);
	buf_addf(out, "</svg></div>\n");
}

static void
put_days(struct book *b, const struct reg *r, const struct trend *t, struct buf *out)
{
	struct sheet *s = book_sheet(b, "trend-table", "Trend");
	struct grid *g = sheet_grid(s, "trend-table", "Scenarios by band, day by day");

	if (g == NULL)
		return;
	grid_column(g, &(struct column){"", "By the end of", IN_ALL, 12, false});
	for (size_t i = 0; i < r->n_bands; i++)
		grid_column(g, &(struct column){"", r->band[i].name, IN_ALL, 12, true});
	grid_column(g, &(struct column){"", "By a band of an earlier scheme", IN_ALL, 12, true});
	for (size_t d = 0; d < t->n_days; d++) {
		grid_text(g, t->day[d]);
		for (size_t i = 0; i < r->n_bands; i++)
			grid_number(g, (double)t->n[d][i], UNIT_INTEGER);
		if (t->n[d][BANDS_MAX] == 0)
			grid_empty(g);
		else
			grid_number(g, (double)t->n[d][BANDS_MAX], UNIT_INTEGER);
	}
	folio_sheet(b, s, "trend", out);
}

void
band_trend(struct book *b, const struct reg *r, struct buf *out)
{
	struct trend *t = arena_zalloc(b->arena, 1, sizeof *t);
	size_t i;
	json_t *one;

	if (t == NULL)
		return; /* and the arena says so */
	folio_open(out, "trend", "Trend");
	if (find_days(b, t, member_text(r->doc, "as_of"))) {
		json_array_foreach(r->scenarios, i, one)
		{
			count_scenario(t, r, one);
		}
	}
	if (t->most > 0) {
		folio_say(out, "note",
			  "Of the scenarios in the register now, how many were in each band by the "
			  "assessment that was last adopted, at the end of each quarter "
			  "and of the day that is shown.");
		draw_bars(b, r, t, out);
		put_days(b, r, t, out);
	} else {
		folio_say(out, "none", "No assessment was adopted.");
	}
	folio_close(out);
}
