/* What `semsctl init` does of a file, for whoever has it from elsewhere. */
#ifndef SEMS_TOOLS_SEMSCTL_SETUP_INIT_H
#define SEMS_TOOLS_SEMSCTL_SETUP_INIT_H

#include "tools/semsctl/command.h"
#include "tools/semsctl/setup/setup_file.h"

/* Tells semsd all of it. A source without a sender is the caller's. An enum exit_code; what is
 * wrong has been told. */
int init_take(const struct options *o, const struct setup *s);

#endif
