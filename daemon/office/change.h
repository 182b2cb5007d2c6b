/* What a correction changes, as people may see it. */
#ifndef SEMS_OFFICE_CHANGE_H
#define SEMS_OFFICE_CHANGE_H

#include "core/kind/kind.h"
#include "core/right/right.h"

#include <jansson.h>

/* A pseudonym as the database writes it, as "~" and its digits: the mark tells it from a name, and
 * nothing leads back. NULL: no memory. */
json_t *change_person(const json_t *stored);
/*
 * The `changes` of sems.changes_of(), of a record of the kind, in place: pseudonyms and restricted
 * texts only for whom they are; who may not see them learns that the field changed.
 */
void change_show(json_t *changes, const struct kind *k, enum role role);
/* The same of each of an array of corrections, which say their `kind`. */
void change_show_all(json_t *corrections, enum role role);

#endif
