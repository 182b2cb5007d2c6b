/* A scenario on the page: all that the register has of it, and its bow-tie. */
#ifndef SEMS_RENDER_REGISTER_SCENARIO_PAGE_H
#define SEMS_RENDER_REGISTER_SCENARIO_PAGE_H

#include "render/register/folio.h"

/* Scratch is of the scenario alone, and may be forgotten afterwards; n: which one it is. */
void scenario_page(struct book *b, const struct reg *r, const json_t *scenario, size_t n,
		   bool with_bow_tie, struct buf *out);

#endif
