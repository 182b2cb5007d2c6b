/*
 * Statements that are made of those of views: where a text says %VIEW:name% the statement of that
 * view is put in. What stands between the name and the second % takes the place of each ONLY, a
 * comment, of what is put in: a condition, so that it reads no more than is asked for. Private to
 * the store.
 */
#ifndef SEMS_STORE_COUNT_VIEW_SQL_H
#define SEMS_STORE_COUNT_VIEW_SQL_H

#include "base/buf.h"

#include <stdbool.h>

/* Appends the text, without a NUL; what is put in is taken as it is, a %VIEW: of its own stays.
 * False: a view is unknown, or its statement is not compiled in, or there is no room. */
bool view_sql_add(struct buf *b, const char *text);

#endif
