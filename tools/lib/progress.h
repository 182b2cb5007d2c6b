/* A progress bar on standard error, on a terminal only. */
#ifndef SEMS_TOOLS_PROGRESS_H
#define SEMS_TOOLS_PROGRESS_H

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
void progress_end(struct progress *p); /* clears the line, if there is one */

#endif
