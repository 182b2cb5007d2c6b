/*
 * Patterns of times, as a map has them: a small set of conversions of our own, checked when the map
 * is read, which mean the same in every shell, zone and language. tools/MAPS.md lists them.
 * "excel_serial" and "excel_serial_1904" are patterns, too: a spreadsheet's days since its first.
 */
#ifndef SEMS_TOOLS_TIME_PATTERN_H
#define SEMS_TOOLS_TIME_PATTERN_H

#include "base/err.h"
#include "base/text.h"
#include "tools/time/when.h"

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_PARTS_MAX 40

struct conversion;

struct pattern {
	const char *text; /* borrowed */
	/* In order; by NULL: the byte of that place, a blank for any blanks. */
	const struct conversion *part[PATTERN_PARTS_MAX];
	char byte[PATTERN_PARTS_MAX];
	unsigned n;
	unsigned gives;
};

/* What a zone is called in a file: an abbreviation, which means nothing by itself. */
struct zone_word {
	const char *from;
	bool has_offset;
	int64_t offset_s; /* east of UTC; with has_offset */
	struct zone zone; /* else */
};

struct pattern_words {
	int first_year; /* of the hundred years that %y may mean */
	const struct zone_word *zones;
	size_t n_zones;
};

/* REJ_FIELD: what is wrong with the pattern, and what to write instead. */
enum code pattern_compile(const char *text, struct pattern *out, struct err *e) MUST_CHECK;
/* The whole text must match. False: it does not, or *why says what cannot be (else NULL). */
bool pattern_read(const struct pattern *p, struct text s, const struct pattern_words *words,
		  struct when *w, const char **why);
/* "+01:00", "Z" or an IANA name as a zone word's meaning; false: it is neither. */
bool pattern_zone(const char *to, struct zone_word *out);

#endif
