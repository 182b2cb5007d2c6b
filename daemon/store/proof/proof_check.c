#include "store/proof/proof_check.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "core/action/action.h"
#include "core/kind/kind.h"
#include "host/keyring.h"
#include "store/proof/proof_sql.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

/* --- the report ------------------------------------------------------------------------------- */

/* One check and what is wrong; NULL: nothing. */
static void note(struct proof_check *c, const char *check, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
note(struct proof_check *c, const char *check, const char *fmt, ...)
{
	char text[300] = "";
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		text_vprint(text, sizeof text, fmt, ap);
		va_end(ap);
		c->sound = false;
	}
	json_array_append_new(c->checks, json_pack("{s:s, s:b, s:s?}", "check", check, "good",
						   fmt == NULL, "text", fmt == NULL ? NULL : text));
}

struct finding {
	const char *what;
	const char *kind;
	const char *record_id;
	const char *source;
	const char *source_record_id; /* NULL: none, or the record is gone */
	const char *day;
	const char *received_at;
	const char *text;
};

static void
find(struct proof_check *c, const struct finding *f)
{
	json_array_append_new(
	    c->findings, json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?}", "what",
				   f->what, "kind", f->kind, "record_id", f->record_id, "source",
				   f->source, "source_record_id", f->source_record_id, "day",
				   f->day, "received_at", f->received_at, "text", f->text));
}

/* --- the document ----------------------------------------------------------------------------- */

static void
check_digest(struct proof_check *c, const char *document, const char *stored)
{
	unsigned char digest[SHA256_SIZE];
	char hex[PROOF_HEX_SIZE];

	if (!sha256(document, strlen(document), digest))
		return;
	hex_encode(digest, sizeof digest, hex);
	if (strcmp(hex, stored) == 0)
		note(c, "DOCUMENT", NULL);
	else
		note(c, "DOCUMENT", "its SHA-256 is %s and not %s, as was kept", hex, stored);
}

static void
check_signature(struct proof_check *c, const char *document, const char *hex, const char *key_id)
{
	unsigned char signature[SIGN_SIZE];
	const struct signer *by = key_id == NULL ? NULL : keyring_signer(c->keys, key_id);

	if (by == NULL)
		note(c, "SIGNATURE",
		     "made with the key %s, which is not in the folder of keys: put its .pub back, "
		     "or it was signed by somebody else",
		     key_id == NULL ? "of nobody" : key_id);
	else if (hex == NULL || !hex_decode(text_of(hex), signature, sizeof signature) ||
		 !sign_good(by->public, document, strlen(document), signature))
		note(c, "SIGNATURE", "the key %s did not sign this document", key_id);
	else
		note(c, "SIGNATURE", NULL);
}

/* The root follows from what the document prints, and is the one that was kept. */
static void
check_root(struct proof_check *c, const char *stored)
{
	char printed[PROOF_HEX_SIZE];
	struct proof copy = c->proof;
	struct err e = {0};

	hex_encode(c->proof.root, SHA256_SIZE, printed);
	if (proof_finish(&copy, &e) != OK || memcmp(copy.root, c->proof.root, SHA256_SIZE) != 0 ||
	    copy.leaves != c->proof.leaves)
		note(c, "ROOT", "%s, as the document prints it, does not follow from its day roots",
		     printed);
	else if (stored == NULL || strcmp(stored, printed) != 0)
		note(c, "ROOT", "the document prints %s, and %s was kept", printed,
		     stored == NULL ? "none" : stored);
	else
		note(c, "ROOT", NULL);
}

/* What was late and what was added hangs on it. */
static void
check_snapshot(struct proof_check *c, const char *stored)
{
	const json_t *printed = json_object_get(json_object_get(c->document, "proof"), "read");
	json_t *kept = json_loads(stored == NULL ? "" : stored, 0, NULL);

	if (kept != NULL && json_equal(printed, kept))
		note(c, "SNAPSHOT", NULL);
	else
		note(c, "SNAPSHOT",
		     "what the freeze read is kept otherwise than the document prints it");
	json_decref(kept);
}

