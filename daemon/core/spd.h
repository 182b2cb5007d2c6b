/*
 * The SPD of a quarter as one canonical JSON document: sorted keys, no white space, doubles with
 * all their digits, so that the same evidence gives the same bytes. Everything people hold is
 * rendered from it. No person, no free text of a record is in it.
 */
#ifndef SEMS_CORE_SPD_H
#define SEMS_CORE_SPD_H

#include "base/buf.h"
#include "base/err.h"
#include "core/catalogue.h"
#include "core/figure.h"

#include <stddef.h>
#include <stdint.h>

struct spd_target {
	double value;
	const char *approved_by;
	const char *from_quarter;
};

struct spd_metric {
	const struct metric *m;
	const struct spd_target *target; /* NULL: not set */
	struct figure **figures;
	size_t n_figures;
};

struct spd_records { /* of one kind, in the quarter */
	const char *kind;
	int64_t received;  /* stored, without corrections */
	int64_t effective; /* that count */
	int64_t corrected;
	int64_t voided;
	int64_t late; /* received after the quarter's end */
};

struct spd {
	const char *entity;
	const char *zone;
	const char *quarter;   /* "2026-Q2" */
	const char *first_day; /* "2026-04-01" */
	const char *last_day;
	const char *start; /* RFC 3339, UTC; the end is exclusive */
	const char *end;
	const char *as_of;
	const char *state; /* PROVISIONAL, DRAFT */
	int64_t revision;  /* 0: none */
	const struct catalogue *catalogue;
	struct spd_metric *metrics;
	size_t n_metrics;
	struct spd_records *records;
	size_t n_records;
};

/* Appends the document to out. */
enum code spd_document(const struct spd *s, struct buf *out, struct err *e) MUST_CHECK;

#endif
