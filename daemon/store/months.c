#include "store/months.h"

#include <string.h>

bool
months_has(struct months *m, enum kind_id kind, struct utc_ms t)
{
	/* Most records are of the month of the one before. */
	unsigned n = m->of[kind].n;
	unsigned at = m->of[kind].last;

	for (unsigned tried = 0; tried < n; tried++) {
		if (t.v >= m->of[kind].span[at].start && t.v < m->of[kind].span[at].end) {
			m->of[kind].last = at;
			return true;
		}
		at = at + 1 < n ? at + 1 : 0;
	}
	return false;
}

void
months_add(struct months *m, enum kind_id kind, struct utc_ms start, struct utc_ms end)
{
	unsigned at = m->of[kind].n;

	if (at < MONTHS_KNOWN)
		m->of[kind].n++;
	else
		at = m->of[kind].next++ % MONTHS_KNOWN;
	m->of[kind].span[at].start = start.v;
	m->of[kind].span[at].end = end.v;
	m->of[kind].last = at;
}

void
months_clear(struct months *m)
{
	memset(m, 0, sizeof *m);
}
