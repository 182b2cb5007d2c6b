/* What is done about a figure that a comment explains: an action of the register. */
#include "base/text.h"
#include "tools/semsctl/cases/case_wish.h"
#include "tools/semsctl/spd/spd.h"

#include <stdio.h>

int
spd_check_action(const struct spd_wish *w)
{
	if (w->action == NULL && w->owner == NULL && w->due == NULL && w->cause == NULL)
		return EXIT_DONE;
	if (w->edit)
		return command_usage(&command_spd, "comment: --edit takes no action");
	if (w->action == NULL || w->owner == NULL || w->due == NULL)
		return command_usage(&command_spd,
				     "comment: an action takes --action, --owner and --due");
	return EXIT_DONE;
}

int
spd_add_action(struct spd_wish *w)
{
	static char type[] = "CORRECTIVE";
	char metric[64];
	struct case_wish c = {.o = w->o, .command = &command_spd, .kind = CASE_ACTION};

	text_print(metric, sizeof metric, "%s %s", w->quarter, w->metric);
	c.said[SAYS_TITLE] = w->action;
	c.said[SAYS_TYPE] = type;
	c.said[SAYS_OWNER] = w->owner;
	c.said[SAYS_ROOT_CAUSE] = w->cause;
	c.said[SAYS_METRIC] = metric;
	c.said[SAYS_TEXT] = w->text;
	c.due = w->due;
	return case_tell_event(&c, "ADD", NULL);
}
