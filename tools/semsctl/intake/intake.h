/* Room tools/semsctl/intake: Commands that send. */
/* What `import` and `send` have in common: a file's rows become records and are delivered. */
#ifndef SEMS_TOOLS_SEMSCTL_INTAKE_INTAKE_H
#define SEMS_TOOLS_SEMSCTL_INTAKE_INTAKE_H

#include "core/kind/kind.h"
#include "tools/import/delivery.h"
#include "tools/semsctl/command.h"

struct intake {
	const char *path;
	const char *map_path;    /* or... */
	const struct kind *kind; /* ...a file whose columns are this kind's fields */
	const char *source;      /* for rows that name none; overrides a map's */
	const char *zone;        /* overrides a map's */
	const char *encoding;
	const char *delimiter;
	const char *sheet;   /* of a workbook; overrides a map's */
	const char *rejects; /* NULL: PATH.rejects.csv */
	int dry_run;
	int register_sites;
	int is_import;      /* noted as a run, and stops where a number is stored at another time;
			     * `send` tells that, and sends all */
	int replaces;       /* such records are sent as corrections of those... */
	int again;          /* ...or as further ones; neither: the run stops */
	const char *reason; /* of the corrections; NULL: a word of ours */
	int json;           /* send: JSON lines */
	/* For whoever runs it as a part of something: NULL, or told every rejected line as
	 * delivery_on_reject() says, and in the end what became of all. */
	delivery_reject_fn on_reject;
	void (*on_end)(void *ctx, const struct delivery_tally *t);
	void *ctx;
};

/* Runs it, prints the summary; an enum exit_code. */
int intake_run(const struct options *o, const struct intake *in);

#endif
