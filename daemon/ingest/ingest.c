#include "ingest/ingest.h"

#include "base/count.h"
#include "ingest/engine.h"
#include "ingest/person.h"
#include "wire/frame.h"

#include <stdlib.h>

/* A group is bounded by what it was asked to hold and one batch more; rows may take more than the
 * bytes they came in. */
#define GROUP_ARENA_MAX   ((size_t)48 * 1024 * 1024)
#define SCRATCH_ARENA_MAX ((size_t)16 * 1024 * 1024)
#define DECODED_ARENA_MAX ((size_t)4 * 1024 * 1024)
#define ROW_MAX           ((size_t)4 * 1024 * 1024)
#define REFUSED_MAX       512u /* at once; who comes beside them is closed without a word */

struct ingest_config
ingest_defaults(void)
{
	return (struct ingest_config){
	    .software = "semsd " SEMS_VERSION,
	    .durability = "local",
	    .max_sessions = 12000,
	    .max_frame_bytes = FRAME_BYTES_MAX,
	    .max_batch_records = BATCH_RECORDS_MAX,
	    .window_batches = 128,
	    .turn_records = 256,
	    .group_records = 8192,
	    .group_bytes = (size_t)8 * 1024 * 1024,
	    .large_pool_bytes = (size_t)32 * 1024 * 1024,
	    .session_unsent_bytes = (size_t)64 * 1024 * 1024,
	    .unsent_bytes = (size_t)192 * 1024 * 1024,
	};
}

struct ingest *
ingest_new(const struct ingest_config *config)
{
	struct ingest *in = calloc(1, sizeof *in);

	if (in == NULL)
		return NULL;
	in->config = *config;
	TAILQ_INIT(&in->dirty);
	TAILQ_INIT(&in->requests);
	session_init_rooms(in);
	in->n_slots = config->max_sessions +
		      (config->max_sessions < REFUSED_MAX ? config->max_sessions : REFUSED_MAX);
	in->sessions = calloc(in->n_slots, sizeof *in->sessions);
	in->scratch = arena_new(SCRATCH_ARENA_MAX);
	in->decoded = arena_new(DECODED_ARENA_MAX);
	buf_init(&in->row, ROW_MAX);
	in->persons = person_cache_new();
	in->parties = parties_new();
	in->groups[0].g.arena = arena_new(GROUP_ARENA_MAX);
	in->groups[1].g.arena = arena_new(GROUP_ARENA_MAX);
	in->filling = &in->groups[0];
	if (in->sessions == NULL || in->scratch == NULL || in->decoded == NULL ||
	    in->persons == NULL || in->parties == NULL || in->groups[0].g.arena == NULL ||
	    in->groups[1].g.arena == NULL) {
		ingest_free(in);
		return NULL;
	}
	for (uint32_t i = in->n_slots; i-- > 0;) {
		in->sessions[i].index = i;
		in->sessions[i].next_free = in->free_sessions;
		in->free_sessions = &in->sessions[i];
	}
	return in;
}

void
ingest_free(struct ingest *in)
{
	struct request_node *node;

	if (in == NULL)
		return;
	while ((node = TAILQ_FIRST(&in->requests)) != NULL) {
		TAILQ_REMOVE(&in->requests, node, link);
		arena_free(node->r.arena);
	}
	for (uint32_t i = 0; in->sessions != NULL && i < in->n_slots; i++)
		if (in->sessions[i].state != SESSION_FREE)
			output_close(in, &in->sessions[i]);
	for (unsigned i = 0; i < 2; i++) {
		arena_free(in->groups[i].g.arena);
		free(in->groups[i].g.items);
		free(in->groups[i].batches);
	}
	arena_free(in->scratch);
	arena_free(in->decoded);
	buf_fini(&in->row);
	person_cache_free(in->persons);
	parties_free(in->parties);
	registry_free(in->registry);
	free(in->sessions);
	free(in);
}

void
ingest_set_registry(struct ingest *in, struct registry *r)
{
	registry_free(in->registry);
	in->registry = r;
}

const struct registry *
ingest_registry(const struct ingest *in)
{
	return in->registry;
}

static void
clear_group(struct open_group *og)
{
	arena_reset(og->g.arena);
	og->g.n = 0;
	og->n_batches = 0;
	og->requeued = 0;
}

void
ingest_drain(struct ingest *in)
{
	in->draining = true;
	answer_give_back(in, in->filling);
	clear_group(in->filling);
	for (uint32_t i = 0; i < in->n_slots; i++)
		session_dismiss(in, &in->sessions[i]);
}

void
ingest_part(struct ingest *in)
{
	for (uint32_t i = 0; i < in->n_slots; i++)
		if (in->sessions[i].state != SESSION_FREE)
			session_part(in, &in->sessions[i]);
}

void
ingest_dismiss(struct ingest *in, struct session_ref ref, const char *text)
{
	struct session *s = session_find(in, ref);

	if (s != NULL)
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED, 0, "%s",
			       text);
}

bool
ingest_drains(const struct ingest *in)
{
	return in->draining;
}

/* False: out of memory, and none is joined. */
static bool
join_parties(struct ingest *in, struct session *s, const struct caller *from)
{
	s->party = party_join(in->parties, from->principal);
	s->address = NULL;
	if (s->party == NULL || from->address.n == 0)
		return s->party != NULL;
	s->address = party_join(in->parties, from->address);
	if (s->address != NULL)
		return true;
	party_leave(in->parties, s->party);
	return false;
}

