/* What goes on between a client and semsd, told on the terminal. */
#ifndef SEMS_TOOLS_TERMINAL_WATCH_H
#define SEMS_TOOLS_TERMINAL_WATCH_H

/* Once, in main(): from now on the progress of long answers is shown, Ctrl-C ends what waits, and
 * moments are told in the entity's zone. */
void watch_begin(void);

#endif
