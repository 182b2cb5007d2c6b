#include "store/pg/job.h"

#include "store/pg/rows.h"

#include <stdlib.h>
#include <string.h>

int
rows_count(const struct rows *r)
{
	return PQntuples(r->res);
}

int
rows_columns(const struct rows *r)
{
	return PQnfields(r->res);
}

const char *
rows_text(const struct rows *r, int row, int col)
{
	return PQgetisnull(r->res, row, col) ? NULL : PQgetvalue(r->res, row, col);
}

const char *
rows_keep(const struct rows *r, int row, int col, struct arena *a)
{
	const char *s = rows_text(r, row, col);

	return s == NULL ? NULL : arena_dup(a, s, strlen(s));
}

int64_t
rows_int(const struct rows *r, int row, int col)
{
	const char *s = rows_text(r, row, col);

	return s == NULL ? 0 : strtoll(s, NULL, 10);
}

bool
job_again(struct job *j, const struct err *e)
{
	return e->code == TRY_CONFLICT && j->repeats++ < CONFLICT_REPEATS;
}
