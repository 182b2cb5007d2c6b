/* Room tools/import: Rows to records by a map, and their delivery. */
/* Applies a map to the rows of a file. Pure: rows come in, records or the reason why not go out. */
#ifndef SEMS_TOOLS_IMPORT_MAPPER_H
#define SEMS_TOOLS_IMPORT_MAPPER_H

#include "base/arena.h"
#include "core/kind/kind.h"
#include "tools/import/map.h"
#include "tools/time/when.h"

#define MAPPED_MAX 16 /* records of one row */

struct mapper;

/* Why a row is not taken. */
struct row_reject {
	char column[64];
	char value[96];
	char reason[256];
};

struct mapped {
	struct record records[MAPPED_MAX];
	size_t n;
	struct row_reject reject;
};

enum mapper_result { MAPPER_RECORDS, MAPPER_SKIP, MAPPER_REJECT };

/*
 * names: the file's columns, copied. The map is borrowed until mapper_free(). A map that cannot fit
 * fails here, before a row is read.
 */
enum code mapper_new(const struct map *m, const struct text *names, size_t n,
		     const struct when_zones *zones, struct mapper **out, struct err *e) MUST_CHECK;
void mapper_free(struct mapper *m); /* accepts NULL */

/* From now on a row that ends before its header does has nothing in the columns behind: a
 * spreadsheet keeps no empty cells at a row's end. */
void mapper_pad(struct mapper *m);

/* Records live in a, together with what they hold. Rows must come in file order. */
enum mapper_result mapper_row(struct mapper *m, const struct text *cells, size_t n, struct arena *a,
			      struct mapped *out);

#endif
