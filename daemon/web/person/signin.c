#include "web/person/signin.h"

#include <stdio.h>
#include <string.h>

bool
signin_make_link(struct signins *s, int64_t now_ms, char secret[SECRET_SIZE])
{
	if (!secret_make(secret, s->link))
		return false;
	s->link_until_ms = now_ms + LINK_MS;
	return true;
}

static bool
is_over(const struct signin *i, int64_t now_ms)
{
	return i->form[0] == '\0' || now_ms - i->since_ms >= SIGNIN_MS ||
	       now_ms - i->seen_ms >= SIGNIN_IDLE_MS;
}

static struct signin *
older(struct signin *a, struct signin *b)
{
	return a == NULL || b->seen_ms < a->seen_ms ? b : a;
}

static struct signin *
place_for(struct signins *s, const char *principal, int64_t now_ms)
{
	struct signin *empty = NULL;
	struct signin *oldest = NULL;
	struct signin *oldest_own = NULL;
	size_t own = 0;

	for (size_t k = 0; k < SIGNINS_MOST; k++) {
		struct signin *i = &s->list[k];

		if (is_over(i, now_ms)) {
			empty = i;
			continue;
		}
		oldest = older(oldest, i);
		if (strcmp(i->principal, principal) != 0)
			continue;
		own++;
		oldest_own = older(oldest_own, i);
	}
	if (own >= SIGNINS_OF_ONE)
		return oldest_own;
	return empty != NULL ? empty : oldest;
}

bool
signin_begin(struct signins *s, const char *principal, uint64_t passkey, int64_t now_ms,
	     char cookie[SECRET_SIZE])
{
	struct signin *i = place_for(s, principal, now_ms);
	unsigned char unused[SHA256_SIZE];

	*i = (struct signin){.passkey = passkey,
			     .no = ++s->last_no,
			     .since_ms = now_ms,
			     .seen_ms = now_ms,
			     .checked_ms = now_ms};
	snprintf(i->principal, sizeof i->principal, "%s", principal);
	if (secret_make(cookie, i->cookie) && secret_make(i->form, unused))
		return true;
	i->form[0] = '\0';
	return false;
}

bool
signin_enter(struct signins *s, const char *secret, int64_t now_ms, char cookie[SECRET_SIZE])
{
	unsigned char its[SHA256_SIZE];

	if (now_ms >= s->link_until_ms || !secret_digest(secret, its) ||
	    memcmp(its, s->link, sizeof its) != 0)
		return false;
	s->link_until_ms = 0;
	return signin_begin(s, "", 0, now_ms, cookie);
}

struct signin *
signin_find(struct signins *s, const char *cookie, int64_t now_ms)
{
	unsigned char its[SHA256_SIZE];

	if (!secret_digest(cookie, its))
		return NULL;
	for (size_t k = 0; k < SIGNINS_MOST; k++) {
		struct signin *i = &s->list[k];

		if (is_over(i, now_ms) || memcmp(its, i->cookie, sizeof its) != 0)
			continue;
		i->seen_ms = now_ms;
		return i;
	}
	return NULL;
}

struct signin *
signin_by_no(struct signins *s, uint64_t no)
{
	for (size_t k = 0; k < SIGNINS_MOST; k++)
		if (s->list[k].form[0] != '\0' && s->list[k].no == no)
			return &s->list[k];
	return NULL;
}

void
signin_leave(struct signin *i)
{
	wipe(i, sizeof *i);
}
