/* The register at a glance: threat by impact as a drawing and as a table, and how bands went. */
#ifndef SEMS_RENDER_REGISTER_HEAT_MAP_H
#define SEMS_RENDER_REGISTER_HEAT_MAP_H

#include "render/register/folio.h"

/* Each cell has its scenarios by band and vulnerability, and the worst state of their controls. */
void heat_map(struct book *b, const struct reg *r, struct buf *out);
/* How many scenarios were in each band at the ends of the last quarters, by what was adopted. */
void band_trend(struct book *b, const struct reg *r, struct buf *out);

#endif
