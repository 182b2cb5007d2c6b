/* What the private cluster of host/embedded.h asks of a client of PostgreSQL. */
#ifndef SEMS_STORE_SCHEMA_FURNISH_H
#define SEMS_STORE_SCHEMA_FURNISH_H

#include "host/embedded.h"

/* Blocking, before the loop runs. */
extern const struct cluster_access furnish_cluster;

#endif
