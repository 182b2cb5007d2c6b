#include "web/person/challenge.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool
digest_of(const char *link, unsigned char about[SHA256_SIZE])
{
	memset(about, 0, SHA256_SIZE);
	return link == NULL || sha256(link, strlen(link), about);
}

static bool
is_free(const struct challenge *c, int64_t now_ms)
{
	return c->until_ms <= now_ms;
}

/* NULL: all are others'. */
static struct challenge *
place_for(struct challenges *cs, const char *address, int64_t now_ms)
{
	struct challenge *empty = NULL;
	struct challenge *oldest = NULL;
	size_t of_one = 0;

	for (size_t i = 0; i < CHALLENGES_MOST; i++) {
		struct challenge *c = &cs->list[i];

		if (is_free(c, now_ms)) {
			empty = c;
			continue;
		}
		if (strcmp(c->address, address) != 0)
			continue;
		of_one++;
		if (oldest == NULL || c->until_ms < oldest->until_ms)
			oldest = c;
	}
	return of_one >= CHALLENGES_OF_ONE || empty == NULL ? oldest : empty;
}

const struct challenge *
challenge_make(struct challenges *cs, const char *link, const char *address, int64_t now_ms,
	       char cookie[SECRET_SIZE])
{
	struct challenge *c = place_for(cs, address, now_ms);

	if (c == NULL)
		return NULL;
	c->until_ms = 0;
	if (!random_bytes(c->bytes, sizeof c->bytes) || !digest_of(link, c->about) ||
	    !secret_make(cookie, c->cookie))
		return NULL;
	snprintf(c->address, sizeof c->address, "%s", address);
	c->until_ms = now_ms + CHALLENGE_MS;
	return c;
}

bool
challenge_take(struct challenges *cs, const char *link, const char *cookie, int64_t now_ms,
	       unsigned char bytes[CHALLENGE_SIZE])
{
	unsigned char about[SHA256_SIZE];
	unsigned char its[SHA256_SIZE];

	if (!secret_digest(cookie, its))
		return false;
	for (size_t i = 0; i < CHALLENGES_MOST; i++) {
		struct challenge *c = &cs->list[i];
		bool good;

		if (is_free(c, now_ms) || memcmp(its, c->cookie, sizeof its) != 0)
			continue;
		good = digest_of(link, about) && memcmp(about, c->about, sizeof about) == 0;
		memcpy(bytes, c->bytes, sizeof c->bytes);
		wipe(c, sizeof *c);
		return good;
	}
	return false;
}
