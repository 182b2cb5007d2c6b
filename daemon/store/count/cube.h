/*
 * Cubes: what the metrics count of one record kind, as dimensions and sums, so that days can be
 * counted once and added up later. A cube is a definition made from the catalogue; this module
 * writes the statements that count it from records, keep it by day, and read it back. The rows that
 * a metric's statement sees are the same whether they come from counts or from records.
 *
 * Counting is by whole days, and sums are integers, so adding and taking away days is exact. A sum
 * is kept with the number of its values: nothing counted is not zero.
 */
#ifndef SEMS_STORE_COUNT_CUBE_H
#define SEMS_STORE_COUNT_CUBE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CUBE_KEYS_MAX 48
#define CUBE_SUMS_MAX 32
#define CUBE_SETS_MAX 16
#define CUBES_MAX     96
#define WEEKS_MAX     16 /* of a quarter, the first and the last clipped */

struct cube_key {
	const char *name; /* of the column that the rows have it in; all columns are text */
	const char *expr; /* SQL over the fact's row v; in parentheses what is true or false */
	bool weekly;      /* kept in the sums by week */
};

struct cube {
	const char *name;
	const char *kind;
	/* A relation with counted_at; %END% is the quarter's end, %SINCE% and %UNTIL% are the
	 * instants of what is counted, which are days' bounds. */
	const char *fact;
	const char *where; /* " AND ..." over v, or "" */
	struct cube_key keys[CUBE_KEYS_MAX];
	unsigned n_keys;
	const char *sums[CUBE_SUMS_MAX]; /* columns of the fact */
	unsigned n_sums;
	bool is_full; /* there was no room for a key or a sum */
	bool is_personal;
	/* Its fact takes more to make than to group: also those that count persons share a reading.
	 */
	bool is_dear;
	bool is_weekly;
	/* A histogram: SQL over v. Its sets are what it is added up by, bit 1 << i where key i is
	 * not used, as grouping() of the keys read backwards. */
	const char *value;
	unsigned sets[CUBE_SETS_MAX];
	unsigned n_sets;
	char digest[65]; /* set by cube_set_seal() */
};

struct cube_set {
	struct arena *arena;
	struct cube *cubes[CUBES_MAX];
	unsigned n;
};

/* NULL: the set or its arena is full. */
struct cube *cube_new(struct cube_set *s, const char *name, const char *kind, const char *fact);
unsigned cube_index(const struct cube_set *s, const struct cube *c);
/* Adds a key unless there is one of that name. Weekly once it was asked for as such. */
void cube_key(struct cube *c, struct arena *a, const char *name, const char *expr, bool weekly);
const char *cube_key_of(const struct cube *c, const char *expr); /* its name; NULL: none */
void cube_sum(struct cube *c, const char *column);
/* After the last key: the digests, by which counts are known. */
enum code cube_set_seal(struct cube_set *s, struct err *e) MUST_CHECK;

/* --- the statements --- */

struct cube_week {
	const char *first_day; /* a Monday, or the quarter's first day */
	const char *starts_at;
};

struct cube_period {
	const char *quarter;
	const char *first_day;
	const char *start;
	const char *end;
	struct cube_week weeks[WEEKS_MAX];
	unsigned n_weeks;
};

/* What is to be counted from records in a run. */
struct cube_state {
	int64_t id;         /* 0: it has never been counted */
	bool is_dirty;      /* it has a temporary table with what is counted from records */
	const char *ranges; /* SQL over v: the instants of those days; NULL: none */
	const char *since;  /* the first of them, and the end of the last */
	const char *until;
	/* Of what is counted: another as soon as a day is counted again, or its counts go; NULL:
	 * nothing is. */
	const char *version;
	const char *taken; /* their dates, of those counted before: 'D', 'D'; NULL: none */
};

/*
 * Cubes whose records are the same are counted in one reading of them, whose temporary table has
 * the number of the first such cube; s->n: cube i is alone. Write it before that cube's delta.
 */
unsigned cube_scan(const struct cube_set *s, const struct cube_state *states, unsigned i);
void cube_write_scan(struct buf *b, const struct cube_set *s, unsigned i,
		     const struct cube_state *states, const struct cube_period *p);
/* Creates the cube's temporary table: what records say of the dirty days, less their counts. */
void cube_write_delta(struct buf *b, const struct cube_set *s, unsigned i,
		      const struct cube_state *states, const struct cube_period *p);

/*
 * Copies a template, with these put in for cube number N (two digits):
 *   \001N  its rows of the quarter: keys, n, sums
 *   \002N  the same by week, as the first column
 *   \003N  a histogram: set, keys, values, counts, the last two as arrays
 */
void cube_expand(struct buf *b, const char *template, const struct cube_set *s,
		 const struct cube_state *states, const struct cube_period *p);
/* What the rows of a template are, as of now; false: it reads no cube, or one that is dirty. */
bool cube_version(struct buf *b, const char *template, const struct cube_state *states);
#define CUBE_ROWS  "\001%02u"
#define CUBE_WEEKS "\002%02u"
#define CUBE_BINS  "\003%02u"

struct cube_day {
	const char *day;
	const char *starts_at;
	const char *ends_at;
};

/* Counts days of one quarter anew and adds what changed to the quarter's sums. */
void cube_write_recount(struct buf *b, const struct cube *c, int64_t id,
			const struct cube_period *p, const struct cube_day *days, size_t n);

#endif
