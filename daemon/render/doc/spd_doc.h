/*
 * Reading an SPD document (format sems-spd/2): what the renderers share. Nothing is computed here;
 * what the document does not say is shown as not said, never as 0.
 */
#ifndef SEMS_RENDER_DOC_SPD_DOC_H
#define SEMS_RENDER_DOC_SPD_DOC_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

#define SPD_DOC_MAX ((size_t)256 << 20)

/* Reads and checks a document; the caller's to json_decref(). */
enum code spd_doc_read(const struct buf *bytes, json_t **doc, struct err *e) MUST_CHECK;

/* A text member, "" when it is absent or no text. */
const char *spd_text(const json_t *o, const char *key);
/* A number of either kind; false when absent or null. */
bool spd_number(const json_t *o, const char *key, double *v);

#define SPD_CELL 256
#define SPD_WHO  2048 /* a name, a post and a principal, each at most 200 characters */

/* An integer member as digits, `none` when absent or null. */
void spd_count(const json_t *o, const char *key, const char *none, char out[SPD_CELL]);
/* For programs: the shortest digits that give the same number back. */
void spd_digits(double v, char out[SPD_CELL]);
/* "PASS" from "PASS", "NOT MET" from "NOT_MET": capitals, no underscores. */
void spd_words(const char *name, char out[SPD_CELL]);
/* A reason or a part in words; a code that has none as spd_words(). */
void spd_reason_words(const char *code, char out[SPD_CELL]);
/* The status of a figure in words, with the reason when there is no data. */
void spd_status(const json_t *metric, const json_t *figure, char out[SPD_CELL]);
/* The interval that the figure's status goes by; false: it has none. */
bool spd_interval(const json_t *figure, double *lo, double *hi);
/* For whom it holds: "screeners in general", "these screeners: fewer than ten"; "" where trials
 * come singly, or there is no interval. */
void spd_interval_for(const json_t *metric, const json_t *figure, char out[SPD_CELL]);
/* The same of a figure's change. */
void spd_change_for(const json_t *metric, const json_t *change, char out[SPD_CELL]);
/* What was left out on both sides, all reasons together; -1 when the document does not say. */
json_int_t spd_excluded(const json_t *figure);
/* "DRAFT revision 2" or "PROVISIONAL". */
void spd_state(const json_t *doc, char out[SPD_CELL]);

/* Whoever made an event of a declaration, as people sign: "Rita Novak, Quality Manager
 * (unix:rita)"; a principal that had no name then stands alone. */
void spd_who(const json_t *event, char out[SPD_WHO]);

/* True when the figure is broken down by exactly these dimensions, given as "", "site", "site
 * measure" in any order. */
bool spd_is_by(const json_t *figure, const char *dimensions);
/* The values of its dimensions, with what the document calls them: "NMR Northmoor, 4.1 Screening of
 * passengers"; "" for the entity as a whole. */
void spd_by_values(const json_t *doc, const json_t *figure, char out[SPD_CELL]);

#endif
