/* Room store/quarter: The SPD of a quarter: gathered, made and frozen in one snapshot. */
/*
 * The SPD of a quarter, computed in one snapshot: the administrator's calls and the duty at the
 * quarter's end share it. Freezing computes and keeps in the same transaction, so what is kept is
 * what was there.
 *
 * The same run gives spd.metrics[].weeks: the sums of the overall figure by civil week, Monday to
 * Sunday, clipped to the quarter; of metrics that are sums over kinds that are counted by day, else
 * none.
 */
#ifndef SEMS_STORE_QUARTER_SPD_JOB_H
#define SEMS_STORE_QUARTER_SPD_JOB_H

#include "base/arena.h"
#include "base/buf.h"
#include "core/spd/spd.h"
#include "core/time/calendar.h"
#include "store/count/counting.h"
#include "store/count/feeds_keep.h"
#include "store/count/layout.h"
#include "store/count/metric_sql.h"
#include "store/pg/lanes.h"
#include "store/pg/stages.h"
#include "store/proof/proof_freeze.h"
#include "store/quarter/spd_freeze.h"
#include "store/quarter/spd_past.h"
#include "store/quarter/spd_recheck.h"

enum spd_task {
	SPD_TASK_SHOW,   /* compute */
	SPD_TASK_LIVE,   /* and keep as the quarter's newest provisional document */
	SPD_TASK_FREEZE, /* and keep as its next revision, a draft */
};

/* For the test of its table. */
extern const struct machine spd_machine;

struct spd_run {
	/* The caller's. */
	struct lanes *lanes;
	const struct keyring *keys; /* SPD_TASK_FREEZE: one signs the document */
	struct ticket ticket;       /* of all its jobs */
	const struct catalogue *catalogue;
	struct quarter quarter;
	enum spd_task task;
	enum spd_source source;
	const char *by;       /* SPD_TASK_FREEZE: who */
	struct spd_will will; /* SPD_TASK_FREEZE: what they want */
	bool shows_small;     /* figures of few persons, too; never of SPD_TASK_FREEZE */
	/* Once, from the loop. *e is OK, or says why there is no document. */
	void (*done)(struct spd_run *r, const struct err *e);
	void *ctx;
	/* The answer, until spd_fini(). */
	struct buf document;
	struct spd spd;
	char sha256[65]; /* of the document */
	/* Ours. */
	const struct catalogue *all; /* every definition; `catalogue` has those in force */
	bool is_past;                /* computed to be compared with: does not look back itself */
	struct spd_past_search earlier;
	struct feeds_keep keep;
	struct arena *arena;
	uint64_t json_failed; /* jsonmem_failed() when it began */
	struct job job;
	struct query_plan plan;
	struct fold **folds;         /* per metric */
	struct spd_target **targets; /* per metric; NULL: not set */
	struct spd_rebased {
		struct spd_rebase *list;
		size_t n;
	} * rebased; /* per metric */
	struct counting counting;
	struct spd_rechecking recheck;
	struct spd_freezing freezing;
	struct proving proving;
	struct stages stages;
	int64_t newest;
	char label[QUARTER_TEXT_SIZE];
	char revision[24];
	struct err err;
};

void spd_start(struct spd_run *r);
void spd_fini(struct spd_run *r);
/* For the parts of a run: it has failed so, unless it had before. */
void spd_fail(struct spd_run *r, enum code code, const char *where, const char *what);

#endif
