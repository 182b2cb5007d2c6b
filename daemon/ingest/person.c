#include "ingest/person.h"

#include "base/digest.h"
#include "core/kind/validate.h"

#include <stdlib.h>

#define CACHE_SIZE     4096u /* entries; a power of two */
#define CACHE_TEXT_MAX 43u   /* longer identifiers are hashed anew each time */

struct entry {
	int year; /* 0: empty */
	unsigned char n;
	char text[CACHE_TEXT_MAX];
	unsigned char pseudonym[PSEUDONYM_SIZE];
};

struct person_cache {
	struct entry entries[CACHE_SIZE];
};

struct person_cache *
person_cache_new(void)
{
	return calloc(1, sizeof(struct person_cache));
}

void
person_cache_free(struct person_cache *c)
{
	if (c == NULL)
		return;
	wipe(c, sizeof *c);
	free(c);
}

static bool
refuse(struct refusal *why, const struct record *r, size_t index, const char *text)
{
	char path[64];

	field_path(r->kind, index, path);
	why->reason = REASON_TEXT;
	err_set(&why->err, REJ_FIELD, path, "%s", text);
	return false;
}

/* FNV-1a: where in the cache a person may be. */
static size_t
slot_of(struct text person, int year)
{
	uint32_t h = 2166136261u ^ (uint32_t)year;

	for (size_t i = 0; i < person.n; i++)
		h = (h ^ (unsigned char)person.s[i]) * 16777619u;
	return (h ^ (h >> 15)) & (CACHE_SIZE - 1);
}

/* The place for a person, with its pseudonym when that was made before; NULL: not cached. */
static struct entry *
look_up(const struct person_keeper *k, struct text person, bool *known)
{
	struct entry *e;

	*known = false;
	if (k->cache == NULL || person.n > CACHE_TEXT_MAX)
		return NULL;
	e = &k->cache->entries[slot_of(person, k->year)];
	*known = e->year == k->year && text_eq((struct text){e->text, e->n}, person);
	return e;
}

bool
person_pseudonym(const unsigned char *key, struct text person, unsigned char out[PSEUDONYM_SIZE])
{
	unsigned char mac[SHA256_SIZE];

	if (!hmac_sha256(key, person.s, person.n, mac))
		return false;
	memcpy(out, mac, PSEUDONYM_SIZE);
	return true;
}

static bool
make_pseudonym(const struct person_keeper *k, struct text person, unsigned char *out)
{
	bool known;
	struct entry *e = look_up(k, person, &known);

	if (known) {
		memcpy(out, e->pseudonym, PSEUDONYM_SIZE);
		return true;
	}
	if (!person_pseudonym(k->key, person, out))
		return false;
	if (e != NULL) {
		e->year = k->year;
		e->n = (unsigned char)person.n;
		if (person.n != 0)
			memcpy(e->text, person.s, person.n);
		memcpy(e->pseudonym, out, PSEUDONYM_SIZE);
	}
	return true;
}

/* NULL, or what is wrong. */
static const char *
replace(struct value *v, const struct person_keeper *k)
{
	unsigned char *out;

	if (!v->set)
		return NULL;
	out = arena_alloc(k->arena, PSEUDONYM_SIZE);
	if (out == NULL)
		return "out of memory for this record; send it again";
	if (v->text.n != 0 && v->text.s[0] == '~') {
		struct text hex = {v->text.s + 1, v->text.n - 1};

		if (!k->given_allowed)
			return "a pseudonym (~...) may only be given in a correction by "
			       "compliance; send "
			       "the person's identifier";
		if (!hex_decode(hex, out, PSEUDONYM_SIZE))
			return "a pseudonym is ~ and 32 hexadecimal digits";
	} else if (!make_pseudonym(k, v->text, out)) {
		return "the pseudonym could not be made; send the record again";
	}
	v->text = (struct text){(const char *)out, PSEUDONYM_SIZE};
	return NULL;
}

static const char *
replace_list(struct value *v, const struct person_keeper *k)
{
	for (size_t i = 0; v->set && i < v->list.n; i++) {
		const char *fault = replace(&v->list.v[i], k);

		if (fault != NULL)
			return fault;
	}
	return NULL;
}

bool
person_replace(struct record *r, const struct person_keeper *k, struct refusal *why)
{
	size_t n = kind_n_fields(r->kind);

	for (size_t i = 0; i < n; i++) {
		enum field_type type = kind_field(r->kind, i)->type;
		const char *fault = NULL;

		if (type == FIELD_PERSON)
			fault = replace(&r->v[i], k);
		else if (type == FIELD_PERSONS)
			fault = replace_list(&r->v[i], k);
		if (fault != NULL)
			return refuse(why, r, i, fault);
	}
	return true;
}
