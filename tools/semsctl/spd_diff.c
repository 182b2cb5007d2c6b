/* semsctl spd diff: a revision beside what would be computed now. */
#include "tools/lib/listing.h"
#include "tools/semsctl/spd.h"

#include <stdio.h>

int
spd_run_diff(struct spd_wish *w)
{
	struct buf raw;
	struct err e;
	int status = EXIT_DONE;

	if (spd_ask(w, SEMS__V1__SPD_OPERATION__SPD_OPERATION_DIFF, &raw, &e) != OK)
		status = command_fail(&e);
	else
		status = spd_print_raw(&raw);
	buf_fini(&raw);
	return status;
}
