#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"recorded_by", "carl"}}, "", NULL},
    {{{"site_id", "north"}}, "", NULL},
};

Test(kind_void, needs_no_name_that_somebody_typed)
{
	sample_check_rules(KIND_VOID, rows, COUNT(rows));
}
