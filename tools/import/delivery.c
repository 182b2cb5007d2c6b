#include "tools/import/delivery.h"

#include "base/count.h"
#include "base/text.h"
#include "core/kind/validate.h"
#include "tools/import/numbers.h"
#include "tools/sheet/infile.h"
#include "tools/sheet/rejects.h"
#include "wire/encode.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SCRATCH_BYTES   (16u * 1024u * 1024u)
#define REASON_BYTES    (64u * 1024u * 1024u)
#define REASON_BYTES_OK (16u * 1024u * 1024u) /* past it, wait for the answers and start anew */
#define QUEUE_BYTES     (512u * 1024u * 1024u)
#define ROW_BYTES_MAX   (2u * 1024u * 1024u)
#define TAG_BITS        5 /* records of a line in a tag: more than any map can make */

struct reject {
	const char *cells[3];
};

/* A line whose end is not known yet. */
struct line {
	uint64_t number;
	uint64_t offset;
	size_t size;
	unsigned open; /* records unanswered, and 1 while the line is being made */
	struct reject *reject;
};

struct delivery {
	struct arena *arena; /* this struct */
	struct client *client;
	int fd; /* the file the lines are of, or -1 */
	struct rejects *rejects;
	struct arena *scratch;
	struct arena *reasons;
	struct buf packed;
	struct buf raw;
	struct buf queue;        /* struct line each, in file order */
	size_t head;             /* lines of queue already settled */
	uint64_t base;           /* sequence number of queue's first line */
	uint64_t next;           /* sequence number of the next line */
	struct numbers *numbers; /* of the records of earlier lines */
	bool takes_again;
	delivery_reject_fn on_reject; /* NULL: nobody wants to know */
	void *ctx;
	struct delivery_tally tally;
};

static struct line *
line_at(struct delivery *d, uint64_t sequence)
{
	return (struct line *)(void *)d->queue.p + (sequence - d->base);
}

static void
mark(struct delivery *d, struct line *l, const char *const cells[3])
{
	static struct reject unknown = {
	    {"", "", "rejected; the reason was lost to lack of memory"}};
	struct reject *r;

	if (l->reject != NULL)
		return;
	r = arena_zalloc(d->reasons, 1, sizeof *r);
	for (size_t i = 0; r != NULL && i < 3; i++) {
		r->cells[i] = arena_dup(d->reasons, cells[i], strlen(cells[i]));
		if (r->cells[i] == NULL)
			r->cells[i] = "";
	}
	l->reject = r != NULL ? r : &unknown;
}

/* What the daemon said, as the line's reason. */
static void
mark_verdict(struct delivery *d, struct line *l, const Sems__V1__VerdictRun *v)
{
	const char *field = v->field != NULL ? v->field : "";
	const char *text = v->text != NULL && v->text[0] != '\0' ? v->text : NULL;
	char reason[512];

	if (v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_CONFLICT) {
		d->tally.conflict++;
		snprintf(
		    reason, sizeof reason,
		    "CONFLICT: a record with this number and time is stored already, with other "
		    "content; to change it, use `semsctl correct`");
	} else if (v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_EXPIRED) {
		d->tally.expired++;
		snprintf(reason, sizeof reason,
			 "EXPIRED: older than records of this kind are kept");
	} else if (v->code != SEMS__V1__VERDICT_CODE__VERDICT_CODE_QUARANTINED) {
		snprintf(reason, sizeof reason,
			 "answered with verdict %d, which this semsctl does not know: keep the "
			 "line, and send it again with a newer one",
			 (int)v->code);
	} else {
		d->tally.quarantined++;
		text_print(reason, sizeof reason, "QUARANTINED: %s: %s",
			   reason_name((enum reason)v->reason),
			   text != NULL ? text : "see `semsctl quarantine list`");
	}
	mark(d, l, (const char *const[]){field, "", reason});
}

static void
on_verdict(void *ctx, uint64_t tag, const Sems__V1__VerdictRun *v)
{
	struct delivery *d = ctx;
	struct line *l = line_at(d, tag >> TAG_BITS);

	if (v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_STORED)
		d->tally.stored++;
	else if (v->code == SEMS__V1__VERDICT_CODE__VERDICT_CODE_DUPLICATE)
		d->tally.duplicate++;
	else
		mark_verdict(d, l, v);
	l->open--;
}