static void
on_revision(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;
	const char *document = rows_count(rows) == 1 ? rows_text(rows, 0, 1) : NULL;
	struct err why = {0};

	if (document == NULL) {
		err_set(e, REJ_NOT_FOUND, "revision",
			"%s has no such revision; spd.list names those it has", c->quarter);
		action_offer(&c->err,
			     &(struct todo){.action = ACTION_SPD_LIST, .quarter = c->quarter});
		return;
	}
	snprintf(c->found, sizeof c->found, "%s", rows_text(rows, 0, 0));
	c->as_of = rows_keep(rows, 0, 3, c->arena);
	c->document = json_loads(document, 0, NULL);
	check_digest(c, document, rows_text(rows, 0, 2));
	check_signature(c, document, rows_text(rows, 0, 6), rows_text(rows, 0, 7));
	c->has_proof = proof_read(c->document, c->arena, &c->proof, &why) == OK;
	if (c->has_proof)
		check_root(c, rows_text(rows, 0, 5));
	else
		note(c, "ROOT", "%s", why.text);
	check_snapshot(c, rows_text(rows, 0, 11));
	c->columns =
	    rows_text(rows, 0, 8) == NULL ? NULL : json_loads(rows_text(rows, 0, 8), 0, NULL);
	json_object_set_new(c->report, "key_id",
			    rows_text(rows, 0, 7) == NULL ? json_null()
							  : json_string(rows_text(rows, 0, 7)));
	json_object_set_new(c->report, "root",
			    rows_text(rows, 0, 5) == NULL ? json_null()
							  : json_string(rows_text(rows, 0, 5)));
	json_object_set_new(c->report, "leaves", json_integer(c->proof.leaves));
	json_object_set_new(c->report, "number", json_integer(c->proof.number));
}

static void
on_chain(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;
	bool seen = false;

	(void)e;
	for (int i = 0; i < rows_count(rows); i++) {
		seen = seen || (text_is(text_of(rows_text(rows, i, 1)), c->quarter) &&
				text_is(text_of(rows_text(rows, i, 2)), c->found));
		if (!text_is(text_of(rows_text(rows, i, 3)), "t")) {
			note(c, "CHAIN",
			     "freeze %s, %s revision %s, does not follow the one before",
			     rows_text(rows, i, 0), rows_text(rows, i, 1), rows_text(rows, i, 2));
			return;
		}
	}
	if (seen)
		note(c, "CHAIN", NULL);
	else
		note(c, "CHAIN", "this revision is not in it");
}

/* --- the leaves that were kept ---------------------------------------------------------------- */

/* The days that were kept are those that the document prints; both are ordered. */
static void
on_days(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;
	size_t n = c->has_proof ? c->proof.n_days : 0;
	int row = 0;

	(void)e;
	for (size_t i = 0; i < n; i++) {
		const struct proof_day *d = &c->proof.days[i];
		bool same = row < rows_count(rows) &&
			    text_is(text_of(rows_text(rows, row, 0)), d->kind) &&
			    text_is(text_of(rows_text(rows, row, 1)), d->day);

		if (same && rows_int(rows, row, 2) == d->leaves) {
			row++;
			continue;
		}
		note(c, "LEAVES",
		     "%s of %s: %" PRId64 " leaves were frozen, and not as many are kept", d->kind,
		     d->day, d->leaves);
		c->leaves_bad = true;
		c->proof.n_days = 0; /* roots need what is not there */
		return;
	}
	c->leaves_bad = row < rows_count(rows);
	if (c->leaves_bad)
		note(c, "LEAVES", "%s of %s: leaves are kept that the document does not know",
		     rows_text(rows, row, 0), rows_text(rows, row, 1));
}

static void
on_piece(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	proof_piece_rows(&c->piece, rows);
}

/* True: a statement; false: every day was looked at. */
static bool
next_piece(struct proof_check *c, struct statement *st)
{
	for (; c->at < c->proof.n_days; c->at++) {
		const struct proof_day *d = &c->proof.days[c->at];
		unsigned char root[SHA256_SIZE];

		if (c->piece.merkle.n == 0 && c->piece.left == 0)
			proof_piece_begin(&c->piece, d->leaves);
		if (proof_piece_next(&c->piece, c->quarter, c->found, d->kind, d->day, st))
			return true;
		if (!proof_piece_root(&c->piece, root) || memcmp(root, d->root, sizeof root) != 0) {
			note(c, "LEAVES",
			     "%s of %s: those that are kept do not give the day's root", d->kind,
			     d->day);
			c->leaves_bad = true;
			c->proof.n_days = 0;
		}
		proof_piece_begin(&c->piece, 0);
	}
	if (!c->leaves_bad)
		note(c, "LEAVES", NULL);
	return false;
}

