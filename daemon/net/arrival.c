#include "net/arrival.h"

#include "base/text.h"

#include <string.h>
#include <unistd.h>

/* --- a place ---------------------------------------------------------------------------------- */

static bool
owns(const struct arrivals *as, const struct visitor *v)
{
	return v->has_user && (v->uid == 0 || v->uid == as->owner || v->uid == geteuid());
}

static uint64_t
n_sent_away(const struct ingest *in)
{
	const struct ingest_counters *n = ingest_counters(in);

	return n->sessions_refused + n->sessions_displaced;
}

/* Whom there was no place for, or whose silent neighbour made way: not a line for each. */
static void
tell_full(struct arrivals *as, const struct peer *p, struct session_ref session)
{
	const char *why = ingest_closing(as->peers->ingest, session);

	if (session.id == 0)
		why = "no room to tell it so";
	if (rare_may(&as->full, as->peers->mono().v))
		log_warn("sessions.full", KV("peer", p->who.principal),
			 KVI("others_before", as->full.unsaid),
			 KV("text", why != NULL ? why : "it displaced one that said no Hello"));
}

/* A session for who is there, or, with a refusal, one to tell it so. */
static void
admit(struct arrivals *as, struct peer *p, const char *refusal)
{
	struct ingest *in = as->peers->ingest;
	uint64_t before = n_sent_away(in);
	struct caller from = {.principal = text_of(p->who.principal),
			      .address = text_of(p->who.address),
			      .owner = owns(as, &p->who),
			      .refusal = refusal};
	struct session_ref session = ingest_open(in, &from, as->peers->mono());

	if (n_sent_away(in) != before)
		tell_full(as, p, session);
	if (session.id == 0 || session.id >= as->peers->n_by_session)
		peer_close(p, "there is no session for it");
	else
		peer_admit(p, session);
}

/* --- who it is -------------------------------------------------------------------------------- */

/* One line for many: a directory that is away is away for all. */
static void
refuse(struct arrivals *as, struct peer *p, enum user_answer why)
{
	char text[128];
	const char *words = p->gate->refuse(&p->who, why, text, sizeof text);

	if (rare_may(&as->nameless, as->peers->mono().v))
		log_warn("user.unnamed", KV("peer", p->who.principal),
			 KVI("others_before", as->nameless.unsaid), KV("address", p->who.address),
			 KV("why", words));
	if (text[0] == '\0')
		peer_close(p, words);
	else
		admit(as, p, text);
}

static void
settle(struct arrivals *as, struct peer *p, enum user_answer answer)
{
	if (answer == USER_NAMED)
		admit(as, p, NULL);
	else
		refuse(as, p, answer);
}

/* What it has said meanwhile is read once it has a session. */
void
arrival_look(struct arrivals *as, struct peer *p)
{
	int64_t patience = as->patience_ms != 0 ? as->patience_ms : p->gate->patience_ms;
	enum user_answer answer = p->gate->who(&p->who);

	if (answer != USER_ASKED || as->peers->mono().v - p->came_at.v >= patience)
		settle(as, p, answer);
}

void
arrivals_look(struct arrivals *as)
{
	struct peer *next;

	for (struct peer *p = TAILQ_FIRST(&as->peers->lists[PEER_UNKNOWN]); p != NULL; p = next) {
		next = TAILQ_NEXT(p, link);
		arrival_look(as, p);
	}
}

/* Whether there is room for one more who is waited for; of one address only so many. */
static bool
may_wait(const struct arrivals *as, const struct peer *one)
{
	const struct gate *at = one->gate;
	const struct peer *p;
	unsigned n = 0;
	unsigned of_address = 0;

	TAILQ_FOREACH (p, &as->peers->lists[PEER_UNKNOWN], link) {
		n += p->gate == at;
		of_address += p->gate == at && strcmp(p->who.address, one->who.address) == 0;
	}
	return n < at->unknown_max &&
	       (at->unknown_of_address == 0 || of_address < at->unknown_of_address);
}

/* Who is known goes on at once. */
void
arrival_take(struct arrivals *as, evutil_socket_t fd, const struct gate *at)
{
	struct peer *p = peer_new(as->peers, at, fd);
	enum user_answer answer;

	if (p == NULL)
		return;
	answer = at->who(&p->who);
	if (answer != USER_ASKED)
		settle(as, p, answer);
	else if (may_wait(as, p))
		peer_happens(p, PEER_ASKED, NULL);
	else
		refuse(as, p, USER_BUSY);
}

void
arrivals_end(struct arrivals *as)
{
	struct peer *p;
	char text[128];

	while ((p = TAILQ_FIRST(&as->peers->lists[PEER_UNKNOWN])) != NULL) {
		p->gate->refuse(&p->who, USER_NAMED, text, sizeof text);
		if (text[0] == '\0')
			peer_close(p, "semsd stops");
		else
			admit(as, p, "semsd takes nobody any more; connect again");
	}
}

size_t
arrivals_most(void)
{
	size_t n = 0;

	for (unsigned i = 0; i < N_GATES; i++)
		n += gate_of((enum gate_id)i)->unknown_max;
	return n;
}
