/*
 * The two files that say what an SPD is: the catalogue of its metrics and the layout of its sheets.
 * Both are compiled in; the layout may be another one.
 */
#ifndef SEMS_STORE_COUNT_LAYOUT_H
#define SEMS_STORE_COUNT_LAYOUT_H

#include "core/metric/catalogue.h"
#include "core/metric/template.h"

/* The catalogue, read once; NULL: *e says why. Valid as long as the program. */
const struct catalogue *spd_catalogue(struct err *e);
/* Takes the layout from a file from now on; called once, before anything is computed. */
enum code layout_use(const char *path, struct err *e) MUST_CHECK;
/* The layout that is used; NULL: *e says why. Valid as long as the program. */
const struct spd_template *layout_template(struct err *e);

#endif
