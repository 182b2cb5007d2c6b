/* An engine of ingest with an entity, kept from one input to the next: making one takes longer than
 * most inputs do. */
#ifndef SEMS_TESTS_FUZZ_WORLD_H
#define SEMS_TESTS_FUZZ_WORLD_H

#include "ingest/ingest.h"

#define T0 INT64_C(1775030400000) /* 2026-04-01T08:00:00Z */

/* Principals unix:none, unix:device ... by their role; the device's source is "xray-1" at T1. */
struct ingest *world_ingest(const struct ingest_config *config);
/* "unix:" and the role's name; static. */
struct text world_principal(enum role role);
/* The next input: whether there is a key for persons. */
void world_lose_key(bool lost);

#endif
