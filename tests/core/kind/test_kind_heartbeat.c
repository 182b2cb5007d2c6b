#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"events_made[0].kind", "tip_event"}, {"events_made[0].count", "0"}}, "", NULL},
    {{{"events_made[0].kind", "tip_event"},
      {"events_made[0].count", "1"},
      {"events_made[1].kind", "tip_session"},
      {"events_made[1].count", "2"}},
     "",
     NULL},
    {{{"events_made[0].kind", "test"},
      {"events_made[0].count", "1"},
      {"events_made[1].kind", "test"},
      {"events_made[1].count", "2"}},
     "heartbeat.events_made[1].kind",
     "item 0"},
};

Test(kind_heartbeat, counts_name_each_kind_once)
{
	sample_check_rules(KIND_HEARTBEAT, rows, COUNT(rows));
}
