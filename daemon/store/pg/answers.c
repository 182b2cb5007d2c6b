#include "store/pg/answers.h"

#include "base/digest.h"
#include "store/pg/rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct answer {
	unsigned char sql[SHA256_SIZE];
	unsigned char version[SHA256_SIZE];
	PGresult *res; /* ours; NULL: free */
	struct rows rows;
	size_t bytes;
	uint64_t used;
};

struct answers {
	struct answer list[ANSWERS_MAX];
	size_t bytes;
	uint64_t clock;
};

struct answers *
answers_new(void)
{
	return calloc(1, sizeof(struct answers));
}

static void
forget(struct answers *a, struct answer *one)
{
	PQclear(one->res);
	a->bytes -= one->bytes;
	*one = (struct answer){.res = NULL};
}

void
answers_free(struct answers *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < ANSWERS_MAX; i++)
		forget(a, &a->list[i]);
	free(a);
}

static struct answer *
of_statement(struct answers *a, const unsigned char sql[SHA256_SIZE])
{
	for (size_t i = 0; i < ANSWERS_MAX; i++)
		if (a->list[i].res != NULL && memcmp(a->list[i].sql, sql, SHA256_SIZE) == 0)
			return &a->list[i];
	return NULL;
}

const struct rows *
answers_find(struct answers *a, const char *sql, const char *version)
{
	unsigned char text[SHA256_SIZE];
	unsigned char of[SHA256_SIZE];
	struct answer *one;

	if (!sha256(sql, strlen(sql), text) || !sha256(version, strlen(version), of))
		return NULL;
	one = of_statement(a, text);
	if (one == NULL || memcmp(one->version, of, SHA256_SIZE) != 0)
		return NULL;
	one->used = ++a->clock;
	return &one->rows;
}

/* A place that is free, or made so; NULL: all are. */
static struct answer *
oldest(struct answers *a)
{
	struct answer *found = NULL;

	for (size_t i = 0; i < ANSWERS_MAX; i++)
		if (a->list[i].res != NULL && (found == NULL || a->list[i].used < found->used))
			found = &a->list[i];
	return found;
}

static struct answer *
free_place(struct answers *a, size_t bytes)
{
	struct answer *old;

	while (a->bytes + bytes > ANSWERS_BYTES && (old = oldest(a)) != NULL)
		forget(a, old);
	for (size_t i = 0; i < ANSWERS_MAX; i++)
		if (a->list[i].res == NULL)
			return &a->list[i];
	old = oldest(a);
	forget(a, old);
	return old;
}

void
answers_keep(struct answers *a, const char *sql, const char *version, const struct rows *rows)
{
	struct answer new = {.bytes = PQresultMemorySize(rows->res)};
	struct answer *old;
	struct answer *place;

	if (new.bytes > ANSWERS_BYTES / 4 || !sha256(sql, strlen(sql), new.sql) ||
	    !sha256(version, strlen(version), new.version))
		return;
	new.res = PQcopyResult(rows->res, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
	if (new.res == NULL)
		return;
	old = of_statement(a, new.sql);
	if (old != NULL)
		forget(a, old);
	place = free_place(a, new.bytes);
	new.rows = (struct rows){new.res};
	new.used = ++a->clock;
	a->bytes += new.bytes;
	*place = new;
}
