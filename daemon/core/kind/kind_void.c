#include "core/kind/field.h"

static enum code
check(const struct record *r, const struct calendar *cal, struct err *e)
{
	(void)r;
	(void)cal;
	(void)e;
	return OK;
}

const struct kind kind_void = {
    .id = KIND_VOID,
    .name = "void",
    .title = "void",
    .help = "takes an earlier record out of every count, with a reason, once a second person "
	    "confirms it",
    .needs = UINT32_C(1) << ENV_CORRECTS_RECORD_ID | UINT32_C(1) << ENV_CORRECTED_AT |
	     UINT32_C(1) << ENV_CORRECTION_REASON,
    .check = check,
};
