#include "store/proof_freeze.h"

#include "base/jsonmem.h"
#include "base/text.h"
#include "store/keyring.h"
#include "store/proof_sql.h"
#include "store/spd_job.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What this transaction reads, and the freeze before it, if there is one. */
static const char begin_sql[] =
    "SELECT p.number, p.quarter, p.revision, encode(p.root, 'hex'), json_build_object(\n"
    "    'until', s.read_until, 'in_flight', s.in_flight) FROM sems.this_snapshot() AS s LEFT JOIN "
    "(\n"
    "    SELECT * FROM sems.spd_proof ORDER BY number DESC LIMIT 1) AS p ON true";
static const char days_sql[] =
    "SELECT kind, to_char(day, 'YYYY-MM-DD'), n FROM sems.spd_leaves\n"
    "WHERE quarter = $1 AND revision = $2::int ORDER BY kind COLLATE \"C\", day";
static const char row_sql[] =
    "INSERT INTO sems.spd_proof (number, quarter, revision, encoding, columns, leaves, root,\n"
    "    previous, signature, key_id) VALUES ($1::bigint, $2, $3::int, $4::int, $5::jsonb,\n"
    "    $6::bigint, decode($7, 'hex'), decode($8, 'hex'), decode($9, 'hex'), $10)";

/* --- what the statements answer --------------------------------------------------------------- */

static void
on_begin(struct spd_run *r, const struct rows *rows)
{
	struct proving *v = &r->proving;
	json_t *snapshot = json_loads(rows_text(rows, 0, 4), 0, NULL);

	v->proof = (struct proof){
	    .number = 1, .quarter = r->label, .revision = r->spd.revision, .days = NULL};
	if (!proof_take_snapshot(snapshot, r->arena, &v->proof))
		err_set(&r->err, TRY_LIMIT, "proof", "out of memory; try again");
	json_decref(snapshot);
	if (rows_text(rows, 0, 0) == NULL)
		return;
	v->proof.number = rows_int(rows, 0, 0) + 1;
	v->proof.previous_quarter = rows_keep(rows, 0, 1, r->arena);
	v->proof.previous_revision = rows_int(rows, 0, 2);
	snprintf(v->previous, sizeof v->previous, "%s", rows_text(rows, 0, 3));
	if (!hex_decode(text_of(v->previous), v->proof.previous, SHA256_SIZE))
		err_set(&r->err, FATAL_BUG, "spd_proof", "the last root is malformed");
}

static void
on_days(struct spd_run *r, const struct rows *rows)
{
	struct proof *p = &r->proving.proof;
	size_t n = (size_t)rows_count(rows);

	p->days = arena_zalloc(r->arena, n + 1, sizeof *p->days);
	p->n_days = p->days == NULL ? 0 : n;
	for (size_t i = 0; i < p->n_days; i++) {
		p->days[i].kind = rows_keep(rows, (int)i, 0, r->arena);
		p->days[i].day = rows_keep(rows, (int)i, 1, r->arena);
		p->days[i].leaves = rows_int(rows, (int)i, 2);
	}
}

static void
on_piece(struct spd_run *r, const struct rows *rows)
{
	proof_piece_rows(&r->proving.piece, rows);
}

void
proof_freeze_rows(struct spd_run *r, const struct rows *rows)
{
	static void (*const by_stage[])(struct spd_run *, const struct rows *) = {
	    [PROVING_PREVIOUS] = on_begin,
	    [PROVING_DAYS] = on_days,
	    [PROVING_PIECES] = on_piece,
	    [PROVING_END] = NULL,
	};

	if (by_stage[r->proving.stage] != NULL)
		by_stage[r->proving.stage](r, rows);
}

/* --- the statements --------------------------------------------------------------------------- */

static bool
next_kind(struct spd_run *r, struct statement *st, struct err *e)
{
	const char *sql;

	if (r->proving.at == KIND_COUNT)
		return false;
	sql = proof_sql_keep(kinds[r->proving.at++], r->arena);
	if (sql == NULL) {
		err_set(e, TRY_LIMIT, "proof", "out of memory; try again");
		return false;
	}
	*st = (struct statement){sql, 2, {r->label, r->revision}};
	return true;
}

