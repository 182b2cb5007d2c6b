/*
 * Numbers as people read them. A printed number never contradicts what stands beside it: it has as
 * many decimals as tell it apart from nought, from 100 % and from its target, unless it is that.
 */
#ifndef SEMS_RENDER_DOC_SPD_VALUE_H
#define SEMS_RENDER_DOC_SPD_VALUE_H

#include "render/doc/spd_doc.h"

/* Of a fraction, in percentage points, with its sign. */
#define UNIT_CHANGE "change"

/*
 * "84.6 %" of a fraction of unit "%", others with their unit. beside: the number it is read
 * against, such as its target, or NULL. Of a target give itself: it is printed with all its digits.
 */
void spd_value(double v, const char *unit, const double *beside, char out[SPD_CELL]);
/* How many decimals that has. */
int spd_decimals(double v, const char *unit, const double *beside);

#endif
