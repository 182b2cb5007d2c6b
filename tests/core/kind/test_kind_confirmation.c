#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"decision", "DECLINED"}, {"decision_reason", "it was no training"}}, "", NULL},
    {{{"confirms_record_id", "019e1b85-95c1-7000-8000-000000000001"}}, "occurred_at", "instant"},
    {{{"corrects_record_id", "019e1b85-95c0-7000-8000-000000000009"},
      {"corrected_at", "1778578200000"},
      {"correction_reason", "wrong"}},
     "corrects_record_id",
     "decide anew"},
};

Test(kind_confirmation, stands_where_the_correction_stands_and_is_not_corrected)
{
	sample_check_rules(KIND_CONFIRMATION, rows, COUNT(rows));
}
