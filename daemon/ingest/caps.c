/*
 * Who may have how many sessions, in parts of all that there are. What one account or address takes
 * is taken from nobody else: a rest is left for those who have a role, and the last of it for
 * administrators. Of its own newcomers a party keeps those who talk: the one that has been silent
 * for longest makes way, so that a flood of connections that say nothing shuts nobody out.
 */
#include "base/count.h"
#include "ingest/engine.h"

#define AGAIN_MS (5 * MS_PER_SECOND)

enum cap {
	CAP_ADDRESS,
	CAP_STRANGER,  /* one account without a role */
	CAP_STRANGERS, /* all of them */
	CAP_PRINCIPAL,
	CAP_OTHERS, /* all but administrators */
	CAP_ALL,
	CAP_SILENT, /* of one account or address, before their Hello */
	CAPS,
};

static const struct {
	uint32_t part, of; /* of all sessions */
	uint32_t at_least; /* where there are few in all */
	const char *whose;
} caps[] = {
    [CAP_ADDRESS] = {5, 6, 16, "its address has"},
    [CAP_STRANGER] = {1, 128, 16, "its account, which has no role, has"},
    [CAP_STRANGERS] = {1, 16, 16, "accounts without a role have"},
    [CAP_PRINCIPAL] = {7, 8, 16, "its account has"},
    [CAP_OTHERS] = {63, 64, 16, "all but administrators have"},
    [CAP_ALL] = {1, 1, 0, "all together have"},
    [CAP_SILENT] = {1, 24, 16, ""},
};
COVERS(caps, CAPS);

static uint32_t
cap(const struct ingest *in, enum cap c)
{
	uint32_t n = (uint32_t)((uint64_t)in->config.max_sessions * caps[c].part / caps[c].of);

	return n < caps[c].at_least ? caps[c].at_least : n;
}

/* The first that is reached; CAPS: none. */
static enum cap
reached(const struct ingest *in, const struct session *s)
{
	const uint32_t open[] = {
	    [CAP_ADDRESS] = s->address == NULL ? 0 : s->address->open,
	    [CAP_STRANGER] = s->is_stranger ? s->party->open : 0,
	    [CAP_STRANGERS] = s->is_stranger ? in->strangers : 0,
	    [CAP_PRINCIPAL] = s->party->open,
	    [CAP_OTHERS] = right_has(session_role(in, s), RIGHT_LAST_PLACE) ? 0 : in->open,
	    [CAP_ALL] = in->open,
	    [CAP_SILENT] = 0, /* of those that said no Hello: make_way() */
	};
	COVERS(open, CAPS);
	enum cap c = 0;

	while (c < CAP_SILENT && open[c] < cap(in, c))
		c++;
	return c == CAP_SILENT ? CAPS : c;
}

/* Whose newcomers make way for each other. */
static struct party *
newcomers(const struct session *s)
{
	return s->address == NULL ? s->party : s->address;
}

static void
make_way(struct ingest *in, const struct party *p)
{
	if (p->n_silent < cap(in, CAP_SILENT))
		return;
	in->counters.sessions_displaced++;
	session_refuse(in, TAILQ_FIRST(&p->silent), SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY,
		       AGAIN_MS, "no Hello came, and others of its account or address wait");
}

void
caps_enter(struct ingest *in, struct session *s)
{
	struct party *p = newcomers(s);
	enum cap full;

	s->is_stranger = !right_has(session_role(in, s), RIGHT_KEEP_PLACE);
	make_way(in, p);
	full = reached(in, s);
	if (full != CAPS) {
		in->counters.sessions_refused++;
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, AGAIN_MS,
			       "%s the %u connections that are for them; connect again later",
			       caps[full].whose, cap(in, full));
		return;
	}
	in->counters.sessions_opened++;
	in->open++;
	in->strangers += s->is_stranger;
	s->party->open++;
	if (s->address != NULL)
		s->address->open++;
	s->is_counted = s->is_silent = true;
	p->n_silent++;
	TAILQ_INSERT_TAIL(&p->silent, s, silent_link);
}

void
caps_greeted(struct session *s)
{
	struct party *p = newcomers(s);

	if (!s->is_silent)
		return;
	s->is_silent = false;
	p->n_silent--;
	TAILQ_REMOVE(&p->silent, s, silent_link);
}

void
caps_leave(struct ingest *in, struct session *s)
{
	if (!s->is_counted)
		return;
	caps_greeted(s);
	s->is_counted = false;
	in->open--;
	in->strangers -= s->is_stranger;
	s->party->open--;
	if (s->address != NULL)
		s->address->open--;
}
