/* Registers for the tests of render/register: a written one, and any number of scenarios. */
#ifndef SEMS_TESTS_RENDER_REGISTER_REGISTER_FIXTURE_H
#define SEMS_TESTS_RENDER_REGISTER_REGISTER_FIXTURE_H

#include "render/register/register.h"
#include "tests/render/edition_fixture.h"

/* All are the caller's to json_decref(). */
json_t *register_fixture(void);
json_t *framework_fixture(void);
/* The scheme of the written one, n scenarios with every score there is, and as many controls. */
json_t *register_of(size_t n);
/* An entity and a day, and nothing else. */
json_t *register_empty(void);
/* Every text of j becomes this one, but for those of the members that codes and days are in. */
void register_spoil(json_t *j, const char *text);
/* Scenario or control i of the document, borrowed. */
json_t *register_at(const json_t *doc, const char *list, size_t i);

typedef enum code (*register_maker)(const json_t *doc, struct buf *out, struct err *e);
/* Makes it, and fails the test when that fails; buf_fini() is the caller's. */
void register_make(register_maker make, const json_t *doc, struct buf *out);

#endif
