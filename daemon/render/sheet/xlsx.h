/* An edition as a workbook: every grid a table, every chart a native one. */
#ifndef SEMS_RENDER_SHEET_XLSX_H
#define SEMS_RENDER_SHEET_XLSX_H

#include "render/sheet/book.h"

/* Appends the workbook's bytes; the same edition gives the same bytes. */
enum code xlsx_render(struct book *b, struct buf *out, struct err *e) MUST_CHECK;

#endif