/* The next piece of the day, or of the days after it. */
static bool
next_piece(struct spd_run *r, struct statement *st, struct err *e)
{
	struct proving *v = &r->proving;

	for (; v->at < v->proof.n_days; v->at++) {
		struct proof_day *d = &v->proof.days[v->at];

		if (v->piece.merkle.n == 0 && v->piece.left == 0)
			proof_piece_begin(&v->piece, d->leaves);
		if (proof_piece_next(&v->piece, r->label, r->revision, d->kind, d->day, st))
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
finish(struct spd_run *r, struct err *e)
{
	struct proving *v = &r->proving;

	if (proof_finish(&v->proof, e) != OK)
		return;
	v->json = proof_json(&v->proof);
	r->spd.proof = v->json;
	if (v->json == NULL)
		err_set(e, TRY_LIMIT, "proof", "out of memory; try again");
}

bool
proof_freeze_next(struct spd_run *r, struct statement *st, struct err *e)
{
	struct proving *v = &r->proving;

	if (r->task != SPD_TASK_FREEZE || v->stage >= PROVING_DONE)
		return false;
	if (v->stage == PROVING_PREVIOUS && v->proof.number == 0) {
		v->proof.number = -1; /* asked */
		*st = (struct statement){begin_sql, 0, {NULL}};
		return true;
	}
	if (v->stage == PROVING_PREVIOUS)
		v->stage = PROVING_KINDS;
	if (v->stage == PROVING_KINDS && next_kind(r, st, e))
		return true;
	if (v->stage == PROVING_KINDS && e->code == OK) {
		v->stage = PROVING_DAYS;
		*st = (struct statement){days_sql, 2, {r->label, r->revision}};
		return true;
	}
	if (v->stage == PROVING_DAYS) {
		v->stage = PROVING_PIECES;
		v->at = 0;
		proof_piece_begin(&v->piece, 0);
	}
	if (e->code == OK && next_piece(r, st, e))
		return true;
	v->stage = PROVING_DONE;
	if (e->code == OK)
		finish(r, e);
	return false;
}

/* --- what is kept ----------------------------------------------------------------------------- */

static char *
columns_json(struct spd_run *r)
{
	json_t *all = json_object();
	char *text;

	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t n = 0;
		const char *const *names = proof_columns(kinds[i], r->arena, &n);
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
sign_document(struct spd_run *r, struct err *e)
{
	struct proving *v = &r->proving;
	unsigned char signature[SIGN_SIZE];
	const struct signer *by = NULL;
	enum code code =
	    keyring_sign(store_keys(r->store), r->document.p, r->document.n, signature, &by, e);

	if (code != OK)
		return code;
	hex_encode(signature, sizeof signature, v->signature);
	memcpy(v->key_id, by->id, sizeof v->key_id);
	hex_encode(v->proof.root, SHA256_SIZE, v->root);
	snprintf(v->number, sizeof v->number, "%" PRId64, v->proof.number);
	snprintf(v->leaves, sizeof v->leaves, "%" PRId64, v->proof.leaves);
	v->columns = columns_json(r);
	/* What is frozen is whole: the document, too, may lack what jansson had no memory for. */
	return v->columns == NULL || jsonmem_failed() != r->json_failed
		   ? err_set(e, TRY_LIMIT, "proof", "out of memory; try again")
		   : OK;
}

bool
proof_freeze_keep(struct spd_run *r, struct statement *st, struct err *e)
{
	struct proving *v = &r->proving;

	if (r->task != SPD_TASK_FREEZE)
		return false;
	if (v->stage == PROVING_DONE) {
		v->stage = PROVING_ROW;
		if (sign_document(r, e) != OK)
			return false;
		*st = (struct statement){row_sql,
					 10,
					 {v->number, r->label, r->revision, "1", v->columns,
					  v->leaves, v->root,
					  v->proof.previous_quarter == NULL ? NULL : v->previous,
					  v->signature, v->key_id}};
		return true;
	}
	v->stage = PROVING_END;
	return false;
}

void
proof_freeze_fini(struct spd_run *r)
{
	json_decref(r->proving.json);
	free(r->proving.columns);
	r->proving.json = NULL;
	r->proving.columns = NULL;
}
