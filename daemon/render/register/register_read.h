/*
 * A register as it is read: its members by name, its controls by number, its scheme by scores.
 * Nothing is computed here that the document says; what it does not say is "" or nought.
 */
#ifndef SEMS_RENDER_REGISTER_REGISTER_READ_H
#define SEMS_RENDER_REGISTER_REGISTER_READ_H

#include "render/register/register_words.h"

#define LEVELS_MAX 10 /* scores of a scheme, each of its three lists */
#define BANDS_MAX  6

struct level {
	json_int_t score;
	const char *name;
};

struct levels {
	struct level level[LEVELS_MAX]; /* as the scheme has them: the highest first */
	size_t n;
};

struct band {
	const char *name;
	json_int_t low, high;
	const char *meaning;
};

struct reg {
	const json_t *doc;
	json_t *scenarios; /* those that are not retired: an array, which may be empty */
	json_t *retired;   /* the others, the same */
	json_t *by_number; /* controls */
	struct levels threat, impact, vulnerability;
	struct band band[BANDS_MAX]; /* the highest first */
	size_t n_bands;
};

/* False: memory is out. Ended by reg_fini() in either case. doc is borrowed. */
bool reg_init(struct reg *r, const json_t *doc);
void reg_fini(struct reg *r);
const json_t *reg_control(const struct reg *r, const char *number); /* NULL: none */
json_int_t reg_score(const json_t *o, const char *name);            /* 0: not there, or no score */
/* n_bands: none has it. */
size_t reg_band(const struct reg *r, json_int_t score);
size_t reg_band_named(const struct reg *r, const char *name);
/* The tone of a band: the highest is bad, the lowest good. */
enum tone reg_band_tone(const struct reg *r, size_t band);
/* levels.n: none has it. */
size_t reg_level(const struct levels *levels, json_int_t score);
/* As the document says, else the worst of its controls that are in force. */
enum control_state reg_worst(const struct reg *r, const json_t *scenario);
/* all, then the separator and one, where there are both. */
const char *reg_add(struct book *b, const char *all, const char *separator, const char *one);
/* Texts of a list, "A, B"; of more than REG_JOINED the first, "A, B and 7 more". */
#define REG_JOINED 40 /* as many as a list or a table that is told can have */
const char *reg_join(struct book *b, const json_t *list, const char *separator);
/* "3 LIKELY"; "" of 0. */
const char *reg_scored(struct book *b, const struct levels *levels, json_int_t score);
/* "OUT01 TIP hit rate, 2026-Q3 r1: 79.7 % (...), NOT PROVEN against 80 %" of a metric or cite. */
const char *reg_figure(struct book *b, const json_t *metric);
/* "A-2026-031 Title" of one with a number; "" where there is neither. */
const char *reg_named(struct book *b, const json_t *one);
/* The name where there is one, else who it is. */
const char *reg_person(const json_t *o, const char *name, const char *who);
/* Columns of the register: a lead, an asset, a control a line; the residual risk and its band. */
const char *reg_leads(struct book *b, const json_t *scenario);
const char *reg_assets(struct book *b, const json_t *scenario);
const char *reg_controls(struct book *b, const struct reg *r, const json_t *scenario);
const char *reg_risk(struct book *b, const json_t *assessment);
/* A book of what the document is about, without a sheet. */
void reg_book(struct book *b, struct arena *arena, const json_t *doc, const char *what);

#endif
