/*
 * The catalogue's conditions in SQL, over a view's rows v. Who counts and who explains what was
 * counted write them with this, so that both mean the same rows. Private to the store.
 *
 * Identifiers come from the core's tables only, literals are quoted.
 */
#ifndef SEMS_STORE_COUNT_CONDITION_SQL_H
#define SEMS_STORE_COUNT_CONDITION_SQL_H

#include "base/buf.h"
#include "core/metric/catalogue.h"

void condition_sql_literal(struct buf *b, const char *s);

/* The column of a field that the catalogue's check has seen in the view's tables. */
const char *condition_sql_column(const struct view *v, const char *field);

void condition_sql_add(struct buf *b, const struct view *v, const struct condition *w);

#endif
