/*
 * The numbers of a file's records: whether one stands twice in it. Of each record it keeps 40
 * bytes, in a table that is half empty at most: 80 MiB for a million records, and no more than 8
 * million.
 */
#ifndef SEMS_TOOLS_IMPORT_NUMBERS_H
#define SEMS_TOOLS_IMPORT_NUMBERS_H

#include "core/kind/kind.h"

#include <stdint.h>

struct numbers;

/* A record that came before. */
struct number_seen {
	uint64_t line;
	uint64_t content; /* what numbers_add() was told */
	bool same_time;
};

struct numbers *numbers_new(void);    /* NULL: no memory */
void numbers_free(struct numbers *n); /* accepts NULL */

/* Whether a record of this kind, source and number came before: one of the same time, else any. */
bool numbers_find(const struct numbers *n, const struct record *r, struct number_seen *out);
/* content: a digest of what the record says. False: no memory, or too many. */
bool numbers_add(struct numbers *n, const struct record *r, uint64_t line, uint64_t content);

/* "1.23E+05": what a spreadsheet makes of a long number. */
bool number_is_shortened(struct text number);

#endif
