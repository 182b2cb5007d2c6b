/* A small SPD document with one of everything that a renderer must show. */
#ifndef SEMS_TESTS_RENDER_DOCUMENT_FIXTURE_H
#define SEMS_TESTS_RENDER_DOCUMENT_FIXTURE_H

#include <jansson.h>

json_t *spd_fixture(void);

#endif
