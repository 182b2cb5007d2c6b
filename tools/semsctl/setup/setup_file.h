/* Room tools/semsctl/setup: Commands about the entity and the daemon. */
/*
 * The file that `semsctl init` reads: the entity, its sites, providers, sources, people and what
 * was decided about records, as YAML. A pointer that is NULL, or a list of none, was not named.
 */
#ifndef SEMS_TOOLS_SEMSCTL_SETUP_SETUP_FILE_H
#define SEMS_TOOLS_SEMSCTL_SETUP_SETUP_FILE_H

#include "base/err.h"

#include <stdbool.h>

struct setup_named {
	char *id;
	char *name;
};

struct setup_site {
	char *id;
	char *name;
	struct setup_named *locations;
	unsigned locations_count;
};

struct setup_sender {
	char *principal;
	char **kinds;
	unsigned kinds_count;
	char **sites;
	unsigned sites_count;
};

struct setup_source {
	char *id;
	char *description;
	struct setup_sender *senders;
	unsigned senders_count;
};

struct setup_principal {
	char *principal;
	char *role;
	char *name; /* of the person; NULL: as it was */
	char *post;
	char *person; /* which that is; NULL: as it was */
};

struct setup_retention {
	char *kind;
	unsigned min_months;
	unsigned max_months;
	char *legal_basis;
};

struct setup_target {
	char *metric;
	double *value; /* or both ends of a band; NULL: not given */
	double *low;
	double *high;
	char *approved_by;
	char *from_quarter;
	char *of; /* of what is counted apart; NULL: not given */
};

struct setup_rebase {
	char *metric;
	char *first_day;
	char *reason;
	char *approved_by;
	bool withdrawn;
};

struct setup_policy {
	char *approval;
	char *corrections;
	char *declared_by;
	char *declared_on;
};

struct setup_feed {
	char *source;
	char *kind;
	char *site;
	unsigned every_hours;
	char *from_day;
	char *until_day;
};

struct setup_not_applicable {
	char *metric;
	char *reason;
	char *declared_by;
	char *from_quarter;
	bool applies; /* from that quarter on it is again */
};

struct setup {
	char *entity;
	char *zone;
	struct setup_site *sites;
	unsigned sites_count;
	struct setup_named *providers;
	unsigned providers_count;
	struct setup_source *sources;
	unsigned sources_count;
	struct setup_principal *principals;
	unsigned principals_count;
	struct setup_retention *retention;
	unsigned retention_count;
	struct setup_target *targets;
	unsigned targets_count;
	struct setup_not_applicable *not_applicable;
	unsigned not_applicable_count;
	struct setup_feed *feeds;
	unsigned feeds_count;
	struct setup_rebase *rebases;
	unsigned rebases_count;
	unsigned *revision_window_days;
	struct setup_policy *spd_policy;
	unsigned *grace_working_days;
	unsigned *correction_alone_hours;
	double *materiality_pp;
	char *marking;
	char *handling;
};

/* *out is freed by setup_file_free(), which accepts NULL. A fault names its line. */
enum code setup_file_load(const char *path, struct setup **out, struct err *e) MUST_CHECK;
void setup_file_free(struct setup *s);

#endif
