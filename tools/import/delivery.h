/*
 * A delivery: lines of a file become records, are checked, sent and answered; each line ends up
 * accepted or rejected, in file order, whatever order the answers come in. Without a client it is a
 * dry run: everything but sending.
 *
 *   delivery_line(d, line, offset, size);
 *   delivery_records(d, records, n);  or  delivery_reject(d, column, value, reason);
 *   delivery_line_end(d);
 */
#ifndef SEMS_TOOLS_IMPORT_DELIVERY_H
#define SEMS_TOOLS_IMPORT_DELIVERY_H

#include "client/client.h"
#include "core/kind/kind.h"

#include <stdio.h>

struct delivery;

/* Lines that something is to be said of, and the first of them. */
struct delivery_note {
	uint64_t lines;
	uint64_t first;
	char what[64];
};

struct delivery_tally {
	struct delivery_note again;     /* have the number of another line: rejected */
	struct delivery_note shortened; /* have a number such as 1.23E+05 */
	uint64_t lines;                 /* = accepted + rejected */
	uint64_t accepted;
	uint64_t rejected;
	uint64_t sent[KIND_COUNT];
	uint64_t stored;
	uint64_t duplicate;
	uint64_t conflict;
	uint64_t quarantined;
	uint64_t expired;
	char first[600]; /* the first line that was rejected, and why; "": none */
};

/*
 * client: borrowed, NULL for a dry run. fd: the file the lines are of, where rejected ones are read
 * again; borrowed, -1 for none. rejects_path: NULL for no file.
 */
enum code delivery_open(struct client *client, int fd, const char *rejects_path,
			struct delivery **out, struct err *e) MUST_CHECK;

/*
 * Is told every rejected line once its end is known, in file order. cells: the column, "" where it
 * is about the whole line; the value; the reason. Valid during the call.
 */
typedef void (*delivery_reject_fn)(void *ctx, uint64_t line, const char *const cells[3]);
void delivery_on_reject(struct delivery *d, delivery_reject_fn fn, void *ctx);

/* Records of one number and different times in one file are different ones. */
void delivery_take_again(struct delivery *d);

void delivery_line(struct delivery *d, uint64_t line, uint64_t offset, size_t size);
/* Marks the current line as rejected; the first reason stays. */
void delivery_reject(struct delivery *d, const char *column, const char *value, const char *reason);
struct rejects_columns;

/* How the rows of the file are written, for the rejects file: as rejects_columns(). */
enum code delivery_columns(struct delivery *d, const struct rejects_columns *c,
			   struct err *e) MUST_CHECK;
/*
 * Checks the records of the current line; when all are sound, and none has the number of an earlier
 * line, sends them, else rejects the line and sends none. Records are read before it returns. Not
 * OK: the delivery cannot go on.
 */
enum code delivery_records(struct delivery *d, const struct record *records, size_t n,
			   struct err *e) MUST_CHECK;
enum code delivery_line_end(struct delivery *d, struct err *e) MUST_CHECK;

/* Waits for all answers and puts the rejects file in place. d stays valid for the tally. */
enum code delivery_finish(struct delivery *d, struct err *e) MUST_CHECK;
const struct delivery_tally *delivery_tally(const struct delivery *d);
void delivery_close(struct delivery *d); /* accepts NULL; unfinished rejects are dropped */

/* What became of it, in a few lines; dry: nothing was sent. */
void delivery_print(const struct delivery_tally *t, int dry, const char *rejects_path, FILE *f);

#endif
