/*
 * Room core/metric: What is counted: the catalogue of metrics, the views it may name, the figure
 * that is made of counts.
 */
/*
 * The metric catalogue: which metrics there are and what each counts, read from YAML. Pure data,
 * checked whole when it is read: every field against the view it is counted in, every literal
 * against the field's enumeration, so that what comes out can be turned into SQL as it is.
 */
#ifndef SEMS_CORE_METRIC_CATALOGUE_H
#define SEMS_CORE_METRIC_CATALOGUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "core/metric/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum form { FORM_QUANTITATIVE, FORM_QUALITATIVE, FORM_OUTPUT, FORM_INFORMATION };
enum basis { BASIS_CENSUS, BASIS_SAMPLE, BASIS_RATIO };
enum direction { DIRECTION_UP, DIRECTION_DOWN, DIRECTION_BAND, DIRECTION_TREND };

/* The few ways to make a value of what was counted. */
enum shape {
	SHAPE_RATIO,        /* numerator / denominator */
	SHAPE_COUNT,        /* the numerator */
	SHAPE_STATE_AT_END, /* the numerator, of states at the end of the quarter */
	SHAPE_QUANTILE,     /* median (value) and p90 of a field, type 7 */
	SHAPE_PERSONS,      /* persons that meet a rule, never which */
	SHAPE_SDT,          /* d', c and d_a(0.5), log-linear */
	SHAPE_KAPPA,        /* Cohen's, of what two said */
	SHAPE_SPREAD, /* entropy of where a field's values are, over the most it can be: PATROL_SLOT
		       */
	N_SHAPES
};

enum person_rule {
	PERSON_SHARE_AT_LEAST, /* share of persons with a denominator of at least k */
	PERSON_SHARE_BELOW, /* of those: share whose 99.8 % interval is below a metric's target */
	PERSON_COUNT_ANY,   /* how many have a numerator of at least k */
	/* Of those with a denominator of at least k: share whose numerator is all of it, or less
	 * than `below` per cent. */
	PERSON_SHARE_EXTREME,
};

/* One condition on one field; exactly one of the five is given. */
struct condition {
	char *field;
	char **in;
	unsigned in_count;
	char **not_in; /* an absent field is not in */
	unsigned not_in_count;
	bool *present;
	int64_t *at_least; /* an absent field is neither at least nor at most */
	int64_t *at_most;
};

/* Rows of a view, or the sum of one of their fields. */
struct term {
	char *from;
	char *sum; /* NULL: rows are counted */
	bool minus;
	struct condition *where; /* all must hold */
	unsigned where_count;
	const struct view *view; /* of `from` */
};

struct named_terms {
	char *name; /* an exclusion's reason, or what a part is */
	struct term *terms;
	unsigned terms_count;
};

struct person_count {
	char *id; /* the field that tells persons (or sources, or images) apart */
	enum person_rule rule;
	int64_t k;
	int64_t below;  /* PERSON_SHARE_EXTREME: per cent, 1 to 99; of other rules 0 */
	char *standard; /* PERSON_SHARE_BELOW: the metric whose target is the standard */
	char *left_out; /* why the others are not in the denominator */
};

/* Which of the two intervals of a clustered rate its status goes by. */
enum cluster_status {
	CLUSTER_STATUS_GENERAL, /* that for clusters in general, where there is one */
	CLUSTER_STATUS_PLAIN,   /* always that for these clusters */
};

/* By what the trials of a rate come in clusters, so that those of one are alike. */
struct cluster_rule {
	char *by; /* one of them, in a word: "screener" */
	char *id; /* the field that tells them apart */
	enum cluster_status status;
	struct term *numerator; /* NULL: the metric's own; so with the denominator */
	unsigned numerator_count;
	struct term *denominator;
	unsigned denominator_count;
};

#define DIMENSIONS_MAX 8 /* of one metric */
#define BREAKDOWN_MAX  3 /* dimensions of one breakdown */
#define BREAKDOWNS_MAX 16

struct breakdown {
	unsigned n;
	unsigned dimension[BREAKDOWN_MAX]; /* indices into the metric's dimensions */
};

