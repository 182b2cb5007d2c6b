#include "core/spd/forms.h"

#include "base/count.h"
#include "base/json/jsonout.h"
#include "core/spd/keys.h"

#include <stdlib.h>
#include <string.h>

/* That a metric of this form tells something of a measure. */
struct told {
	const char *measure;
	enum form form;
};

static const struct {
	const char *key;
	enum form form;
} shown[] = {
    {DOC_QUANTITATIVE, FORM_QUANTITATIVE},
    {DOC_QUALITATIVE, FORM_QUALITATIVE},
    {DOC_OUTPUT, FORM_OUTPUT},
};

static bool
is_of_measure(const struct metric *m, const struct figure *g)
{
	const struct breakdown *b = &m->breakdown[g->breakdown];

	return b->n == 1 && strcmp(m->dimension[b->dimension[0]], "measure") == 0 &&
	       g->by[0] != NULL && strcmp(g->by[0], FIGURE_OTHER) != 0;
}

static bool
tells_anything(const struct figure *g)
{
	return g->is_suppressed || g->has_value || (g->has_numerator && g->numerator > 0) ||
	       (g->has_denominator && g->denominator > 0);
}

static int
compare(const void *a, const void *b)
{
	const struct told *x = a;
	const struct told *y = b;

	return strcmp(x->measure, y->measure);
}

/* All of them, by measure; their number in *n. */
static struct told *
gather(const struct spd *s, struct arena *scratch, size_t *n)
{
	struct told *list;
	size_t room = 1;

	*n = 0;
	for (size_t i = 0; i < s->n_metrics; i++)
		room += s->metrics[i].n_figures;
	list = arena_zalloc(scratch, room, sizeof *list);
	for (size_t i = 0; list != NULL && i < s->n_metrics; i++) {
		const struct spd_metric *m = &s->metrics[i];

		for (size_t k = 0; k < m->n_figures; k++)
			if (is_of_measure(m->m, m->figures[k]) && tells_anything(m->figures[k]))
				list[(*n)++] = (struct told){m->figures[k]->by[0], m->m->form};
	}
	if (list != NULL)
		qsort(list, *n, sizeof *list, compare);
	return list;
}

/* n of one measure. */
static json_t *
measure_json(const struct told *list, size_t n)
{
	struct made o = made_object();

	made_text(&o, DOC_MEASURE, list[0].measure);
	for (size_t k = 0; k < COUNT(shown); k++) {
		bool is = false;

		for (size_t i = 0; i < n; i++)
			is = is || list[i].form == shown[k].form;
		made_put(&o, shown[k].key, json_boolean(is));
	}
	return made_take(o);
}

json_t *
forms_json(const struct spd *s, struct arena *scratch)
{
	struct made all = made_array();
	size_t n = 0;
	struct told *list = gather(s, scratch, &n);
	size_t end;

	for (size_t i = 0; list != NULL && i < n; i = end) {
		end = i + 1;
		while (end < n && strcmp(list[end].measure, list[i].measure) == 0)
			end++;
		made_append(&all, measure_json(&list[i], end - i));
	}
	if (list == NULL)
		all.ok = false;
	return made_take(all);
}
