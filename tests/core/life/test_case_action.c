#include "core/life/case.h"
#include "core/life/case_word.h"
#include "tests/lib/machine_walk.h"

#include <criterion/criterion.h>

#include <string.h>

/* P-1350 */
Test(case_action, lets_every_state_be_followed_by_what_its_row_says)
{
	static const char *const edges[] = {
	    "NEW: ADD > OPEN",
	    ("OPEN: CHANGE > OPEN, NOTE > OPEN, PLAN > PLANNED, START > IN_PROGRESS, EXTEND > "
	     "OPEN, "
	     "CLAIM > DONE_CLAIMED, REJECT > REJECTED"),
	    ("PLANNED: CHANGE > PLANNED, NOTE > PLANNED, START > IN_PROGRESS, EXTEND > PLANNED, "
	     "CLAIM > DONE_CLAIMED, REJECT > REJECTED"),
	    ("IN_PROGRESS: CHANGE > IN_PROGRESS, NOTE > IN_PROGRESS, EXTEND > IN_PROGRESS, "
	     "CLAIM > DONE_CLAIMED, REJECT > REJECTED"),
	    ("DONE_CLAIMED: NOTE > DONE_CLAIMED, VERIFY > VERIFIED_EFFECTIVE, REOPEN > REOPENED"),
	    ("VERIFIED_EFFECTIVE: NOTE > VERIFIED_EFFECTIVE, CLOSE > CLOSED, REOPEN > REOPENED"),
	    "CLOSED: NOTE > CLOSED, REOPEN > REOPENED",
	    ("REOPENED: CHANGE > REOPENED, NOTE > REOPENED, PLAN > PLANNED, START > IN_PROGRESS, "
	     "EXTEND > REOPENED, CLAIM > DONE_CLAIMED, REJECT > REJECTED"),
	    "REJECTED: NOTE > REJECTED, REOPEN > REOPENED",
	};

	MACHINE_WALK(life_action.machine, edges);
}

/* P-1351: the day that was agreed first is said once, when the action is added. */
Test(case_action, has_the_original_day_said_with_no_other_event_than_the_first)
{

	cr_assert(life_has_word(life_action.deeds[0].need, SAYS_ORIGINAL_DUE));
	for (unsigned i = 1; i < life_action.machine->n_events; i++)
		cr_expect(!life_has_word(life_action.deeds[i].need, SAYS_ORIGINAL_DUE) &&
			      !life_has_word(life_action.deeds[i].may, SAYS_ORIGINAL_DUE),
			  "%s", life_action.machine->events[i]);
}
