/*
 * Lists of what semsd answered, as tables and as pairs. Columns are data; what no row has is left
 * out, and what a cell is goes by its value: a number to the right, an instant as one.
 */
#ifndef SEMS_WEB_PAGE_ROWS_H
#define SEMS_WEB_PAGE_ROWS_H

#include "web/page/markup.h"

#define ROWS_MOST 2000 /* of a table; those behind them are told as so many more */

struct col {
	const char *member; /* "root.source": of a member of the row */
	const char *header;
	const char *href; /* as html_address() takes it; NULL: it leads nowhere */
};

struct rows {
	const char *id;      /* of the table's caption; one of its kind on a page */
	const char *caption; /* a table has one; of pairs none is needed */
	const char *empty;   /* what is said where there are none */
	const struct col *cols;
	size_t n; /* at most 20 */
};

/* list: an array of objects; NULL is an empty one. */
void rows_put(struct buf *b, const struct rows *r, const json_t *list);
/* What it is and what it says, of the members that o has. */
void rows_pairs(struct buf *b, const struct rows *r, const json_t *o);
/* All members of o but these (up to NULL) and what is null; in words where their names are. */
void rows_members(struct buf *b, json_t *o, const char *const *but);
/* One pair, within a <dl>; nothing of a value that is "". */
void rows_pair(struct buf *b, const char *name, const char *value);
/* One value as text: no markup of its own but <time>. */
void rows_value(struct buf *b, json_t *v);

#endif
