/*
 * The quarantine: what was refused, why, and another try. Listing shows no content; the sealed
 * bytes are opened only for those who may see persons' names, or to go through ingest again.
 */
#include "base/buf.h"
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "host/keyring.h"
#include "office/call.h"
#include "office/evidence/requeue.h"
#include "wire/decode.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define LIST_DEFAULT 100u
#define LIST_MAX     1000u
/* A page of requeued records: bounded by the statement to some MiB of sealed bytes. */
#define PAGE_BYTES  (16u * 1024u * 1024u)
#define ANSWERS_MAX 1000u
#define NUMBER_SIZE 24
#define REASON_MAX  2000

/* --- list and show -------------------------------------------------------------------------- */

struct look {
	bool show;
	char first[NUMBER_SIZE]; /* the id to show, or to list from */
	char limit[NUMBER_SIZE];
	bool asked;
	json_t *answer; /* NULL until the row came */
};

static bool
look_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct look *l = c->state;

	(void)e;
	if (l->asked)
		return false;
	l->asked = true;
	st->n_params = 1;
	st->params[0] = l->first;
	if (l->show) {
		st->sql = embed_text("sql/queries/evidence/quarantine_show.sql");
		return true;
	}
	st->sql = embed_text("sql/queries/evidence/quarantine_list.sql");
	st->n_params = 5;
	st->params[1] = call_may_know_covert(c) ? "1" : "0";
	st->params[2] = l->limit;
	st->params[3] = c->request.quarantine->source;
	/* What was sent holds persons' names as the sender wrote them. */
	st->params[4] = right_has(c->who.role, RIGHT_KNOW_PERSONS) ? "1" : "0";
	return true;
}

/* Opens sealed bytes given as hexadecimal digits; the result is in the arena. */
static bool
open_sealed(const struct keyring *keys, const char *hex, struct arena *a, struct text *raw)
{
	struct text digits = text_of(hex);
	size_t n = digits.n / 2;
	unsigned char *sealed;
	char *out;

	if (keys == NULL || n < SEAL_EXTRA)
		return false;
	sealed = arena_alloc(a, n);
	out = arena_alloc(a, n);
	if (sealed == NULL || out == NULL || !hex_decode(digits, sealed, n) ||
	    !unseal(keyring_quarantine(keys), sealed, n, out))
		return false;
	*raw = (struct text){out, n - SEAL_EXTRA};
	return true;
}

/* Adds "raw_hex", or "raw_error" when the bytes cannot be opened. */
static void
add_raw(struct call *c, json_t *answer, const char *sealed_hex)
{
	struct text raw;
	char *hex;

	if (sealed_hex == NULL || !open_sealed(call_keys(c), sealed_hex, c->arena, &raw)) {
		json_object_set_new(answer, "raw_hex", json_null());
		json_object_set_new(answer, "raw_error",
				    json_string("the quarantine key does not open it; is the "
						"folder of keys the one it was written with?"));
		return;
	}
	hex = arena_alloc(c->arena, 2 * raw.n + 1);
	if (hex == NULL)
		return;
	hex_encode((const unsigned char *)raw.s, raw.n, hex);
	json_object_set_new(answer, "raw_hex", json_string(hex));
}

static void
add_identity(json_t *one, const struct claimed_identity *claimed)
{
	char text[UUID_TEXT_SIZE > UTC_TEXT_SIZE ? UUID_TEXT_SIZE : UTC_TEXT_SIZE];

	if (claimed->number.n > 0)
		json_object_set_new(one, "source_record_id",
				    json_stringn(claimed->number.s, claimed->number.n));
	if (claimed->has_id) {
		uuid_format(&claimed->id, text);
		json_object_set_new(one, "record_id", json_string(text));
	}
	if (claimed->has_time) {
		utc_format(claimed->occurred_at, text);
		json_object_set_new(one, "occurred_at", json_string(text));
	}
}

