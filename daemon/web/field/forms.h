/*
 * The forms of the app: of each kind that people fill in, its fields as the kind's table has them.
 * A form's version is the digest of what it asks: an entry tells by which it was filled in.
 */
#ifndef SEMS_WEB_FIELD_FORMS_H
#define SEMS_WEB_FIELD_FORMS_H

#include <jansson.h>

struct asked;

/* GET /v1/forms, ctx: struct desk *. {"principal", "grants", "forms"} for the device that asks. */
void forms_take(void *ctx, struct asked *a);

/* The forms of kinds that one of these grants ([{"kind"}]) is for; NULL: no memory. */
json_t *forms_for(const json_t *grants);

#endif
