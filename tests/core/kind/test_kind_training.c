#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

#define EARLIER_ID "019c3c96-29c0-7000-8000-000000000001"

/* P-1301, P-1302. SAMPLE_TIME is 1778578200000; 366 days are 31622400000 ms. */
static const struct sample_rule training[] = {
    {{{"expires_at", "1841650200000"}, {"hours", "6.5"}}, "", NULL},
    {{{"previous_expires_at", "1778578200000"}, {"expires_at", "1841650200000"}}, "", NULL},
    {{{"basis", "INITIAL"}, {"expires_at", "1841650200000"}}, "", NULL},
    {{{"basis", "INITIAL"}, {"previous_expires_at", "1778578200000"}},
     "training.previous_expires_at",
     "does not go with basis INITIAL"},
    {{{"result", "NOT_DONE"}, {"previous_expires_at", "1778578100000"}}, "", NULL},
    {{{"result", "NOT_DONE"}}, "training.previous_expires_at", "is needed with result NOT_DONE"},
    {{{"result", "NOT_DONE"}, {"previous_expires_at", "1778578100000"}, {"hours", "1"}},
     "training.hours",
     "does not go with result NOT_DONE"},
    {{{"result", "FAIL"}, {"hours", "1"}}, "", NULL},
    {{{"result", "FAIL"}, {"expires_at", "1841650200000"}},
     "training.expires_at",
     "does not go with result FAIL"},
    {{{"expires_at", "1778578199999"}}, "training.expires_at", "is before occurred_at"},
    {{{"previous_expires_at", "1778578200002"}, {"expires_at", "1778578200001"}},
     "training.expires_at",
     "is before previous_expires_at"},
    {{{"previous_expires_at", "1810200600000"}}, "", NULL},
    {{{"previous_expires_at", "1810200600001"}},
     "training.previous_expires_at",
     "more than 366 days from occurred_at"},
    {{{"previous_expires_at", "1746955800000"}}, "", NULL},
    {{{"previous_expires_at", "1746955799999"}},
     "training.previous_expires_at",
     "more than 366 days from occurred_at"},
};

Test(kind_training, a_renewal_says_what_it_renews_and_by_when)
{
	sample_check_rules(KIND_TRAINING, training, COUNT(training));
}

/* P-1304 */
static const struct sample_rule deployment[] = {
    {{{"competences[0].course", "a"}, {"competences[0].expires_at", "1778578200000"}}, "", NULL},
    {{{"competences[0].course", "a"}, {"competences[1].course", "b"}}, "", NULL},
    {{{"competences[0].course", "a"}, {"competences[1].course", "a"}},
     "deployment.competences[1].course",
     "the same course as item 0"},
    /* A millisecond more than 93 days; with as many it is accepted, as the next shows. */
    {{{"record_id", EARLIER_ID},
      {"occurred_at", "1770543000000"},
      {"occurred_end", "1778578200001"}},
     "occurred_end",
     "more than 93 days"},
    {{{"occurred_end", "1778578200000"},
      {"occurred_at", "1770543000000"},
      {"record_id", EARLIER_ID}},
     "",
     NULL},
};

Test(kind_training, a_deployment_asks_for_each_competence_once)
{
	sample_check_rules(KIND_DEPLOYMENT, deployment, COUNT(deployment));
}