/* What they say they are, in place of the sealed bytes. */
static void
add_identities(struct call *c, json_t *records)
{
	json_t *one;
	size_t i;

	json_array_foreach(records, i, one)
	{
		const char *sealed = member_maybe(one, "sealed");
		struct claimed_identity claimed = {.number = {"", 0}};
		struct text raw;

		if (sealed != NULL && open_sealed(call_keys(c), sealed, c->arena, &raw))
			claimed = wire_claimed_identity(raw);
		json_object_del(one, "sealed");
		add_identity(one, &claimed);
	}
}

static void
look_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct look *l = c->state;

	if (rows_count(r) != 1 || rows_text(r, 0, 0) == NULL)
		return;
	l->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	if (l->answer != NULL && l->show)
		add_raw(c, l->answer, rows_text(r, 0, 1));
	else
		add_identities(c, json_object_get(l->answer, "records"));
}

static void
look_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct look *l = c->state;
	struct err missing;

	if (e->code != OK || l->answer == NULL) {
		json_decref(l->answer);
		err_set(&missing, REJ_NOT_FOUND, "quarantine_id",
			"no quarantined record %s; see the list for those there are", l->first);
		call_fail_err(c, e->code != OK ? e : &missing);
		return;
	}
	if (l->show)
		log_info("quarantine.show", KV("by", c->who.principal.s), KV("id", l->first));
	call_reply_json(c, l->answer);
}

static void
quarantine_look(struct call *c, bool show)
{
	const struct quarantine_request *q = c->request.quarantine;
	struct look *l = arena_zalloc(c->arena, 1, sizeof *l);
	uint32_t limit = q->limit > 0 ? q->limit : LIST_DEFAULT;
	uint64_t first = show ? q->quarantine_id : q->after_id;

	if (l == NULL) {
		call_fail_memory(c);
		return;
	}
	l->show = show;
	snprintf(l->first, sizeof l->first, "%" PRIu64, first > INT64_MAX ? INT64_MAX : first);
	snprintf(l->limit, sizeof l->limit, "%" PRIu32, limit > LIST_MAX ? LIST_MAX : limit);
	c->state = l;
	c->job = (struct job){
	    .role = DB_ADMIN,
	    .next = look_next,
	    .rows = look_rows,
	    .done = look_done,
	    .ctx = c,
	};
	call_run(c, LANE_SHORT);
}

/* --- requeue -------------------------------------------------------------------------------- */

static const char *const verdict_words[] = {
    [VERDICT_NONE] = "NONE",
    [VERDICT_STORED] = "STORED",
    [VERDICT_DUPLICATE] = "DUPLICATE",
    [VERDICT_CONFLICT] = "CONFLICT",
    [VERDICT_QUARANTINED] = "QUARANTINED",
    [VERDICT_EXPIRED] = "EXPIRED",
    [VERDICT_RETRY] = "RETRY",
};
COVERS(verdict_words, N_VERDICTS);

struct requeue {
	struct call *call;
	struct arena *page; /* the records of one page */
	struct requeue_run run;
	struct requeue_item *items;
	int64_t *ids;
	size_t n;
	size_t n_passed;         /* of the page, those that cannot be requeued */
	char only[NUMBER_SIZE];  /* one record; "0": all */
	char after[NUMBER_SIZE]; /* the last one tried */
	bool asked;
	bool shut;  /* the key does not open a record: nothing more is tried */
	char *json; /* the verdicts for the statement that keeps them; jansson's */
	json_t *answers;
	int64_t count[VERDICT_RETRY + 1];
};

static void requeue_page(struct requeue *q);

static void
requeue_free(struct requeue *q)
{
	arena_free(q->page);
	json_decref(q->answers);
	free(q->json);
}

static void
requeue_fail(struct requeue *q, const struct err *e)
{
	struct call *c = q->call;

	requeue_free(q);
	call_fail_err(c, e);
}

static int64_t
requeue_total(const struct requeue *q)
{
	int64_t total = 0;

	for (size_t i = 0; i <= VERDICT_RETRY; i++)
		total += q->count[i];
	return total;
}

