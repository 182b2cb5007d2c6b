/* Plots as SVG. Series differ in dash and marker too, not in colour alone. */
#include "base/count.h"
#include "render/page/html.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH  760.0
#define HEIGHT 300.0
#define LEFT   62.0 /* and RIGHT: at least; labels may take more */
#define RIGHT  14.0
#define TOP    24.0
#define BOTTOM 46.0

#define LETTER 7.2  /* of a label, on average and in the widest of the usual fonts */
#define APART  14.0 /* between labels along the bottom */

struct plot {
	struct buf *out;
	const struct chart_view *c;
	double x_min, x_max;
	double y_min, y_max;
	double y_step;
	double left, right; /* margins */
	size_t every;       /* so many rows have one label along the bottom */
};

static double
x_of_row(const struct chart_view *c, size_t row)
{
	return c->x_numeric ? grid_cell(c->data, row, c->x)->number : (double)row;
}

static double
px(const struct plot *p, double x)
{
	double span = p->x_max - p->x_min;

	return p->left + (WIDTH - p->left - p->right) * (span > 0 ? (x - p->x_min) / span : 0.5);
}

static double
py(const struct plot *p, double y)
{
	double span = p->y_max - p->y_min;

	return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (span > 0 ? (y - p->y_min) / span : 0.5);
}

static void
find_range(struct plot *p)
{
	const struct chart_view *c = p->c;
	size_t rows = grid_rows(c->data);

	chart_range(c, &p->y_min, &p->y_max, &p->y_step);
	p->x_min = 0;
	p->x_max = rows > 1 ? (double)(rows - 1) : 1;
	for (size_t r = 0; c->x_numeric && r < rows; r++)
		p->x_max = r == 0 ? x_of_row(c, r) * 1.04 : fmax(p->x_max, x_of_row(c, r) * 1.04);
}

static void
y_label(const struct plot *p, double y, char out[SPD_CELL])
{
	if (strcmp(p->c->y_unit, "%") == 0)
		snprintf(out, SPD_CELL, "%.*f %%", chart_decimals(p->c, p->y_step), y * 100);
	else
		spd_value(y, p->c->y_unit, NULL, out);
}

/* How wide a label is drawn, at the most. */
static double
width_of(const char *label)
{
	size_t n = 0;

	for (; *label != '\0'; label++)
		n += ((unsigned char)*label & 0xC0) != 0x80;
	return LETTER * (double)n;
}

/* Margins that no label reaches over, and as many labels along the bottom as do not touch. */
static void
find_margins(struct plot *p)
{
	const struct chart_view *c = p->c;
	size_t rows = grid_rows(c->data);
	double widest = 0;
	char label[SPD_CELL];
	size_t room;

	p->left = LEFT;
	for (int i = 0; p->y_min + i * p->y_step <= p->y_max + p->y_step / 2; i++) {
		y_label(p, p->y_min + i * p->y_step, label);
		p->left = fmax(p->left, width_of(label) + 10);
	}
	for (size_t r = 0; r < rows && !c->x_numeric; r++)
		widest = fmax(widest, width_of(grid_cell(c->data, r, c->x)->text));
	if (c->x_numeric) {
		snprintf(label, sizeof label, "%.0f", p->x_max);
		widest = width_of(label);
	}
	p->right = fmax(RIGHT, widest / 2);
	p->left = fmax(p->left, widest / 2);
	room = (size_t)((WIDTH - p->left - p->right) / (widest + APART)) + 1;
	room = room < 2 ? 2 : room;
	p->every = rows <= room ? 1 : (rows - 1) / (room - 1) + ((rows - 1) % (room - 1) != 0);
}

static void
draw_frame(const struct plot *p)
{
	char label[SPD_CELL];

	if (p->c->good[0] != '\0')
		buf_addf(p->out, "<text x=\"%.1f\" y=\"13\">%s</text>", p->left, p->c->good);

	for (int i = 0; p->y_min + i * p->y_step <= p->y_max + p->y_step / 2; i++) {
		double y = p->y_min + i * p->y_step;

		y_label(p, y, label);
		buf_addf(p->out,
			 "<line class=\"g\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
			 "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
			 p->left, WIDTH - p->right, py(p, y), py(p, y), p->left - 7, py(p, y) + 4);
		html_text(p->out, label);
		buf_addf(p->out, "</text>");
	}
}

static void
draw_x_tick(const struct plot *p, double x, const char *label)
{
	buf_addf(p->out,
		 "<line class=\"a\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
		 "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
		 px(p, x), px(p, x), HEIGHT - BOTTOM, HEIGHT - BOTTOM + 5, px(p, x),
		 HEIGHT - BOTTOM + 19);
	html_text(p->out, label);
	buf_addf(p->out, "</text>");
}

