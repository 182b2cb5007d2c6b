#include "web/desk/caller.h"

#include <stdio.h>

void
caller_know(struct work *w)
{
	if (w->desk->anyone[0] == '\0') {
		work_refuse(w, 401, 0, "Authorization",
			    "nobody is recognised yet: start semsweb with --loopback-as");
		return;
	}
	snprintf(w->principal, sizeof w->principal, "%s", w->desk->anyone);
	w->known(w);
}
