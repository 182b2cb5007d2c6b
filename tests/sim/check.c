/* What must be true: of each answer when it is given, and of the whole in the end. */
#include "tests/sim/world.h"
#include "wire/frame.h"

#include <inttypes.h>

static void
check_stored(struct world *w, const struct sim_record *r, enum verdict v)
{
	struct row *row = &w->rows[r->identity];
	char device[16];

	record_device(r, device);
	if (r->nature == NATURE_POISON || r->nature == NATURE_OLD)
		fail(w, "a record that may not be stored has verdict %d", (int)v);
	else if (!row->there)
		fail(w, "record %u has verdict %d and is not stored", r->identity, (int)v);
	else if (row->variant != r->variant || row->response_ms != record_response(r) ||
		 row->kind != record_kind(r) || strcmp(row->device, device) != 0)
		fail(w, "record %u has verdict %d and other content is stored", r->identity,
		     (int)v);
	else if (v == VERDICT_STORED && ++row->stored_answers > 1)
		fail(w, "record %u was answered STORED twice", r->identity);
}

static void
check_conflict(struct world *w, uint16_t record)
{
	const struct sim_record *r = &w->records[record];
	const struct row *row = &w->rows[r->identity];

	if (!row->there || row->variant == r->variant)
		fail(w, "record %u is no conflict", r->identity);
	else if (!w->conflicts[record])
		fail(w, "the conflicting record %u is not in quarantine", r->identity);
}

static void
check_quarantined(struct world *w, uint16_t record, int reason)
{
	const struct sim_record *r = &w->records[record];
	int expected = r->nature == NATURE_AHEAD ? REASON_CLOCK : (int)r->reason;

	if (r->nature != NATURE_POISON && r->nature != NATURE_AHEAD)
		fail(w, "the good record %u was quarantined, reason %d", r->identity, reason);
	else if (reason != expected)
		fail(w, "record %u was quarantined for %d, not %d", r->identity, reason, expected);
	else if (!w->quarantined[record])
		fail(w, "record %u has verdict QUARANTINED and is not there", r->identity);
}

void
check_answer(struct world *w, uint16_t record, enum verdict v, int reason)
{
	const struct sim_record *r = &w->records[record];

	if (v > VERDICT_NONE && v <= VERDICT_RETRY)
		w->result->stats.verdicts[v]++;
	note(w, "verdict", record, v);
	if (v == VERDICT_STORED || v == VERDICT_DUPLICATE)
		check_stored(w, r, v);
	else if (v == VERDICT_CONFLICT)
		check_conflict(w, record);
	else if (v == VERDICT_QUARANTINED)
		check_quarantined(w, record, reason);
	else if (v == VERDICT_EXPIRED && r->nature != NATURE_OLD)
		fail(w, "record %u expired before its time", r->identity);
	else if (v == VERDICT_RETRY && !w->retry_allowed)
		fail(w, "record %u is to be sent again without need", r->identity);
	else if (v != VERDICT_EXPIRED && v != VERDICT_RETRY)
		fail(w, "record %u has no verdict", r->identity);
}

/* An item as it comes to the database: is it what somebody sent, and by whom? */
void
check_committed(struct world *w, const struct item *it)
{
	uint16_t record = record_find(w, it->raw);
	const struct sim_record *r = record == NO_RECORD ? NULL : &w->records[record];
	struct uuid id;
	struct row row;
	bool known = false;

	if (r == NULL) {
		fail(w, "%zu bytes that nobody sent", it->raw.n);
		return;
	}
	for (unsigned i = 0; i < w->n_clients; i++)
		known |=
		    (r->sent_by >> i & 1) != 0 && text_is(it->principal, w->clients[i].principal);
	if (!known)
		fail(w, "record %u comes from somebody who did not send it", r->identity);
	if (it->kind == NULL)
		return;
	id = record_identity(r);
	if (memcmp(&it->record_id, &id, sizeof id) != 0 || !text_is(it->source, record_source(r)))
		fail(w, "record %u has another identity", r->identity);
	if (it->row.s == NULL)
		return;
	memcpy(&row, it->row.s, sizeof row);
	if (memcmp(&row.id, &id, sizeof id) != 0 || strcmp(row.source, record_source(r)) != 0)
		fail(w, "record %u has another identity in its row", r->identity);
}

static void
check_row(struct world *w, unsigned identity)
{
	static const unsigned char nobody[16];
	const struct row *row = &w->rows[identity];
	uint16_t record = w->by_identity[identity][row->variant];

	if (!row->there)
		return;
	if (record == NO_RECORD || w->records[record].sent_by == 0) {
		fail(w, "record %u is stored and nobody sent it", identity);
		return;
	}
	if (row->kind != KIND_TIP_EVENT)
		return;
	/* The same person is the same pseudonym, whichever daemon made it. */
	if (!w->has_pseudonym)
		memcpy(w->pseudonym, row->person, sizeof w->pseudonym);
	w->has_pseudonym = true;
	if (memcmp(row->person, w->pseudonym, sizeof w->pseudonym) != 0 ||
	    memcmp(row->person, nobody, sizeof nobody) == 0)
		fail(w, "record %u has another person", identity);
}