static void
requeue_answer(struct requeue *q)
{
	struct call *c = q->call;
	json_t *all = json_object();

	json_object_set_new(all, "requeued",
			    json_integer(q->count[VERDICT_STORED] + q->count[VERDICT_DUPLICATE]));
	json_object_set_new(all, "still_open",
			    json_integer(requeue_total(q) - q->count[VERDICT_STORED] -
					 q->count[VERDICT_DUPLICATE]));
	for (size_t i = VERDICT_STORED; i <= VERDICT_RETRY; i++)
		json_object_set_new(all, verdict_words[i], json_integer(q->count[i]));
	json_object_set(all, "records", q->answers);
	log_info("quarantine.requeue", KV("by", c->who.principal.s));
	requeue_free(q);
	call_reply_json(c, all);
}

/* Of what was kept as a head there is nothing to send through again. */
static void
requeue_pass(struct requeue *q, int64_t id, int64_t sent_bytes)
{
	char text[REQUEUE_TEXT_SIZE];

	snprintf(text, sizeof text,
		 "cannot be requeued: of its %" PRId64 " bytes only the head was kept; its "
		 "sender has to send it within the limit",
		 sent_bytes);
	q->count[VERDICT_QUARANTINED]++;
	q->n_passed++;
	if (json_array_size(q->answers) < ANSWERS_MAX)
		json_array_append_new(
		    q->answers, json_pack("{s:I, s:s, s:s, s:s}", "quarantine_id", (json_int_t)id,
					  "verdict", verdict_words[VERDICT_QUARANTINED], "reason",
					  reason_name(REASON_TOO_LONG), "message", text));
}

/* The verdicts of the page as the statement wants them, and as the answer shows them. */
static bool
requeue_keep(struct requeue *q)
{
	json_t *all = json_array();

	for (size_t i = 0; i < q->n; i++) {
		const struct requeue_item *it = &q->items[i];
		bool refused =
		    it->verdict == VERDICT_QUARANTINED || it->verdict == VERDICT_CONFLICT;
		json_t *one = json_pack("{s:I, s:s}", "quarantine_id", (json_int_t)q->ids[i],
					"verdict", verdict_words[it->verdict]);

		if (refused && reason_name(it->reason) != NULL) {
			json_object_set_new(one, "reason", json_string(reason_name(it->reason)));
			json_object_set_new(one, "field", json_string(it->field));
			json_object_set_new(one, "message", json_string(it->text));
		}
		q->count[it->verdict]++;
		if (json_array_size(q->answers) < ANSWERS_MAX)
			json_array_append(q->answers, one);
		json_array_append_new(all, one);
	}
	free(q->json);
	q->json = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return q->json != NULL && !call_lacks_memory(q->call);
}

static bool
kept_next(struct job *j, struct statement *st, struct err *e)
{
	struct requeue *q = j->ctx;

	(void)e;
	if (q->asked)
		return false;
	q->asked = true;
	st->sql = embed_text("sql/queries/evidence/quarantine_decide.sql");
	st->n_params = 2;
	st->params[0] = q->json;
	st->params[1] = q->call->who.principal.s;
	return true;
}

static void
kept_rows(struct job *j, const struct rows *r)
{
	(void)j;
	(void)r;
}

static void
kept_done(struct job *j, const struct err *e)
{
	struct requeue *q = j->ctx;

	if (job_again(j, e)) {
		q->asked = false;
		store_run(call_store(q->call), j);
		return;
	}
	if (e->code != OK) {
		requeue_fail(q, e);
		return;
	}
	/* A store that said RETRY will say so again: the rest waits for the next call. */
	if (q->count[VERDICT_RETRY] > 0 || q->only[0] != '0')
		requeue_answer(q);
	else
		requeue_page(q);
}

static void
requeue_came_back(void *ctx)
{
	struct requeue *q = ctx;
	struct err e;

	if (!requeue_keep(q)) {
		err_set(&e, TRY_LIMIT, "requeue", "out of memory; requeue one source at a time");
		requeue_fail(q, &e);
		return;
	}
	q->asked = false;
	q->call->job = (struct job){
	    .role = DB_ADMIN,
	    .writes = true,
	    .next = kept_next,
	    .rows = kept_rows,
	    .done = kept_done,
	    .ctx = q,
	};
	/* What was stored is noted so, whoever waits. */
	store_run(call_store(q->call), &q->call->job);
}

