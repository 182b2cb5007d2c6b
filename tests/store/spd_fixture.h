/* Evidence put straight into the tables, and the figures that come of it. */
#ifndef SEMS_TESTS_STORE_SPD_FIXTURE_H
#define SEMS_TESTS_STORE_SPD_FIXTURE_H

#include "store/count/recount.h"
#include "store/quarter/spd_job.h"
#include "tests/store/fixture.h"

#include <jansson.h>

/* Inside 2026-Q2 of Europe/London, which is 2026-03-31T23:00Z to 2026-06-30T23:00Z. */
#define IN_Q2 "2026-05-12T09:30:00Z"

/* So many rows of a kind: `columns` (", a, b") with `values` (", 1, 2") beside site N1,
 * measure 4.1, source src and the time. Returns nothing; the newest row's id is fixture_last_id().
 */
void spd_add(struct fixture *f, const char *kind, int n, const char *columns, const char *values);
/* The same at another instant. */
void spd_add_at(struct fixture *f, const char *at, const char *kind, int n, const char *columns,
		const char *values);

/* Computes 2026-Q2; the caller's to json_decref(). */
json_t *spd_compute(struct fixture *f, enum spd_task task);
/* Another quarter. */
json_t *spd_compute_quarter(struct fixture *f, enum spd_task task, struct quarter q);
/* The same, not kept, from day counts or from records. */
/* As semsd gives it: figures of few persons are suppressed; the others show them. */
json_t *spd_compute_suppressed(struct fixture *f);
json_t *spd_compute_from(struct fixture *f, enum spd_source from);
/* Counts what was touched, until nothing is left; how many days of cubes. */
size_t spd_recount(struct fixture *f);
/* The code that a run ends with. */
enum code spd_fails(struct fixture *f, enum spd_task task, struct quarter q);

/* The figure of a metric, `by` as "site=N1,measure=4.1"; NULL when there is none. Borrowed. */
json_t *spd_figure(json_t *doc, const char *metric, const char *by);
/* "81/263 0.307985 MET": numerator/denominator, value and status or reason, "-" for null. Valid
 * until the next call. */
const char *spd_says(json_t *doc, const char *metric, const char *by);
/* How many were left out for the reason; -1 when it is not named. */
json_int_t spd_left_out(json_t *doc, const char *metric, const char *reason);
json_int_t spd_part(json_t *doc, const char *metric, const char *part);
double spd_detail(json_t *doc, const char *metric, const char *name);

#define FIGURE_SAYS(doc, metric, by, expected)                                                   \
	cr_expect_str_eq(spd_says(doc, metric, by), expected, "%s {%s}: %s, not %s", metric, by, \
			 spd_says(doc, metric, by), expected)

#endif
