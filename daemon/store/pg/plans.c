#include "store/pg/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plan *
find(struct plans *p, const unsigned char digest[SHA256_SIZE])
{
	for (unsigned i = 0; i < PLANS_MAX; i++) {
		struct plan *x = &p->list[i];

		if (x->used != 0 && memcmp(x->digest, digest, SHA256_SIZE) == 0)
			return x;
	}
	return NULL;
}

static struct plan *
oldest(struct plans *p)
{
	struct plan *x = &p->list[0];

	for (unsigned i = 1; i < PLANS_MAX; i++)
		if (p->list[i].used < x->used)
			x = &p->list[i];
	return x;
}

static void
name_of(const struct plans *p, const struct plan *x, char name[PLAN_NAME_SIZE])
{
	snprintf(name, PLAN_NAME_SIZE, "p%u", (unsigned)(x - p->list));
}

enum plan_step
plans_step(struct plans *p, const char *sql, char name[PLAN_NAME_SIZE], bool *forget)
{
	unsigned char digest[SHA256_SIZE];
	size_t n = strlen(sql);
	struct plan *x;

	*forget = false;
	if (n > PLAN_TEXT_MAX || strstr(sql, "pg_temp") != NULL ||
	    strstr(sql, "TEMPORARY") != NULL || !sha256(sql, n, digest))
		return PLAN_NONE;
	x = find(p, digest);
	if (x == NULL) {
		x = oldest(p);
		memcpy(x->digest, digest, sizeof digest);
		x->used = ++p->clock;
		x->is_prepared = false;
		return PLAN_NONE;
	}
	x->used = ++p->clock;
	name_of(p, x, name);
	*forget = !x->is_prepared && x->is_named;
	return x->is_prepared ? PLAN_RUN : PLAN_PREPARE;
}

void
plans_prepared(struct plans *p, const char *name)
{
	unsigned long i = strtoul(name + 1, NULL, 10);

	if (i < PLANS_MAX)
		p->list[i].is_prepared = p->list[i].is_named = true;
}

void
plans_clear(struct plans *p)
{
	memset(p, 0, sizeof *p);
}