/* --- the records ------------------------------------------------------------------------------ */

static bool
is_column(const struct kind *k, const char *name)
{
	return kind_field_index(k, text_of(name)) < kind_n_fields(k) ||
	       strcmp(name, "received_at") == 0 || strcmp(name, "received_from") == 0 ||
	       strcmp(name, "received_as") == 0;
}

/* The columns that the freeze took; NULL: none that this kind has. */
static const char *const *
columns_of(struct proof_check *c, const struct kind *k, size_t *n)
{
	const json_t *list = json_object_get(c->columns, k->name);
	const char **names;

	*n = json_array_size(list);
	names = arena_zalloc(c->arena, *n + 1, sizeof *names);
	for (size_t i = 0; names != NULL && i < *n; i++) {
		names[i] = json_words(json_array_get(list, i));
		if (!is_column(k, names[i]))
			return NULL;
	}
	return *n == 0 ? NULL : names;
}

static bool
next_kind(struct proof_check *c, struct statement *st, struct err *e)
{
	for (; c->at < KIND_COUNT; c->at++) {
		const struct kind *k = kinds[c->at];
		size_t n = 0;

		const char *const *columns = columns_of(c, k, &n);
		const char *sql;

		if (columns == NULL && json_object_get(c->columns, k->name) == NULL)
			continue; /* a kind that came later */
		if (columns == NULL) {
			note(c, "RECORDS", "%s: the columns of its leaves are not known", k->name);
			continue;
		}
		sql = proof_sql_compare(k, columns, n, c->arena);
		if (sql == NULL) {
			err_set(e, TRY_LIMIT, "verify", "out of memory; try again");
			return false;
		}
		c->at++;
		*st = (struct statement){
		    sql, 4, {c->quarter, c->found, c->limit, c->may_see ? "1" : "0"}};
		return true;
	}
	return false;
}

static int64_t *
counter(struct proof_check *c, const char *what)
{
	const struct {
		const char *what;
		int64_t *n;
	} all[] = {{"altered", &c->altered}, {"missing", &c->missing}, {"added", &c->added},
		   {"late", &c->late},       {"purged", &c->purged},   {"gone", &c->purged}};

	for (size_t i = 0; i < COUNT(all); i++)
		if (strcmp(all[i].what, what) == 0)
			return all[i].n;
	return NULL;
}

static void
on_kind(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;
	const struct kind *k = kinds[c->at - 1];
	const char *counted[8];
	size_t n = 0;

	(void)e;
	for (int i = 0; i < rows_count(rows); i++) {
		const char *what = rows_text(rows, i, 0);
		int64_t *total = counter(c, what);
		const char *sentence;
		bool known = false;

		for (size_t j = 0; j < n; j++)
			known = known || strcmp(counted[j], what) == 0;
		if (!known && n < 8 && total != NULL) {
			counted[n++] = what;
			*total += rows_int(rows, i, 5);
		}
		sentence = proof_sentence(what, rows_int(rows, i, 6) != 0);
		if (sentence != NULL && strcmp(what, "purged") != 0)
			find(c, &(struct finding){what, k->name, rows_text(rows, i, 1),
						  rows_text(rows, i, 2), rows_text(rows, i, 7),
						  rows_text(rows, i, 3), rows_text(rows, i, 4),
						  sentence});
	}
}

/* --- the table of corrections ----------------------------------------------------------------- */

