/* Memory that runs out when a test says so: for what is linked here, not for the libraries. */
#ifndef TESTS_INGEST_MEMORY_H
#define TESTS_INGEST_MEMORY_H

#include <stdbool.h>

/* The n-th allocation from now fails (1: the next), and no other. 0: none does. */
void memory_fail(unsigned n);
/* True when it has failed: there were that many. */
bool memory_failed(void);

#endif
