/*
 * The bow-tie of a scenario: what leads to it left, what follows from it right, and between them
 * the controls, each with its state and the figures that watch it.
 */
#ifndef SEMS_RENDER_REGISTER_BOW_TIE_H
#define SEMS_RENDER_REGISTER_BOW_TIE_H

#include "render/register/register_read.h"

/* id: of its elements, one of its kind in the page. alone: as a file, with its own style. */
void bow_tie_draw(struct book *b, const struct reg *r, const json_t *scenario, const char *id,
		  bool alone, struct buf *out);
extern const char bow_tie_style[]; /* for the page that has drawings in it */

#endif
