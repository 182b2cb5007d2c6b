/*
 * Room tools/sheet: Tables that people bring: CSV and workbooks, row by row, and the rows that
 * were rejected.
 */
/*
 * A CSV file, or a sheet of a workbook, row by row, through libcsv. Keeps the physical line and the
 * place of each row, so that a refused row can be named and shown as it was, whatever line breaks
 * its quotes hold.
 */
#ifndef SEMS_TOOLS_SHEET_SHEET_H
#define SEMS_TOOLS_SHEET_SHEET_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

#define SHEET_ROW_MAX (1024u * 1024u)

struct sheet;

struct sheet_row {
	const struct text *cells; /* trimmed, UTF-8, without a guard (render/file/formula.h); valid
				     until the next row */
	size_t n;
	uint64_t
	    line; /* where the row begins; the file's first line is 1. Of a workbook: its row */
	uint64_t offset; /* of its bytes in the file */
	size_t size;
};

enum sheet_status { SHEET_ROW, SHEET_END, SHEET_BAD };

/* What is to be read, and how; what is NULL or 0 is said below. */
struct sheet_file {
	const char *path;     /* or "-" for standard input, which is copied to a temporary file */
	char delimiter;       /* 0: a comma */
	const char *encoding; /* a name iconv knows; NULL: UTF-8. UTF-16 is seen, with a mark or
				 without */
	const char *sheet;    /* of a workbook (tools/sheet/workbook.h); NULL: the only one */
	char decimal;         /* before the decimals of a workbook's numbers; 0: a point */
};

/*
 * A workbook is seen by what it is. A byte order mark is skipped, and a first line "sep=;" says
 * what stands between cells, whatever delimiter says. Rows without anything in them are passed
 * over.
 */
enum code sheet_open(const struct sheet_file *f, struct sheet **out, struct err *e) MUST_CHECK;
void sheet_close(struct sheet *s); /* accepts NULL */
/* SHEET_BAD: the row (its line, offset and size are given) cannot be read; *e says why. */
enum sheet_status sheet_next(struct sheet *s, struct sheet_row *row, struct err *e);
/* What stands between its cells, as it was seen. */
char sheet_delimiter(const struct sheet *s);
bool sheet_is_workbook(const struct sheet *s);
/* A file of rejects (tools/sheet/rejects.h), told by how it begins: it is UTF-8 with commas
 * whatever the file was that its rows are from, and its rows are given without the cells that say
 * what was wrong with them. */
bool sheet_is_rejects(const struct sheet *s);
/* Back to the first row. */
enum code sheet_rewind(struct sheet *s, struct err *e) MUST_CHECK;
uint64_t sheet_read(const struct sheet *s); /* bytes read so far */
uint64_t sheet_size(const struct sheet *s);
/* To read rows again, see tools/sheet/infile.h; the sheet's. */
int sheet_fd(const struct sheet *s);

#endif
