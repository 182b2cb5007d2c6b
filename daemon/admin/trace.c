#include "admin/call.h"

void
admin_trace(struct call *c)
{
	call_fail(c, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_STATE, "", "not yet");
}
