#include "base/count.h"
#include "core/life/case.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

/* P-1347 */
Test(case_entry, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "NEW: ENTER > IN_FORCE",
	    "IN_FORCE: CHANGE > IN_FORCE, NOTE > IN_FORCE, RETIRE > RETIRED",
	    "RETIRED: NOTE > RETIRED, REINSTATE > IN_FORCE",
	};

	static const struct life_kind *const lives[] = {
	    &life_scenario, &life_asset,   &life_process_map,
	    &life_supplier, &life_change,  &life_threat_information,
	    &life_decision, &life_chapter, &life_gap,
	};

	for (size_t i = 0; i < COUNT(lives); i++)
		MACHINE_WALK(lives[i]->machine, edges);
}
