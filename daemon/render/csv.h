/* A grid as CSV. Every row begins with what it is of: one that is copied elsewhere still says so.
 */
#ifndef SEMS_RENDER_CSV_H
#define SEMS_RENDER_CSV_H

#include "render/sheet/book.h"

/* Appends; out->failed tells when there was no room. */
void csv_render(const struct book *b, const struct grid *g, struct buf *out);

#endif
