/*
 * Two documents of one quarter, compared: which figures differ, by how much, whether that matters,
 * and how many records of which kind are behind it. Pure: documents in, a list out.
 */
#ifndef SEMS_CORE_SPD_SPD_DIFF_H
#define SEMS_CORE_SPD_SPD_DIFF_H

#include "base/err.h"
#include "core/metric/catalogue.h"

#include <stddef.h>
#include <stdint.h>

struct json_t; /* jansson's */

/* Records that came, were corrected or voided since the older document; site and measure NULL when
 * the record says none. */
struct spd_changed {
	const char *kind;
	const char *site;
	const char *measure;
	int64_t n;
};

struct spd_diff_rules {
	/* A published figure of the entity that changes by more percentage points is material. */
	double materiality_pp;
	/* Findings among those records that are serious or critical. */
	int64_t serious;
	const struct catalogue *catalogue; /* which kinds a metric counts; NULL: nobody is blamed */
	const struct spd_changed *changed;
	size_t n_changed;
};

/*
 * {"changes": [{metric, name, unit, by, old, new, difference, status_changed, material, kinds,
 * records}], "material": bool, "reasons": [text], "corrections": [row]}; old and new are
 * {numerator, denominator, value, status, no_data}, or null where there is no such figure; the rows
 * are the newer document's, of what was corrected or decided on since. The caller's to
 * json_decref(); NULL when memory is out.
 */
struct json_t *spd_diff(const struct json_t *older, const struct json_t *newer,
			const struct spd_diff_rules *rules);

/* The restatements of a document, [{metric, by, old, new, cause, records}]; NULL when memory is
 * out. */
struct json_t *spd_restatements(const struct json_t *diff, const char *cause);

#endif
