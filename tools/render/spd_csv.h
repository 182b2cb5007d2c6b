/* An SPD document as CSV, one file a sheet: pure functions of the document. */
#ifndef SEMS_RENDER_SPD_CSV_H
#define SEMS_RENDER_SPD_CSV_H

#include "tools/render/spd_doc.h"

struct spd_sheet {
	const char *name; /* "scorecard" */
	void (*render)(const json_t *doc, struct buf *out);
};

/*
 * scorecard: a row per metric, the entity's figure. figures: a row per figure with its breakdown.
 * definitions: a row per metric, computed or not. records: a row per kind. Every row begins with
 * the document's marking.
 */
extern const struct spd_sheet spd_sheets[];
extern const size_t n_spd_sheets;

/*
 * The name of an exported file: "2026-Q2_r2_OFFICIAL-SENSITIVE_scorecard.csv", "provisional" in
 * place of the revision while there is none. Only letters, digits, '-' and '_' of the document's
 * text get into it.
 */
void spd_file_name(const json_t *doc, const char *sheet, const char *extension, char out[SPD_CELL]);

#endif
