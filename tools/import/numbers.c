#include "tools/import/numbers.h"

#include "tools/import/identity.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 1024u
#define SLOTS_MAX   (1u << 24) /* half of them are used */
#define TAIL_AT     6          /* of a record_id, behind the time */

struct slot {
	uint64_t line; /* and one; 0: empty */
	int64_t at;
	uint64_t content;
	unsigned char tail[IDENTITY_BYTES]; /* a digest of source and number */
	unsigned char kind;
};

struct numbers {
	struct slot *slots;
	size_t n_slots;
	size_t used;
};

struct numbers *
numbers_new(void)
{
	struct numbers *n = calloc(1, sizeof *n);

	if (n == NULL)
		return NULL;
	n->n_slots = SLOTS_FIRST;
	n->slots = calloc(n->n_slots, sizeof *n->slots);
	if (n->slots == NULL) {
		free(n);
		return NULL;
	}
	return n;
}

void
numbers_free(struct numbers *n)
{
	if (n == NULL)
		return;
	free(n->slots);
	free(n);
}

static struct slot
slot_of(const struct record *r)
{
	const struct uuid *id = &r->v[ENV_RECORD_ID].uuid;
	struct slot s = {.at = uuid_time(id).v, .kind = (unsigned char)r->kind->id};
	const struct text number = r->v[ENV_SOURCE_RECORD_ID].text;

	/* A record_id that a file gives itself says nothing of its number. */
	if (!r->v[ENV_SOURCE_RECORD_ID].set ||
	    !identity_digest(r->v[ENV_SOURCE].text, number, s.tail))
		memcpy(s.tail, id->b + TAIL_AT, sizeof s.tail);
	return s;
}

static size_t
place_of(const struct numbers *n, const struct slot *s)
{
	size_t hash;

	memcpy(&hash, s->tail + sizeof s->tail - sizeof hash, sizeof hash);
	return (hash + s->kind) & (n->n_slots - 1);
}

static bool
is_same(const struct slot *a, const struct slot *b)
{
	return a->kind == b->kind && memcmp(a->tail, b->tail, sizeof a->tail) == 0;
}

bool
numbers_find(const struct numbers *n, const struct record *r, struct number_seen *out)
{
	const struct slot wanted = slot_of(r);
	bool found = false;

	for (size_t i = place_of(n, &wanted); n->slots[i].line != 0;
	     i = (i + 1) & (n->n_slots - 1)) {
		const struct slot *s = &n->slots[i];

		if (!is_same(s, &wanted) || (found && s->at != wanted.at))
			continue;
		*out = (struct number_seen){s->line - 1, s->content, s->at == wanted.at};
		found = true;
		if (out->same_time)
			return true;
	}
	return found;
}

static void
put(struct numbers *n, const struct slot *s)
{
	size_t i = place_of(n, s);

	while (n->slots[i].line != 0)
		i = (i + 1) & (n->n_slots - 1);
	n->slots[i] = *s;
}

static bool
grow(struct numbers *n)
{
	struct slot *old = n->slots;
	const size_t n_old = n->n_slots;

	if (n->n_slots == SLOTS_MAX)
		return false;
	n->slots = calloc(n_old * 2, sizeof *n->slots);
	if (n->slots == NULL) {
		n->slots = old;
		return false;
	}
	n->n_slots = n_old * 2;
	for (size_t i = 0; i < n_old; i++)
		if (old[i].line != 0)
			put(n, &old[i]);
	free(old);
	return true;
}

bool
numbers_add(struct numbers *n, const struct record *r, uint64_t line, uint64_t content)
{
	struct slot s = slot_of(r);

	if ((n->used + 1) * 2 > n->n_slots && !grow(n))
		return false;
	s.line = line + 1;
	s.content = content;
	put(n, &s);
	n->used++;
	return true;
}

bool
number_is_shortened(struct text number)
{
	size_t i = 1;

	if (number.n < 5 || !isdigit((unsigned char)number.s[0]))
		return false;
	if (number.s[i] == '.' || number.s[i] == ',')
		i++;
	while (i < number.n && isdigit((unsigned char)number.s[i]))
		i++;
	if (i + 2 >= number.n || number.s[i] != 'E' || number.s[i + 1] != '+')
		return false;
	for (i += 2; i < number.n; i++)
		if (!isdigit((unsigned char)number.s[i]))
			return false;
	return true;
}
