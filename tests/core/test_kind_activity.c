#include "sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"count", "1000000000000"}, {"method", "ESTIMATED"}, {"means", "DEGRADED"}}, "", NULL},
    {{{"occurred_end", "1778578200000"}, {"count", "0"}}, "", NULL},
    {{{"occurred_end", "1778578199999"}}, "occurred_end", "before occurred_at"},
};

Test(kind_activity, any_count_of_an_interval_is_accepted)
{
	sample_check_rules(KIND_ACTIVITY, rows, sizeof rows / sizeof rows[0]);
}
