#include "web/person/persons.h"

#include "net/tls/identity.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define CERTIFIED "cert:sems:person/"

int64_t
persons_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- cookies ---------------------------------------------------------------------------------- */

/* So many digits follow; what is taken has no end of its own. */
static bool
begins_with_secret(struct text t)
{
	for (size_t i = 0; i < SECRET_SIZE - 1; i++)
		if (i >= t.n || t.s[i] == '\0' || strchr("0123456789abcdef", t.s[i]) == NULL)
			return false;
	return true;
}

/* Of a form or a query "&" begins the next, of cookies ";" and a blank: else a value that somebody
 * else may set, such as a cookie of another host of the domain, could hold one of ours. */
static void
take_behind(struct text t, const char *separator, const char *name, char out[SECRET_SIZE])
{
	const size_t length = strlen(name);
	const size_t n = strlen(separator);

	out[0] = '\0';
	for (size_t i = 0; i + length + SECRET_SIZE - 1 <= t.n; i++) {
		bool begins = i == 0 || (i >= n && memcmp(t.s + i - n, separator, n) == 0);
		struct text rest = {t.s + i + length, t.n - i - length};

		if (!begins || memcmp(t.s + i, name, length) != 0 || !begins_with_secret(rest))
			continue;
		memcpy(out, rest.s, SECRET_SIZE - 1);
		out[SECRET_SIZE - 1] = '\0';
		return;
	}
}

void
secret_take(struct text t, const char *name, char out[SECRET_SIZE])
{
	take_behind(t, "&", name, out);
}

void
cookie_take(const struct asked *a, const char *name, char secret[SECRET_SIZE])
{
	char whole[64];

	snprintf(whole, sizeof whole, "%s%s=", asked_is_secure(a) ? "__Host-" : "", name);
	take_behind(text_of(asked_header(a, "Cookie")), "; ", whole, secret);
}

void
cookie_write(const struct asked *a, const char *name, const char *secret, unsigned max_age_s,
	     char out[COOKIE_SIZE])
{
	const bool secure = asked_is_secure(a);
	char age[32] = "";

	if (max_age_s != 0 || secret[0] == '\0')
		snprintf(age, sizeof age, "; Max-Age=%u", secret[0] == '\0' ? 0 : max_age_s);
	snprintf(out, COOKIE_SIZE, "%s%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
		 secure ? "__Host-" : "", name, secret, secure ? "; Secure" : "", age);
}

/* --- who it is -------------------------------------------------------------------------------- */

static bool
is_person_name(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n + sizeof PERSON_PREFIX <= PRINCIPAL_SIZE &&
	       text_is_name((struct text){name, n});
}

static void
be(struct person *p, enum person_by by, const char *name)
{
	p->by = by;
	snprintf(p->principal, sizeof p->principal, PERSON_PREFIX "%s", name);
}

/* True: it has shown one, good or not. */
static bool
look_certificate(const struct asked *a, struct person *p)
{
	char principal[IDENTITY_SIZE];
	enum bad_certificate bad = asked_certificate(a, principal);

	if (bad == CERTIFICATE_ABSENT)
		return false;
	if (bad != CERTIFICATE_GOOD)
		p->fault = certificate_fault(bad);
	else if (strncmp(principal, CERTIFIED, sizeof CERTIFIED - 1) != 0)
		p->fault = "its certificate is no person's";
	else
		be(p, BY_CERTIFICATE, principal + sizeof CERTIFIED - 1);
	return true;
}

static void
look_proxy(const struct persons *ps, const struct asked *a, struct person *p)
{
	const char *name;

	if (ps->header == NULL || !asked_is_proxied(a))
		return;
	name = asked_header(a, ps->header);
	if (name[0] == '\0')
		return;
	if (asked_header_count(a, ps->header) == 1 && is_person_name(name))
		be(p, BY_PROXY, name);
	else
		p->fault = "what the proxy names is no person's name";
}

void
person_look(struct desk *d, const struct asked *a, struct person *p)
{
	struct persons *ps = d->persons;
	char secret[SECRET_SIZE];

	*p = (struct person){.by = BY_NOBODY};
	if (look_certificate(a, p))
		return;
	cookie_take(a, "sems", secret);
	p->signin = signin_find(&ps->signins, secret, persons_now_ms());
	if (p->signin == NULL) {
		look_proxy(ps, a, p);
		return;
	}
	p->by = p->signin->passkey != 0 ? BY_PASSKEY : BY_LINK;
	snprintf(p->principal, sizeof p->principal, "%s", p->signin->principal);
}
