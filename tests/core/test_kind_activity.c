#include "sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"count", "1000000000000"}, {"method", "ESTIMATED"}, {"means", "DEGRADED"}}, "", NULL},
    {{{"occurred_end", "1778578200000"}, {"count", "0"}}, "", NULL},
    {{{"occurred_end", "1778578199999"}}, "occurred_end", "before occurred_at"},
    /* 93 days, and a millisecond more. */
    {{{"occurred_end", "1786613400000"}}, "", NULL},
    {{{"occurred_end", "1786613400001"}}, "occurred_end", "93 days"},
};

Test(kind_activity, any_count_of_a_quarter_or_less_is_accepted)
{
	sample_check_rules(KIND_ACTIVITY, rows, sizeof rows / sizeof rows[0]);
}
