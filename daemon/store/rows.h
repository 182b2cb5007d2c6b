/* The rows that store.h's accessors read. Private to the store. */
#ifndef SEMS_STORE_ROWS_H
#define SEMS_STORE_ROWS_H

#include <libpq-fe.h>

struct rows {
	const PGresult *res; /* borrowed for the callback */
};

#endif
