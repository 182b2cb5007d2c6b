#include "sample.h"

#include <criterion/criterion.h>

static const struct sample_rule rows[] = {
    {{{"authorised_by", "anna"}}, "void.authorised_by", "recorded_by"},
    {{{"authorised_by", "carl"}}, "", NULL},
    {{{"site_id", "north"}}, "", NULL},
};

Test(kind_void, a_second_person_authorises)
{
	sample_check_rules(KIND_VOID, rows, sizeof rows / sizeof rows[0]);
}
