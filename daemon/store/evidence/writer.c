/*
 * From a group to its verdicts.
 *
 * The fast path is one message: BEGIN, a binary COPY for each kind, COMMIT. It is optimistic: a
 * record that is there already fails the whole. The slow path stages the records and settles each
 * by itself. It gives the same verdicts to records that an earlier attempt may have committed, so
 * it is also the way to go on when an outcome is unknown.
 *
 * Where a standby must have it (durability "replicated"), a commit is believed when the server says
 * afterwards that it waited (store/pg/replica.h).
 *
 * Invariants: an item's verdict is set only once the COMMIT that made it true is known; a group is
 * handed back exactly once, with a verdict for every item.
 */
#include "store/evidence/writer.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "base/log.h"
#include "base/machine.h"
#include "host/keyring.h"
#include "store/evidence/batch.h"
#include "store/evidence/found.h"
#include "store/evidence/late.h"
#include "store/evidence/months.h"
#include "store/evidence/order.h"
#include "store/evidence/remaining.h"
#include "store/evidence/repeat.h"
#include "store/pg/conn.h"
#include "store/pg/pg.h"
#include "store/pg/replica.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTITION_TRIES 3
#define RETRY_SOON_MS   1000
#define RETRY_LATER_MS  60000
#define RETRY_BARE_MS   5000 /* until there may be a standby again */
/* What waits for this connection is waited for by every sender. */
#define SILENCE_MAX_MS 60000
/* A Unix socket is to be written to again when three quarters of it are read: with the usual 208
 * KiB the database has read the rest before we are told, and waits. The kernel may give less. */
#define SEND_BYTES (1024 * 1024)

enum phase {
	PHASE_IDLE,      /* nothing is under way; with a group: waiting for the connection */
	PHASE_PARTITION, /* making a partition */
	PHASE_FAST,      /* COPY and COMMIT */
	PHASE_SETTLE,    /* staging and settling */
	PHASE_CLOSE,     /* conflicts to the quarantine, COMMIT */
	PHASE_CONFIRM,   /* the COMMIT is answered: whether it waited for a standby */
	N_PHASES
};

struct writer {
	struct writer_config config;
	struct conn *conn;
	struct batch batch;
	struct order order; /* of the records in it */
	struct months months;
	struct repeat repeat;
	struct late late;
	struct replica *replica;    /* NULL: an answer is this server's alone */
	struct replica_mark before; /* of the transaction that runs, and after it */
	struct replica_mark after;
	struct event *soon;  /* a group is handed back that nothing is tried of */
	int64_t noted_slice; /* of time, up to which the level of durability is noted */
	int64_t slice;       /* of the transaction that runs */
	enum phase phase;
	struct group *g;
	struct remaining remaining;
	struct found found;
	size_t part_item; /* whose partition is being made */
	size_t parted;    /* of the top range, the items before have theirs: made in this attempt */
	bool slow;
	unsigned partition_tries;
	bool asked_closed; /* which of the group's months are closed */
	bool failed;
	bool committed;
	struct sql_failure failure;
	bool dead; /* a fault of ours: no more groups */
	bool told_ready;
};

static void go_on(struct writer *w);

static void
tell_ready(struct writer *w)
{
	bool ready = writer_is_up(w);

	if (ready == w->told_ready || (ready && w->g != NULL))
		return;
	w->told_ready = ready;
	w->config.on_ready(w->config.ctx, ready);
}

/* --- phases --------------------------------------------------------------------------------------
 */

static const char *const phase_names[] = {
    [PHASE_IDLE] = "idle",     [PHASE_PARTITION] = "partition", [PHASE_FAST] = "fast",
    [PHASE_SETTLE] = "settle", [PHASE_CLOSE] = "close",         [PHASE_CONFIRM] = "confirm",
};
COVERS(phase_names, N_PHASES);

enum happening {
	ON_MONTH,
	ON_COPY,
	ON_STAGE,
	ON_SETTLED,
	ON_COMMITTED,
	ON_OVER,
	ON_FAULT,
	ON_LOST,
	N_HAPPENINGS
};

