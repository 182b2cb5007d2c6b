#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"period_start", "1774998000000"}, {"period_end", "1782860400000"}}, "", NULL},
    {{{"period_end", "1774998000000"}}, "plan.period_end", "not after period_start"},
    {{{"period_end", "1774997999999"}}, "plan.period_end", "not after period_start"},
    {{{"period_end", "1782860400001"}},
     "plan.period_end",
     "beyond 2026-Q2, in which the period starts: split the plan by quarter"},
    {{{"period_start", "1774997999999"}}, "plan.period_end", "beyond 2026-Q1"},
    {{{"period_start", "1767225599999"}}, "plan.period_start", "calendar"},
    {{{"period_end", "1798761600001"}}, "plan.period_end", "calendar"},
    {{{"window_start_min", "1320"}, {"window_end_min", "240"}}, "", NULL},
    {{{"window_start_min", "0"}}, "plan.window_end_min", "window"},
    {{{"window_end_min", "0"}}, "plan.window_start_min", "window"},
};

Test(kind_plan, the_period_is_within_one_civil_quarter)
{
	sample_check_rules(KIND_PLAN, rows, COUNT(rows));
}
