#include "store/evidence/batch.h"

#include "base/digest.h"
#include "store/evidence/copy.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX (64u * 1024u * 1024u)
/* A row for each touched day, of which a group has no more than records, and the COPY statements.
 */
#define SQL_MAX     (GROUP_ITEMS_MAX * TOUCHED_ROW_BYTES + 256u * 1024u)
#define COLUMNS_MAX (16u * 1024u)
/* Sources are indexed, and an index entry has a limit; nothing longer is a real source. */
#define SOURCE_MAX  256u
#define MESSAGE_MAX 1000u

bool
batch_init(struct batch *b, const unsigned char *quarantine_key, const char *opening)
{
	bool good = true;

	memset(b, 0, sizeof *b);
	b->key = quarantine_key;
	b->opening = opening;
	buf_init(&b->sql, SQL_MAX);
	buf_init(&b->quarantine, ROWS_MAX);
	buf_init(&b->runs, ROWS_MAX);
	for (int k = 0; k < KIND_COUNT; k++) {
		buf_init(&b->rows[k], ROWS_MAX);
		buf_init(&b->columns[k], COLUMNS_MAX);
		good = copy_columns(&b->columns[k], kinds[k]) && good;
	}
	return good;
}

void
batch_fini(struct batch *b)
{
	touched_fini(&b->touched);
	buf_fini(&b->sql);
	buf_fini(&b->quarantine);
	buf_fini(&b->runs);
	for (int k = 0; k < KIND_COUNT; k++) {
		buf_fini(&b->rows[k]);
		buf_fini(&b->columns[k]);
	}
}

void
batch_clear(struct batch *b, bool rollback)
{
	buf_clear(&b->sql);
	if (rollback)
		buf_addf(&b->sql, "ROLLBACK;");
	b->note[0] = '\0';
	buf_clear(&b->quarantine);
	b->has_quarantine = false;
	buf_clear(&b->runs);
	b->has_runs = false;
	for (int k = 0; k < KIND_COUNT; k++) {
		buf_clear(&b->rows[k]);
		b->has[k] = false;
	}
	touched_clear(&b->touched);
	lean_clear(&b->lean);
	b->n_order = 0;
	b->next = 0;
}

void
batch_note_level(struct batch *b, const char *level, struct utc_ms received_at)
{
	char at[UTC_TEXT_SIZE];

	utc_format(received_at, at);
	snprintf(b->note, sizeof b->note, "SELECT sems.note_durability('%.16s', '%s');", level, at);
}

void
batch_look(struct batch *b, const struct group *g, size_t n)
{
	lean_scan(&b->lean, g->items[n].kind, g->items[n].row);
}

bool
batch_add(struct batch *b, const struct group *g, size_t n, bool staged)
{
	const struct item *it = &g->items[n];
	enum kind_id k = it->kind->id;
	struct buf *rows = &b->rows[k];

	if (!b->has[k])
		copy_begin(rows);
	b->has[k] = true;
	if (!touched_add(&b->touched, k, it->occurred_at))
		return false;
	if (!staged)
		return lean_row(&b->lean, it->kind, it->row, rows) && batch_note_run(b, g, n);
	copy_row(rows, (uint16_t)(copy_n_columns(it->kind) + 1));
	copy_int4(rows, (int32_t)n);
	return buf_add(rows, it->row.s, it->row.n);
}

bool
batch_note_run(struct batch *b, const struct group *g, size_t n)
{
	const struct item *it = &g->items[n];

	if (it->run == 0)
		return true;
	if (!b->has_runs)
		copy_begin(&b->runs);
	b->has_runs = true;
	copy_row(&b->runs, 4);
	copy_int8(&b->runs, it->run);
	copy_bytes(&b->runs, text_of(it->kind->name));
	copy_bytes(&b->runs, it->source);
	copy_uuid(&b->runs, &it->record_id);
	return !b->runs.failed;
}

/* --- the quarantine --------------------------------------------------------------------------- */

/* Ends in a byte of a longer character, and is not clean for that or another reason. */
static bool
ends_in_part(struct text t)
{
	return t.n > 0 && (unsigned char)t.s[t.n - 1] >= 0x80 && !text_is_clean_utf8(t);
}

/* What may be anything, as text the database takes: cut, and '?' for what is not clean. */
static void
copy_dirty(struct buf *b, struct text t, size_t max)
{
	char clean[MESSAGE_MAX];

	if (t.n > max)
		t.n = max;
	/* A cut may go through a character of up to four bytes. */
	for (int cut = 0; cut < 3 && ends_in_part(t); cut++)
		t.n--;
	if (!text_is_clean_utf8(t)) {
		for (size_t i = 0; i < t.n; i++)
			clean[i] = (char)(t.s[i] >= 0x20 && t.s[i] < 0x7f ? t.s[i] : '?');
		t.s = clean;
	}
	copy_bytes(b, t.s == NULL ? TEXT_LIT("") : t);
}