static void
draw_x_axis(const struct plot *p)
{
	const struct chart_view *c = p->c;
	size_t rows = grid_rows(c->data);
	double step = c->x_numeric && p->x_max > 0 ? chart_step(p->x_max, 6) : 1;
	char label[SPD_CELL];

	buf_addf(p->out, "<line class=\"a\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
		 p->left, WIDTH - p->right, HEIGHT - BOTTOM, HEIGHT - BOTTOM);
	if (c->x_numeric) {
		for (int i = 0; i * step <= p->x_max; i++) {
			snprintf(label, sizeof label, "%.0f", i * step);
			draw_x_tick(p, i * step, label);
		}
	} else {
		for (size_t r = 0; r < rows; r += p->every)
			draw_x_tick(p, (double)r, grid_cell(c->data, r, c->x)->text);
	}
	buf_addf(p->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
		 (p->left + WIDTH - p->right) / 2, HEIGHT - 6);
	html_text(p->out, c->data->columns[c->x].header);
	buf_addf(p->out, "</text>");
}

/* Is this number in the row, and is there such a row? */
static bool
is_number(const struct grid *g, size_t row, unsigned column, double v)
{
	const struct cell *c = row < grid_rows(g) ? grid_cell(g, row, column) : NULL;

	return c != NULL && c->kind == CELL_NUMBER && !(c->number < v) && !(c->number > v);
}

/* A line breaks where there is no value. */
static void
draw_line(const struct plot *p, unsigned column)
{
	bool pen_down = false;

	for (size_t r = 0; r < grid_rows(p->c->data); r++) {
		const struct cell *y = grid_cell(p->c->data, r, column);

		if (y->kind != CELL_NUMBER) {
			pen_down = false;
			continue;
		}
		/* Within a level only its ends are drawn. */
		if (pen_down && is_number(p->c->data, r + 1, column, y->number) &&
		    is_number(p->c->data, r - 1, column, y->number))
			continue;
		buf_addf(p->out, "%s%.1f %.1f", pen_down ? "L" : "M", px(p, x_of_row(p->c, r)),
			 py(p, y->number));
		pen_down = true;
	}
}

static void
draw_marker(const struct plot *p, size_t shape, double x, double y)
{
	static const char *const paths[] = {
	    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", /* disc */
	    "m-3 -3h6v6h-6z",                                /* square */
	    "m0 -4.2l4.2 4.2l-4.2 4.2l-4.2 -4.2z",           /* diamond */
	    "m0 -4l4 7h-8z",                                 /* triangle up */
	    "m0 4l4 -7h-8z",                                 /* triangle down */
	    "m-3.5 -1.2h7v2.4h-7z",                          /* bar */
	    "m-1.2 -3.5h2.4v7h-2.4z",                        /* bar, upright */
	    "m-4 -4l8 8l-1 1l-8 -8zm8 0l1 1l-8 8l-1 -1z",    /* cross */
	};

	buf_addf(p->out, "M%.1f %.1f%s", x, y, paths[shape % COUNT(paths)]);
}

static void
draw_markers(const struct plot *p, unsigned column, size_t shape)
{
	for (size_t r = 0; r < grid_rows(p->c->data); r++) {
		const struct cell *y = grid_cell(p->c->data, r, column);

		if (y->kind == CELL_NUMBER)
			draw_marker(p, shape, px(p, x_of_row(p->c, r)), py(p, y->number));
	}
}

/* The class of a series: s0, s1... for data, others for limits and the target. */
static void
series_class(const struct chart_view *c, size_t i, char out[16])
{
	if (c->series[i].look == LOOK_LIMIT)
		snprintf(out, 16, "lim");
	else if (c->series[i].look == LOOK_WARNING)
		snprintf(out, 16, "warn");
	else if (c->series[i].look == LOOK_ALERT)
		snprintf(out, 16, "al a%zu", i % 3);
	else if (c->series[i].look == LOOK_TARGET)
		snprintf(out, 16, "tgt");
	else
		snprintf(out, 16, "s%zu", c->series[0].look != LOOK_LINE ? 0 : i);
}

static bool
is_data(const struct series *s)
{
	return s->look == LOOK_LINE || s->look == LOOK_POINTS;
}

/* Markers of charts with limits are discs and diamonds; others take one shape a series. */
static size_t
shape_of(const struct chart_view *c, size_t i)
{
	if (c->series[i].look == LOOK_POINTS)
		return 2;
	return c->series[0].look == LOOK_LINE ? i : 0;
}

static void
draw_series(const struct plot *p, size_t i)
{
	const struct series *s = &p->c->series[i];
	char class[16];

	series_class(p->c, i, class);
	if (s->look != LOOK_POINTS) {
		buf_addf(p->out, "<path class=\"l %s\" d=\"", class);
		draw_line(p, s->column);
		buf_addf(p->out, "\"/>");
	}
	if (is_data(s)) {
		buf_addf(p->out, "<path class=\"m %s\" d=\"", class);
		draw_markers(p, s->column, shape_of(p->c, i));
		buf_addf(p->out, "\"/>");
	}
}

