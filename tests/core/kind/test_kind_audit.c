#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"findings[0].finding_id", "f1"}, {"findings[0].severity", "MINOR"}}, "", NULL},
    {{{"findings[0].finding_id", "f1"},
      {"findings[0].severity", "MINOR"},
      {"findings[1].finding_id", "f2"},
      {"findings[1].severity", "MINOR"}},
     "",
     NULL},
    {{{"findings[0].finding_id", "f1"},
      {"findings[0].severity", "MINOR"},
      {"findings[1].finding_id", "f1"},
      {"findings[1].severity", "SERIOUS"}},
     "audit.findings[1].finding_id",
     "item 0"},
    {{{"ratings[0].classification", "NOT_COMPLIANT"},
      {"ratings[1].classification", "NOT_COMPLIANT"}},
     "",
     NULL},
    {{{"auditors[0]", "anna"}, {"person_days", "1.5"}, {"techniques[0]", "INTERVIEW"}}, "", NULL},
};

Test(kind_audit, findings_are_given_once)
{
	sample_check_rules(KIND_AUDIT, rows, COUNT(rows));
}
