/*
 * A CSV file, row by row, through libcsv. Keeps the physical line and the place of each row, so
 * that a refused row can be named and shown as it was, whatever line breaks its quotes hold.
 */
#ifndef SEMS_TOOLS_SHEET_H
#define SEMS_TOOLS_SHEET_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

#define SHEET_ROW_MAX (1024u * 1024u)

struct sheet;

struct sheet_row {
	const struct text *cells; /* trimmed, UTF-8, without a guard (tools/lib/formula.h); valid
				     until the next row */
	size_t n;
	uint64_t line;   /* where the row begins; the file's first line is 1 */
	uint64_t offset; /* of its bytes in the file */
	size_t size;
};

enum sheet_status { SHEET_ROW, SHEET_END, SHEET_BAD };

/*
 * path: a file, or "-" for standard input, which is copied to a temporary file first. encoding: a
 * name iconv knows, or NULL for UTF-8; UTF-16 is seen, with a mark or without. A byte order mark is
 * skipped, and a first line "sep=;" says what stands between cells, whatever delimiter says. Rows
 * without anything in them are passed over.
 */
enum code sheet_open(const char *path, char delimiter, const char *encoding, struct sheet **out,
		     struct err *e) MUST_CHECK;
void sheet_close(struct sheet *s); /* accepts NULL */
/* SHEET_BAD: the row (its line, offset and size are given) cannot be read; *e says why. */
enum sheet_status sheet_next(struct sheet *s, struct sheet_row *row, struct err *e);
/* Back to the first row. */
enum code sheet_rewind(struct sheet *s, struct err *e) MUST_CHECK;
uint64_t sheet_read(const struct sheet *s); /* bytes read so far */
uint64_t sheet_size(const struct sheet *s);
/* To read rows again, see tools/lib/infile.h; the sheet's. */
int sheet_fd(const struct sheet *s);

#endif
