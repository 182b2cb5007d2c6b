#include "store/evidence/months.h"

#include <stdlib.h>
#include <string.h>

#define CAP_FIRST 16

static bool
holds(const struct month_span *s, int64_t t)
{
	return t >= s->start && t < s->end;
}

/* How many of a kind's spans begin at t or before. */
static size_t
count_begun(const struct months *m, enum kind_id kind, int64_t t)
{
	size_t low = 0;
	size_t high = m->of[kind].n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->of[kind].span[middle].start <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
months_has(struct months *m, enum kind_id kind, struct utc_ms t)
{
	size_t begun;

	if (m->of[kind].n == 0)
		return false;
	/* Most records are of the month of the one before. */
	if (holds(&m->of[kind].span[m->of[kind].last], t.v))
		return true;
	begun = count_begun(m, kind, t.v);
	if (begun == 0 || !holds(&m->of[kind].span[begun - 1], t.v))
		return false;
	m->of[kind].last = begun - 1;
	return true;
}

static bool
make_room(struct months *m, enum kind_id kind)
{
	size_t cap = m->of[kind].cap == 0 ? CAP_FIRST : m->of[kind].cap * 2;
	struct month_span *span;

	if (m->of[kind].n < m->of[kind].cap)
		return true;
	span = realloc(m->of[kind].span, cap * sizeof *span);
	if (span == NULL)
		return false;
	m->of[kind].span = span;
	m->of[kind].cap = cap;
	return true;
}

void
months_add(struct months *m, enum kind_id kind, struct utc_ms start, struct utc_ms end)
{
	size_t at = count_begun(m, kind, start.v);
	struct month_span *to;

	if (months_has(m, kind, start) || !make_room(m, kind))
		return;
	to = m->of[kind].span + at;
	memmove(to + 1, to, (m->of[kind].n - at) * sizeof *to);
	*to = (struct month_span){start.v, end.v};
	m->of[kind].n++;
	m->of[kind].last = at;
}

void
months_clear(struct months *m)
{
	for (int k = 0; k < KIND_COUNT; k++)
		m->of[k].n = m->of[k].last = 0;
}

void
months_fini(struct months *m)
{
	for (int k = 0; k < KIND_COUNT; k++)
		free(m->of[k].span);
}
