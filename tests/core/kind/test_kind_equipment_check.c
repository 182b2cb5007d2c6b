#include "base/count.h"
#include "tests/core/sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"check_type", "ROUTINE_TEST"}, {"result", ""}}, "equipment_check.result", "ROUTINE_TEST"},
    {{{"check_type", "DAILY_OTP"}, {"result", ""}}, "equipment_check.result", "DAILY_OTP"},
    {{{"check_type", "CALIBRATION"}, {"result", ""}}, "equipment_check.result", "CALIBRATION"},
    {{{"check_type", "MAINTENANCE"}, {"result", ""}}, "", NULL},
    {{{"check_type", "FAULT"}, {"result", ""}}, "", NULL},
    {{{"check_type", "RETURN_TO_SERVICE"}, {"result", "PASS"}}, "", NULL},
    {{{"service_mode", "OUT"}, {"mode_from", "1778578200000"}, {"mode_to", "1778578200001"}},
     "",
     NULL},
    {{{"service_mode", "OUT"}, {"mode_from", "1778578200000"}, {"mode_to", "1778578200000"}},
     "equipment_check.mode_to",
     "not after mode_from"},
    {{{"service_mode", "OUT"}}, "equipment_check.mode_from", "together"},
    /* What lasts has no end yet. */
    {{{"service_mode", "OUT"}, {"mode_from", "1778578200000"}}, "", NULL},
    {{{"mode_to", "1778578200001"}}, "equipment_check.service_mode", "together"},
    /* 366 days, and a millisecond more. */
    {{{"service_mode", "OUT"}, {"mode_from", "1778578200000"}, {"mode_to", "1810200600000"}},
     "",
     NULL},
    {{{"service_mode", "OUT"}, {"mode_from", "1778578200000"}, {"mode_to", "1810200600001"}},
     "equipment_check.mode_to",
     "366 days"},
    {{{"service_mode", "OUT"}, {"mode_from", "1746955800000"}}, "", NULL},
    {{{"service_mode", "OUT"}, {"mode_from", "1746955799999"}},
     "equipment_check.mode_from",
     "366 days"},
    {{{"service_mode", "OUT"}, {"mode_from", "1810200600001"}},
     "equipment_check.mode_from",
     "366 days"},
    {{{"mode_from", "1778578200000"}, {"mode_to", "1778578200001"}},
     "equipment_check.service_mode",
     "together"},
    {{{"service_mode", "OUT"}, {"mode_to", "1778578200001"}},
     "equipment_check.mode_from",
     "together"},
};

Test(kind_equipment_check, tests_need_a_result_and_modes_an_interval)
{
	sample_check_rules(KIND_EQUIPMENT_CHECK, rows, COUNT(rows));
}
