/*
 * In which of the three forms anything is known of each measure. Quantity alone tells nothing of
 * whether a measure works (CAP 1273): what lacks quality or output is to be seen.
 */
#ifndef SEMS_CORE_SPD_FORMS_H
#define SEMS_CORE_SPD_FORMS_H

#include "base/arena.h"
#include "core/spd/spd.h"

#include <jansson.h>

/*
 * The measures that some figure by measure tells anything of, by their names, each with whether a
 * figure of each form does; what is suppressed is known. NULL: want of memory, also of the arena.
 */
json_t *forms_json(const struct spd *s, struct arena *scratch);

#endif
