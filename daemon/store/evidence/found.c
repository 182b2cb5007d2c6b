#include "store/evidence/found.h"

#include "base/count.h"
#include "store/evidence/remaining.h"
#include "store/pg/pg.h"

#include <stdlib.h>
#include <string.h>

void
found_init(struct found *f)
{
	buf_init(&f->verdicts, GROUP_ITEMS_MAX);
	f->conflict.reason = REASON_CONFLICT;
	err_set(&f->conflict.err, REJ_FIELD, "record_id",
		"a record with this identity and other content is stored; give this one its own "
		"record_id, or send it as a correction");
	f->refused.reason = REASON_STORE;
	err_set(&f->refused.err, REJ_FIELD, "",
		"the database refused a value; correct the record and send it again");
}

void
found_fini(struct found *f)
{
	buf_fini(&f->verdicts);
}

bool
found_begin(struct found *f, const struct group *g)
{
	f->g = g;
	buf_clear(&f->verdicts);
	return buf_extend(&f->verdicts, g->n) != NULL;
}

void
found_clear(struct found *f)
{
	memset(f->verdicts.p, VERDICT_NONE, f->g->n);
}

void
found_set(struct found *f, size_t i, enum verdict v)
{
	f->verdicts.p[i] = (unsigned char)v;
}

enum verdict
found_get(const struct found *f, size_t i)
{
	return (enum verdict)f->verdicts.p[i];
}

static const struct {
	const char *name;
	enum verdict verdict;
} verdict_names[] = {
    {"STORED", VERDICT_STORED},     {"DUPLICATE", VERDICT_DUPLICATE},
    {"CONFLICT", VERDICT_CONFLICT}, {"QUARANTINED", VERDICT_QUARANTINED},
    {"RETRY", VERDICT_RETRY},       {"EXPIRED", VERDICT_EXPIRED},
};

static enum verdict
verdict_of(const char *name)
{
	for (size_t i = 0; i < COUNT(verdict_names); i++)
		if (strcmp(verdict_names[i].name, name) == 0)
			return verdict_names[i].verdict;
	return VERDICT_NONE;
}

void
found_take(struct found *f, const PGresult *res)
{
	for (int row = 0; row < PQntuples(res); row++) {
		unsigned long long n = strtoull(PQgetvalue(res, row, 0), NULL, 10);
		enum verdict v = verdict_of(PQgetvalue(res, row, 1));

		if (n >= f->g->n)
			continue;
		/* A conflict that the quarantine took stays a conflict for its sender. */
		if (v == VERDICT_QUARANTINED && !item_is_refused(&f->g->items[n]))
			v = VERDICT_CONFLICT;
		found_set(f, n, v);
	}
}

bool
found_all(const struct found *f, const struct range *of)
{
	for (size_t i = of->from; i < of->to; i++)
		if (item_is_pending(&f->g->items[i]) && found_get(f, i) == VERDICT_NONE)
			return false;
	return true;
}

/* --- why not ---------------------------------------------------------------------------------- */

struct refusal *
found_refusal(struct found *f, const struct kind *k, const char *sqlstate)
{
	struct refusal *why = arena_zalloc(f->g->arena, 1, sizeof *why);

	if (why == NULL)
		return &f->refused;
	why->reason = REASON_STORE;
	if (strcmp(sqlstate, "SM003") == 0)
		err_set(
		    &why->err, REJ_FIELD, "corrects_record_id",
		    "names a record that is not stored, and too many corrections of this sender "
		    "wait for theirs; send the records, then have this one requeued");
	else
		err_set(&why->err, REJ_FIELD, k->name, "%s; correct the record and send it again",
			pg_words(sqlstate));
	return why;
}
