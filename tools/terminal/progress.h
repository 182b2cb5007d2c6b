/*
 * A progress bar on standard error, on a terminal only; and the end of what takes long by Ctrl-C:
 * the first one is asked for, so that the line is left whole and what was begun is told; a second
 * one ends the program at once.
 */
#ifndef SEMS_TOOLS_TERMINAL_PROGRESS_H
#define SEMS_TOOLS_TERMINAL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *label;
	int shown; /* 1: a terminal, and not quiet */
	int64_t next_ms;
	int64_t began_ms;
};

void progress_begin(struct progress *p, const char *label, int quiet);
/* Redraws at most ten times a second. total 0: only the count is shown. */
void progress_show(struct progress *p, uint64_t done, uint64_t total);
/* Somebody wants it to end. From progress_begin() to progress_end() of the outermost. */
bool progress_interrupted(void);
void progress_end(struct progress *p); /* clears the line, if there is one */

#endif
