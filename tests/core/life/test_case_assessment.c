#include "core/life/case.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

/* P-1347 */
Test(case_assessment, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "NEW: ASSESS > DRAFT",
	    "DRAFT: CHANGE > DRAFT, NOTE > DRAFT, ADOPT > ADOPTED, REJECT > REJECTED",
	    "ADOPTED: NOTE > ADOPTED",
	    "REJECTED: NOTE > REJECTED",
	};

	MACHINE_WALK(life_assessment.machine, edges);
}