static const char *const happening_names[] = {
    [ON_MONTH] = "a month without a partition",
    [ON_COPY] = "rows are ready",
    [ON_STAGE] = "records are ready to be staged",
    [ON_SETTLED] = "they are settled",
    [ON_COMMITTED] = "the commit is answered",
    [ON_OVER] = "to go on",
    [ON_FAULT] = "a fault of ours",
    [ON_LOST] = "the connection is lost",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT MACHINE_AT
#define BUSY                                                                         \
	(AT(PHASE_PARTITION) | AT(PHASE_FAST) | AT(PHASE_SETTLE) | AT(PHASE_CLOSE) | \
	 AT(PHASE_CONFIRM))

static const struct move moves[] = {
    {ON_MONTH, AT(PHASE_IDLE), PHASE_PARTITION, 0, NULL},
    {ON_COPY, AT(PHASE_IDLE), PHASE_FAST, 0, NULL},
    {ON_STAGE, AT(PHASE_IDLE), PHASE_SETTLE, 0, NULL},
    {ON_SETTLED, AT(PHASE_SETTLE), PHASE_CLOSE, 0, NULL},
    {ON_COMMITTED, AT(PHASE_FAST) | AT(PHASE_CLOSE), PHASE_CONFIRM, 0, NULL},
    {ON_OVER, BUSY | AT(PHASE_IDLE), PHASE_IDLE, 0, NULL},
    {ON_FAULT, BUSY | AT(PHASE_IDLE), PHASE_IDLE, 0, NULL},
    {ON_LOST, BUSY | AT(PHASE_IDLE), PHASE_IDLE, 0, NULL},
};
const struct machine writer_machine =
    MACHINE("writer", AT(PHASE_IDLE), phase_names, happening_names, moves);

static const char *const phase_words[] = {
    [PHASE_IDLE] = "it waits for a connection to the database",
    [PHASE_PARTITION] = "a month's partition is made",
    [PHASE_FAST] = "its rows are copied and committed",
    [PHASE_SETTLE] = "its records are staged and settled",
    [PHASE_CLOSE] = "what was settled is committed",
    [PHASE_CONFIRM] = "it is asked whether the commit waited for a standby",
};
COVERS(phase_words, N_PHASES);

static void
happens(struct writer *w, enum happening what)
{
	const char *words;

	w->phase = (enum phase)machine_step(&writer_machine, "group", w->phase, what, NULL);
	words = phase_words[w->phase];
	if (w->phase == PHASE_FAST || w->phase == PHASE_SETTLE || w->phase == PHASE_PARTITION)
		late_try(&w->late, words, conn_backend(w->conn));
	else
		late_doing(&w->late, words, conn_backend(w->conn));
}

/* --- ends ------------------------------------------------------------------------------------- */

static void
hand_back(struct writer *w)
{
	struct group *g = w->g;

	repeat_group_done(&w->repeat);
	late_end(&w->late);
	w->g = NULL;
	w->config.on_written(w->config.ctx, g);
	tell_ready(w);
}

static void
answer(struct item *it, enum verdict verdict, uint32_t retry_ms)
{
	it->verdict = verdict;
	it->retry_after_ms = verdict == VERDICT_RETRY ? retry_ms : 0;
}

/* A fault of ours: trying again would only repeat it. */
static void
give_up(struct writer *w, const char *sqlstate, const char *message)
{
	log_error(
	    "store.fault", KV("sqlstate", sqlstate), KV("message", message),
	    KV("todo", "ingestion stays off until semsd is restarted with the cause removed"));
	w->dead = true;
	for (size_t i = 0; i < w->g->n; i++)
		if (item_is_pending(&w->g->items[i]))
			answer(&w->g->items[i], VERDICT_RETRY, RETRY_LATER_MS);
	remaining_end(&w->remaining);
	happens(w, ON_FAULT);
	conn_stop(w->conn);
	hand_back(w);
}

static void
poison(struct writer *w, size_t i, const char *sqlstate)
{
	struct item *it = &w->g->items[i];

	log_warn("store.refused", KV("sqlstate", sqlstate), KV("kind", it->kind->name));
	it->why = found_refusal(&w->found, it->kind, sqlstate);
}

/*
 * No standby streams, so that a commit would wait for nobody knows how long: its senders keep the
 * records. What an earlier attempt may have committed is found when they come again.
 */
static void
send_back(struct writer *w)
{
	for (size_t i = 0; i < w->g->n; i++)
		if (item_is_pending(&w->g->items[i]))
			answer(&w->g->items[i], VERDICT_RETRY, RETRY_BARE_MS);
	remaining_end(&w->remaining);
	happens(w, ON_OVER);
	hand_back(w);
}

/* Not from the stack of whoever gave the group: the next one may come of it. */
static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct writer *w = arg;

	(void)fd;
	(void)what;
	if (w->g == NULL || w->phase != PHASE_IDLE)
		return;
	if (writer_fault(w) != NULL)
		send_back(w);
	else
		go_on(w);
}

