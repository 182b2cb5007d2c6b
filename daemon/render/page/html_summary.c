/* The first page: the sheet of the summary, its numbers in a row and its sentences as lists. */
#include "base/count.h"
#include "render/page/html.h"

#include <string.h>

static const char *const tally_class[] = {[TONE_PLAIN] = "",
					  [TONE_GOOD] = "good",
					  [TONE_BAD] = "bad",
					  [TONE_UNSURE] = "unsure",
					  [TONE_MUTED] = "muted"};
COVERS(tally_class, N_TONES);

static void
put_tally(const struct grid *g, struct buf *out)
{
	buf_addf(out, "<dl class=\"tally\">");
	for (size_t r = 0; r < grid_rows(g); r++) {
		const struct cell *status = grid_cell(g, r, 0);

		buf_addf(out, "<div><dt class=\"%s\">", tally_class[status->tone]);
		html_text(out, status->text);
		buf_addf(out, "</dt><dd>%s</dd></div>", grid_cell(g, r, 1)->text);
	}
	buf_addf(out, "</dl>\n");
}

/* "<a>QN01</a> sentence" */
static void
put_sentence(const struct grid *g, size_t row, struct buf *out)
{
	const struct cell *about = grid_cell(g, row, 0);
	const char *end = "";

	buf_addf(out, "<li>");
	if (about->link != NULL) {
		html_link(g->book, out, about);
		end = " ";
	}
	buf_addf(out, "%s", end);
	html_text(out, grid_cell(g, row, 1)->text);
	buf_addf(out, "\n"); /* the next one, or the list, ends it */
}

static void
put_list(const struct grid *g, struct buf *out)
{
	buf_addf(out, "<h3>");
	html_text(out, g->title);
	buf_addf(out, "</h3>\n");
	if (grid_rows(g) == 0) {
		buf_addf(out, "<p class=\"none\">");
		html_text(out, g->empty);
		buf_addf(out, "</p>\n");
		return;
	}
	buf_addf(out, "<ul class=\"list\">\n");
	for (size_t r = 0; r < grid_rows(g); r++)
		put_sentence(g, r, out);
	buf_addf(out, "</ul>\n");
}

void
html_summary(const struct sheet *s, struct buf *out)
{
	buf_addf(out, "<section id=\"summary\" aria-labelledby=\"summary-h\" tabindex=\"-1\">"
		      "<h2 id=\"summary-h\">Summary</h2>\n");
	for (const struct block *k = s->first; k != NULL; k = k->next) {
		if (k->kind != BLOCK_GRID)
			continue;
		if (k->grid->look == GRID_TALLY)
			put_tally(k->grid, out);
		else if (k->grid->look == GRID_SAID)
			put_list(k->grid, out);
		else
			html_grid(out, k->grid, NULL, s->slug, k->grid->slug);
	}
	buf_addf(out, "</section>\n");
}
