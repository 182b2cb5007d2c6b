#include "core/life/case.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

/* P-1347 */
Test(case_control, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "NEW: ENTER > IN_FORCE",
	    "IN_FORCE: CHANGE > IN_FORCE, NOTE > IN_FORCE, EXEMPT > EXEMPT, RETIRE > RETIRED",
	    "EXEMPT: CHANGE > EXEMPT, NOTE > EXEMPT, EXEMPT > EXEMPT, WATCH > IN_FORCE, RETIRE > "
	    "RETIRED",
	    "RETIRED: NOTE > RETIRED, REINSTATE > IN_FORCE",
	};

	MACHINE_WALK(life_control.machine, edges);
}
