/*
 * The sheet that says whose records they are, as `semsctl workbook make` lays it out and `semsctl
 * spd make` reads it: a row for each thing, which its first column names.
 */
#ifndef SEMS_TOOLS_SEMSCTL_WORKBOOK_ENTITY_H
#define SEMS_TOOLS_SEMSCTL_WORKBOOK_ENTITY_H

#include "base/arena.h"
#include "base/err.h"
#include "tools/semsctl/setup/setup_file.h"

#define ENTITY_SHEET "Entity"

enum entity_column {
	ENTITY_WHAT,
	ENTITY_CODE,
	ENTITY_SAYS,
	ENTITY_QUARTER,
	ENTITY_BY,
	N_ENTITY_COLUMNS
};
extern const char *const entity_headers[N_ENTITY_COLUMNS];

/* What a row can be, in the order of the sheet. */
enum entity_what {
	ENTITY_NAME,
	ENTITY_ZONE,
	ENTITY_SITE,
	ENTITY_PROVIDER,
	ENTITY_TARGET,
	ENTITY_NOT_APPLICABLE,
	N_ENTITY_WHATS
};
struct entity_row {
	const char *what; /* as the first column has it */
	unsigned blank;   /* rows of it in a blank workbook */
	const char *help; /* what the row says, for people */
};
extern const struct entity_row entity_rows[N_ENTITY_WHATS];

/*
 * What the sheet of a workbook says. A row that has nothing beside its first column says nothing.
 * In the arena. REJ_FIELD: there is no such sheet, or a row is wrong, which is named; no entity or
 * no zone. At most 1,000 rows that say something.
 */
enum code entity_read(const char *path, struct arena *a, struct setup *out,
		      struct err *e) MUST_CHECK;

#endif
