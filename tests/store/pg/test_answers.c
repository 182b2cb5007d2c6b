#include "store/pg/answers.h"
#include "store/pg/rows.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row with one text, and so many blanks. */
static PGresult *
rows_of(const char *text, size_t blanks)
{
	PGresAttDesc column = {.name = (char[]){"t"}, .format = 0, .typid = 25};
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	size_t n = strlen(text) + blanks;
	char *padded = calloc(1, n + 1);

	cr_assert(res != NULL && padded != NULL && PQsetResultAttrs(res, 1, &column));
	snprintf(padded, n + 1, "%s%*s", text, (int)blanks, "");
	cr_assert(PQsetvalue(res, 0, 0, padded, (int)n));
	free(padded);
	return res;
}

static void
keep(struct answers *a, const char *sql, const char *version, const char *text, size_t blanks)
{
	PGresult *res = rows_of(text, blanks);
	struct rows rows = {res};

	answers_keep(a, sql, version, &rows);
	PQclear(res);
}

static void
expect(struct answers *a, const char *sql, const char *version, const char *text)
{
	const struct rows *rows = answers_find(a, sql, version);

	if (text == NULL) {
		cr_expect_null(rows, "%s of %s", sql, version);
		return;
	}
	cr_assert_not_null(rows, "%s of %s", sql, version);
	cr_expect_eq(strncmp(PQgetvalue(rows->res, 0, 0), text, strlen(text)), 0);
}

Test(answers, are_of_a_statement_and_a_version)
{
	struct answers *a = answers_new();

	cr_assert_not_null(a);
	expect(a, "SELECT 1", "1", NULL);
	keep(a, "SELECT 1", "1", "one", 0);
	keep(a, "SELECT 2", "1", "two", 0);
	expect(a, "SELECT 1", "1", "one");
	expect(a, "SELECT 2", "1", "two");
	expect(a, "SELECT 1", "2", NULL);
	/* The newer takes the place of the older. */
	keep(a, "SELECT 1", "2", "other", 0);
	expect(a, "SELECT 1", "2", "other");
	expect(a, "SELECT 1", "1", NULL);
	answers_free(a);
	answers_free(NULL);
}

Test(answers, give_up_the_place_of_what_was_used_least_recently)
{
	struct answers *a = answers_new();
	char sql[32];

	cr_assert_not_null(a);
	for (int i = 0; i < ANSWERS_MAX; i++) {
		snprintf(sql, sizeof sql, "SELECT %d", i);
		keep(a, sql, "1", sql, 0);
	}
	expect(a, "SELECT 0", "1", "SELECT 0");
	keep(a, "SELECT new", "1", "new", 0);
	expect(a, "SELECT 0", "1", "SELECT 0");
	expect(a, "SELECT 1", "1", NULL);
	expect(a, "SELECT 2", "1", "SELECT 2");
	expect(a, "SELECT new", "1", "new");
	answers_free(a);
}

Test(answers, have_a_bound)
{
	struct answers *a = answers_new();
	char sql[32];

	cr_assert_not_null(a);
	keep(a, "SELECT all", "1", "all", ANSWERS_BYTES / 4 + 1);
	expect(a, "SELECT all", "1", NULL);
	for (int i = 0; i < 8; i++) {
		snprintf(sql, sizeof sql, "SELECT %d", i);
		keep(a, sql, "1", sql, ANSWERS_BYTES / 5);
	}
	expect(a, "SELECT 7", "1", "SELECT 7");
	expect(a, "SELECT 5", "1", "SELECT 5");
	expect(a, "SELECT 0", "1", NULL);
	answers_free(a);
}