static mode_t
mode_of(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_mode : S_IRUSR | S_IWUSR;
}

enum code
delivery_open(struct client *client, int fd, const char *rejects_path, struct delivery **out,
	      struct err *e)
{
	struct arena *a = arena_new(64u * 1024u);
	struct delivery *d = a != NULL ? arena_zalloc(a, 1, sizeof *d) : NULL;
	enum code rc = OK;

	*out = NULL;
	if (d == NULL) {
		arena_free(a);
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	}
	d->arena = a;
	d->client = client;
	d->fd = fd;
	d->scratch = arena_new(SCRATCH_BYTES);
	d->reasons = arena_new(REASON_BYTES);
	buf_init(&d->packed, SCRATCH_BYTES);
	buf_init(&d->raw, ROW_BYTES_MAX);
	buf_init(&d->queue, QUEUE_BYTES);
	d->numbers = numbers_new();
	if (d->scratch == NULL || d->reasons == NULL || d->numbers == NULL)
		rc = err_set(e, TRY_LIMIT, "memory", "out of memory");
	if (rc == OK && rejects_path != NULL)
		rc = rejects_open(rejects_path, mode_of(fd), &d->rejects, e);
	if (rc != OK) {
		delivery_close(d);
		return rc;
	}
	if (client != NULL)
		client_on_verdict(client, on_verdict, d);
	*out = d;
	return OK;
}

enum code
delivery_columns(struct delivery *d, const struct rejects_columns *c, struct err *e)
{
	return d->rejects == NULL ? OK : rejects_columns(d->rejects, c, e);
}

void
delivery_close(struct delivery *d)
{
	if (d == NULL)
		return;
	if (d->client != NULL)
		client_on_verdict(d->client, NULL, NULL);
	rejects_discard(d->rejects);
	arena_free(d->scratch);
	arena_free(d->reasons);
	numbers_free(d->numbers);
	buf_fini(&d->packed);
	buf_fini(&d->raw);
	buf_fini(&d->queue);
	arena_free(d->arena);
}

void
delivery_on_reject(struct delivery *d, delivery_reject_fn fn, void *ctx)
{
	d->on_reject = fn;
	d->ctx = ctx;
}

void
delivery_take_again(struct delivery *d)
{
	d->takes_again = true;
}

void
delivery_line(struct delivery *d, uint64_t line, uint64_t offset, size_t size)
{
	const struct line l = {.number = line, .offset = offset, .size = size, .open = 1};

	buf_add(&d->queue, &l, sizeof l); /* a failure shows at the line's end */
	d->next++;
}

static struct line *
current(struct delivery *d)
{
	return line_at(d, d->next - 1);
}

void
delivery_reject(struct delivery *d, const char *column, const char *value, const char *reason)
{
	if (!d->queue.failed)
		mark(d, current(d), (const char *const[]){column, value, reason});
}

static struct utc_ms
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct utc_ms){(int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000};
}

/* False: the line is rejected. */
static bool
check(struct delivery *d, const struct record *records, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct refusal why;
		char reason[320];

		if (record_validate(&records[i], now(), NULL, &why))
			continue;
		text_print(reason, sizeof reason, "%s: %s", reason_name(why.reason), why.err.text);
		delivery_reject(d, why.err.where, "", reason);
		return false;
	}
	return true;
}

static void
note(struct delivery_note *n, uint64_t line, struct text what)
{
	if (n->lines++ > 0)
		return;
	n->first = line;
	text_print(n->what, sizeof n->what, "%.*s", (int)what.n, what.s);
}

/* Identifiers that are not what they were. */
static void
look_at_numbers(struct delivery *d, const struct record *records, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct kind *k = records[i].kind;

		for (size_t f = 0; f < kind_n_fields(k); f++) {
			const struct value *v = &records[i].v[f];
			const char *name = kind_field(k, f)->name;
			const size_t length = strlen(name);

			if (!v->set || kind_field(k, f)->type != FIELD_TEXT || length < 3 ||
			    strcmp(name + length - 3, "_id") != 0 || !number_is_shortened(v->text))
				continue;
			note(&d->tally.shortened, current(d)->number, v->text);
			return;
		}
	}
}

