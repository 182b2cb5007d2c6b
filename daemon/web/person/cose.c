#include "web/person/cose.h"

#include "base/count.h"

#include <stdint.h>
#include <string.h>

#define MEMBERS_MAX 8

/* CBOR's major types of what may be there. */
enum { CBOR_UNSIGNED = 0, CBOR_NEGATIVE = 1, CBOR_BYTES = 2, CBOR_MAP = 5 };

struct item {
	unsigned major;
	uint64_t value; /* or the length */
};

/* The head of an item; what has no length of its own is none. */
static bool
read_head(struct text *t, struct item *i)
{
	const unsigned char *p = (const unsigned char *)t->s;
	size_t more = 0;

	if (t->n == 0)
		return false;
	i->major = p[0] >> 5;
	i->value = p[0] & 31u;
	if (i->value >= 24) {
		more = (size_t)1 << (i->value - 24);
		if (i->value > 27 || t->n < 1 + more)
			return false;
		i->value = 0;
	}
	for (size_t k = 1; k <= more; k++)
		i->value = i->value << 8 | p[k];
	*t = (struct text){t->s + 1 + more, t->n - 1 - more};
	return true;
}

/* A number that is not far from 0. */
static bool
read_number(struct text *t, int *out)
{
	struct item i;

	if (!read_head(t, &i) || i.major > CBOR_NEGATIVE || i.value > 65535)
		return false;
	*out = i.major == CBOR_NEGATIVE ? -1 - (int)i.value : (int)i.value;
	return true;
}

/* Of a member either. */
struct member {
	int label;
	int number;
	struct text bytes; /* s NULL: it is a number */
};

static bool
read_member(struct text *t, struct member *m)
{
	struct text rest;
	struct item i;

	*m = (struct member){0};
	if (!read_number(t, &m->label))
		return false;
	rest = *t;
	if (!read_head(&rest, &i))
		return false;
	if (i.major != CBOR_BYTES)
		return read_number(t, &m->number);
	if (i.value > rest.n)
		return false;
	m->bytes = (struct text){rest.s, (size_t)i.value};
	*t = (struct text){rest.s + m->bytes.n, rest.n - m->bytes.n};
	return true;
}

static const struct member *
find(const struct member *list, size_t n, int label)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].label == label)
			return &list[i];
	return NULL;
}

/* What a sort of key has under which label; lengths of 0: none. */
static const struct sort {
	int signs, type, curve; /* curve 0: it has none */
	struct {
		int label;
		size_t n;
	} parts[2];
} sorts[] = {
    {SIGNS_ES256, 2, 1, {{-2, 32}, {-3, 32}}},
    {SIGNS_EDDSA, 1, 6, {{-2, 32}}},
    {SIGNS_RS256, 3, 0, {{-1, 256}, {-2, 3}}},
};

static bool
has_number(const struct member *list, size_t n, int label, int number)
{
	const struct member *m = find(list, n, label);

	return m != NULL && m->bytes.s == NULL && m->number == number;
}

static bool
take_parts(const struct sort *s, const struct member *list, size_t n, struct cose *k)
{
	k->signs = s->signs;
	k->n = 0;
	for (size_t i = 0; i < COUNT(s->parts) && s->parts[i].n != 0; i++) {
		const struct member *m = find(list, n, s->parts[i].label);

		if (m == NULL || m->bytes.s == NULL || m->bytes.n != s->parts[i].n)
			return false;
		memcpy(k->key + k->n, m->bytes.s, m->bytes.n);
		k->n += m->bytes.n;
	}
	return true;
}

size_t
cose_read(struct text t, struct cose *k)
{
	struct member list[MEMBERS_MAX];
	struct text rest = t;
	struct item map;
	size_t n = 0;

	if (!read_head(&rest, &map) || map.major != CBOR_MAP || map.value > MEMBERS_MAX)
		return 0;
	for (; n < map.value; n++)
		if (!read_member(&rest, &list[n]) || find(list, n, list[n].label) != NULL)
			return 0;
	for (size_t i = 0; i < COUNT(sorts); i++)
		if (has_number(list, n, 3, sorts[i].signs) &&
		    has_number(list, n, 1, sorts[i].type) &&
		    (sorts[i].curve == 0 || has_number(list, n, -1, sorts[i].curve)))
			return take_parts(&sorts[i], list, n, k) ? t.n - rest.n : 0;
	return 0;
}
