#include "web/desk/signin.h"

#include "base/text.h"

#define SECRET_BYTES 32

static bool
make_secret(char secret[SECRET_SIZE], unsigned char digest[SHA256_SIZE])
{
	unsigned char random[SECRET_BYTES];

	if (!random_bytes(random, sizeof random))
		return false;
	hex_encode(random, sizeof random, secret);
	return sha256(secret, SECRET_SIZE - 1, digest);
}

/* Of digests the time of a comparison tells nothing. */
static bool
is_of(const char *secret, const unsigned char digest[SHA256_SIZE])
{
	unsigned char its[SHA256_SIZE];

	return strlen(secret) == SECRET_SIZE - 1 && sha256(secret, SECRET_SIZE - 1, its) &&
	       memcmp(its, digest, sizeof its) == 0;
}

bool
signin_make_link(struct signins *s, int64_t now_ms, char secret[SECRET_SIZE])
{
	if (!make_secret(secret, s->link))
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
free_place(struct signins *s, int64_t now_ms)
{
	struct signin *oldest = &s->list[0];

	for (size_t k = 0; k < SIGNINS_MOST; k++) {
		if (is_over(&s->list[k], now_ms))
			return &s->list[k];
		if (s->list[k].seen_ms < oldest->seen_ms)
			oldest = &s->list[k];
	}
	return oldest;
}

bool
signin_enter(struct signins *s, const char *secret, int64_t now_ms, char cookie[SECRET_SIZE])
{
	struct signin *i = free_place(s, now_ms);
	unsigned char unused[SHA256_SIZE];

	if (now_ms >= s->link_until_ms || !is_of(secret, s->link))
		return false;
	s->link_until_ms = 0;
	if (!make_secret(cookie, i->cookie) || !make_secret(i->form, unused)) {
		i->form[0] = '\0';
		return false;
	}
	i->since_ms = i->seen_ms = now_ms;
	return true;
}

struct signin *
signin_find(struct signins *s, const char *cookie, int64_t now_ms)
{
	for (size_t k = 0; k < SIGNINS_MOST; k++) {
		struct signin *i = &s->list[k];

		if (is_over(i, now_ms) || !is_of(cookie, i->cookie))
			continue;
		i->seen_ms = now_ms;
		return i;
	}
	return NULL;
}

void
signin_leave(struct signin *i)
{
	wipe(i, sizeof *i);
}