static bool
page_next(struct job *j, struct statement *st, struct err *e)
{
	struct requeue *q = j->ctx;

	(void)e;
	if (q->asked)
		return false;
	q->asked = true;
	st->sql = embed_text("sql/queries/evidence/quarantine_page.sql");
	st->n_params = 4;
	st->params[0] = q->after;
	st->params[1] = q->only;
	st->params[2] = q->call->request.quarantine->source;
	st->params[3] = call_may_know_covert(q->call) ? "1" : "0";
	return true;
}

static void
page_rows(struct job *j, const struct rows *r)
{
	struct requeue *q = j->ctx;
	size_t n = (size_t)rows_count(r);

	q->items = arena_zalloc(q->page, n + 1, sizeof *q->items);
	q->ids = arena_zalloc(q->page, n + 1, sizeof *q->ids);
	if (q->items == NULL || q->ids == NULL)
		return; /* the arena says so when the job is done */
	for (int i = 0; i < (int)n; i++) {
		const char *principal = rows_text(r, i, 1);
		const char *sealed = rows_text(r, i, 2);
		struct requeue_item *it = &q->items[q->n];

		snprintf(q->after, sizeof q->after, "%" PRId64, rows_int(r, i, 0));
		if (rows_text(r, i, 3) != NULL) {
			requeue_pass(q, rows_int(r, i, 0), rows_int(r, i, 3));
			continue;
		}
		q->ids[q->n] = rows_int(r, i, 0);
		it->principal.n = strlen(principal);
		it->principal.s = arena_dup(q->page, principal, it->principal.n);
		if (sealed == NULL || !open_sealed(call_keys(q->call), sealed, q->page, &it->raw)) {
			q->shut = true;
			break;
		}
		q->n++;
	}
}

static void
requeue_items(struct requeue *q)
{
	q->run = (struct requeue_run){
	    .call = q->call, .items = q->items, .n = q->n, .done = requeue_came_back, .ctx = q};
	requeue_start(&q->run);
}

static void
page_done(struct job *j, const struct err *e)
{
	struct requeue *q = j->ctx;
	struct err why = *e;

	if (why.code == OK && arena_failed(q->page))
		err_set(&why, TRY_LIMIT, "requeue",
			"a page of records is too large; requeue them one by one");
	else if (why.code == OK && q->shut)
		err_set(&why, REJ_STATE, "quarantine_id",
			"the quarantine key does not open a record; start semsd with the folder "
			"of keys it was written with");
	else if (why.code == OK && q->n + q->n_passed == 0 && q->only[0] != '0')
		err_set(&why, REJ_NOT_FOUND, "quarantine_id",
			"no open quarantined record %s; see the list for those there are", q->only);
	if (why.code != OK)
		requeue_fail(q, &why);
	else if (q->n > 0)
		requeue_items(q);
	else if (q->n_passed > 0 && q->only[0] == '0')
		requeue_page(q);
	else
		requeue_answer(q);
}

static void
requeue_page(struct requeue *q)
{
	arena_reset(q->page);
	q->items = NULL;
	q->ids = NULL;
	q->n = 0;
	q->n_passed = 0;
	q->asked = false;
	q->call->job = (struct job){
	    .role = DB_ADMIN,
	    .next = page_next,
	    .rows = page_rows,
	    .done = page_done,
	    .ctx = q,
	};
	call_run(q->call, LANE_SHORT);
}

static void
quarantine_requeue(struct call *c)
{
	const struct quarantine_request *r = c->request.quarantine;
	struct requeue *q = arena_zalloc(c->arena, 1, sizeof *q);
	uint64_t only = r->quarantine_id;

	if (q != NULL)
		q->page = arena_new(PAGE_BYTES);
	if (q == NULL || q->page == NULL) {
		call_fail_memory(c);
		return;
	}
	q->call = c;
	q->answers = json_array();
	snprintf(q->only, sizeof q->only, "%" PRIu64, only > INT64_MAX ? INT64_MAX : only);
	snprintf(q->after, sizeof q->after, "0");
	requeue_page(q);
}

