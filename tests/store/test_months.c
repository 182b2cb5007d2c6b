#include "store/months.h"

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
}

Test(months, forgets_the_oldest_when_full)
{
	struct months m = {0};

	for (int64_t i = 0; i < MONTHS_KNOWN + 1; i++)
		add(&m, i * 10, i * 10 + 10);
	cr_expect_not(has(&m, 5));
	for (int64_t i = 1; i < MONTHS_KNOWN + 1; i++)
		cr_expect(has(&m, i * 10 + 5), "%d", (int)i);
}

Test(months, knows_nothing_once_cleared)
{
	struct months m = {0};

	add(&m, 100, 200);
	months_clear(&m);
	cr_expect_not(has(&m, 150));
}
