#include "core/life/case.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

/* P-1348 */
Test(case_finding, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "NEW: RAISE > OPEN",
	    "OPEN: CHANGE > OPEN, NOTE > OPEN, CORRECT > CORRECTED, REJECT > REJECTED",
	    ("CORRECTED: CHANGE > CORRECTED, NOTE > CORRECTED, VERIFY > VERIFIED, REOPEN > OPEN"),
	    "VERIFIED: NOTE > VERIFIED, CLOSE > CLOSED, REOPEN > OPEN",
	    "CLOSED: NOTE > CLOSED, REOPEN > OPEN",
	    "REJECTED: NOTE > REJECTED, REOPEN > OPEN",
	};

	MACHINE_WALK(life_finding.machine, edges);
}
