/* Every member of a JSON value removed, renamed and retyped, one at a time. Of a list the first
 * item stands for all. */
#ifndef TESTS_LIB_MUTATION_H
#define TESTS_LIB_MUTATION_H

#include <jansson.h>
#include <stddef.h>

/* The n-th mutant, the caller's to json_decref(), and what was done, "metrics.0.id removed";
 * NULL: there are no more. */
json_t *mutation_make(const json_t *of, size_t n, char what[200]);

#endif