/* The bytes sealed, what equal bytes are told by, and of a head what tells the whole. */
static bool
copy_sealed(struct buf *b, const unsigned char *key, struct text raw, const struct whole *whole)
{
	const struct text digest = {whole == NULL ? NULL : (const char *)whole->sha256,
				    SHA256_SIZE};
	const struct text told_by = whole == NULL ? raw : digest;
	unsigned char mac[SHA256_SIZE];
	unsigned char *sealed;

	buf_add_be32(b, (uint32_t)(raw.n + SEAL_EXTRA));
	sealed = buf_extend(b, raw.n + SEAL_EXTRA);
	if (sealed == NULL || !seal(key, raw.s, raw.n, sealed) ||
	    !hmac_sha256(key, told_by.s, told_by.n, mac))
		return false;
	copy_bytes(b, (struct text){(const char *)mac, sizeof mac});
	if (whole == NULL)
		copy_bytes(b, (struct text){NULL, 0});
	else
		copy_int8(b, (int64_t)whole->bytes);
	copy_bytes(b, digest);
	return true;
}

bool
batch_refuse(struct batch *b, const struct group *g, size_t n, const struct refusal *why)
{
	const struct item *it = &g->items[n];
	const struct kind *k = it->kind;
	struct buf *rows = &b->quarantine;
	struct text raw = it->raw.s == NULL ? TEXT_LIT("") : it->raw;

	if (!b->has_quarantine)
		copy_begin(rows);
	b->has_quarantine = true;
	copy_row(rows, 13);
	copy_int4(rows, (int32_t)n);
	copy_dirty(rows, it->source, SOURCE_MAX);
	copy_dirty(rows, it->principal, SOURCE_MAX);
	copy_dirty(rows, text_of(reason_name(why->reason)), MESSAGE_MAX);
	copy_dirty(rows, text_of(why->err.where), MESSAGE_MAX);
	copy_dirty(rows, text_of(why->err.text), MESSAGE_MAX);
	copy_uuid(rows, k == NULL ? NULL : &it->record_id);
	k = k == NULL ? it->claimed : k;
	copy_bytes(rows, text_of(k == NULL ? NULL : k->name));
	if (it->tried_again)
		copy_bytes(rows, text_of(NULL));
	else
		copy_time(rows, g->received_at);
	return copy_sealed(rows, b->key, raw, it->whole) && !rows->failed;
}

/* --- SQL -------------------------------------------------------------------------------------- */

static void
add_copy(struct batch *b, struct buf *rows)
{
	copy_end(rows);
	b->order[b->n_order++] = rows;
}

static const char *
finish(struct batch *b)
{
	bool good = buf_add(&b->sql, "", 1) && !b->quarantine.failed && !b->runs.failed;

	for (unsigned i = 0; i < b->n_order; i++)
		good = good && !b->order[i]->failed;
	return good ? (const char *)b->sql.p : NULL;
}

static void
add_quarantine(struct batch *b)
{
	if (!b->has_quarantine)
		return;
	buf_addf(&b->sql, "SELECT sems.stage('quarantine');"
			  "COPY pg_temp.stage_quarantine FROM STDIN (FORMAT binary);"
			  "SELECT n, verdict FROM sems.settle_quarantine();");
	add_copy(b, &b->quarantine);
}

static void
add_runs(struct batch *b)
{
	if (!b->has_runs)
		return;
	buf_addf(&b->sql, "COPY sems.import_record (run_no, kind, source, record_id) FROM STDIN "
			  "(FORMAT binary);");
	add_copy(b, &b->runs);
}

static void
begin(struct batch *b)
{
	buf_addf(&b->sql, "BEGIN;%s%s", b->opening, b->note);
}

const char *
batch_sql_fast(struct batch *b)
{
	begin(b);
	touched_sql(&b->touched, &b->sql);
	for (int k = 0; k < KIND_COUNT; k++) {
		if (!b->has[k])
			continue;
		buf_addf(&b->sql, "COPY sems.%s (", kinds[k]->name);
		lean_columns(&b->lean, kinds[k], &b->sql);
		buf_addf(&b->sql, ") FROM STDIN (FORMAT binary);");
		add_copy(b, &b->rows[k]);
	}
	add_runs(b);
	add_quarantine(b);
	buf_addf(&b->sql, "COMMIT");
	return finish(b);
}

const char *
batch_sql_settle(struct batch *b)
{
	begin(b);
	touched_sql(&b->touched, &b->sql);
	for (int k = 0; k < KIND_COUNT; k++) {
		if (!b->has[k])
			continue;
		buf_addf(&b->sql,
			 "SELECT sems.stage('%s');"
			 "COPY pg_temp.stage_%s (n, %.*s) FROM STDIN (FORMAT binary);",
			 kinds[k]->name, kinds[k]->name, (int)b->columns[k].n,
			 (const char *)b->columns[k].p);
		add_copy(b, &b->rows[k]);
	}
	for (int k = 0; k < KIND_COUNT; k++) {
		if (b->has[k])
			buf_addf(&b->sql, "SELECT n, verdict FROM sems.settle('%s');",
				 kinds[k]->name);
	}
	return finish(b);
}

const char *
batch_sql_close(struct batch *b)
{
	add_runs(b);
	add_quarantine(b);
	buf_addf(&b->sql, "COMMIT");
	return finish(b);
}

const struct buf *
batch_next_copy(struct batch *b)
{
	return b->next < b->n_order ? b->order[b->next++] : NULL;
}
