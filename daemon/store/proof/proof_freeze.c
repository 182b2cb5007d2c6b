#include "store/proof/proof_freeze.h"

#include "base/count.h"
#include "base/file/embed.h"
#include "base/text.h"
#include "host/keyring.h"
#include "store/proof/proof_sql.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what the statements answer --------------------------------------------------------------- */

static void
on_begin(void *ctx, const struct rows *rows, struct err *e)
{
	struct proving *v = ctx;
	json_t *snapshot = json_loads(rows_text(rows, 0, 4), 0, NULL);

	v->proof = (struct proof){
	    .number = 1, .quarter = v->quarter, .revision = strtoll(v->revision, NULL, 10)};
	if (!proof_take_snapshot(snapshot, v->arena, &v->proof))
		err_set(e, TRY_LIMIT, "proof", "out of memory; try again");
	json_decref(snapshot);
	v->proof.log_number = rows_int(rows, 0, 5);
	v->proof.log_sha256 = rows_keep(rows, 0, 6, v->arena);
	if (rows_text(rows, 0, 0) == NULL)
		return;
	v->proof.number = rows_int(rows, 0, 0) + 1;
	v->proof.previous_quarter = rows_keep(rows, 0, 1, v->arena);
	v->proof.previous_revision = rows_int(rows, 0, 2);
	snprintf(v->previous, sizeof v->previous, "%s", rows_text(rows, 0, 3));
	if (!hex_decode(text_of(v->previous), v->proof.previous, SHA256_SIZE))
		err_set(e, FATAL_BUG, "spd_proof", "the last root is malformed");
}

static void
on_days(void *ctx, const struct rows *rows, struct err *e)
{
	struct proving *v = ctx;
	struct proof *p = &v->proof;
	size_t n = (size_t)rows_count(rows);

	(void)e; /* what does not fit in the arena is told by whose it is */
	p->days = arena_zalloc(v->arena, n + 1, sizeof *p->days);
	p->n_days = p->days == NULL ? 0 : n;
	for (size_t i = 0; i < p->n_days; i++) {
		p->days[i].kind = rows_keep(rows, (int)i, 0, v->arena);
		p->days[i].day = rows_keep(rows, (int)i, 1, v->arena);
		p->days[i].leaves = rows_int(rows, (int)i, 2);
	}
}

static void
on_piece(void *ctx, const struct rows *rows, struct err *e)
{
	struct proving *v = ctx;

	(void)e;
	proof_piece_rows(&v->piece, rows);
}

/* --- the statements --------------------------------------------------------------------------- */

static bool
next_kind(struct proving *v, struct statement *st, struct err *e)
{
	const char *sql;

	if (v->at == KIND_COUNT)
		return false;
	sql = proof_sql_keep(kinds[v->at++], v->arena);
	if (sql == NULL) {
		err_set(e, TRY_LIMIT, "proof", "out of memory; try again");
		return false;
	}
	*st = (struct statement){sql, 2, {v->quarter, v->revision}};
	return true;
}

/* The next piece of the day, or of the days after it. */
static bool
next_piece(struct proving *v, struct statement *st, struct err *e)
{
	for (; v->at < v->proof.n_days; v->at++) {
		struct proof_day *d = &v->proof.days[v->at];

		if (v->piece.merkle.n == 0 && v->piece.left == 0)
			proof_piece_begin(&v->piece, d->leaves);
		if (proof_piece_next(&v->piece, v->quarter, v->revision, d->kind, d->day, st))
			return true;
		if (!proof_piece_root(&v->piece, d->root)) {
			err_set(e, FATAL_BUG, "proof", "%s of %s: not as many leaves as kept",
				d->kind, d->day);
			return false;
		}
		proof_piece_begin(&v->piece, 0);
	}
	return false;
}

static void
finish(struct proving *v, struct err *e)
{
	if (proof_finish(&v->proof, e) != OK)
		return;
	v->json = proof_json(&v->proof);
	if (v->json == NULL)
		err_set(e, TRY_LIMIT, "proof", "out of memory; try again");
}

static unsigned
ask_previous(void *ctx, struct statement *st, struct err *e)
{
	struct proving *v = ctx;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/proof/proof_begin.sql"), 0, {NULL}};
	return stages_once(&v->stages);
}

static unsigned
ask_kinds(void *ctx, struct statement *st, struct err *e)
{
	return next_kind(ctx, st, e) ? STAGE_ASKS : STAGE_OVER;
}

static unsigned
ask_days(void *ctx, struct statement *st, struct err *e)
{
	struct proving *v = ctx;

	(void)e;
	*st = (struct statement){
	    embed_text("sql/queries/proof/proof_days.sql"), 2, {v->quarter, v->revision}};
	return stages_once(&v->stages);
}

static unsigned
ask_pieces(void *ctx, struct statement *st, struct err *e)
{
	struct proving *v = ctx;

	if (v->stages.asked == 0) {
		v->at = 0;
		proof_piece_begin(&v->piece, 0);
	}
	if (next_piece(v, st, e))
		return STAGE_ASKS;
	if (e->code == OK)
		finish(v, e);
	return STAGE_OVER;
}

/* --- what is kept ----------------------------------------------------------------------------- */