static void
check_shelves(struct world *w, uint16_t record)
{
	const struct sim_record *r = &w->records[record];

	if (w->quarantined[record] && r->nature != NATURE_POISON && r->nature != NATURE_AHEAD)
		fail(w, "the good record %u is in quarantine", r->identity);
	if (w->conflicts[record] &&
	    (!w->rows[r->identity].there || w->rows[r->identity].variant == r->variant))
		fail(w, "record %u is in quarantine as a conflict with nothing", r->identity);
	if ((w->quarantined[record] || w->conflicts[record]) && r->sent_by == 0)
		fail(w, "record %u is in quarantine and nobody sent it", r->identity);
}

void
check_database(struct world *w)
{
	for (unsigned i = 0; i < w->n_identities && !failed(w); i++)
		check_row(w, i);
	for (unsigned i = 0; i < w->n_records && !failed(w); i++)
		check_shelves(w, (uint16_t)i);
	for (unsigned i = 0; i < w->n_requeues && !failed(w); i++) {
		if (!w->requeues[i].done)
			fail(w, "requeued record %u was never answered",
			     w->records[w->requeues[i].record].identity);
	}
}

/* Whatever clients do, the engine holds no more than it was told to. */
void
check_bounds(struct world *w, unsigned daemon)
{
	const struct ingest *in = w->daemons[daemon].in;
	size_t records = in->config.group_records;

	if (records < BATCH_MAX)
		records = BATCH_MAX;
	if (in->large_used > in->config.large_pool_bytes)
		fail(w, "%zu bytes are taken of a pool of %zu", in->large_used,
		     in->config.large_pool_bytes);
	for (unsigned i = 0; i < 2; i++) {
		const struct group *g = &in->groups[i].g;
		size_t beside = in->groups[i].requeued;

		if (beside > REQUEUED_BESIDE)
			beside = REQUEUED_BESIDE;
		if (g->n > records + beside)
			fail(w, "a group has %zu records, not at most %zu and %zu", g->n, records,
			     beside);
		/* A batch comes in whole, whatever it takes. */
		if (arena_used(g->arena) > in->config.group_bytes + 4 * (size_t)FRAME_MAX)
			fail(w, "a group has %zu bytes", arena_used(g->arena));
	}
}

/* Nobody reads more of a large frame before it has its part of the pool. */
void
check_reading(struct world *w, const struct line *l)
{
	const struct session *s = session_find(w->daemons[l->daemon].in, l->session);
	size_t size = frame_size(l->in.p, l->in.n);

	if (l->reading && s != NULL && s->state != SESSION_CLOSING && size > LARGE_FRAME_BYTES &&
	    size > l->in.n && size <= FRAME_MAX && s->large == 0)
		fail(w, "a frame of %zu bytes is read that the pool has no room for", size);
}

static uint32_t
count_free(const struct ingest *in)
{
	uint32_t n = 0;

	for (const struct session *s = in->free_sessions; s != NULL; s = s->next_free)
		n += n <= in->n_slots;
	return n;
}

/* All connections are closed and all is answered: the engine is as it was when it began. */
void
check_nothing_left(struct world *w, unsigned daemon)
{
	const struct ingest *in = w->daemons[daemon].in;
	const struct ingest_counters *c = ingest_counters(in);
	uint64_t verdicts = 0;

	for (unsigned v = 0; v <= VERDICT_RETRY; v++)
		verdicts += c->verdicts[v];
	if (!ingest_is_empty(in))
		fail(w, "records are left in a group");
	else if (in->large_used != 0)
		fail(w, "%zu bytes of the pool for large frames are left", in->large_used);
	else if (!TAILQ_EMPTY(&in->group_room.waiting) || !TAILQ_EMPTY(&in->pool_room.waiting))
		fail(w, "a session of nobody waits for room");
	else if (count_free(in) != in->n_slots)
		fail(w, "%u of %u sessions are free", count_free(in), in->n_slots);
	else if (in->open != 0 || in->strangers != 0)
		fail(w, "%u sessions of nobody are counted, %u of strangers", in->open,
		     in->strangers);
	else if (!TAILQ_EMPTY(&in->dirty) || !TAILQ_EMPTY(&in->requests))
		fail(w, "a session is dirty or a request waits, of nobody");
	else if (in->unsent != 0)
		fail(w, "%zu bytes for nobody wait to be read", in->unsent);
	else if (in->groups[0].n_batches + in->groups[1].n_batches != 0)
		fail(w, "batches are left");
	else if (arena_used(in->groups[0].g.arena) + arena_used(in->groups[1].g.arena) != 0)
		fail(w, "memory of a group is left");
	else if (c->records != verdicts || c->verdicts[VERDICT_NONE] != 0)
		fail(w, "%" PRIu64 " records and %" PRIu64 " verdicts were counted", c->records,
		     verdicts);
	else if (c->frames < w->daemons[daemon].frames ||
		 c->frames > w->daemons[daemon].frames + w->daemons[daemon].doubtful)
		fail(w, "%" PRIu64 " frames were counted of %" PRIu64, c->frames,
		     w->daemons[daemon].frames);
}