/* What counts is worked out from it, so it must say what the records say. */
static const char *
corrections_sql(struct proof_check *c)
{
	struct buf b;
	const char *sql;

	buf_init(&b, 1 << 17);
	buf_addf(&b, "WITH q AS (SELECT min(d.starts_at) AS lo, max(d.ends_at) AS hi\n"
		     "FROM sems.civil_day d WHERE d.quarter = $1), said AS (");
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const char *k = kinds[i]->name;

		buf_addf(&b,
			 "%sSELECT '%s'::text AS kind,\n"
			 "coalesce(n.root_source, r.corrects_source, r.source) AS "
			 "root_source,\n"
			 "coalesce(n.root_record_id, r.corrects_record_id) AS "
			 "root_record_id,\n"
			 "sems.uuid_time(coalesce(n.root_record_id, r.corrects_record_id)) "
			 "AS root_occurred_at, "
			 "coalesce(r.corrects_source, r.source) AS named_source,\n"
			 "r.corrects_record_id AS named_record_id, r.source, r.record_id,\n"
			 "r.occurred_at, coalesce(r.corrected_at, r.occurred_at) AS "
			 "corrected_at, %s AS is_void\n"
			 "FROM q CROSS JOIN sems.%s r LEFT JOIN LATERAL (SELECT y.* FROM "
			 "sems.correction y\n"
			 "WHERE y.record_id = r.corrects_record_id AND y.source = "
			 "coalesce(r.corrects_source, r.source)\n"
			 "ORDER BY y.kind LIMIT 1) AS n ON true WHERE r.corrects_record_id "
			 "IS NOT NULL\n"
			 "AND (r.occurred_at >= q.lo AND r.occurred_at < q.hi\n"
			 "OR (r.occurred_at, r.record_id, r.source) IN (SELECT "
			 "x.occurred_at, x.record_id,\n"
			 "x.source FROM sems.correction x WHERE x.root_occurred_at >= q.lo\n"
			 "AND x.root_occurred_at < q.hi))",
			 i == 0 ? "" : "\nUNION ALL ", k,
			 kinds[i]->id == KIND_VOID ? "true" : "false", k);
	}
	buf_addf(
	    &b,
	    "), listed AS (SELECT x.kind, x.root_source, x.root_record_id, x.root_occurred_at,\n"
	    "x.named_source, x.named_record_id, x.source, x.record_id, x.occurred_at, "
	    "x.corrected_at, x.is_void\n"
	    "FROM sems.correction x, q WHERE (x.occurred_at >= q.lo AND x.occurred_at < q.hi)\n"
	    "OR (x.root_occurred_at >= q.lo AND x.root_occurred_at < q.hi))"
	    ", differing AS ((TABLE said EXCEPT TABLE listed)\n"
	    "UNION ALL (SELECT l.* FROM (TABLE listed EXCEPT TABLE said) AS l\n"
	    "WHERE NOT EXISTS (SELECT FROM sems.purge_certificate p WHERE p.kind = l.kind\n"
	    "AND l.occurred_at >= p.starts_at AND l.occurred_at < p.ends_at))\n"
	    "), family AS (SELECT DISTINCT l.root_source, l.root_record_id FROM listed l\n"
	    "WHERE NOT EXISTS (SELECT FROM sems.purge_certificate p\n"
	    "WHERE l.root_occurred_at >= p.starts_at AND l.root_occurred_at < p.ends_at)\n"
	    "), ruled AS (SELECT v.kind, v.record_id, v.source, v.why FROM family f\n"
	    "CROSS JOIN LATERAL sems.rulings_of(f.root_source, f.root_record_id) AS v\n"
	    "), kept AS (SELECT o.kind, o.record_id, o.source, o.why FROM sems.overruled o\n"
	    "JOIN family f ON f.root_record_id = o.root_record_id AND f.root_source = "
	    "o.root_source)\n"
	    "SELECT z.*, sems.source_number(z.kind, z.source, z.record_id) FROM (\n"
	    "SELECT DISTINCT z.kind, z.record_id, z.source FROM (\n"
	    "SELECT d.kind, d.record_id, d.source FROM differing d\n"
	    "UNION ALL SELECT r.kind, r.record_id, r.source FROM (TABLE ruled EXCEPT TABLE kept) "
	    "AS r\n"
	    "UNION ALL SELECT r.kind, r.record_id, r.source FROM (TABLE kept EXCEPT TABLE ruled) "
	    "AS r)"
	    " AS z\n"
	    "ORDER BY 1, 2, 3 LIMIT $2::bigint) AS z ORDER BY 1, 2, 3");
	sql = b.failed || !buf_add(&b, "", 1) ? NULL : arena_dup(c->arena, b.p, b.n);
	buf_fini(&b);
	return sql;
}

