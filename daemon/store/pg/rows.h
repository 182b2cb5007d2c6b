/* The rows that job.h's accessors read. Private to the store. */
#ifndef SEMS_STORE_PG_ROWS_H
#define SEMS_STORE_PG_ROWS_H

#include "store/pg/job.h"

#include <libpq-fe.h>

struct rows {
	const PGresult *res; /* borrowed for the callback */
};

#endif
