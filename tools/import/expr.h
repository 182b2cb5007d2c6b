/* What a map says about a row: the text of a column or template, and conditions on it. */
#ifndef SEMS_TOOLS_IMPORT_EXPR_H
#define SEMS_TOOLS_IMPORT_EXPR_H

#include "base/arena.h"
#include "base/text.h"
#include "tools/import/map.h"

#include <regex.h>

/* The file's columns and what in them means "not given". */
struct expr_file {
	const struct text *names;
	size_t n;
	char *const *nulls;
	size_t n_nulls;
};

struct expr_part {
	enum { PART_LITERAL, PART_COLUMN, PART_NUMBER, PART_ITEM } type;
	struct text text;
	size_t column;
};

struct expr {
	struct expr_part *parts;
	size_t n;           /* 0: nothing was said, the text is never given */
	bool squeeze;       /* spaces are left out */
	struct text column; /* the first column named, for messages; may be empty */
};

struct expr_scope {
	const struct expr_file *file;
	const struct text *cells;
	size_t number;    /* of the list item, from 1 */
	struct text item; /* the part of a split */
	struct arena *arena;
};

struct condition {
	struct expr x;
	const struct map_condition *m;
	regex_t regex;
	bool has_regex;
};

/* Where a column is; names compare exactly, else without regard to case. REJ_FIELD: it is not
 * there, or twice. */
enum code expr_find_column(const struct expr_file *f, struct text name, size_t *column,
			   struct err *e) MUST_CHECK;

/* column, value: as in the map, one of them or neither. REJ_FIELD: both, or a column not there. */
enum code expr_compile(struct arena *a, const struct expr_file *f, const char *column,
		       const char *value, struct expr *x, struct err *e) MUST_CHECK;
/* False: not given (a cell is empty or means so). */
bool expr_text(const struct expr *x, const struct expr_scope *s, struct text *out);
/* Equal, where squeeze: without regard to spaces. */
bool expr_equal(struct text a, const char *b, bool squeeze);

enum code condition_compile(struct arena *a, const struct expr_file *f,
			    const struct map_condition *m, struct condition *c,
			    struct err *e) MUST_CHECK;
void condition_fini(struct condition *c);
bool condition_holds(const struct condition *c, const struct expr_scope *s);

#endif
