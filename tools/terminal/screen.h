/*
 * The terminal: how wide it is, and a pager for what is longer. What goes to a file or a pipe is
 * never touched: programs read it as it always was.
 */
#ifndef SEMS_TOOLS_TERMINAL_SCREEN_H
#define SEMS_TOOLS_TERMINAL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Columns: $COLUMNS, else what the terminal says, else 80; 0: standard output is no terminal. */
size_t screen_width(void);

/* wanted: false, as with --no-pager, makes screen_page() do nothing. Once, in main(). */
void screen_begin(bool wanted);
/*
 * From now on what is printed is held back, and shown at the end: as it is where it fits the
 * screen, else in a pager ($SEMSD_PAGER, else $PAGER, else less, which gets LESS=FRX when it is not
 * set; empty or "cat" is none). Nothing when standard output is no terminal. For answers, not for
 * what asks or tells how far it is. Again, it does nothing.
 */
void screen_page(void);
/* Shows what is held back; waits for the pager. False: standard output did not take it. */
bool screen_end(void);

#endif