/* The log, computed anew as far as the document's head. */
static void
on_log(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;
	const char *head = rows_count(rows) == 1 ? rows_text(rows, 0, 0) : NULL;

	(void)e;
	if (c->proof.log_sha256 != NULL && head != NULL && strcmp(head, c->proof.log_sha256) == 0)
		note(c, "LOG", NULL);
	else
		note(c, "LOG",
		     "the access log has not the head %" PRId64
		     " any more that the document prints: "
		     "entries up to it were altered or removed; verifying the log names the first",
		     c->proof.log_number);
}

static void
on_corrections(void *ctx, const struct rows *rows, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	for (int i = 0; i < rows_count(rows); i++) {
		const char *kind = rows_text(rows, i, 0);
		bool hidden = strcmp(kind, "test") == 0 && !c->may_see;

		find(
		    c,
		    &(struct finding){
			.what = "correction",
			.kind = kind,
			.record_id = hidden ? NULL : rows_text(rows, i, 1),
			.source = hidden ? NULL : rows_text(rows, i, 2),
			.source_record_id = hidden ? NULL : rows_text(rows, i, 3),
			.text =
			    "what is kept of corrections does not say of it what the records say"});
	}
	if (rows_count(rows) > 0)
		note(c, "CORRECTIONS",
		     "what is kept of %d corrected records is not what the records say",
		     rows_count(rows));
	else
		note(c, "CORRECTIONS", NULL);
}

/* --- what each stage asks --------------------------------------------------------------------- */

static unsigned
ask_revision(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	*st = (struct statement){
	    embed_text("sql/queries/proof/proof_revision.sql"), 2, {c->quarter, c->revision}};
	return stages_once(&c->stages);
}

static unsigned
ask_chain(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/proof/proof_chain.sql"), 0, {NULL}};
	return stages_once(&c->stages);
}

static unsigned
ask_log(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	snprintf(c->log_number, sizeof c->log_number, "%" PRId64, c->proof.log_number);
	*st = (struct statement){embed_text("sql/queries/proof/proof_log.sql"), 1, {c->log_number}};
	return stages_once(&c->stages);
}

static unsigned
ask_days(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	*st = (struct statement){
	    embed_text("sql/queries/proof/proof_days.sql"), 2, {c->quarter, c->found}};
	return stages_once(&c->stages);
}

static unsigned
ask_pieces(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	(void)e;
	if (c->stages.asked == 0) {
		c->at = 0;
		proof_piece_begin(&c->piece, 0);
	}
	return next_piece(c, st) ? STAGE_ASKS : STAGE_OVER;
}

static unsigned
ask_kinds(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	if (c->stages.asked == 0)
		c->at = 0;
	return next_kind(c, st, e) ? STAGE_ASKS : STAGE_OVER;
}

static unsigned
ask_corrections(void *ctx, struct statement *st, struct err *e)
{
	struct proof_check *c = ctx;

	if (c->stages.asked > 0)
		return STAGE_OVER;
	*st = (struct statement){corrections_sql(c), 2, {c->quarter, c->limit}};
	if (st->sql == NULL)
		err_set(e, TRY_LIMIT, "verify", "out of memory; try again");
	return STAGE_ASKS;
}

/* --- the stages ------------------------------------------------------------------------------- */

enum stage_id {
	CHECKING_REVISION,
	CHECKING_CHAIN,
	CHECKING_LOG,
	CHECKING_DAYS,
	CHECKING_PIECES,
	CHECKING_KINDS,
	CHECKING_CORRECTIONS,
	CHECKING_ENDED,
	N_CHECKING
};

static const char *const stage_names[] = {
    [CHECKING_REVISION] = "revision",
    [CHECKING_CHAIN] = "chain",
    [CHECKING_LOG] = "log",
    [CHECKING_DAYS] = "days",
    [CHECKING_PIECES] = "leaves",
    [CHECKING_KINDS] = "records",
    [CHECKING_CORRECTIONS] = "corrections",
    [CHECKING_ENDED] = "ended",
};
COVERS(stage_names, N_CHECKING);

#define AT MACHINE_AT

