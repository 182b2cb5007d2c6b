/*
 * The database and its writer, after the contract of ingest/group.h and store/store.h: a group
 * comes back once, with a verdict for every item, each set only when the commit that made it true
 * is known. A transaction may take a part of the group, be rolled back, or be committed without
 * anybody being told; then it is played again and finds its own rows.
 */
#include "tests/sim/world.h"

enum fate { FATE_COMMIT, FATE_ROLLBACK, FATE_UNKNOWN };

/* What the world keeps of a record, as the bytes of an item's row. */
bool
database_write_row(const struct record *rec, const struct receipt *receipt, struct buf *out)
{
	struct row row;
	struct text device = {"", 0};
	size_t n = kind_n_fields(rec->kind);

	(void)receipt;
	memset(&row, 0, sizeof row);
	row.there = true;
	row.occurred_at = record_occurred_at(rec).v;
	row.kind = rec->kind->id;

	for (size_t i = ENV_COUNT; i < n; i++) {
		const char *name = kind_field(rec->kind, i)->name;

		if (strcmp(name, "device_id") == 0)
			device = rec->v[i].text;
		else if (strcmp(name, "response_ms") == 0 || strcmp(name, "last_event_no") == 0)
			row.response_ms = rec->v[i].i;
		else if (strcmp(name, "screener_id") == 0 && rec->v[i].text.n == 16)
			memcpy(row.person, rec->v[i].text.s, 16);
	}
	memcpy(row.device, device.s, device.n < 15 ? device.n : 15);
	memcpy(row.source, rec->v[ENV_SOURCE].text.s,
	       rec->v[ENV_SOURCE].text.n < 15 ? rec->v[ENV_SOURCE].text.n : 15);
	row.id = rec->v[ENV_RECORD_ID].uuid;
	return buf_add(out, &row, sizeof row);
}

static bool
same_content(const struct row *a, const struct row *b)
{
	return a->kind == b->kind && a->occurred_at == b->occurred_at &&
	       a->response_ms == b->response_ms && strcmp(a->device, b->device) == 0 &&
	       memcmp(a->person, b->person, sizeof a->person) == 0;
}

static void
quarantine(struct world *w, const struct item *it, bool *shelf)
{
	uint16_t record = record_find(w, it->raw);

	if (record == NO_RECORD) {
		fail(w, "quarantined what nobody sent (%zu bytes)", it->raw.n);
		return;
	}
	if (w->options.lie != LIE_NO_QUARANTINE)
		shelf[record] = true;
}

static enum verdict
settle(struct world *w, const struct item *it)
{
	uint16_t record;
	struct row row;
	struct row *stored;

	if (it->why != NULL || it->kind == NULL) {
		quarantine(w, it, w->quarantined);
		return VERDICT_QUARANTINED;
	}
	record = record_find(w, it->raw);
	if (record == NO_RECORD) {
		fail(w, "stored what nobody sent");
		return VERDICT_RETRY;
	}
	memcpy(&row, it->row.s, sizeof row);
	row.variant = w->records[record].variant;
	stored = &w->rows[w->records[record].identity];
	if (!stored->there) {
		if (w->options.lie != LIE_STORED_UNWRITTEN)
			*stored = row;
		if (w->options.lie == LIE_OTHER_CONTENT)
			stored->response_ms ^= 1;
		return VERDICT_STORED;
	}
	if (same_content(stored, &row))
		return w->options.lie == LIE_STORED_TWICE ? VERDICT_STORED : VERDICT_DUPLICATE;
	quarantine(w, it, w->conflicts);
	return VERDICT_CONFLICT;
}

static bool
pending(const struct item *it)
{
	return it->verdict == VERDICT_NONE;
}

/* One transaction over the items [d->next, to). */
static void
transact(struct world *w, struct daemon *d, size_t to, enum fate fate)
{
	for (size_t i = d->next; i < to && fate != FATE_ROLLBACK && !failed(w); i++) {
		struct item *it = &d->g->items[i];
		enum verdict v;

		if (!pending(it))
			continue;
		check_committed(w, it);
		v = settle(w, it);
		if (fate == FATE_COMMIT)
			it->verdict = v;
	}
	note(w, "transact", to - d->next, fate);
	w->result->stats.failed += fate == FATE_ROLLBACK;
	w->result->stats.unknown += fate == FATE_UNKNOWN;
	if (fate == FATE_COMMIT)
		d->next = to;
}

/* A fault of the writer's own, or no room in the quarantine. */
static void
give_up(struct world *w, struct daemon *d)
{
	for (size_t i = d->next; i < d->g->n; i++) {
		struct item *it = &d->g->items[i];

		if (!pending(it))
			continue;
		it->verdict = VERDICT_RETRY;
		it->retry_after_ms = 60000;
	}
	d->next = d->g->n;
	w->retry_allowed = true;
	note(w, "give up", d->g->n, 0);
}

void
database_step(struct world *w, unsigned daemon)
{
	struct daemon *d = &w->daemons[daemon];
	unsigned dice = w->calm ? 0 : below(w, 100);
	size_t left;

	if (d->g == NULL) {
		d->g = ingest_take_group(d->in);
		d->next = 0;
		d->wait = w->calm ? 0 : below(w, 4) * below(w, 4);
		return;
	}
	if (d->wait > 0 && !w->calm) {
		d->wait--;
		return;
	}
	left = d->g->n - d->next;
	if (dice < 70) {
		transact(w, d, dice < 50 ? d->g->n : d->next + below(w, (unsigned)left + 1),
			 FATE_COMMIT);
	} else if (dice < 98) {
		transact(w, d, d->next + below(w, (unsigned)left + 1),
			 dice < 84 ? FATE_ROLLBACK : FATE_UNKNOWN);
		d->wait = below(w, 12);
	} else {
		give_up(w, d);
	}
	if (d->next < d->g->n || failed(w))
		return;
	ingest_group_done(d->in, d->g);
	d->g = NULL;
}

void
database_orphan(struct world *w, unsigned daemon)
{
	struct daemon *d = &w->daemons[daemon];

	if (d->g != NULL && chance(w, 500))
		transact(w, d, d->next + below(w, (unsigned)(d->g->n - d->next) + 1), FATE_UNKNOWN);
	d->g = NULL;
}