struct metric {
	char *id;
	char *version;         /* of the definition; a change of what is counted changes it */
	char *effective_from;  /* "2026-01-01": counts the quarters that begin on it or later */
	char *effective_until; /* and before this day; NULL: has no end */
	char *name;
	enum form form;
	enum basis basis;
	enum shape shape;
	enum direction direction;
	char *unit;
	char *sheet;
	char *definition;
	char *
	    empty; /* why there is no data when the denominator is 0; or the name of an exclusion */
	bool within; /* the numerator is part of the denominator: none of it is 0, not unknown */
	int64_t minimum_n;
	int64_t per; /* BASIS_RATIO: the value is so many times the ratio; 0 is once */
	char **readers;
	unsigned readers_count;
	char **requirements;
	unsigned requirements_count;
	char **by; /* breakdowns beyond site and measure; dimensions separated by a space */
	unsigned by_count;
	char *of;        /* SHAPE_QUANTILE: the field */
	char *apart;     /* the dimension over which nothing is added up; NULL: none */
	char *case_mix;  /* the dimension that sites are compared within; NULL: none */
	char *matched;   /* the one that quarters are, too; NULL: they are compared as they are */
	bool unmatched;  /* quarters are not compared: what it depends on is not told by figure */
	bool of_persons; /* what it tells of a few persons is suppressed: its persons or clusters */
	char *persons_as; /* and where this metric's is, in the same cell; NULL: it is not */
	struct person_count *persons;
	struct cluster_rule *clusters; /* NULL: trials come singly */
	struct term *numerator;
	unsigned numerator_count;
	struct term *denominator;
	unsigned denominator_count;
	struct term *false_alarms; /* SHAPE_SDT */
	unsigned false_alarms_count;
	struct term *noise;
	unsigned noise_count;
	struct term *evidence; /* SHAPE_COUNT: with any of it, a count of 0 is a fact */
	unsigned evidence_count;
	struct named_terms *excluded;
	unsigned excluded_count;
	struct named_terms *parts; /* counts printed beside the figure */
	unsigned parts_count;
	/* Resolved from `by`: dimension 0 is the site, 1 the measure; breakdown 0 has no dimension.
	 */
	const char *dimension[DIMENSIONS_MAX];
	unsigned dimension_count;
	struct breakdown breakdown[BREAKDOWNS_MAX];
	unsigned breakdown_count;
};

/* What a metric counts, one list of terms each. */
enum count_group {
	GROUP_NUMERATOR,
	GROUP_DENOMINATOR,
	GROUP_FALSE_ALARMS,
	GROUP_NOISE,
	GROUP_EVIDENCE,
	GROUP_NAMED, /* then excluded_count exclusions, then parts_count parts */
};

unsigned metric_groups(const struct metric *m);
/* The terms of a group; their number in *n. */
const struct term *metric_terms(const struct metric *m, unsigned group, unsigned *n);
/* The terms that are counted cluster by cluster; m->clusters is not NULL. */
const struct term *metric_cluster_terms(const struct metric *m, enum count_group group,
					unsigned *n);
/* The place of the exclusion of this name; excluded_count: none, as for NULL. */
unsigned metric_exclusion(const struct metric *m, const char *name);

/* Whether the dimension that the metric is counted apart by can have this value; it may be any text
 * where the field is no enumeration. False: it is not counted apart. */
bool metric_has_part(const struct metric *m, const char *value);
/* Whether it is an enumeration's. */
bool metric_parts_are_few(const struct metric *m);

/* It is made of how often each value of a field comes, not of counts alone. */
static inline bool
metric_has_values(const struct metric *m)
{
	return m->shape == SHAPE_QUANTILE || m->shape == SHAPE_SPREAD;
}

struct unsupported {
	char *id;
	char *name;
	char *needs; /* which kind of record is missing */
};

struct measure_name {
	char *code; /* "4.1" */
	char *name;
};

struct catalogue {
	char *version;
	struct metric *metrics;
	unsigned metrics_count;
	struct unsupported *unsupported;
	unsigned unsupported_count;
	struct measure_name *measures; /* what codes of measures are called */
	unsigned measures_count;
	char sha256[65]; /* of the text it was read from */
};

/* Reads and checks; e->text names the line, e->where is `name`. Free with catalogue_free(). */
enum code catalogue_read(const char *name, const char *yaml, struct catalogue **out,
			 struct err *e) MUST_CHECK;
void catalogue_free(struct catalogue *c); /* accepts NULL */
/* The first definition of a metric; NULL: there is none. */
const struct metric *catalogue_metric(const struct catalogue *c, const char *id);

/*
 * The catalogue as it is on a day: of each metric the definition in force then, in the catalogue's
 * order. What it points to stays the catalogue's. NULL: the arena is full.
 */
struct catalogue *catalogue_at(struct arena *a, const struct catalogue *all, const char *day);

/* The words of the catalogue, for documents and messages. */
const char *form_name(enum form f);
const char *basis_name(enum basis b);
const char *shape_name(enum shape s);
const char *direction_name(enum direction d);

#endif
