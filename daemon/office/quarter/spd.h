/* Room office/quarter: What is asked of a quarter and its document. */
/* What the files of the SPD's requests share among themselves; nobody else includes it. */
#ifndef SEMS_OFFICE_QUARTER_SPD_H
#define SEMS_OFFICE_QUARTER_SPD_H

#include "core/action/action.h"
#include "core/life/lifecycle.h"
#include "core/spd/spd_diff.h"
#include "office/call.h"
#include "store/quarter/spd_job.h"

#include <jansson.h>

/* What a call of this area needs until it is answered; in the call's arena. */
struct spd_ask {
	struct quarter quarter;
	char label[QUARTER_TEXT_SIZE];
	char before[QUARTER_TEXT_SIZE]; /* the quarter before it */
	char revision[16];              /* "0": the newest, or none */
	uint64_t rights;                /* the caller's, RIGHT_BIT() */
	const struct spd_request *q;
	struct spd_run run;
	/* What a job has found; every json_t is released by spd_ask_fini(). */
	struct life life;
	enum spd_action action;
	char sha256[65];
	char papers[65]; /* of the declaration as it stands: the document and all that was said */
	char *raw;       /* the document's bytes; in the arena */
	json_t *head;
	json_t *document;
	json_t *events;
	json_t *earlier; /* the document submitted last of the quarter before */
	json_t *answer;
	char *by_dims;     /* jansson's */
	const char *since; /* RFC 3339 */
	struct spd_changed *changed;
	size_t n_changed;
	int64_t serious;
	double materiality_pp;
	struct err fault; /* of a stored document that cannot be read: for whom it is asked */
	int step;
};

/* Answers with a document's bytes; when they are handed out, the log says to whom. */
void spd_reply_document(struct call *c, struct text document);
void spd_ask_fini(struct spd_ask *a);
/* A job of this call: its done answers the failure, or goes on with `then`. */
void spd_job(struct call *c, enum lane lane, bool writes,
	     bool (*next)(struct job *, struct statement *, struct err *),
	     void (*rows)(struct job *, const struct rows *),
	     void (*done)(struct job *, const struct err *));
/* True: *e is a failure, which has been answered. */
/* What is to be done next: `next`, and `actions` that it names. */
void spd_add_advice(json_t *answer, const struct life_advice *a);
bool spd_failed(struct call *c, const struct err *e);

/* The statements that load a revision (whole: with document, events and the quarter before), one
 * by one from 0, and what they answer. False: that was all, or *e says that there is none. */
bool spd_load_next(struct spd_ask *a, int step, struct statement *st, struct err *e);
void spd_load_rows(struct call *c, int step, const struct rows *rows);
#define SPD_LOADS 3
/* The declaration of what was loaded; *out is initialised here and the caller's, also on failure.
 */
enum code spd_declare(const struct spd_ask *a, struct buf *out, struct err *e) MUST_CHECK;
/* Its digest into a->papers. */
enum code spd_digest_papers(struct spd_ask *a, struct err *e) MUST_CHECK;

/* spd_step.c: COMMENT, QA, APPROVE, REJECT, WITHDRAW, SUBMIT, ACKNOWLEDGE. */
void spd_step(struct call *c);
/* spd_look.c. */
void spd_list(struct call *c);
void spd_status(struct call *c);
void spd_checks(struct call *c);
void spd_declaration(struct call *c);
void spd_show_stored(struct call *c);
/* spd_compare.c. */
void spd_compare(struct call *c);

#endif
