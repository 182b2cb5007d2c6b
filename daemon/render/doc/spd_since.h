/* Since when a metric stands where it stands, by the quarters that the document has beside it. */
#ifndef SEMS_RENDER_DOC_SPD_SINCE_H
#define SEMS_RENDER_DOC_SPD_SINCE_H

#include "render/doc/spd_doc.h"

/*
 * "new: met in 2026-Q2", "since 2026-Q1", "since 2025-Q3 or earlier" where no older quarter is
 * known, "not known: no figure of 2026-Q2". figure: the entity's own; quarter: the document's
 * label. A quarter that was counted by another definition says nothing of this one, and neither
 * does one without a figure.
 */
void spd_since(const json_t *metric, const json_t *figure, const char *quarter, char out[SPD_CELL]);
/* The label of the quarter before; "" of what is no quarter. */
void spd_quarter_before(const char *label, char out[SPD_CELL]);
/* A status in small letters, as a sentence has it: "not met", "too few to tell". */
void spd_status_words(const char *status, char out[SPD_CELL]);

#endif