static const struct move moves[] = {
    {STAGE_OVER, AT(CHECKING_REVISION), CHECKING_CHAIN, 0, NULL},
    {STAGE_OVER, AT(CHECKING_CHAIN), CHECKING_LOG, 0, NULL},
    {STAGE_OVER, AT(CHECKING_LOG), CHECKING_DAYS, 0, NULL},
    {STAGE_OVER, AT(CHECKING_DAYS), CHECKING_PIECES, 0, NULL},
    {STAGE_OVER, AT(CHECKING_PIECES), CHECKING_KINDS, 0, NULL},
    {STAGE_OVER, AT(CHECKING_KINDS), CHECKING_CORRECTIONS, 0, NULL},
    {STAGE_OVER, AT(CHECKING_CORRECTIONS), CHECKING_ENDED, 0, NULL},
    {STAGE_FAILED, AT(CHECKING_ENDED) - 1, CHECKING_ENDED, 0, NULL},
};
const struct machine checking_machine =
    MACHINE("verification", AT(CHECKING_REVISION), stage_names, stage_events, moves);

static const struct stage stages[] = {
    [CHECKING_REVISION] = {ask_revision, on_revision},
    [CHECKING_CHAIN] = {ask_chain, on_chain},
    [CHECKING_LOG] = {ask_log, on_log},
    [CHECKING_DAYS] = {ask_days, on_days},
    [CHECKING_PIECES] = {ask_pieces, on_piece},
    [CHECKING_KINDS] = {ask_kinds, on_kind},
    [CHECKING_CORRECTIONS] = {ask_corrections, on_corrections},
    [CHECKING_ENDED] = {NULL, NULL},
};
COVERS(stages, N_CHECKING);

/* --- the job ---------------------------------------------------------------------------------- */

static bool
on_next(struct job *j, struct statement *st, struct err *e)
{
	struct proof_check *c = j->ctx;

	if (c->err.code != OK) {
		*e = c->err;
		return false;
	}
	return stages_next(&c->stages, c, st, e);
}

static void
on_rows(struct job *j, const struct rows *rows)
{
	struct proof_check *c = j->ctx;

	stages_rows(&c->stages, c, rows, &c->err);
}

static void
on_done(struct job *j, const struct err *e)
{
	struct proof_check *c = j->ctx;
	struct err why = *e;
	bool bad = c->altered + c->missing + c->added > 0;

	if (why.code == OK && bad)
		note(c, "RECORDS", "%" PRId64 " altered, %" PRId64 " missing, %" PRId64 " added",
		     c->altered, c->missing, c->added);
	else if (why.code == OK)
		note(c, "RECORDS", NULL);
	if (why.code == OK) {
		json_t *counts =
		    json_pack("{s:I, s:I, s:I, s:I, s:I}", "altered", (json_int_t)c->altered,
			      "missing", (json_int_t)c->missing, "added", (json_int_t)c->added,
			      "late", (json_int_t)c->late, "purged", (json_int_t)c->purged);

		json_object_set_new(c->report, "quarter", json_string(c->quarter));
		json_object_set_new(c->report, "revision",
				    json_integer(strtoll(c->found, NULL, 10)));
		json_object_set_new(c->report, "as_of", json_string(c->as_of));
		json_object_set_new(c->report, "sound", json_boolean(c->sound));
		json_object_set_new(c->report, "counts", counts);
		json_object_set(c->report, "checks", c->checks);
		json_object_set(c->report, "findings", c->findings);
	}
	c->done(c, &why);
}

void
proof_check_start(struct proof_check *c)
{
	c->arena = arena_new(ARENA_MAX);
	c->report = json_object();
	c->checks = json_array();
	c->findings = json_array();
	c->document = c->columns = NULL;
	c->stages = (struct stages){&checking_machine, stages, c->quarter, CHECKING_REVISION, 0};
	c->found[0] = '\0';
	c->altered = c->missing = c->added = c->late = c->purged = 0;
	c->sound = true;
	c->leaves_bad = false;
	c->proof = (struct proof){0};
	c->err = (struct err){0};
	c->job = (struct job){.ticket = c->ticket,
			      .role = DB_COMPUTE,
			      .next = on_next,
			      .rows = on_rows,
			      .done = on_done,
			      .ctx = c};
	if (c->arena == NULL || c->findings == NULL) {
		err_set(&c->err, TRY_LIMIT, "verify", "out of memory; try again");
		on_done(&c->job, &c->err);
		return;
	}
	lanes_run(c->lanes, &c->job);
}

void
proof_check_fini(struct proof_check *c)
{
	json_decref(c->document);
	json_decref(c->columns);
	json_decref(c->checks);
	json_decref(c->findings);
	json_decref(c->report);
	arena_free(c->arena);
}