static enum code
pack(struct delivery *d, const struct record *r, uint64_t *digest, struct err *e)
{
	uint64_t hash = 1469598103934665603u; /* FNV-1a: told apart, not proved */

	arena_reset(d->scratch);
	buf_clear(&d->packed);
	if (!wire_put_record(r, d->scratch, &d->packed))
		return err_set(e, TRY_LIMIT, "record", "a record is too large to send");
	for (size_t i = 0; i < d->packed.n; i++)
		hash = (hash ^ d->packed.p[i]) * 1099511628211u;
	*digest = hash;
	return OK;
}

static enum code
reject_again(struct delivery *d, const struct record *r, const struct number_seen *seen,
	     struct err *e)
{
	const struct text number = r->v[ENV_SOURCE_RECORD_ID].text;
	const bool cut = number_is_shortened(number);
	char value[160];
	char reason[400];
	uint64_t digest = 0;
	enum code rc = pack(d, r, &digest, e);

	if (rc != OK)
		return rc;
	text_print(value, sizeof value, "%.*s", (int)number.n, number.s);
	snprintf(reason, sizeof reason,
		 "AGAIN: line %" PRIu64 " of this file has the same number%s. %s", seen->line,
		 !seen->same_time          ? " at another time"
		 : seen->content == digest ? ", time and content"
					   : " and time, and other content",
		 cut ? "A spreadsheet has shortened it: format the column as text there, save the "
		       "file anew, "
		       "and import that"
		     : "If it is the same record, remove one of the lines; if it is another, give "
		       "it a number "
		       "of its own");
	note(&d->tally.again, current(d)->number, number);
	delivery_reject(d, "source_record_id", value, reason);
	return OK;
}

/* Another record of the same line. */
static bool
is_in_line(const struct record *records, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (records[k].kind == records[i].kind &&
		    memcmp(&records[k].v[ENV_RECORD_ID].uuid, &records[i].v[ENV_RECORD_ID].uuid,
			   sizeof(struct uuid)) == 0)
			return true;
	return false;
}

/* *again: one of them has the number of an earlier line, which rejects this one. */
static enum code
look_for_again(struct delivery *d, const struct record *records, size_t n, bool *again,
	       struct err *e)
{
	*again = false;
	for (size_t i = 0; i < n; i++) {
		struct number_seen seen = {.line = current(d)->number, .same_time = true};

		if (!is_in_line(records, i) && (!numbers_find(d->numbers, &records[i], &seen) ||
						(!seen.same_time && d->takes_again)))
			continue;
		*again = true;
		return reject_again(d, &records[i], &seen, e);
	}
	return OK;
}

static enum code
send_one(struct delivery *d, const struct record *r, uint64_t tag, struct err *e)
{
	uint64_t digest = 0;
	enum code rc = pack(d, r, &digest, e);

	if (rc != OK)
		return rc;
	if (!numbers_add(d->numbers, r, current(d)->number, digest))
		return err_set(e, TRY_LIMIT, "memory",
			       "a file of more than 8 million records: split it, or out of memory");
	if (d->client == NULL)
		return OK;
	/* Counted before: sending may read this very record's answer. */
	current(d)->open++;
	rc = client_send(d->client, (struct text){(const char *)d->packed.p, d->packed.n}, tag, e);
	if (rc == REJ_FIELD) {
		current(d)->open--;
		delivery_reject(d, "", "", e->text);
		return OK;
	}
	return rc;
}

enum code
delivery_records(struct delivery *d, const struct record *records, size_t n, struct err *e)
{
	bool again = false;
	enum code rc;

	if (d->queue.failed || n >= (1u << TAG_BITS))
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	look_at_numbers(d, records, n);
	if (!check(d, records, n))
		return OK;
	rc = look_for_again(d, records, n, &again, e);
	for (size_t i = 0; rc == OK && !again && i < n; i++) {
		d->tally.sent[records[i].kind->id]++;
		rc = send_one(d, &records[i], (d->next - 1) << TAG_BITS | i, e);
	}
	return rc;
}

