#include "core/life/case.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

/* P-1347 */
Test(case_acceptance, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "NEW: PROPOSE > PROPOSED",
	    "PROPOSED: NOTE > PROPOSED, ACCEPT > ACCEPTED, REJECT > REJECTED",
	    "ACCEPTED: NOTE > ACCEPTED, REVOKE > REVOKED",
	    "REVOKED: NOTE > REVOKED",
	    "REJECTED: NOTE > REJECTED",
	};

	MACHINE_WALK(life_acceptance.machine, edges);
}