/* --- one transaction -------------------------------------------------------------------------- */

static void
send_sql(struct writer *w, enum happening what, const char *sql)
{
	if (sql == NULL) {
		give_up(w, "53200", "out of memory for a group's rows");
		return;
	}
	happens(w, what);
	w->failed = false;
	w->committed = false;
	conn_send(w->conn, sql);
}

static void
send_partition(struct writer *w, size_t i)
{
	const struct item *it = &w->g->items[i];
	char at[UTC_TEXT_SIZE];
	const char *values[2] = {it->kind->name, at};

	utc_format(it->occurred_at, at);
	happens(w, ON_MONTH);
	w->part_item = i;
	w->failed = false;
	if (conn_in_transaction(w->conn)) {
		/* The transaction failed; made anew as the only statement of its own. */
		conn_send(w->conn, "ROLLBACK");
		return;
	}
	conn_send_params(w->conn, embed_text("sql/queries/evidence/make_partition.sql"), 2, values);
}

/*
 * The first item of the range whose partition is not known to be there; r->to: none. Whoever had
 * one made in this attempt is not asked again, whatever else was made since.
 */
static size_t
find_partless(struct writer *w, const struct range *r)
{
	for (size_t i = r->from > w->parted ? r->from : w->parted; i < r->to; i++) {
		const struct item *it = &w->g->items[i];

		if (item_is_pending(it) && !item_is_refused(it) &&
		    !months_has(&w->months, it->kind->id, it->occurred_at))
			return i;
	}
	return r->to;
}

/* The database refuses something in the top range: halve it until it is one record. */
static void
narrow(struct writer *w, const char *sqlstate)
{
	bool is_one = !remaining_halve(&w->remaining);
	size_t i = remaining_top(&w->remaining)->from;

	w->slow = true;
	if (is_one && !item_is_refused(&w->g->items[i])) {
		poison(w, i, sqlstate);
	} else if (is_one) {
		/* Refused by the quarantine, too: the sender keeps it, and somebody must look. */
		log_error("store.unquarantinable", KV("sqlstate", sqlstate));
		answer(&w->g->items[i], VERDICT_RETRY, RETRY_LATER_MS);
	}
	go_on(w);
}

/* What goes to the quarantine, in the group's order, and which records are to be added. */
static bool
sort_out(struct writer *w, const struct range *r, bool staged)
{
	bool room = true;

	order_clear(&w->order);
	for (size_t i = r->from; i < r->to && room; i++) {
		const struct item *it = &w->g->items[i];

		if (!item_is_pending(it))
			continue;
		if (!item_is_refused(it)) {
			found_set(&w->found, i, VERDICT_STORED);
			room = order_add(&w->order, w->g, i);
		} else if (!staged) {
			room = batch_refuse(&w->batch, w->g, i, it->why);
		}
	}
	return room;
}

/* The quarter of an hour, since every civil day begins with one: noted once in each. */
static void
note_level(struct writer *w)
{
	w->slice = w->g->received_at.v / (15 * MS_PER_MINUTE);
	if (w->slice != w->noted_slice)
		batch_note_level(&w->batch, w->replica == NULL ? "local" : "replicated",
				 w->g->received_at);
}

/* Fills the batch with the top range. False: the range was narrowed, or the group is gone. */
static bool
fill(struct writer *w, bool staged)
{
	bool room;

	batch_clear(&w->batch, conn_in_transaction(w->conn));
	note_level(w);
	found_clear(&w->found);
	room = sort_out(w, remaining_top(&w->remaining), staged);
	if (!staged)
		order_sort(&w->order);
	for (size_t i = 0; !staged && i < order_count(&w->order); i++)
		batch_look(&w->batch, w->g, order_at(&w->order, i));
	for (size_t i = 0; room && i < order_count(&w->order); i++)
		room = batch_add(&w->batch, w->g, order_at(&w->order, i), staged);
	if (!room)
		narrow(w, "54000");
	return room;
}