static char *
columns_json(struct arena *arena)
{
	json_t *all = json_object();
	char *text;

	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t n = 0;

		const char *const *names = proof_columns(kinds[i], arena, &n);
		json_t *list = json_array();

		for (size_t j = 0; names != NULL && j < n; j++)
			json_array_append_new(list, json_string(names[j]));
		json_object_set_new(all, kinds[i]->name, list);
	}
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}

static enum code
sign_document(struct proving *v, const struct buf *document, struct err *e)
{
	unsigned char signature[SIGN_SIZE];
	const struct signer *by = NULL;
	enum code code = keyring_sign(v->keys, document->p, document->n, signature, &by, e);

	if (code != OK)
		return code;
	hex_encode(signature, sizeof signature, v->signature);
	memcpy(v->key_id, by->id, sizeof v->key_id);
	hex_encode(v->proof.root, SHA256_SIZE, v->root);
	snprintf(v->number, sizeof v->number, "%" PRId64, v->proof.number);
	snprintf(v->leaves, sizeof v->leaves, "%" PRId64, v->proof.leaves);
	v->columns = columns_json(v->arena);
	return v->columns == NULL ? err_set(e, TRY_LIMIT, "proof", "out of memory; try again") : OK;
}

static unsigned
ask_row(void *ctx, struct statement *st, struct err *e)
{
	struct proving *v = ctx;

	if (v->stages.asked > 0 || sign_document(v, v->document, e) != OK)
		return STAGE_OVER;
	*st = (struct statement){embed_text("sql/queries/proof/proof_keep.sql"),
				 10,
				 {v->number, v->quarter, v->revision, "1", v->columns, v->leaves,
				  v->root, v->proof.previous_quarter == NULL ? NULL : v->previous,
				  v->signature, v->key_id}};
	return STAGE_ASKS;
}

/* --- the stages ------------------------------------------------------------------------------- */

enum stage_id {
	PROVING_PREVIOUS,
	PROVING_KINDS,
	PROVING_DAYS,
	PROVING_PIECES,
	PROVING_MADE, /* until the revision is kept */
	PROVING_ROW,
	PROVING_ENDED,
	N_PROVING
};

enum { PROVING_KEPT = STAGE_OWN, N_HAPPENINGS };

static const char *const stage_names[] = {
    [PROVING_PREVIOUS] = "previous freeze",
    [PROVING_KINDS] = "leaves",
    [PROVING_DAYS] = "days",
    [PROVING_PIECES] = "roots",
    [PROVING_MADE] = "made",
    [PROVING_ROW] = "signature",
    [PROVING_ENDED] = "ended",
};
COVERS(stage_names, N_PROVING);

static const char *const happening_names[] = {
    [STAGE_OVER] = STAGE_OVER_NAME,
    [STAGE_FAILED] = STAGE_FAILED_NAME,
    [PROVING_KEPT] = "the revision is kept",
};
COVERS(happening_names, N_HAPPENINGS);

#define AT  MACHINE_AT
#define ASK (AT(PROVING_PREVIOUS) | AT(PROVING_KINDS) | AT(PROVING_DAYS) | AT(PROVING_PIECES))

static const struct move moves[] = {
    {STAGE_OVER, AT(PROVING_PREVIOUS), PROVING_KINDS, 0, NULL},
    {STAGE_OVER, AT(PROVING_KINDS), PROVING_DAYS, 0, NULL},
    {STAGE_OVER, AT(PROVING_DAYS), PROVING_PIECES, 0, NULL},
    {STAGE_OVER, AT(PROVING_PIECES), PROVING_MADE, 0, NULL},
    {PROVING_KEPT, AT(PROVING_MADE), PROVING_ROW, 0, NULL},
    {STAGE_OVER, AT(PROVING_ROW), PROVING_ENDED, 0, NULL},
    {STAGE_FAILED, ASK | AT(PROVING_ROW), PROVING_ENDED, 0, NULL},
};
const struct machine proving_machine =
    MACHINE("proof", AT(PROVING_PREVIOUS), stage_names, happening_names, moves);

static const struct stage stages[] = {
    [PROVING_PREVIOUS] = {ask_previous, on_begin},
    [PROVING_KINDS] = {ask_kinds, NULL},
    [PROVING_DAYS] = {ask_days, on_days},
    [PROVING_PIECES] = {ask_pieces, on_piece},
    [PROVING_MADE] = {NULL, NULL},
    [PROVING_ROW] = {ask_row, NULL},
    [PROVING_ENDED] = {NULL, NULL},
};
COVERS(stages, N_PROVING);

void
proof_freeze_start(struct proving *v)
{
	v->stages = (struct stages){&proving_machine, stages, v->quarter, PROVING_PREVIOUS, 0};
}

bool
proof_freeze_next(struct proving *v, struct statement *st, struct err *e)
{
	return stages_next(&v->stages, v, st, e);
}

void
proof_freeze_rows(struct proving *v, const struct rows *rows, struct err *e)
{
	stages_rows(&v->stages, v, rows, e);
}

bool
proof_freeze_keep(struct proving *v, const struct buf *document, struct statement *st,
		  struct err *e)
{
	v->document = document;
	if (v->stages.at == PROVING_MADE)
		stages_step(&v->stages, PROVING_KEPT);
	return stages_next(&v->stages, v, st, e);
}

void
proof_freeze_fini(struct proving *v)
{
	json_decref(v->json);
	free(v->columns);
	v->json = NULL;
	v->columns = NULL;
}
