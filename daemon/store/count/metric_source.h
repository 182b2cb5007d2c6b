/*
 * Where a metric's statement takes its rows from: cubes, which are made here with the keys and
 * sums that the metrics ask of them, or the view as it is, when it is not the sum of its days. The
 * statements are templates for cube_expand(). Private to the store.
 */
#ifndef SEMS_STORE_COUNT_METRIC_SOURCE_H
#define SEMS_STORE_COUNT_METRIC_SOURCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/metric/catalogue.h"
#include "store/count/cube.h"

#include <stdbool.h>

/* What all statements of a catalogue share; the first three are the caller's to set. */
struct metric_sources {
	struct arena *arena;
	const struct catalogue *c;
	struct cube_set *cubes;
	unsigned n_tests;
	struct cube *received[KIND_COUNT];
};

/* Where one statement's rows come from. */
struct metric_source {
	struct metric_sources *all;
	const struct view *view;
	bool is_cubed; /* its columns are those of cubes, all of them text */
	struct cube *cubes[KIND_COUNT];
	unsigned n_cubes;
};

/* The cubes of what was received; false: there is no room. */
bool metric_sources_open(struct metric_sources *all);
/* All that was received, in parentheses. */
void metric_sources_received(const struct metric_sources *all, struct buf *b, bool weekly);

/* of: what the cubes' names end in. False: there is no room. */
bool metric_source_open(struct metric_source *s, struct metric_sources *all, const struct view *v,
			const char *of);
/* Takes the cubes back when nothing counts in them; only of the one that was opened last. */
void metric_source_close(struct metric_source *s);

/* Has the cubes tell a column apart, unless the rows that come out of them have it anyway. */
void metric_source_key(struct metric_source *s, const char *column, bool weekly);
/* An aggregate of what the term counts, NULL when it found nothing to count; the cubes get the
 * keys and sums it needs. */
void metric_source_amount(struct metric_source *s, struct buf *b, const struct term *t);

/* After the last key: the rows of cubes, by quarter or by week. */
void metric_source_rows(const struct metric_source *s, struct buf *b, bool weekly);
/* FROM and the period; more conditions may follow, each with AND. Of a view that is read as it is,
 * the period is $1 and $2. */
enum code metric_source_from(const struct metric_source *s, struct buf *b,
			     struct err *e) MUST_CHECK;

#endif
