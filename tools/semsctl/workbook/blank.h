/* Room tools/semsctl/workbook: A workbook to fill in, and what is filled in. */
/*
 * The workbook that `semsctl workbook make` gives out: what to do, whose records they are, and a
 * sheet for each kind of record, named by it. A sheet's header row has the names of the kind's
 * fields, so that `semsctl import --kind` reads it; the rows above begin with #, which an import
 * passes over: what is required, what each column means, and an example.
 */
#ifndef SEMS_TOOLS_SEMSCTL_WORKBOOK_BLANK_H
#define SEMS_TOOLS_SEMSCTL_WORKBOOK_BLANK_H

#include "base/buf.h"
#include "base/err.h"
#include "core/kind/kind.h"

#define BLANK_ITEMS_MAX   10u   /* of each list */
#define BLANK_COLUMNS_MAX 300u  /* of a sheet */
#define BLANK_ROWS        2000u /* that have drop-downs and formats; further ones are taken, too */

struct blank {
	const struct kind *kinds[KIND_COUNT]; /* each once */
	size_t n;
	unsigned items; /* columns for so many of each list; 1 to BLANK_ITEMS_MAX */
};

/* A column of a kind's sheet. */
struct blank_column {
	char name[96]; /* as `semsctl template` names it: criteria.1.result */
	const struct field *field;
	const char *need; /* in words: "required" */
	bool
	    in_example; /* the example has something there: what is required, and what that needs */
};

/* The columns that people fill in; how many, at most BLANK_COLUMNS_MAX. */
size_t blank_columns(const struct kind *k, unsigned items,
		     struct blank_column out[BLANK_COLUMNS_MAX]);
/* Whether a workbook for people has the kind: not what only machines or semsctl send. */
bool blank_has(const struct kind *k);
/* Whether the field is of days: its cells show no time. */
bool blank_is_day(const struct field *f);
/* Whether it is when something ended: of an example later than all other times. */
bool blank_is_end(const struct field *f);

/* Appends the workbook's bytes to out. TRY_LIMIT, TRY_SYSTEM: it could not be made. */
enum code blank_make(const struct blank *b, struct buf *out, struct err *e) MUST_CHECK;

#endif
