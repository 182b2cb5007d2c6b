#include "render/csv.h"

#include "base/count.h"
#include "core/spd/keys.h"
#include "render/file/csv_out.h"

static const char *const origin[] = {DOC_MARKING,  DOC_ENTITY, DOC_QUARTER,  DOC_FIRST_DAY,
				     DOC_LAST_DAY, DOC_STATE,  DOC_REVISION, DOC_AS_OF};

static void
put_origin(struct csv_out *c, const struct book *b)
{
	const json_t *doc = b->edition->doc;
	const json_t *q = json_object_get(doc, DOC_QUARTER);
	char revision[SPD_CELL];

	spd_count(doc, DOC_REVISION, "", revision);
	csv_out_text(c, b->marking);
	csv_out_text(c, spd_text(doc, DOC_ENTITY));
	csv_out_text(c, spd_text(q, DOC_LABEL));
	csv_out_text(c, spd_text(q, DOC_FIRST_DAY));
	csv_out_text(c, spd_text(q, DOC_LAST_DAY));
	csv_out_text(c, edition_state(b->edition));
	csv_out_number(c, revision);
	csv_out_text(c, spd_text(doc, DOC_AS_OF));
}

static void
put_cell(struct csv_out *c, const struct cell *cell)
{
	if (cell->kind == CELL_NUMBER)
		csv_out_number(c, cell->raw); /* "-0.52" is a number, no formula */
	else
		csv_out_text(c, cell->raw != NULL ? cell->raw : cell->text);
}

void
csv_render(const struct book *b, const struct grid *g, struct buf *out)
{
	struct csv_out c;
	size_t rows = grid_rows(g);

	csv_out_begin(&c, out);
	for (size_t i = 0; i < COUNT(origin); i++)
		csv_out_text(&c, origin[i]);
	for (size_t i = 0; i < g->n_columns; i++)
		if (g->columns[i].where & IN_CSV)
			csv_out_text(&c, g->columns[i].key);
	csv_out_end_row(&c);
	for (size_t r = 0; r < rows; r++) {
		put_origin(&c, b);
		for (size_t i = 0; i < g->n_columns; i++)
			if (g->columns[i].where & IN_CSV)
				put_cell(&c, grid_cell(g, r, i));
		csv_out_end_row(&c);
	}
}