struct session_ref
ingest_open(struct ingest *in, const struct caller *from, struct mono_ms now)
{
	struct session *s = in->free_sessions;
	struct text principal = from->principal;

	if (s == NULL || principal.n >= PARTY_NAME_SIZE || from->address.n >= PARTY_NAME_SIZE ||
	    !join_parties(in, s, from)) {
		in->counters.sessions_refused++;
		return (struct session_ref){0, 0};
	}
	in->free_sessions = s->next_free;
	session_happens(in, s, SESSION_CAME, NULL);
	s->owner = from->owner;
	s->blocked = false;
	s->batches = 0;
	s->requests = 0;
	s->need = 1;
	s->large = 0;
	s->is_timed = true;
	s->deadline.v = now.v + HELLO_DEADLINE_MS;
	s->close_reason[0] = '\0';
	output_open(s);
	memcpy(s->principal, principal.s, principal.n);
	s->principal[principal.n] = '\0';
	s->run = 0;
	s->has_gateway = s->gateway_owns = false;
	caps_enter(in, s);
	session_dismiss(in, s);
	if (from->refusal != NULL)
		session_refuse(in, s, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY, RETRY_AFTER_MS, "%s",
			       from->refusal);
	return session_ref_of(s);
}

uint32_t
ingest_most_ids(const struct ingest *in)
{
	return in->n_slots;
}

struct ingest_sessions
ingest_sessions(const struct ingest *in)
{
	return (struct ingest_sessions){in->open, in->config.max_sessions, in->strangers};
}

struct session_ref
ingest_next_dirty(struct ingest *in)
{
	struct session *s;

	while ((s = TAILQ_FIRST(&in->dirty)) != NULL) {
		TAILQ_REMOVE(&in->dirty, s, dirty_link);
		s->dirty = false;
		if (s->state != SESSION_FREE)
			return session_ref_of(s);
	}
	return (struct session_ref){0, 0};
}

struct group *
ingest_take_group(struct ingest *in)
{
	struct open_group *og = in->filling;

	if (in->group_out || og->g.n == 0)
		return NULL;
	in->group_out = true;
	in->filling = og == &in->groups[0] ? &in->groups[1] : &in->groups[0];
	session_wake(in, &in->group_room);
	return &og->g;
}

void
ingest_group_done(struct ingest *in, struct group *g)
{
	struct open_group *og = g == &in->groups[0].g ? &in->groups[0] : &in->groups[1];

	answer_group(in, og);
	clear_group(og);
	in->group_out = false;
}

bool
ingest_is_empty(const struct ingest *in)
{
	return !in->group_out && in->filling->g.n == 0;
}

/* What may be answered with megabytes. */
static bool
is_large(const Sems__V1__Request *r)
{
	static const int bodies[] = {
	    SEMS__V1__REQUEST__BODY_SPD,
	    SEMS__V1__REQUEST__BODY_EXPLAIN,
	    SEMS__V1__REQUEST__BODY_VERIFY,
	};

	for (size_t i = 0; i < COUNT(bodies); i++)
		if (bodies[i] == (int)r->body_case)
			return true;
	return false;
}

/* Whose large answers are not read gets no further ones made: half of the room is for others. */
static bool
must_read_first(const struct ingest *in, const struct request_node *node)
{
	const struct session *s = session_find(in, node->r.session);

	if (in->draining || s == NULL || !is_large(node->r.request) ||
	    s->party->unsent <= in->config.unsent_bytes / 2)
		return false;
	s->party->awaited_at = in->ticks;
	return true;
}

bool
ingest_take_request(struct ingest *in, struct ingest_request *out)
{
	struct request_node *node;

	TAILQ_FOREACH (node, &in->requests, link)
		if (!must_read_first(in, node))
			break;
	if (node == NULL)
		return false;
	TAILQ_REMOVE(&in->requests, node, link);
	*out = node->r;
	return true;
}

void
ingest_respond(struct ingest *in, struct session_ref ref, const Sems__V1__Response *r)
{
	struct session *s = session_find(in, ref);
	Sems__V1__ServerFrame frame = SEMS__V1__SERVER_FRAME__INIT;
	Sems__V1__Response copy = *r;

	if (s == NULL)
		return;
	frame.body_case = SEMS__V1__SERVER_FRAME__BODY_RESPONSE;
	frame.response = &copy;
	if (!r->more)
		s->requests--;
	session_send(in, s, &frame.base);
	session_dismiss(in, s);
}

/* Senders may fill each group first, so each has room for some beside. */
static bool
may_requeue(const struct ingest *in)
{
	return !in->draining && (in->filling->requeued < REQUEUED_BESIDE ||
				 (TAILQ_EMPTY(&in->group_room.waiting) && intake_room(in) > 0));
}

/* What the principal may now; who owns the daemon need not be registered. */
static enum role
present_role(const struct ingest *in, struct text principal)
{
	bool owns = in->config.owns != NULL && in->config.owns(in->config.ctx, principal);

	return owns ? ROLE_ADMIN : registry_role(in->registry, principal);
}

bool
ingest_requeue(struct ingest *in, struct text raw, struct text principal, struct utc_ms now,
	       requeue_fn fn, void *ctx)
{
	struct batch_ref *b;
	struct sender from = {.tried_again = true};

	if (!may_requeue(in))
		return false;
	from.role = present_role(in, principal);
	from.principal.s = arena_dup(in->filling->g.arena, principal.s, principal.n);
	from.principal.n = principal.n;
	b = from.principal.s == NULL ? NULL : intake_batch(in, 1);
	if (b == NULL)
		return false;
	in->filling->requeued++;
	b->requeue = fn;
	b->requeue_ctx = ctx;
	intake_record(in, raw, &from, now);
	return true;
}

const char *
ingest_durability(const struct ingest *in)
{
	return in->config.durability;
}

const struct ingest_counters *
ingest_counters(const struct ingest *in)
{
	return &in->counters;
}
