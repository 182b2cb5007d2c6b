#include "net/tls/seen.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct known {
	struct seen_one one; /* first: what is looked up by is its principal */
	TAILQ_ENTRY(known)
	link;
};

TAILQ_HEAD(known_list, known);

struct seen {
	void *by_name;          /* a tree of tsearch() */
	struct known_list list; /* the last one first */
	size_t n;
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->one.principal,
		      ((const struct known *)b)->one.principal);
}

struct seen *
seen_new(void)
{
	struct seen *s = calloc(1, sizeof *s);

	if (s != NULL)
		TAILQ_INIT(&s->list);
	return s;
}

static void
forget(struct seen *s, struct known *k)
{
	tdelete(k, &s->by_name, compare);
	TAILQ_REMOVE(&s->list, k, link);
	s->n--;
	free(k);
}

void
seen_free(struct seen *s)
{
	struct known *k;

	if (s == NULL)
		return;
	while ((k = TAILQ_FIRST(&s->list)) != NULL)
		forget(s, k);
	free(s);
}

static struct known *
find(const struct seen *s, const char *principal)
{
	struct known key;
	void *const *at;

	snprintf(key.one.principal, sizeof key.one.principal, "%s", principal);
	at = tfind(&key, &s->by_name, compare);
	return at == NULL ? NULL : *at;
}

/* False: everybody is here. */
static bool
make_room(struct seen *s)
{
	struct known *k;

	if (s->n < SEEN_MAX)
		return true;
	TAILQ_FOREACH_REVERSE(k, &s->list, known_list, link)
	{
		if (k->one.here != 0)
			continue;
		forget(s, k);
		return true;
	}
	return false;
}

static struct known *
remember(struct seen *s, const char *principal)
{
	struct known *k = make_room(s) ? calloc(1, sizeof *k) : NULL;

	if (k == NULL)
		return NULL;
	snprintf(k->one.principal, sizeof k->one.principal, "%s", principal);
	if (tsearch(k, &s->by_name, compare) == NULL) {
		free(k);
		return NULL;
	}
	TAILQ_INSERT_HEAD(&s->list, k, link);
	s->n++;
	return k;
}

/* It is the last one now. */
static void
note(struct seen *s, struct known *k, struct utc_ms now)
{
	k->one.last = now;
	TAILQ_REMOVE(&s->list, k, link);
	TAILQ_INSERT_HEAD(&s->list, k, link);
}

bool
seen_came(struct seen *s, const char *principal, const char *address, struct utc_ms ends,
	  struct utc_ms now, const struct seen_one **one)
{
	struct known *k = find(s, principal);
	bool is_twice;

	if (k == NULL)
		k = remember(s, principal);
	*one = k == NULL ? NULL : &k->one;
	if (k == NULL)
		return false;
	is_twice = k->one.here != 0 && strcmp(k->one.address, address) != 0;
	if (is_twice) {
		k->one.twice_at = now;
		memcpy(k->one.twice[0], k->one.address, sizeof k->one.twice[0]);
		snprintf(k->one.twice[1], sizeof k->one.twice[1], "%s", address);
	}
	snprintf(k->one.address, sizeof k->one.address, "%s", address);
	k->one.here++;
	k->one.ends = ends;
	note(s, k, now);
	return is_twice;
}

void
seen_left(struct seen *s, const char *principal, struct utc_ms now)
{
	struct known *k = find(s, principal);

	/* Who there was no room for is not here. */
	if (k == NULL || k->one.here == 0)
		return;
	k->one.here--;
	note(s, k, now);
}

void
seen_each(const struct seen *s, void (*fn)(void *ctx, const struct seen_one *one), void *ctx)
{
	const struct known *k;

	TAILQ_FOREACH (k, &s->list, link)
		fn(ctx, &k->one);
}
