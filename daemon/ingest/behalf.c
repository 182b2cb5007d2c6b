/*
 * Sessions that a gateway opens for somebody whom it has recognised: a person in a browser, a
 * device with a credential. From its Hello on such a session is that somebody's, with what he may
 * and no more; his gateway counts for connections alone, since it holds them.
 */
#include "base/count.h"
#include "ingest/engine.h"

/* Whom the kernel or a certificate recognises speaks for himself. An owner is somebody, and an
 * admin, whatever else the register has him for: did he speak for people, one person would be two
 * pairs of eyes. */
static const struct {
	const char *prefix;
	bool by_owner;
} spoken_for[] = {{"web:", false}, {"device:", true}};

/* Its place in spoken_for; COUNT(spoken_for): nobody speaks for such a one. */
static size_t
sort_of(struct text principal)
{
	size_t i;

	for (i = 0; i < COUNT(spoken_for); i++) {
		const size_t n = strlen(spoken_for[i].prefix);

		if (principal.n > n && memcmp(principal.s, spoken_for[i].prefix, n) == 0 &&
		    principal.n < PARTY_NAME_SIZE &&
		    text_is_name((struct text){principal.s + n, principal.n - n}))
			break;
	}
	return i;
}

static bool
may_speak(const struct ingest *in, const struct session *s)
{
	return s->gateway_owns ||
	       right_has(registry_role(in->registry, text_of(s->party->name)), RIGHT_SPEAK_FOR);
}

static bool
refuse(struct ingest *in, struct session *s, struct text principal, const char *why)
{
	if (in->config.behalf != NULL)
		in->config.behalf(in->config.ctx, text_of(s->party->name), principal, why);
	session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED, 0,
		       "on_behalf_of: %s", why);
	return false;
}

bool
behalf_begin(struct ingest *in, struct session *s, struct text principal)
{
	char why[160];
	char roles[RIGHT_WHO_SIZE];
	const size_t sort = sort_of(principal);

	s->gateway_owns = s->owner;
	if (!may_speak(in, s)) {
		right_who(RIGHT_SPEAK_FOR, " or ", roles, sizeof roles);
		text_print(why, sizeof why, "%s may not speak for others; that takes the role %s",
			   s->principal, roles);
		return refuse(in, s, (struct text){"", 0}, why);
	}
	if (sort == COUNT(spoken_for))
		return refuse(in, s, (struct text){"", 0},
			      "is not one who is spoken for; give web:NAME or device:NAME, of at "
			      "most 127 bytes");
	if (s->gateway_owns && !spoken_for[sort].by_owner)
		return refuse(in, s, principal,
			      "an owner of semsd speaks for devices alone; run semsweb under an "
			      "account of its own, with the role gateway");
	s->owner = false;
	s->has_gateway = true;
	memcpy(s->principal, principal.s, principal.n);
	s->principal[principal.n] = '\0';
	if (in->config.behalf != NULL)
		in->config.behalf(in->config.ctx, text_of(s->party->name), principal, NULL);
	return true;
}

bool
behalf_holds(struct ingest *in, struct session *s)
{
	if (!s->has_gateway || may_speak(in, s))
		return true;
	return refuse(in, s, text_of(s->principal),
		      "its gateway may not speak for others any more");
}
