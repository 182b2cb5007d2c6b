/* Room tools/semsctl/spd: Commands about a quarter. */
/* What the files of `semsctl spd` share: what was asked for, and how to ask the daemon. */
#ifndef SEMS_TOOLS_SEMSCTL_SPD_SPD_H
#define SEMS_TOOLS_SEMSCTL_SPD_SPD_H

#include "client/ask.h"
#include "core/time/calendar.h"
#include "tools/semsctl/command.h"
#include "tools/semsctl/words.h"
#include "tools/terminal/spd_table.h"

#define SPD_BY_MAX 8

struct spd_wish {
	const struct options *o;
	char quarter[QUARTER_TEXT_SIZE];
	uint32_t revision; /* 0: computed now, or the newest */
	struct spd_view view;
	char *reference;
	char *channel;
	char *seen; /* qa, approve, submit: the papers that were looked at */
	char *reason;
	char *early;
	char *exclude_embargoed;
	char *unsuppressed; /* show: why figures of few persons are to be shown */
	int from_records;
	char *metric; /* of comment */
	char *text;
	char *by[2 * SPD_BY_MAX]; /* of comment: name, value, name, ... */
	size_t n_by;              /* pairs */
	char *of_quarter;         /* make: as it was written */
	char *declaration;        /* of render: files */
	char *seal;
	char *exported_as;    /* export: told to semsd, for its log */
	const char *document; /* of render; of make: the workbook */
	const char *format;
	const char *folder;
	int force;
	int full;                           /* export, render: the page prints all of it */
	int all;                            /* explain: every page; show: every figure */
	char *action, *owner, *due, *cause; /* comment: what is done about it */
	int edit;                           /* comment: all that are open, in an editor */
	int as_json;
};

/* raw: the answer's bytes, initialised here, the caller's to buf_fini() also on failure. */
enum code spd_ask(const struct spd_wish *w, Sems__V1__SpdOperation operation, struct buf *raw,
		  struct err *e) MUST_CHECK;
/* SHOW. A quarter of which retention removed evidence is not computed any more: then it is the
 * newest revision, which w names from now on, and stderr says why. */
enum code spd_ask_figures(struct spd_wish *w, struct buf *raw, struct err *e) MUST_CHECK;
/* The answer, the caller's; NULL: none, which was told, and *status says so. */
json_t *spd_ask_json(const struct spd_wish *w, Sems__V1__SpdOperation operation, int *status);
int spd_print_raw(const struct buf *raw);

/* spd_look.c: what there is. */
int spd_run_show(struct spd_wish *w);
int spd_run_list(struct spd_wish *w);
int spd_run_status(struct spd_wish *w);
int spd_run_check(struct spd_wish *w);
int spd_run_declaration(struct spd_wish *w);
/* The quarters with their state, and what is due of the newest of them. */
int spd_print_quarters(struct spd_wish *w);
/* The checks of a revision as a table. */
int spd_print_checks(const struct spd_wish *w, FILE *f);
/* spd_diff.c */
int spd_run_diff(struct spd_wish *w);
/* spd_life.c: what people do. */
int spd_run_freeze(struct spd_wish *w);
int spd_run_revise(struct spd_wish *w);
int spd_run_comment(struct spd_wish *w);
/* spd_action.c: whether the action that is wished with a comment says enough; and adds it. */
int spd_check_action(const struct spd_wish *w);
int spd_add_action(struct spd_wish *w);
int spd_run_qa(struct spd_wish *w);
/* spd_sign.c: shows what would be signed, and signs what the revision and the digest name. */
int spd_run_approve(struct spd_wish *w);
int spd_run_reject(struct spd_wish *w);
int spd_run_withdraw(struct spd_wish *w);
int spd_run_submit(struct spd_wish *w);
int spd_run_acknowledge(struct spd_wish *w);
/* spd_comment.c: a figure that a check has found: "QN01 at measure 1.3: Observation plan delivery,
 * 33.3 %, target 95.0 %". */
void spd_print_place(FILE *f, const char *before, const char *place, const json_t *figure);
/* All that are open at once. */
int spd_edit_comments(struct spd_wish *w);
/* One step of a revision's life, and what it led to. */
int spd_run_step(struct spd_wish *w, Sems__V1__SpdOperation operation, const char *done);
/* verify.c, explain.c: what it rests on. */
int spd_run_verify(struct spd_wish *w);
int spd_run_explain(struct spd_wish *w);
/* export.c */
int spd_run_export(struct spd_wish *w);
int spd_run_render(struct spd_wish *w);
/* make.c: of a filled-in workbook, w->document. */
int spd_run_make(struct spd_wish *w);

#endif
