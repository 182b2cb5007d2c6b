#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"outcome", "ABORTED"}, {"abort_reason", "BELT_STOP"}, {"image_id", "i1"}}, "", NULL},
    {{{"outcome", "ABORTED"}}, "", NULL},
    {{{"outcome", "HIT"}, {"abort_reason", "BELT_STOP"}}, "tip_event.abort_reason", "outcome HIT"},
    {{{"outcome", "MISS_TIMEOUT"}, {"abort_reason", "FAULT"}},
     "tip_event.abort_reason",
     "MISS_TIMEOUT"},
    {{{"outcome", "MISS_DECIDED"}, {"image_id", "i1"}, {"threat_category", "GUN"}}, "", NULL},
    {{{"outcome", "NON_TIP_ALARM"}}, "", NULL},
    {{{"outcome", "NON_TIP_ALARM"}, {"image_id", "i1"}}, "tip_event.image_id", "NON_TIP_ALARM"},
    {{{"outcome", "NON_TIP_ALARM"}, {"threat_category", "GUN"}},
     "tip_event.threat_category",
     "NON_TIP_ALARM"},
    {{{"outcome", "NON_TIP_ALARM"}, {"library_version", "7"}}, "", NULL},
    {{{"decision_at", "1778578200000"}}, "", NULL},
    {{{"decision_at", "1778578199999"}}, "tip_event.decision_at", "2026-05-12T09:29:59.999Z"},
};

Test(kind_tip_event, outcome_decides_which_fields_go_with_it)
{
	sample_check_rules(KIND_TIP_EVENT, rows, COUNT(rows));
}
