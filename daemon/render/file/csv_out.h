/*
 * CSV as RFC 4180 has it, for spreadsheets: UTF-8 with a byte order mark, CRLF, quotes where
 * needed. A text that a spreadsheet would take for a formula is guarded (render/file/formula.h).
 */
#ifndef SEMS_RENDER_FILE_CSV_OUT_H
#define SEMS_RENDER_FILE_CSV_OUT_H

#include "base/buf.h"

struct csv_out {
	struct buf *out;
	bool in_row;
};

/* Writes the byte order mark. */
void csv_out_begin(struct csv_out *c, struct buf *out);
void csv_out_text(struct csv_out *c, const char *s);   /* NULL: an empty cell */
void csv_out_number(struct csv_out *c, const char *s); /* digits of ours: taken as they are */
void csv_out_end_row(struct csv_out *c);

#endif
