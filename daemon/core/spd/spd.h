/* Room core/spd: The document of a quarter: made, checked, compared with others, declared. */
/*
 * The SPD of a quarter as one canonical JSON document: sorted keys, no white space, doubles with
 * all their digits, so that the same evidence gives the same bytes. Everything people hold is
 * rendered from it. No person, no free text of a record is in it.
 *
 * A member that is not known is null or an empty list, never left out: unknown is not zero.
 */
#ifndef SEMS_CORE_SPD_SPD_H
#define SEMS_CORE_SPD_SPD_H

#include "base/buf.h"
#include "base/err.h"
#include "core/metric/catalogue.h"
#include "core/metric/figure.h"

#include <stddef.h>
#include <stdint.h>

#define SPD_FORMAT   "sems-spd/2"
#define SPD_PAST_MAX 4 /* quarters before this one */
/* Bytes of a document: whoever asks for it has room for so much, and whoever checks it. */
#define SPD_DOCUMENT_MAX ((size_t)64 << 20)

struct json_t; /* jansson's */

struct spd_target {
	bool is_band;   /* from aim.low to aim.high, else: */
	double value;   /* the one end that aim has */
	struct aim aim; /* what meets it */
	const char *approved_by;
	const char *from_quarter;
	const char *of;     /* the part that it is for, of a metric that is counted apart */
	const char *set_at; /* RFC 3339, UTC */
	const char *set_by; /* the principal; NULL: nobody was noted */
	bool is_late;       /* set when the quarter had ended */
	/* The target before it: what it was, or of a band both ends. */
	bool has_replaced;
	double replaced;
	bool has_replaced_band;
	struct aim replaced_band;
};

/* A metric, computed or not, that the entity declared to be none of its business. */
struct spd_not_applicable {
	const char *metric;
	const char *name;
	const char *reason;
	const char *declared_by;
	const char *from_quarter;
	const char *set_at; /* RFC 3339, UTC */
	const char *set_by; /* NULL: nobody was noted */
};

/* A civil week, Monday to Sunday, clipped to the quarter: the sums of the figure of the entity. */
struct spd_week {
	const char *first_day; /* "2026-04-06" */
	int64_t numerator;
	int64_t denominator;
};

/* From the week that begins on `first_day` the limits of a metric's chart are of their own:
 * somebody decided so, because what it measures changed for good. */
struct spd_rebase {
	const char *first_day; /* a Monday */
	const char *reason;
	const char *approved_by;
	const char *set_at; /* RFC 3339, UTC */
	const char *set_by; /* the principal */
};

struct spd_metric {
	const struct metric *m;
	const struct spd_target *target; /* NULL: not set */
	struct figure **figures;
	size_t n_figures;
	struct spd_week *weeks; /* ascending; what was not counted by week has none */
	size_t n_weeks;
	/* Of this quarter and the one before, ascending. */
	struct spd_rebase *rebases;
	size_t n_rebases;
};

struct spd_past_point { /* of an earlier chart */
	const char *first_day;
	double value;
};

/* What one metric of this catalogue was in an earlier quarter. */
struct spd_past_metric {
	const char *version;     /* of the definition it was computed by */
	const char *of;          /* the part its target was for; NULL: none */
	struct figure **figures; /* as fold_finish() gives them; NULL: it was not computed */
	size_t n_figures;
	struct spd_past_point *points; /* ascending; none where there was no chart */
	size_t n_points;
};

struct spd_past {
	const char *quarter;             /* "2026-Q1" */
	const char *basis;               /* "REVISION 2" or "RECOMPUTED" */
	struct spd_past_metric *metrics; /* one for each of spd.metrics, in its order */
};

/* What is expected of one source and kind, and what came. */
struct spd_feed {
	const char *source;
	const char *kind;
	const char *site; /* NULL: several, or nobody said */
	bool has_expected;
	int64_t expected;
	int64_t received;
	/* How we know what to expect: HEARTBEATS, EVENT_NUMBERS, SESSIONS, REGISTER; NULL: nobody
	 * said. */
	const char *basis;
	const char *last_at; /* when a record of it last occurred in the quarter; NULL: none did */
	const char *gaps;    /* JSON: [{from, to, reason}]; NULL: none */
};

struct spd_records { /* of one kind, in the quarter */
	const char *kind;
	int64_t received;  /* stored, without corrections */
	int64_t effective; /* that count */
	int64_t corrected;
	int64_t voided;
	int64_t late; /* received after the quarter's end */
};

/* What is open must be what was open, and was raised, less what was closed. */
struct spd_balance {
	const char *what; /* FINDINGS */
	int64_t opening;
	int64_t raised;
	int64_t closed;
	int64_t closing;
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
	const char *state;       /* PROVISIONAL, DRAFT */
	const char *marking;     /* NULL: OFFICIAL-SENSITIVE */
	const char *handling;    /* a line on how it is to be handled; NULL: none */
	const char *approval;    /* THREE_PEOPLE, APPROVER_DIFFERS; NULL: the first */
	const char *corrections; /* TWO_PEOPLE, ONE_PERSON; NULL: the first */
	const char *declared_by; /* who declared that policy, and on which day; NULL: nobody has */
	const char *declared_on;
	int64_t revision; /* 0: none */
	const struct catalogue *catalogue;
	const struct spd_template *template; /* NULL: none */
	struct spd_metric *metrics;
	size_t n_metrics;
	/* By metric. Those have no figures, unless there are records of them. */
	struct spd_not_applicable *not_applicable;
	size_t n_not_applicable;
	/* Of each dimension that senders choose the values of, so many have figures, the others
	 * together one (FIGURE_OTHER); 0: all have. */
	unsigned values_shown;
	/* Of figures of few persons: how many are suppressed; or, asked for explicitly, none is. */
	size_t n_suppressed;
	bool shows_small_cells;
	struct spd_past past[SPD_PAST_MAX]; /* newest first */
	size_t n_past;
	struct spd_feed *feeds;
	size_t n_feeds;
	/* JSON object: plans, sessions, silent, late, quarantine, clock, durability,
	 * restores; NULL: unknown */
	const char *completeness;
	struct spd_records *records;
	size_t n_records;
	const char
	    *corrected; /* JSON: the corrections and voids of the quarter; NULL: nobody looked */
	struct spd_balance *balances;
	size_t n_balances;
	const char *clocks; /* JSON: [{from, until, seconds}]; NULL: nobody looked */
	const char *names;  /* JSON: {"site": {code: name}, "provider": {...}}; NULL: none */
	/* Sections made elsewhere, borrowed; NULL: an empty list, or null for the proof. */
	struct json_t *restatements;
	struct json_t *embargo; /* list of {count, reason, by} */
	struct json_t *proof;
};

/* Appends the document to out. */
enum code spd_document(const struct spd *s, struct buf *out, struct err *e) MUST_CHECK;

#endif
