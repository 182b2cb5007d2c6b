/*
 * What is to be set up, as messages of the protocol, whether a file or an option named it. All of
 * it lies in the wish's own arena, or is the file's, which has to outlive it.
 */
#ifndef SEMS_TOOLS_SEMSCTL_SETUP_SETUP_WISH_H
#define SEMS_TOOLS_SEMSCTL_SETUP_SETUP_WISH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "tools/semsctl/setup/setup_file.h"

#include <sems/v1/admin.pb-c.h>
#include <stdbool.h>
#include <stddef.h>

struct setup_wish {
	struct arena *arena;
	char *principal; /* the caller's own: who may send where no sender is named */
	char *entity;
	char *zone;
	/* Lists of pointers to messages, see setup_wish_count(). */
	struct buf sites;
	struct buf providers;
	struct buf sources;
	struct buf principals;
	struct buf retention;
	struct buf targets;
	struct buf not_applicable;
	struct buf feeds;
	struct buf rebases;
	const unsigned *revision_window_days;
	const unsigned *grace_working_days;
	const unsigned *correction_alone_hours;
	const double *materiality_pp;
	Sems__V1__SpdPolicy *spd_policy;
	char *marking;
	char *handling;
	struct err e; /* the first that went wrong; OK: nothing */
};

/* False: out of memory; setup_wish_fini() either way. */
bool setup_wish_init(struct setup_wish *w);
void setup_wish_fini(struct setup_wish *w);

/* How many messages there are in one of its lists. */
size_t setup_wish_count(const struct buf *list);
/* A copy that lives as long as the wish; NULL of NULL. */
char *setup_wish_text(struct setup_wish *w, const char *s);

/* All that a file names. */
void setup_wish_file(struct setup_wish *w, const struct setup *s);
/* A site for every value of a column of a CSV file. */
enum code setup_wish_sites_from(struct setup_wish *w, const char *path, const char *column,
				struct err *e) MUST_CHECK;

/* One more of each. Without a sender, the caller may send for the source. */
void setup_wish_site(struct setup_wish *w, const struct setup_site *s);
void setup_wish_provider(struct setup_wish *w, const struct setup_named *p);
void setup_wish_principal(struct setup_wish *w, const struct setup_principal *p);
void setup_wish_source(struct setup_wish *w, const struct setup_source *s);

#endif
