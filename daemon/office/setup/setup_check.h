/*
 * Room office/setup: What is asked of the entity: its set-up, its keys, its state, its retention.
 */
/*
 * What a SetupRequest must be before the database sees it: every name present, clean and within its
 * bound, every kind, role, quarter and zone written as such. What only the tables know (is the site
 * of a grant registered? may the zone still change?) is checked where they are, in
 * office/setup/setup.c.
 */
#ifndef SEMS_OFFICE_SETUP_SETUP_CHECK_H
#define SEMS_OFFICE_SETUP_SETUP_CHECK_H

#include "base/err.h"
#include "core/metric/catalogue.h"
#include "office/request.h"

#define SETUP_NAME_MAX    200   /* bytes, of names, descriptions and legal bases */
#define SETUP_GRANTS_MAX  20000 /* (principal, source, kind, site) in one request */
#define SETUP_MONTHS_MAX  1200
#define SETUP_HOURS_MAX   2208 /* a quarter of 92 days */
#define SETUP_WINDOW_DAYS 120  /* of revisions, when the request does not say */
#define SETUP_WINDOW_MAX  3660
#define SETUP_GRACE_MAX   250  /* working days */
#define SETUP_ALONE_MAX   8784 /* hours */

/* OK, or REJ_FIELD with e->where the path of the first bad field: "sources[2].senders[0].kinds[1]".
 */
enum code setup_check(const struct setup_request *r, const struct catalogue *cat,
		      struct err *e) MUST_CHECK;

#endif