static void
attempt(struct writer *w)
{
	const struct range *r = remaining_top(&w->remaining);
	size_t partless = find_partless(w, r);
	bool staged = w->slow && remaining_has_records(&w->remaining, r);

	if (partless < r->to) {
		send_partition(w, partless);
		return;
	}
	w->parted = 0;
	if (fill(w, staged))
		send_sql(w, staged ? ON_STAGE : ON_COPY,
			 staged ? batch_sql_settle(&w->batch) : batch_sql_fast(&w->batch));
}

static void
go_on(struct writer *w)
{
	happens(w, ON_OVER);
	if (remaining_next(&w->remaining) == NULL)
		hand_back(w);
	else if (writer_fault(w) != NULL)
		event_active(w->soon, EV_TIMEOUT, 0);
	else if (conn_is_up(w->conn))
		attempt(w);
}

/* What was settled is known: put the conflicts and the refused into the quarantine and commit. */
static void
close_transaction(struct writer *w)
{
	const struct range *r = remaining_top(&w->remaining);

	batch_clear(&w->batch, false);
	for (size_t i = r->from; i < r->to; i++) {
		const struct item *it = &w->g->items[i];
		const struct refusal *why = item_is_refused(it) ? it->why : &w->found.conflict;

		if (item_is_pending(it) && !item_is_refused(it) &&
		    found_get(&w->found, i) == VERDICT_STORED &&
		    !batch_note_run(&w->batch, w->g, i)) {
			narrow(w, "54000");
			return;
		}
		if (!item_is_pending(it) ||
		    (!item_is_refused(it) && found_get(&w->found, i) != VERDICT_CONFLICT))
			continue;
		if (!batch_refuse(&w->batch, w->g, i, why)) {
			narrow(w, "54000");
			return;
		}
	}
	send_sql(w, ON_SETTLED, batch_sql_close(&w->batch));
}

/* The COMMIT is known: what was found is true from now on. */
static void
settle_items(struct writer *w)
{
	const struct range *r = remaining_top(&w->remaining);

	for (size_t i = r->from; i < r->to; i++) {
		struct item *it = &w->g->items[i];
		enum verdict v = found_get(&w->found, i);

		if (!item_is_pending(it))
			continue;
		repeat_note(&w->repeat, it->source,
			    v == VERDICT_DUPLICATE || v == VERDICT_CONFLICT);
		if (v == VERDICT_CONFLICT)
			it->why = &w->found.conflict;
		/* A source over its quota waits longer than a record that met a purge. */
		answer(it, v, item_is_refused(it) ? RETRY_LATER_MS : RETRY_SOON_MS);
	}
}

/* Rolled back, or perhaps only here and on no standby: not known to be safe. */
static void
doubt(struct writer *w)
{
	w->slow = true;
	conn_reset(w->conn, "a commit was not confirmed");
}

static void
on_safe(struct writer *w)
{
	if (!found_all(&w->found, remaining_top(&w->remaining))) {
		give_up(w, "", "the database did not settle every record");
		return;
	}
	conn_succeeded(w->conn);
	w->noted_slice = w->slice;
	w->partition_tries = 0;
	settle_items(w);
	remaining_pop(&w->remaining);
	go_on(w);
}

static void
on_committed(struct writer *w)
{
	if (!w->committed || conn_warned(w->conn))
		doubt(w);
	else if (w->replica != NULL)
		send_sql(w, ON_COMMITTED, replica_mark_sql);
	else
		on_safe(w);
}

static void
on_confirmed(struct writer *w)
{
	if (replica_mark_holds(&w->before, &w->after))
		on_safe(w);
	else
		doubt(w);
}

/* --- failures --------------------------------------------------------------------------------- */

static void
on_partition_failed(struct writer *w)
{
	size_t i = w->part_item;

	if (w->failure.class == SQL_PURGED) {
		answer(&w->g->items[i], VERDICT_EXPIRED, 0);
		go_on(w);
	} else if (w->failure.class == SQL_DATA) {
		poison(w, i, w->failure.state);
		go_on(w);
	} else {
		give_up(w, w->failure.state, w->failure.message);
	}
}

static void
on_no_partition(struct writer *w)
{
	months_clear(&w->months);
	if (++w->partition_tries > PARTITION_TRIES)
		give_up(w, w->failure.state, "a partition is missing after it was made");
	else
		go_on(w);
}

/*
 * A transaction takes a lock for each partition it touches, and a server has a number of them in
 * all: what is too much at once is written in parts.
 */
