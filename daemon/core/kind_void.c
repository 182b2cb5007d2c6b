#include "core/field.h"

enum { AUTHORISED_BY = ENV_COUNT };

static const struct field fields[] = {
    [OWN(AUTHORISED_BY)] = PERSON_FIELD("authorised_by", FIELD_REQUIRED,
					"the second person who agreed; not recorded_by"),
};

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)cal;
	return rule_check_differ(r, AUTHORISED_BY, ENV_RECORDED_BY, e);
}

const struct kind kind_void = {
    .id = KIND_VOID,
    .name = "void",
    .title = "void",
    .help = "takes an earlier record out of every count, with a reason and a second person",
    .own = fields,
    .n_own = sizeof fields / sizeof fields[0],
    .needs = UINT32_C(1) << ENV_CORRECTS_RECORD_ID | UINT32_C(1) << ENV_CORRECTED_AT |
	     UINT32_C(1) << ENV_CORRECTION_REASON | UINT32_C(1) << ENV_RECORDED_BY,
    .check = check,
};
