#include "render/register/matrix.h"

#include "base/json/jsonin.h"

const struct matrix_cell *
matrix_at(const struct matrix *m, size_t threat, size_t impact)
{
	return &m->cell[threat * m->r->impact.n + impact];
}

static void
add_to(struct matrix *m, const json_t *scenario, const char *score)
{
	const struct reg *r = m->r;
	const json_t *assessment = json_object_get(scenario, "assessment");
	size_t threat = reg_level(&r->threat, reg_score(assessment, "threat"));
	size_t impact = reg_level(&r->impact, reg_score(assessment, "impact"));
	size_t band = reg_band(r, reg_score(assessment, score));
	enum control_state worst = reg_worst(r, scenario);
	struct matrix_cell *cell;
	struct matrix_part *part;

	if (threat == r->threat.n || impact == r->impact.n) {
		m->outside++;
		return;
	}
	cell = &m->cell[threat * r->impact.n + impact];
	part = &cell->part[band < r->n_bands ? band : BANDS_MAX];
	if (part->n < MATRIX_SHOWN)
		part->scenario[part->n] = scenario;
	part->n++;
	cell->worst = cell->n == 0 || worst < cell->worst ? worst : cell->worst;
	cell->n++;
	m->n++;
	if (band < r->n_bands)
		m->in_band[band]++;
}

struct matrix *
matrix_make(struct book *b, const struct reg *r, bool residual)
{
	struct matrix *m = arena_zalloc(b->arena, 1, sizeof *m);
	size_t i;
	json_t *one;

	if (m == NULL)
		return NULL;
	m->r = r;
	m->cell = arena_zalloc(b->arena, r->threat.n * r->impact.n + 1, sizeof *m->cell);
	if (m->cell == NULL)
		return NULL;
	json_array_foreach(r->scenarios, i, one)
	{
		if (json_object_get(one, "assessment") == NULL)
			m->unassessed++;
		else
			add_to(m, one, residual ? "residual" : "inherent");
	}
	return m;
}

const char *
matrix_numbers(struct book *b, const struct matrix_part *part)
{
	const char *all = "";

	for (size_t i = 0; i < part->n && i < MATRIX_SHOWN; i++)
		all = reg_add(b, all, ", ", member_text(part->scenario[i], "number"));
	return part->n <= MATRIX_SHOWN
		   ? all
		   : book_text(b, "%s and %zu more", all, part->n - MATRIX_SHOWN);
}
