#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"outcome", "INVALID"}, {"invalid_reason", "COMPROMISED"}}, "", NULL},
    {{{"outcome", "INVALID"}}, "test.invalid_reason", "needed with outcome INVALID"},
    {{{"outcome", "PASS"}, {"invalid_reason", "COMPROMISED"}},
     "test.invalid_reason",
     "outcome PASS"},
    {{{"outcome", "FAIL"}, {"invalid_reason", "COMPROMISED"}},
     "test.invalid_reason",
     "outcome FAIL"},
    {{{"outcome", "FAIL"}, {"failure_stage", "CHALLENGE"}, {"root_cause", "STAFFING"}}, "", NULL},
    {{{"outcome", "PARTIAL"}, {"failure_stage", "CHALLENGE"}}, "", NULL},
    {{{"outcome", "PASS"}, {"failure_stage", "CHALLENGE"}}, "test.failure_stage", "outcome PASS"},
    {{{"outcome", "PASS"}, {"root_cause", "DESIGN"}}, "test.root_cause", "outcome PASS"},
    {{{"outcome", "INVALID"}, {"invalid_reason", "TESTER_ERROR"}, {"root_cause", "DESIGN"}},
     "test.root_cause",
     "INVALID"},
    {{{"debriefed_at", "1778578200000"}}, "", NULL},
    {{{"debriefed_at", "1778578199999"}}, "test.debriefed_at", "before occurred_at"},
    {{{"layers[0].layer", "access"}, {"layers[1].layer", "access"}}, "", NULL},
};

Test(kind_test, outcome_decides_which_fields_go_with_it)
{
	sample_check_rules(KIND_TEST, rows, COUNT(rows));
}
