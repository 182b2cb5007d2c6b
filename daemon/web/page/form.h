/*
 * Fields as they come in a query or a form (application/x-www-form-urlencoded): names and values,
 * decoded, each clean UTF-8.
 */
#ifndef SEMS_WEB_PAGE_FORM_H
#define SEMS_WEB_PAGE_FORM_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

#define FORM_FIELDS 96
#define FORM_BYTES  ((size_t)64 * 1024) /* of all, as they come */

struct form {
	size_t n;
	struct {
		char *name;
		char *value;
	} field[FORM_FIELDS];
};

/* In the arena. A line of a text ends in one LF, and a value has no blanks at its ends. False: too
 * many, too long, no clean text, or memory is out; then there are none. */
bool form_read(struct form *f, struct text encoded, struct arena *a);
/* "": there is none of this name. */
char *form_value(const struct form *f, const char *name);
/* The same; NULL where it is "". */
char *form_maybe(const struct form *f, const char *name);
/* Digits alone; 0: it is no such number, or not above nought. */
unsigned long long form_number(const struct form *f, const char *name);

#endif
