/*
 * The rejects file: line, column, value, reason and the row's own cells under their names, each
 * safe to open in a spreadsheet (render/file/formula.h). Mended there, it is imported as the file
 * was: see sheet_is_rejects(). Written beside its place and moved there whole, so that a reader
 * never sees half of it.
 */
#ifndef SEMS_TOOLS_SHEET_REJECTS_H
#define SEMS_TOOLS_SHEET_REJECTS_H

#include "base/err.h"
#include "base/text.h"

#include <stdint.h>
#include <sys/types.h>

/* The columns before a row's own. */
#define REJECTS_COLUMNS 4
#define REJECTS_HEAD    "line,column,value,reason,"

struct rejects;

/*
 * path: where the file will be; copied. of: the mode of the file that the lines are from. Who may
 * not read that one may not read this one: it is its owner's alone, and his as far as that one is.
 * Nothing is written before the first reject.
 */
enum code rejects_open(const char *path, mode_t of, struct rejects **out, struct err *e) MUST_CHECK;
/* How the rows are written, how many cells at their front are no part of them, and what the others
 * are called; copied. Without, a row is one cell under "row". */
struct rejects_columns {
	char delimiter;
	size_t skip;
	const struct text *names;
	size_t n;
};
enum code rejects_columns(struct rejects *r, const struct rejects_columns *c,
			  struct err *e) MUST_CHECK;
enum code rejects_add(struct rejects *r, uint64_t line, const char *const cells[3], struct text row,
		      struct err *e) MUST_CHECK; /* cells: column, value, reason */
/*
 * Moves the file into place. With no reject, a file left by an earlier run is replaced by one that
 * holds the header alone. Frees r in any case.
 */
enum code rejects_close(struct rejects *r, struct err *e) MUST_CHECK;
void rejects_discard(struct rejects *r); /* accepts NULL */

#endif
