/*
 * What freezing asks beyond computing: whether the quarter may be frozen now and by this person,
 * and, for a quarter that was submitted before, what the new revision restates. Statements of the
 * same transaction as the figures, so that what is restated is what differs.
 */
#ifndef SEMS_STORE_QUARTER_SPD_FREEZE_H
#define SEMS_STORE_QUARTER_SPD_FREEZE_H

#include "core/life/lifecycle.h"
#include "core/spd/spd_diff.h"
#include "store/pg/lanes.h"

#include <stdbool.h>

struct spd_run;
struct json_t;

/* What whoever freezes wants and may; borrowed. */
struct spd_will {
	uint64_t rights;     /* a set, RIGHT_BIT() */
	bool revises;        /* what was submitted before */
	const char *reason;  /* why, when it revises; texts may be NULL */
	const char *early;   /* why before late records have had their time */
	const char *exclude; /* why without tests under embargo */
};

struct spd_freezing {
	/* Set by on_life(). */
	int64_t embargoed;
	double materiality_pp;
	/* Set by on_standing(): the document that was submitted last. */
	struct json_t *standing;
	const char *standing_revision;
	struct spd_changed *changed;
	size_t n_changed;
	char *reason; /* kept with the revision; NULL: none */
	struct json_t *restatements;
	struct json_t *embargo;
};

/* The statements before the figures, by number from 0; false: that was all. */
bool spd_freeze_next(struct spd_run *r, size_t step, struct statement *st);
void spd_freeze_rows(struct spd_run *r, size_t step, const struct rows *rows);
/* After the document was made once: what it restates and leaves out goes into r->spd, and it is to
 * be made anew. */
enum code spd_freeze_amend(struct spd_run *r, bool *again, struct err *e) MUST_CHECK;
/* The last statement. */
void spd_freeze_keep(struct spd_run *r, struct statement *st);
void spd_freeze_fini(struct spd_run *r);

#endif
