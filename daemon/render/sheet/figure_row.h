/* What a figure says, as cells: the columns that the grids of figures have in common. */
#ifndef SEMS_RENDER_SHEET_FIGURE_ROW_H
#define SEMS_RENDER_SHEET_FIGURE_ROW_H

#include "render/sheet/sheets.h"

struct figure_row {
	struct grid *g;
	const json_t *metric;
	const json_t *figure;
};

/* Which grids a column is in. */
#define OF_SCORECARD 1u
#define OF_SHEET     2u
#define OF_ALL       4u /* all figures in one grid */
#define OF_ANY       7u

/* What the figure is of; dimensions or quarters come between; its numbers; what was said. */
enum figure_part { FIGURE_BEFORE, FIGURE_AFTER, FIGURE_LAST };

/* words: the template's columns; an empty list, or none: all. The cells go with the columns. */
void figure_columns(struct grid *g, enum figure_part part, unsigned of, const json_t *words);
void figure_cells(const struct figure_row *r, enum figure_part part, unsigned of,
		  const json_t *words);

#endif
