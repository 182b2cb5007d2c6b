/*
 * A statement of figures, with no more than so many values of each dimension that is free text.
 * Senders make up codes as they like (a measure, a criterion, a provider, a library), and a figure
 * a code would let one of them make the document too large for everybody. The values with the
 * greatest sums are kept, those of equal ones in the order of their bytes; the rest is one value,
 * (other), in which their sums are added up. Persons are left out there: one that has several of
 * those values would be several. Of equal rows the same are kept, whether they are counted from
 * counts or from records.
 */
#ifndef SEMS_STORE_COUNT_BOUNDED_SQL_H
#define SEMS_STORE_COUNT_BOUNDED_SQL_H

#include "base/buf.h"
#include "store/count/metric_sql.h"

/* Writes `sql`, the statement of the query as it is to be run, so bounded; its columns stay. */
void bounded_sql_add(struct buf *b, const struct query *q, const char *sql, unsigned keep);

#endif
