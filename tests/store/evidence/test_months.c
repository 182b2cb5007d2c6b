#include "store/evidence/months.h"

#include <criterion/criterion.h>

static bool
has(struct months *m, int64_t t)
{
	return months_has(m, KIND_TEST, (struct utc_ms){t});
}

static void
add(struct months *m, int64_t start, int64_t end)
{
	months_add(m, KIND_TEST, (struct utc_ms){start}, (struct utc_ms){end});
}

Test(months, knows_a_span_from_its_start_to_before_its_end)
{
	struct months m = {0};

	cr_expect_not(has(&m, 100));
	add(&m, 100, 200);
	cr_expect_not(has(&m, 99));
	cr_expect(has(&m, 100));
	cr_expect(has(&m, 199));
	cr_expect_not(has(&m, 200));
	cr_expect_not(months_has(&m, KIND_PLAN, (struct utc_ms){150}));
	months_fini(&m);
}

/* From 1990 to 2190, in an order in which nobody would add them, and each twice. */
Test(months, knows_every_month_however_many_there_are)
{
	struct months m = {0};
	const int64_t n = 2400;

	for (int64_t i = 0; i < 2 * n; i++)
		add(&m, i * 7 % n * 10, i * 7 % n * 10 + 10);
	for (int64_t i = 0; i < n; i++) {
		cr_expect(has(&m, i * 10), "%d", (int)i);
		cr_expect(has(&m, i * 10 + 9), "%d", (int)i);
	}
	cr_expect_not(has(&m, -1));
	cr_expect_not(has(&m, n * 10));
	cr_expect_eq(m.of[KIND_TEST].n, (size_t)n);
	months_fini(&m);
}

Test(months, knows_of_a_gap_between_two)
{
	struct months m = {0};

	add(&m, 300, 400);
	add(&m, 100, 200);
	cr_expect_not(has(&m, 250));
	cr_expect(has(&m, 300));
	cr_expect(has(&m, 150));
	cr_expect_not(has(&m, 50));
	months_fini(&m);
}

Test(months, knows_nothing_once_cleared)
{
	struct months m = {0};

	add(&m, 100, 200);
	months_clear(&m);
	cr_expect_not(has(&m, 150));
	add(&m, 100, 200);
	cr_expect(has(&m, 150));
	months_fini(&m);
}
