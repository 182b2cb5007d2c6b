#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

/* P-1310 */
static const struct sample_rule incident[] = {
    {{{"breach_of", "BOUNDARY"}, {"breach_confirmed", "1"}}, "", NULL},
    {{{"breach_of", "BOUNDARY"}}, "", NULL},
    {{{"breach_confirmed", "0"}}, "incident.breach_of", "is missing"},
    {{{"missed_by", "4.1"}, {"exposure", "FLIGHTS"}}, "", NULL},
    {{{"closed_at", "1778578200000"}}, "", NULL},
    {{{"closed_at", "1778578199999"}}, "incident.closed_at", "is before occurred_at"},
};

Test(kind_incident, what_was_confirmed_says_of_what)
{
	sample_check_rules(KIND_INCIDENT, incident, COUNT(incident));
}

/* P-1313 */
static const struct sample_rule report[] = {
    {{{"subject_person", "anna"}, {"acknowledged_at", "1778578200000"}}, "", NULL},
    {{{"acknowledged_at", "1778578199999"}}, "report.acknowledged_at", "is before occurred_at"},
    {{{"closed_at", "1778578199999"}}, "report.closed_at", "is before occurred_at"},
    {{{"channel", "ANONYMOUS"}}, "", NULL},
    {{{"channel", "ANONYMOUS"}, {"subject_person", "anna"}}, "subject_person", "ANONYMOUS"},
};

Test(kind_incident, an_anonymous_report_names_nobody)
{
	sample_check_rules(KIND_REPORT, report, COUNT(report));
}
