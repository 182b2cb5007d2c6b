/* An SPD document as tables for a terminal: a pure function of the document. */
#ifndef SEMS_TOOLS_TERMINAL_SPD_TABLE_H
#define SEMS_TOOLS_TERMINAL_SPD_TABLE_H

#include "render/doc/spd_doc.h"

enum spd_by { SPD_BY_NOTHING, SPD_BY_SITE, SPD_BY_MEASURE, SPD_BY_ALL };

/* For a terminal those come first that failed their target, are not proven to meet it, or cannot be
 * told although there is one. */
enum spd_rows { SPD_ROWS_ALL, SPD_ROWS_FAILED_FIRST, SPD_ROWS_FAILED };

struct spd_view {
	enum spd_rows rows;
	enum spd_by by;     /* which rows beside the entity's */
	const char *metric; /* only this one, with its definition and exclusions; NULL: all */
	bool color;         /* besides the words, never instead of them */
};

/* REJ_NOT_FOUND: no such metric in the document. */
enum code spd_table(const json_t *doc, const struct spd_view *view, struct buf *out,
		    struct err *e) MUST_CHECK;

#endif