static bool
take_less(struct writer *w)
{
	return strcmp(w->failure.state, "53200") == 0 && w->phase != PHASE_PARTITION &&
	       remaining_halve(&w->remaining);
}

/*
 * A month of the group was closed after we had learned of it: all are asked about again. What is
 * refused after that is a correction of what such a month holds, and found by halving.
 */
static void
on_closed(struct writer *w)
{
	if (!w->asked_closed)
		months_clear(&w->months);
	else if (!remaining_halve(&w->remaining))
		answer(&w->g->items[remaining_top(&w->remaining)->from], VERDICT_RETRY,
		       RETRY_LATER_MS);
	w->asked_closed = true;
	go_on(w);
}

/* A record is there already, or of a month of which a legal hold alone has records. */
static bool
is_for_settling(const struct writer *w)
{
	return w->failure.class == SQL_DUPLICATE || w->failure.class == SQL_PURGED;
}

static void
on_failed(struct writer *w)
{
	late_failed(&w->late, w->failure.state);
	if (take_less(w)) {
		go_on(w);
	} else if (w->failure.class == SQL_AGAIN || w->failure.class == SQL_CONFLICT) {
		char why[32];

		snprintf(why, sizeof why, "SQLSTATE %s", w->failure.state);
		conn_reset(w->conn, why);
	} else if (w->phase == PHASE_PARTITION) {
		on_partition_failed(w);
	} else if (w->failure.class == SQL_CLOSED) {
		on_closed(w);
	} else if (w->failure.class == SQL_PARTITION) {
		on_no_partition(w);
	} else if (is_for_settling(w) && !w->slow) {
		w->slow = true;
		go_on(w);
	} else if (w->failure.class == SQL_DUPLICATE || w->failure.class == SQL_DATA) {
		narrow(w, w->failure.state);
	} else {
		give_up(w, w->failure.state, w->failure.message);
	}
}

/* --- what the connection says ----------------------------------------------------------------- */

/* Nothing is taken for a month that is being dropped: all that the group has of it comes again. */
static void
leave_month(struct writer *w, enum kind_id kind, struct utc_ms start, struct utc_ms end)
{
	for (size_t i = 0; i < w->g->n; i++) {
		struct item *it = &w->g->items[i];

		if (item_is_pending(it) && !item_is_refused(it) && it->kind->id == kind &&
		    it->occurred_at.v >= start.v && it->occurred_at.v < end.v)
			answer(it, VERDICT_RETRY, RETRY_LATER_MS);
	}
}

static void
take_partition(struct writer *w, const PGresult *res)
{
	const struct item *it = &w->g->items[w->part_item];
	struct utc_ms start;
	struct utc_ms end;

	if (PQntuples(res) != 1 || PQnfields(res) != 3)
		return;
	start.v = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
	end.v = strtoll(PQgetvalue(res, 0, 1), NULL, 10);
	w->parted = w->part_item + 1;
	if (PQgetvalue(res, 0, 2)[0] == '1')
		leave_month(w, it->kind->id, start, end);
	else
		months_add(&w->months, it->kind->id, start, end);
}

static bool
on_result(void *ctx, PGresult *res)
{
	struct writer *w = ctx;
	ExecStatusType status = PQresultStatus(res);

	if (status == PGRES_COMMAND_OK) {
		w->committed = w->committed || pg_is_commit(res);
	} else if (status != PGRES_TUPLES_OK) {
		if (!w->failed)
			pg_failure(res, &w->failure);
		w->failed = true;
	} else if (w->phase == PHASE_PARTITION) {
		take_partition(w, res);
	} else if (PQnfields(res) == 2) {
		found_take(&w->found, res);
	} else if (PQnfields(res) == REPLICA_MARK_COLUMNS) {
		replica_mark_take(w->phase == PHASE_CONFIRM ? &w->after : &w->before, res);
	}
	return false;
}

static void
on_copy(void *ctx, const unsigned char **bytes, size_t *n)
{
	struct writer *w = ctx;
	const struct buf *rows = batch_next_copy(&w->batch);

	*bytes = rows == NULL ? NULL : rows->p;
	*n = rows == NULL ? 0 : rows->n;
}

