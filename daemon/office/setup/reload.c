/* Reload: what is in files is read again, and the answer is whether it is good. */
#include "office/call.h"

void
admin_reload(struct call *c)
{
	call_reload(c);
}
