/* Threat by impact: which scenarios are where, how many of each band, and their worst control. */
#ifndef SEMS_RENDER_REGISTER_MATRIX_H
#define SEMS_RENDER_REGISTER_MATRIX_H

#include "render/register/register_read.h"

#define MATRIX_SHOWN 12 /* scenarios of a band that a cell names; the others are counted */

struct matrix_part {
	size_t n;
	const json_t *scenario[MATRIX_SHOWN];
};

struct matrix_cell {
	struct matrix_part part[BANDS_MAX + 1]; /* by band; the last: of no band */
	size_t n;
	enum control_state worst; /* of n > 0 */
};

struct matrix {
	struct matrix_cell *cell; /* threats x impacts, both as the scheme has them */
	const struct reg *r;
	size_t n;                  /* scenarios in the cells */
	size_t in_band[BANDS_MAX]; /* of those */
	size_t outside;            /* assessed by scores that the scheme does not have */
	size_t unassessed;
};

/* residual: by the residual risk, else by the inherent one. NULL: memory is out. */
struct matrix *matrix_make(struct book *b, const struct reg *r, bool residual);
const struct matrix_cell *matrix_at(const struct matrix *m, size_t threat, size_t impact);
/* "R-2026-001, R-2026-002 and 3 more" */
const char *matrix_numbers(struct book *b, const struct matrix_part *part);

#endif
