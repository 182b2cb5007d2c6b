/*
 * The layout of the SPD: which sheets it has, in which order, and what is on each. Data with a
 * version of its own, because a regulator's template is its own business: an entity may give
 * another file. Nothing is computed here.
 */
#ifndef SEMS_CORE_METRIC_TEMPLATE_H
#define SEMS_CORE_METRIC_TEMPLATE_H

#include "base/err.h"
#include "core/metric/catalogue.h"

enum sheet_content {
	SHEET_COVER,        /* who, what, when; the declaration */
	SHEET_SCORECARD,    /* figures of the entity, of the metrics listed */
	SHEET_METRICS,      /* every figure of the metrics listed */
	SHEET_BALANCES,     /* opening, raised, closed, closing; then the metrics */
	SHEET_DATA_QUALITY, /* completeness; then the metrics */
	SHEET_CORRECTIONS,  /* and voids */
	SHEET_RESTATEMENTS,
	SHEET_DEFINITIONS,
};

struct sheet {
	char *id;
	char *title; /* at most 31 characters, a spreadsheet's limit */
	enum sheet_content content;
	char **metrics; /* ids, in order */
	unsigned metrics_count;
	char **by; /* breakdowns shown: "", "site", "site measure"; none: all */
	unsigned by_count;
	char **columns; /* none: the usual ones */
	unsigned columns_count;
	char *note;  /* printed under the title */
	char *empty; /* printed where nothing is on the sheet */
};

struct spd_template {
	char *version;
	char *title;
	char *declaration; /* what the accountable person signs */
	struct sheet *sheets;
	unsigned sheets_count;
	char sha256[65]; /* of the text it was read from */
};

/* Reads and checks against the catalogue; e->text names the line, e->where is `name`. Free with
 * template_free(). */
enum code template_read(const char *name, const char *yaml, const struct catalogue *c,
			struct spd_template **out, struct err *e) MUST_CHECK;
void template_free(struct spd_template *t); /* accepts NULL */
const char *sheet_content_name(enum sheet_content c);

#endif
