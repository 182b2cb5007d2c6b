#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"observer_id", "anna"}, {"subject_person", "bela"}}, "", NULL},
    {{{"observer_id", "anna"}, {"subject_person", "anna"}},
     "observation.observer_id",
     "subject_person"},
    {{{"observer_id", "anna"}, {"recorded_by", "anna"}}, "", NULL},
    {{{"criteria[1].criterion_id", "c2"}, {"criteria[1].result", "NOT_MET"}}, "", NULL},
    {{{"criteria[1].criterion_id", "c1"}, {"criteria[1].result", "NOT_MET"}},
     "observation.criteria[1].criterion_id",
     "item 0"},
};

Test(kind_observation, the_observer_is_someone_else_and_criteria_are_given_once)
{
	sample_check_rules(KIND_OBSERVATION, rows, COUNT(rows));
}
