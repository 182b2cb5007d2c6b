#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

#define EARLIER_ID "019c3c96-29c0-7000-8000-000000000001"

static const struct sample_rule rows[] = {
    {{{"count", "1000000000000"}, {"method", "ESTIMATED"}, {"means", "DEGRADED"}}, "", NULL},
    {{{"occurred_end", "1778578200000"}, {"count", "0"}}, "", NULL},
    {{{"occurred_end", "1778578199999"}}, "occurred_end", "before occurred_at"},
    /* 93 days, and a millisecond more. */
    {{{"record_id", EARLIER_ID},
      {"occurred_at", "1770543000000"},
      {"occurred_end", "1778578200000"}},
     "",
     NULL},
    {{{"record_id", EARLIER_ID},
      {"occurred_at", "1770543000000"},
      {"occurred_end", "1778578200001"}},
     "occurred_end",
     "93 days"},
};

Test(kind_activity, any_count_of_a_quarter_or_less_is_accepted)
{
	sample_check_rules(KIND_ACTIVITY, rows, COUNT(rows));
}
