#include "base/count.h"
#include "render/sheet/xlsx_part.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CHART_X 1.9 /* times 480 by 288 pixels */
#define CHART_Y 1.15

#define COLOR_GOOD  0x1B5E20
#define COLOR_BAD   0xA31515
#define COLOR_ALERT 0x7A4B00

static void
style_series(lxw_chart_series *one, const struct chart_view *c, size_t i)
{
	static const uint32_t colors[] = {0x1F4E79, 0xB3541E, 0x2E7D32, 0x6A3D9A,
					  0x8C564B, 0x00838F, 0x5D4037, 0x37474F};
	/* Of the three alert lines, each its own. */
	static const uint8_t dashes[] = {LXW_CHART_LINE_DASH_ROUND_DOT,
					 LXW_CHART_LINE_DASH_SQUARE_DOT,
					 LXW_CHART_LINE_DASH_LONG_DASH_DOT};
	lxw_chart_line line = {.width = 1.75F};
	lxw_chart_line hidden;
	enum series_look look = c->series[i].look;

	memset(&hidden, 0, sizeof hidden);
	hidden.none = LXW_TRUE;
	line.color = colors[i % COUNT(colors)];
	if (look == LOOK_TARGET) {
		line.color = COLOR_GOOD;
		line.width = 2.0F;
		chart_series_set_marker_type(one, LXW_CHART_MARKER_NONE);
	} else if (look == LOOK_LIMIT || look == LOOK_WARNING) {
		line.color = look == LOOK_LIMIT ? COLOR_BAD : 0x808080;
		line.width = 1.0F;
		line.dash_type =
		    look == LOOK_LIMIT ? LXW_CHART_LINE_DASH_DASH : LXW_CHART_LINE_DASH_ROUND_DOT;
		chart_series_set_marker_type(one, LXW_CHART_MARKER_NONE);
	} else if (look == LOOK_ALERT) {
		line.color = COLOR_ALERT;
		line.width = 1.0F;
		line.dash_type = dashes[i % COUNT(dashes)];
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
	lxw_row_t first = xlsx_header_of(p, g) + 1;
	lxw_row_t end = first + (lxw_row_t)grid_rows(g) - 1;
	lxw_col_t x = xlsx_column_of(g, c->x);
	lxw_col_t y = xlsx_column_of(g, c->series[i].column);

	if (one == NULL)
		return;
	chart_series_set_categories(one, p->sheet->name, first, x, end, x);
	chart_series_set_values(one, p->sheet->name, first, y, end, y);
	chart_series_set_name_range(one, p->sheet->name, first - 1, y);
	style_series(one, c, i);
}

/* "0.00%": ticks that differ do not look alike. */
static void
axis_format(const struct chart_view *c, double step, char out[32])
{
	static const char zeros[] = ".000000000000";
	int decimals = chart_decimals(c, step);

	snprintf(out, 32, "0%.*s%s", decimals == 0 ? 0 : decimals + 1, zeros,
		 strcmp(c->y_unit, "%") == 0 ? "%" : "");
}

static void
style_axes(lxw_chart *chart, const struct chart_view *c)
{
	const struct grid *g = c->data;
	bool days = grid_rows(g) > 0 && grid_cell(g, 0, c->x)->kind == CELL_DAY;
	lxw_chart_line faint = {.color = 0xDDE1E6, .width = 0.75F};
	char format[32];
	double low;
	double high;
	double step;

	chart_axis_set_name(chart->x_axis, g->columns[c->x].header);
	if (days)
		chart_axis_set_num_format(chart->x_axis, "d mmm");
	else if (c->x_numeric)
		chart_axis_set_num_format(chart->x_axis, "#,##0");
	chart_range(c, &low, &high, &step);
	axis_format(c, step, format);
	chart_axis_set_num_format(chart->y_axis, format);
	if (c->good[0] != '\0')
		chart_axis_set_name(chart->y_axis, c->good);
	chart_axis_set_min(chart->y_axis, low);
	chart_axis_set_max(chart->y_axis, high);
	chart_axis_set_major_unit(chart->y_axis, step);
	chart_axis_set_crossing(chart->y_axis, low);
	chart_axis_major_gridlines_set_line(chart->y_axis, &faint);
}

void
xlsx_put_chart(struct page *p, const struct chart_view *c, lxw_row_t row)
{
	struct book *b = p->w->book;
	lxw_chart_font title = {.name = xlsx_owned(b, "Arial"), .size = 11, .bold = LXW_TRUE};
	lxw_chart_options options = {.x_scale = CHART_X, .y_scale = CHART_Y};
	lxw_chart *chart;

	xlsx_put_text(p, row, 0, c->text, F_NOTE);
	if (grid_rows(c->data) == 0)
		return;
	chart = workbook_add_chart(p->w->workbook,
				   c->x_numeric ? LXW_CHART_SCATTER_STRAIGHT : LXW_CHART_LINE);
	if (chart == NULL)
		return;
	for (size_t i = 0; i < c->n_series; i++)
		add_series(p, chart, c, i);
	chart_title_set_name(chart, xlsx_shortened(b, c->title, 120));
	chart_title_set_name_font(chart, &title);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	chart_show_blanks_as(chart, LXW_CHART_BLANKS_AS_GAP);
	style_axes(chart, c);
	options.description = xlsx_owned(b, book_text(b, "%s. %s", c->title, c->text));
	worksheet_insert_chart_opt(p->ws, row + 1, 0, chart, &options);
}
