/* What goes on between a client and semsd, told on the terminal. */
#ifndef SEMS_TOOLS_TERMINAL_WATCH_H
#define SEMS_TOOLS_TERMINAL_WATCH_H

#include "core/action/action.h"

/* Once, in main(): from now on the progress of long answers is shown, Ctrl-C ends what waits,
 * moments are told in the entity's zone, and failures name what can be done in these words. */
void watch_begin(action_words_fn words);

#endif
