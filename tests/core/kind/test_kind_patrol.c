#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

#define EARLIER_ID "019c3c96-29c0-7000-8000-000000000001"

/* P-1320 */
static const struct sample_rule patrol[] = {
    {{{"slot_minutes", "60"}, {"persons", "2"}}, "", NULL},
    {{{"slot_minutes", "1440"}, {"result", "MISSED"}}, "", NULL},
    {{{"slot_minutes", "1"}}, "", NULL},
    {{{"slot_minutes", "7"}}, "patrol.slot_minutes", "does not divide the day's 1440 minutes"},
    {{{"slot_minutes", "1439"}}, "patrol.slot_minutes", "does not divide"},
    {{{"occurred_end", "1778578200001"},
      {"record_id", EARLIER_ID},
      {"occurred_at", "1770543000000"}},
     "occurred_end",
     "more than 93 days"},
};

Test(kind_patrol, slots_divide_the_day)
{
	sample_check_rules(KIND_PATROL, patrol, COUNT(patrol));
}

/* P-1322 */
static const struct sample_rule exercise[] = {
    {{{"objectives[0].objective", "a"}, {"objectives[0].met", "1"}}, "", NULL},
    {{{"objectives[0].objective", "a"}, {"objectives[1].objective", "a"}},
     "exercise.objectives[1].objective",
     "the same objective as item 0"},
};

Test(kind_patrol, an_exercise_tells_each_objective_once)
{
	sample_check_rules(KIND_EXERCISE, exercise, COUNT(exercise));
}
