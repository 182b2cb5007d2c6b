/* Commands that ask once and show the answer. */
#ifndef SEMS_TOOLS_SEMSCTL_SHOW_H
#define SEMS_TOOLS_SEMSCTL_SHOW_H

#include "tools/semsctl/command.h"

#include <jansson.h>
#include <sems/v1/protocol.pb-c.h>

/* Asks, and shows the answer by pages: as it is, or as print() has it. An enum exit_code. */
int command_show(const struct options *o, Sems__V1__Request *request, int as_json,
		 void (*print)(json_t *answer, int color));

#endif
