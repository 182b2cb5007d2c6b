/*
 * Answers that are kept: the rows of statements that take long to make and read what seldom
 * changes. An answer is known by the statement's text and by the version of what it reads, which
 * whoever asks finds out in the same snapshot. A statement has one answer, the newest; what was
 * used least recently goes when there is no room. In memory alone. No I/O.
 */
#ifndef SEMS_STORE_PG_ANSWERS_H
#define SEMS_STORE_PG_ANSWERS_H

#include <stddef.h>

struct answers;
struct rows;

#define ANSWERS_MAX   64                 /* statements */
#define ANSWERS_BYTES ((size_t)16 << 20) /* of all rows together; of one answer a quarter */

/* NULL: no memory. */
struct answers *answers_new(void);
void answers_free(struct answers *a); /* accepts NULL */
/* Borrowed until the next call; NULL: there is none of that version. */
const struct rows *answers_find(struct answers *a, const char *sql, const char *version);
/* A copy of them; what is too large, or finds no memory, is not kept. */
void answers_keep(struct answers *a, const char *sql, const char *version, const struct rows *rows);

#endif
