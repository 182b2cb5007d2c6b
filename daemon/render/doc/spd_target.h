/*
 * A metric's target as it is read: a value that is to be reached, or the ends of a band.
 */
#ifndef SEMS_RENDER_DOC_SPD_TARGET_H
#define SEMS_RENDER_DOC_SPD_TARGET_H

#include "render/doc/spd_doc.h"

/* "90.0 %", of a band "1.0 % to 3.0 %"; false, and out empty: none is set. */
bool spd_target_words(const json_t *metric, char out[SPD_CELL]);
/* The same for programs, without a unit: "0.9", "0.01 to 0.03". */
bool spd_target_digits(const json_t *metric, char out[SPD_CELL]);
/* What v is read against, in *out: the target, or the end of the band that it is nearer to; NULL:
 * none is set. */
const double *spd_target_near(const json_t *metric, double v, double *out);
/* What it was before, as spd_target_words(); false: nothing is known of that. */
bool spd_target_before(const json_t *metric, char out[SPD_CELL]);
/* Was it set when the quarter had ended? */
bool spd_target_is_late(const json_t *metric);

#endif