static void
on_finished(void *ctx)
{
	struct writer *w = ctx;

	if (w->g == NULL)
		return;
	if (w->failed)
		on_failed(w);
	else if (w->phase == PHASE_SETTLE)
		close_transaction(w);
	else if (w->phase == PHASE_PARTITION)
		go_on(w);
	else if (w->phase == PHASE_CONFIRM)
		on_confirmed(w);
	else
		on_committed(w);
}

static void
on_up(void *ctx)
{
	struct writer *w = ctx;

	if (w->g != NULL)
		go_on(w);
	tell_ready(w);
}

static void
on_down(void *ctx)
{
	struct writer *w = ctx;

	/* Whatever was under way may have committed. */
	if (w->phase != PHASE_IDLE && w->phase != PHASE_PARTITION)
		w->slow = true;
	happens(w, ON_LOST);
	tell_ready(w);
}

/* What waits for a standby would wait for long, and keep its locks. */
static void
on_replica(void *ctx)
{
	struct writer *w = ctx;

	if (w->g == NULL || writer_fault(w) == NULL)
		return;
	if (w->phase != PHASE_IDLE)
		conn_reset(w->conn, "no standby has what was committed");
	if (w->g != NULL)
		event_active(w->soon, EV_TIMEOUT, 0);
}

static bool
open_replica(struct writer *w, struct event_base *base, struct beside *beside)
{
	const struct replica_config rc = {
	    .conninfo = w->config.conninfo, .on_change = on_replica, .ctx = w};

	if (!w->config.is_replicated)
		return true;
	w->replica = replica_new(base, beside, &rc);
	return w->replica != NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

struct writer *
writer_new(struct event_base *base, struct beside *beside, const struct writer_config *config)
{
	static const struct conn_ops ops = {
	    .role = "sems_ingest",
	    .is_first = true,
	    .silence_ms = SILENCE_MAX_MS,
	    .send_bytes = SEND_BYTES,
	    .up = on_up,
	    .result = on_result,
	    .copy = on_copy,
	    .finished = on_finished,
	    .down = on_down,
	};
	struct writer *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->config = *config;
	found_init(&w->found);
	order_init(&w->order);
	w->conn = conn_new(base, beside, "writer", config->conninfo, &ops, w);
	w->soon = event_new(base, -1, 0, on_soon, w);
	if (!batch_init(&w->batch, keyring_quarantine(config->keys),
			config->is_replicated ? replica_begin_sql : "") ||
	    w->conn == NULL || w->soon == NULL || !late_init(&w->late, base, config->late_ms) ||
	    !open_replica(w, base, beside)) {
		writer_free(w);
		return NULL;
	}
	return w;
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	conn_free(w->conn);
	replica_free(w->replica);
	if (w->soon != NULL)
		event_free(w->soon);
	late_fini(&w->late);
	months_fini(&w->months);
	batch_fini(&w->batch);
	order_fini(&w->order);
	found_fini(&w->found);
	free(w);
}

bool
writer_is_up(const struct writer *w)
{
	return !w->dead && conn_is_up(w->conn);
}

bool
writer_ready(const struct writer *w)
{
	return w->g == NULL && writer_is_up(w);
}

bool
writer_idle(const struct writer *w)
{
	return w->g == NULL;
}

bool
writer_late(const struct writer *w, struct store_late *out)
{
	return late_look(&w->late, out);
}

const char *
writer_fault(const struct writer *w)
{
	return w->replica == NULL ? NULL : replica_fault(w->replica);
}

/* Also items that ingest had no memory for: nothing was taken of them. */
static bool
look_over(struct writer *w)
{
	bool slow = false;

	for (size_t i = 0; i < w->g->n; i++) {
		struct item *it = &w->g->items[i];

		if (item_is_pending(it) && !item_is_refused(it) && it->kind == NULL)
			answer(it, VERDICT_RETRY, RETRY_SOON_MS);
		slow = slow || (item_is_pending(it) && repeat_expects(&w->repeat, it->source));
	}
	return slow;
}

void
writer_write(struct writer *w, struct group *g)
{
	w->g = g;
	late_begin(&w->late, g);
	w->slow = look_over(w);
	w->before = w->after = (struct replica_mark){0};
	w->partition_tries = 0;
	w->asked_closed = false;
	w->parted = 0;
	remaining_begin(&w->remaining, g);
	if (!found_begin(&w->found, g)) {
		give_up(w, "53200", "out of memory for a group's verdicts");
		return;
	}
	go_on(w);
}