/* --- discard -------------------------------------------------------------------------------- */

struct discard {
	char only[NUMBER_SIZE]; /* "0": all */
	const char *why;
	bool asked;
	json_t *answer;
};

static bool
discard_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct discard *d = c->state;

	(void)e;
	if (d->asked)
		return false;
	d->asked = true;
	*st = (struct statement){embed_text("sql/queries/evidence/quarantine_discard.sql"),
				 5,
				 {d->only, c->request.quarantine->source,
				  call_may_know_covert(c) ? "1" : "0", c->who.principal.s, d->why}};
	return true;
}

static void
discard_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct discard *d = c->state;

	json_decref(d->answer);
	d->answer = json_loads(rows_text(r, 0, 0), 0, NULL);
}

static void
discard_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct discard *d = c->state;
	json_int_t n = json_integer_value(json_object_get(d->answer, "discarded"));
	struct err why = *e;

	if (job_again(j, e)) {
		d->asked = false;
		call_run(c, LANE_SHORT);
		return;
	}
	if (why.code == OK && n == 0 && d->only[0] != '0')
		err_set(&why, REJ_NOT_FOUND, "quarantine_id",
			"no open quarantined record %s; see the list for those there are", d->only);
	if (why.code != OK) {
		json_decref(d->answer);
		call_fail_err(c, &why);
		return;
	}
	log_info("quarantine.discard", KV("by", c->who.principal.s), KV("id", d->only),
		 KVI("records", n), KV("why", d->why));
	call_reply_json(c, d->answer);
}

static void
quarantine_discard(struct call *c)
{
	const struct quarantine_request *r = c->request.quarantine;
	struct discard *d = arena_zalloc(c->arena, 1, sizeof *d);
	uint64_t only = r->quarantine_id;

	if (d == NULL) {
		call_fail_memory(c);
	} else if (!right_has(c->who.role, RIGHT_DISCARD_QUARANTINE)) {
		call_forbid(c, "operation", RIGHT_DISCARD_QUARANTINE);
	} else if (r->reason == NULL || r->reason[0] == '\0' || strlen(r->reason) > REASON_MAX ||
		   !text_is_clean_utf8(text_of(r->reason))) {
		call_fail(c, ANSWER_INVALID, "reason", "is missing: say why, in at most %d bytes",
			  REASON_MAX);
	} else {
		snprintf(d->only, sizeof d->only, "%" PRIu64, only > INT64_MAX ? INT64_MAX : only);
		d->why = r->reason;
		c->state = d;
		c->job = (struct job){.role = DB_ADMIN,
				      .writes = true,
				      .next = discard_next,
				      .rows = discard_rows,
				      .done = discard_done,
				      .ctx = c};
		call_run(c, LANE_SHORT);
	}
}

/* --- the call ------------------------------------------------------------------------------- */

static void
quarantine_list(struct call *c)
{
	quarantine_look(c, false);
}

static void
quarantine_show(struct call *c)
{
	if (!right_has(c->who.role, RIGHT_KNOW_PERSONS))
		call_forbid(c, "operation", RIGHT_KNOW_PERSONS);
	else if (c->request.quarantine->quarantine_id == 0)
		call_fail(c, ANSWER_INVALID, "quarantine_id",
			  "is missing; see the list for the numbers");
	else
		quarantine_look(c, true);
}

void
admin_quarantine(struct call *c)
{
	static const struct {
		uint32_t operation;
		void (*handle)(struct call *c);
	} operations[] = {
	    {QUARANTINE_OP_LIST, quarantine_list},
	    {QUARANTINE_OP_SHOW, quarantine_show},
	    {QUARANTINE_OP_REQUEUE, quarantine_requeue},
	    {QUARANTINE_OP_DISCARD, quarantine_discard},
	};

	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].operation == c->request.quarantine->operation) {
			operations[i].handle(c);
			return;
		}
	}
	call_fail(c, ANSWER_INVALID, "operation", "is missing; list, show, requeue or discard");
}
