#include "store/evidence/repeat.h"

/* FNV-1a; never 0. Two sources with one hash only share their caution. */
static uint64_t
hash(struct text t)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < t.n; i++)
		h = (h ^ (unsigned char)t.s[i]) * UINT64_C(0x100000001b3);
	return h == 0 ? 1 : h;
}

static int
find(const struct repeat *r, uint64_t h)
{
	for (int i = 0; i < REPEAT_SOURCES; i++)
		if (r->source[i].hash == h)
			return i;
	return -1;
}

bool
repeat_expects(const struct repeat *r, struct text source)
{
	return r->n != 0 && find(r, hash(source)) >= 0;
}

void
repeat_note(struct repeat *r, struct text source, bool repeated)
{
	uint64_t h;
	int i;

	if (r->n == 0 && !repeated)
		return;
	h = hash(source);
	i = find(r, h);
	if (i < 0 && !repeated)
		return;
	if (i < 0) {
		i = find(r, 0);
		if (i < 0)
			i = (int)(r->next++ % REPEAT_SOURCES);
		else
			r->n++;
		r->source[i] = (struct repeat_source){.hash = h};
	}
	r->source[i].seen = true;
	r->source[i].repeated = r->source[i].repeated || repeated;
}

void
repeat_group_done(struct repeat *r)
{
	for (int i = 0; i < REPEAT_SOURCES; i++) {
		struct repeat_source *s = &r->source[i];

		if (s->repeated) {
			s->left = REPEAT_CLEAN_GROUPS;
		} else if (s->seen && --s->left == 0) {
			s->hash = 0;
			r->n--;
		}
		s->seen = false;
		s->repeated = false;
	}
}