static enum code
settle_line(struct delivery *d, const struct line *l, struct err *e)
{
	struct text row = {"", 0};

	d->tally.lines++;
	if (l->reject == NULL) {
		d->tally.accepted++;
		return OK;
	}
	d->tally.rejected++;
	if (d->tally.first[0] == '\0')
		text_print(d->tally.first, sizeof d->tally.first, "line %" PRIu64 ": %s%s%s",
			   l->number, l->reject->cells[0],
			   l->reject->cells[0][0] != '\0' ? ": " : "", l->reject->cells[2]);
	if (d->on_reject != NULL)
		d->on_reject(d->ctx, l->number, l->reject->cells);
	if (d->rejects == NULL)
		return OK;
	buf_clear(&d->raw);
	if (d->fd >= 0 && infile_read(d->fd, l->offset, l->size, &d->raw))
		row = (struct text){(const char *)d->raw.p, d->raw.n};
	return rejects_add(d->rejects, l->number, l->reject->cells, row, e);
}

/* The lines at the front whose end is known leave the queue. */
static enum code
settle(struct delivery *d, struct err *e)
{
	struct line *lines = (struct line *)(void *)d->queue.p;
	size_t n = d->queue.n / sizeof *lines;
	enum code rc = OK;

	while (rc == OK && d->head < n && lines[d->head].open == 0)
		rc = settle_line(d, &lines[d->head++], e);
	if (d->head == n || d->head > 8192) {
		buf_consume(&d->queue, d->head * sizeof *lines);
		d->base += d->head;
		d->head = 0;
	}
	return rc;
}

enum code
delivery_line_end(struct delivery *d, struct err *e)
{
	enum code rc = OK;

	if (d->queue.failed)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	current(d)->open--;
	if (d->client != NULL && arena_used(d->reasons) > REASON_BYTES_OK)
		rc = client_flush(d->client, e);
	if (rc == OK)
		rc = settle(d, e);
	if (rc == OK && d->queue.n == 0)
		arena_reset(d->reasons);
	return rc;
}

enum code
delivery_finish(struct delivery *d, struct err *e)
{
	enum code rc = d->client != NULL ? client_flush(d->client, e) : OK;

	if (rc == OK)
		rc = settle(d, e);
	if (rc == OK && d->rejects != NULL) {
		struct rejects *r = d->rejects;

		d->rejects = NULL;
		rc = rejects_close(r, e);
	}
	return rc;
}

const struct delivery_tally *
delivery_tally(const struct delivery *d)
{
	return &d->tally;
}

void
delivery_print(const struct delivery_tally *t, int dry, const char *rejects_path, FILE *f)
{
	const struct {
		const char *name;
		uint64_t n;
	} verdicts[] = {
	    {"stored", t->stored},     {"duplicate (stored before)", t->duplicate},
	    {"conflict", t->conflict}, {"quarantined", t->quarantined},
	    {"expired", t->expired},
	};

	fprintf(f, "%" PRIu64 " line%s: %" PRIu64 " accepted, %" PRIu64 " rejected\n", t->lines,
		text_s(t->lines), t->accepted, t->rejected);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (t->sent[i] > 0)
			fprintf(f, "  %-16s %10" PRIu64 " record%s%s\n", kinds[i]->name, t->sent[i],
				text_s(t->sent[i]), dry ? " (not sent)" : " sent");
	}
	for (size_t i = 0; !dry && i < COUNT(verdicts); i++)
		if (verdicts[i].n > 0)
			fprintf(f, "  %-27s%10" PRIu64 "\n", verdicts[i].name, verdicts[i].n);
	if (t->again.lines > 0)
		fprintf(f,
			"%" PRIu64
			" line%s with the number of another line of this file (first line %" PRIu64
			": %s).\n",
			t->again.lines, text_s(t->again.lines), t->again.first, t->again.what);
	if (t->shortened.lines > 0)
		fprintf(f,
			"%" PRIu64
			" line%s with a number that a spreadsheet shortened (first line %" PRIu64
			": %s): format\nthe column as text there, save the file anew, and import "
			"that.\n",
			t->shortened.lines, text_s(t->shortened.lines), t->shortened.first,
			t->shortened.what);
	if (t->rejected > 0)
		fprintf(f, "The first: %s\n", t->first);
	if (t->rejected > 0 && rejects_path != NULL)
		fprintf(f, "The rejected lines are in %s, each with its reason.\n", rejects_path);
}