/* A ring around what the last column speaks of, and for points its name beside it. */
static void
draw_marks(const struct plot *p)
{
	const struct chart_view *c = p->c;
	const struct grid *g = c->data;
	const struct series *data = &c->series[c->n_series - 1];

	for (size_t r = 0; r < grid_rows(g); r++) {
		const struct cell *y = grid_cell(g, r, data->column);
		const char *label = grid_cell(g, r, 0)->text;
		double x = px(p, x_of_row(c, r));
		bool is_right = x + 12 + width_of(label) > WIDTH;

		if (grid_cell(g, r, g->n_columns - 1)->kind != CELL_TEXT || y->kind != CELL_NUMBER)
			continue;
		buf_addf(p->out,
			 "<circle class=\"ring\" cx=\"%.1f\" cy=\"%.1f\" r=\"8\"/>"
			 "<text class=\"name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
			 x, py(p, y->number), is_right ? x - 12 : x + 12, py(p, y->number) + 4,
			 is_right ? "end" : "start");
		html_text(p->out, label);
		buf_addf(p->out, "</text>");
	}
}

static void
draw_legend(const struct plot *p)
{
	const struct chart_view *c = p->c;

	buf_addf(p->out, "<p class=\"legend\">");
	for (size_t i = 0; i < c->n_series; i++) {
		const struct series *s = &c->series[i];
		char class[16];

		series_class(c, i, class);
		buf_addf(p->out, "<span><svg width=\"30\" height=\"12\" viewBox=\"0 0 30 12\" "
				 "aria-hidden=\"true\">");
		if (s->look != LOOK_POINTS)
			buf_addf(p->out, "<path class=\"l %s\" d=\"M1 6H29\"/>", class);
		if (is_data(s)) {
			buf_addf(p->out, "<path class=\"m %s\" d=\"", class);
			draw_marker(p, shape_of(c, i), 15, 6);
			buf_addf(p->out, "\"/>");
		}
		buf_addf(p->out, "</svg> ");
		html_text(p->out, c->data->columns[s->column].header);
		buf_addf(p->out, "</span> ");
	}
	buf_addf(p->out, "</p>");
}

void
html_chart(struct buf *out, const struct chart_view *c, const char *id)
{
	struct plot p = {.out = out, .c = c};

	if (grid_rows(c->data) == 0)
		return;
	find_range(&p);
	find_margins(&p);
	buf_addf(out,
		 "<figure><svg class=\"plot\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
		 "aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
		 WIDTH, HEIGHT, id, id, id);
	html_text(out, c->title);
	buf_addf(out, "</title><desc id=\"%s-d\">", id);
	html_text(out, c->text);
	buf_addf(out, " The data is in the table below.</desc>");
	draw_frame(&p);
	draw_x_axis(&p);
	for (size_t i = 0; i < c->n_series; i++)
		draw_series(&p, i);
	if (c->marks)
		draw_marks(&p);
	buf_addf(out, "</svg>");
	draw_legend(&p);
	buf_addf(out, "<figcaption>");
	html_text(out, c->text);
	buf_addf(out, "</figcaption></figure>\n");
}

/* --- a line in a row -------------------------------------------------------------------------- */

#define SPARK_WIDTH  72.0
#define SPARK_HEIGHT 18.0
#define SPARK_MARGIN 3.0

static double
spark_y(double v, double low, double high)
{
	double room = SPARK_HEIGHT - 2 * SPARK_MARGIN;

	return SPARK_MARGIN + room * (high > low ? (high - v) / (high - low) : 0.5);
}

void
html_spark(struct buf *out, const struct cell *c)
{
	double step = (SPARK_WIDTH - 2 * SPARK_MARGIN) / (double)(c->n_points - 1);
	double low = NAN;
	double high = NAN;

	for (size_t i = 0; i < c->n_points; i++) {
		low = fmin(low, c->points[i]); /* of a number and NAN the number */
		high = fmax(high, c->points[i]);
	}
	buf_addf(out,
		 "<svg class=\"spark\" width=\"%.0f\" height=\"%.0f\" role=\"img\" aria-label=\"",
		 SPARK_WIDTH, SPARK_HEIGHT);
	html_text(out, c->text);
	buf_addf(out, "\"><path d=\"");
	for (size_t i = 0; i < c->n_points; i++) {
		bool joined = i > 0 && !isnan(c->points[i - 1]);

		if (isnan(c->points[i]))
			continue;
		/* A point that stands alone is a dot: a line of no length with round ends. */
		buf_addf(out, joined ? "L%.0f %.1f" : "M%.0f %.1fh0",
			 SPARK_MARGIN + step * (double)i, spark_y(c->points[i], low, high));
	}
	buf_addf(out, "\"/></svg>");
}
