/* A document of a quarter that a view was answered with, read for its printer. */
#ifndef SEMS_WEB_READ_PAPER_H
#define SEMS_WEB_READ_PAPER_H

#include "render/sheet/sheets.h"
#include "web/page/grid.h"
#include "web/view/view.h"

struct paper {
	struct edition ed;
	struct arena *arena;
	struct book book;
	struct grid_links links; /* into the pages of its quarter and revision */
	char before[96];
	char behind[32];
};

/* show and declaration: numbers of the view's questions, ASK_RAW; of a document that is not frozen
 * there is no declaration. False: there is no document, and why is printed. The page then has its
 * marking. */
bool paper_open(struct paper *p, struct showing *s, unsigned show, unsigned declaration,
		struct buf *b);
void paper_close(struct paper *p);
/* Of which document the page is, with the way back to it. */
void paper_put_of(const struct paper *p, const struct showing *s, struct buf *b);
/* 0: it was computed now. */
long long paper_revision(const struct paper *p);

#endif
