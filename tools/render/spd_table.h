/* An SPD document as tables for a terminal: a pure function of the document. */
#ifndef SEMS_RENDER_SPD_TABLE_H
#define SEMS_RENDER_SPD_TABLE_H

#include "tools/render/spd_doc.h"

enum spd_by { SPD_BY_NOTHING, SPD_BY_SITE, SPD_BY_MEASURE, SPD_BY_ALL };

struct spd_view {
	enum spd_by by;     /* which rows beside the entity's */
	const char *metric; /* only this one, with its definition and exclusions; NULL: all */
	bool color;         /* besides the words, never instead of them */
};

/* REJ_NOT_FOUND: no such metric in the document. */
enum code spd_table(const json_t *doc, const struct spd_view *view, struct buf *out,
		    struct err *e) MUST_CHECK;

#endif
