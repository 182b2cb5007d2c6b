#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"tip_shown", "900"}}, "", NULL},
    {{{"tip_shown", "901"}}, "tip_session.tip_shown", "images_viewed 900"},
    {{{"aborted", "0"}}, "", NULL},
    {{{"aborted", "1"}},
     "tip_session.tip_shown",
     "hits 8 + misses 2 + aborted 1 = 11 is more than tip_shown 10"},
    {{{"hits", "9"}}, "tip_session.tip_shown", "= 11 is more than tip_shown 10"},
    {{{"hits", "3"}}, "", NULL},
    {{{"non_tip_alarms", "4"}, {"non_tip_alarms_confirmed_threat", "4"}}, "", NULL},
    {{{"non_tip_alarms", "4"}, {"non_tip_alarms_confirmed_threat", "5"}},
     "tip_session.non_tip_alarms_confirmed_threat",
     "5 is more than non_tip_alarms 4"},
    {{{"non_tip_alarms_confirmed_threat", "5"}}, "", NULL},
    {{{"first_event_no", "7"}, {"last_event_no", "7"}}, "", NULL},
    {{{"first_event_no", "8"}, {"last_event_no", "7"}}, "tip_session.first_event_no", NULL},
    /* 93 days, and a millisecond more. */
    {{{"record_id", "019c3c96-29c0-7000-8000-000000000001"},
      {"occurred_at", "1770543000000"},
      {"occurred_end", "1778578200000"}},
     "",
     NULL},
    {{{"record_id", "019c3c96-29c0-7000-8000-000000000001"},
      {"occurred_at", "1770543000000"},
      {"occurred_end", "1778578200001"}},
     "occurred_end",
     "93 days"},
    {{{"tip_enabled_seconds", "99999"}}, "", NULL},
    {{{"tip_enabled_seconds", "3660"}, {"occurred_end", "1778581800000"}}, "", NULL},
    {{{"tip_enabled_seconds", "3661"}, {"occurred_end", "1778581800000"}},
     "tip_session.tip_enabled_seconds",
     "session's 3600 s"},
};

Test(kind_tip_session, counts_agree_with_each_other)
{
	sample_check_rules(KIND_TIP_SESSION, rows, COUNT(rows));
}
