#include "base/arena.h"
#include "base/count.h"
#include "core/kind/kind.h"
#include "store/evidence/found.h"

#include <criterion/criterion.h>

#include <string.h>

static struct item items[5];
static struct group group = {.items = items, .n = COUNT(items)};

/* Rows as the database gives them: an item's number and a word. */
static PGresult *
rows_of(const char *const cells[][2], int n)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	char names[2][8] = {"n", "verdict"};
	PGresAttDesc columns[2] = {{.name = names[0]}, {.name = names[1]}};

	cr_assert(PQsetResultAttrs(res, 2, columns));
	for (int row = 0; row < n; row++)
		for (int column = 0; column < 2; column++)
			cr_assert(PQsetvalue(res, row, column, (char *)cells[row][column],
					     (int)strlen(cells[row][column])));
	return res;
}

Test(found, takes_verdicts_by_number_and_word)
{
	static const char *const cells[][2] = {{"0", "STORED"},      {"1", "DUPLICATE"},
					       {"2", "QUARANTINED"}, {"3", "QUARANTINED"},
					       {"4", "NONSENSE"},    {"5", "STORED"}};
	struct refusal why = {.reason = REASON_RANGE};
	struct range all = {0, COUNT(items)};
	struct range known = {0, 4};
	struct found f;
	PGresult *res = rows_of(cells, COUNT(cells));

	items[3].why = &why;
	found_init(&f);
	cr_assert(found_begin(&f, &group));
	found_clear(&f);
	cr_expect_not(found_all(&f, &known));
	found_take(&f, res);
	cr_expect_eq(found_get(&f, 0), VERDICT_STORED);
	cr_expect_eq(found_get(&f, 1), VERDICT_DUPLICATE);
	cr_expect_eq(found_get(&f, 2), VERDICT_CONFLICT, "nobody refused it before");
	cr_expect_eq(found_get(&f, 3), VERDICT_QUARANTINED);
	cr_expect_eq(found_get(&f, 4), VERDICT_NONE, "a word that is none");
	cr_expect(found_all(&f, &known));
	cr_expect_not(found_all(&f, &all));
	items[4].verdict = VERDICT_EXPIRED;
	cr_expect(found_all(&f, &all), "who has a verdict needs none");
	found_clear(&f);
	cr_expect_eq(found_get(&f, 0), VERDICT_NONE);
	PQclear(res);
	found_fini(&f);
}

Test(found, says_why_not_as_particularly_as_memory_allows)
{
	struct found f;
	const struct refusal *why;

	found_init(&f);
	group.arena = arena_new(4096);
	cr_assert(found_begin(&f, &group));
	why = found_refusal(&f, kinds[KIND_TIP_EVENT], "22003");
	cr_expect_eq(why->reason, REASON_STORE);
	cr_expect_str_eq(why->err.where, "tip_event");
	why = found_refusal(&f, kinds[KIND_TIP_EVENT], "SM003");
	cr_expect_str_eq(why->err.where, "corrects_record_id");
	while (arena_alloc(group.arena, 64) != NULL)
		;
	why = found_refusal(&f, kinds[KIND_TIP_EVENT], "22003");
	cr_expect_eq(why, &f.refused);
	cr_expect_eq(why->reason, REASON_STORE);
	cr_expect_eq(f.conflict.reason, REASON_CONFLICT);
	cr_expect_str_eq(f.conflict.err.where, "record_id");
	arena_free(group.arena);
	found_fini(&f);
}
