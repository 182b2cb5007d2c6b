/* The SPD: shown as it would be now or as it was frozen, frozen, submitted, listed. */
#include "core/spd.h"

#include "admin/call.h"
#include "base/log.h"
#include "store/spd_job.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define CODE(name)    SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_##name
#define MAY_FREEZE(r) ((r) == ROLE_COMPLIANCE || (r) == ROLE_ADMIN)

/* What a call of this area needs until it is answered; in the call's arena. */
struct ask {
	struct quarter quarter;
	char label[QUARTER_TEXT_SIZE];
	char revision[16];
	const char *reference;
	struct spd_run run;
	json_t *answer;
	bool submitted;
	int step;
};

static void
reply_json(struct call *c, json_t *answer /* takes */)
{
	char *text = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(answer);
	if (text == NULL) {
		call_fail(c, CODE(UNAVAILABLE), "", "out of memory; try again");
		return;
	}
	call_reply(c, text_of(text));
	free(text);
}

/* --- computing: SHOW of now, FREEZE ----------------------------------------------------------- */

static void
on_shown(struct spd_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	if (e->code != OK) {
		struct err why = *e;
		spd_fini(r);
		call_fail_err(c, &why);
		return;
	}
	/* The reply ends the call, and with it the memory that holds the run. */
	struct spd_run run = *r;
	call_reply(c, (struct text){(const char *)run.document.p, run.document.n});
	spd_fini(&run);
}

static void
on_frozen(struct spd_run *r, const struct err *e)
{
	struct call *c = r->ctx;
	struct err why = *e;
	if (why.code != OK) {
		spd_fini(r);
		call_fail_err(c, &why);
		return;
	}
	log_info("spd.freeze", KV("quarter", r->label), KVI("revision", r->spd.revision),
		 KV("by", c->principal.s));
	json_t *answer = json_pack("{s:s, s:I, s:s, s:s, s:s}", "quarter", r->label, "revision",
				   (json_int_t)r->spd.revision, "state", "DRAFT", "as_of",
				   r->spd.as_of, "sha256", r->sha256);
	spd_fini(r);
	reply_json(c, answer);
}

static void
compute(struct call *c, enum spd_task task, void (*done)(struct spd_run *, const struct err *))
{
	struct ask *a = c->state;
	struct err e = {0};
	a->run = (struct spd_run){
	    .store = call_store(c),
	    .catalogue = spd_catalogue(&e),
	    .quarter = a->quarter,
	    .task = task,
	    .by = c->principal.s,
	    .done = done,
	    .ctx = c,
	};
	if (a->run.catalogue == NULL) {
		call_fail_err(c, &e);
		return;
	}
	spd_start(&a->run);
}

/* --- a stored revision ------------------------------------------------------------------------ */

static void
on_ended(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct ask *a = c->state;
	json_t *answer = a->answer;
	a->answer = NULL;
	if (e->code != OK) {
		struct err why = *e;
		json_decref(answer);
		call_fail_err(c, &why);
		return;
	}
	if (answer == NULL) {
		call_fail(c, CODE(NOT_FOUND), "revision",
			  "%s has no such revision; semsctl spd list %s names those it has",
			  a->label, a->label);
		return;
	}
	if (a->submitted) {
		log_info("spd.submit", KV("quarter", a->label), KV("revision", a->revision),
			 KV("by", c->principal.s));
	}
	reply_json(c, answer);
}

static void
run_job(struct call *c, bool writes, bool (*next)(struct job *, struct statement *, struct err *),
	void (*rows)(struct job *, const struct rows *))
{
	c->job = (struct job){
	    .role = DB_COMPUTE,
	    .writes = writes,
	    .next = next,
	    .rows = rows,
	    .done = on_ended,
	    .ctx = c,
	};
	store_run(call_store(c), &c->job);
}

#define REVISION_COLUMNS                                                                       \
	"revision, state, encode(sha256, 'hex'), "                                             \
	"to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), created_by, " \
	"to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), "        \
	"submitted_by, "                                                                       \
	"to_char(submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), reference"

/* The columns above, from column `first` on. */
static json_t *
revision_json(const struct rows *rows, int row)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?}", "revision",
			 (json_int_t)rows_int(rows, row, 0), "state", rows_text(rows, row, 1),
			 "sha256", rows_text(rows, row, 2), "as_of", rows_text(rows, row, 3),
			 "created_by", rows_text(rows, row, 4), "created_at",
			 rows_text(rows, row, 5), "submitted_by", rows_text(rows, row, 6),
			 "submitted_at", rows_text(rows, row, 7), "reference",
			 rows_text(rows, row, 8));
}

static bool
next_stored(struct job *j, struct statement *st, struct err *e)
{
	const struct call *c = j->ctx;
	struct ask *a = c->state;
	(void)e;
	*st = (struct statement){"SELECT " REVISION_COLUMNS ", document FROM sems.spd_revision "
				 "WHERE quarter = $1 AND revision = $2::int",
				 2,
				 {a->label, a->revision}};
	return a->step++ == 0;
}

/* The document is as it was frozen; what happened to it since is laid over it: its state, and
 * `sealed` with the SHA-256 of the bytes frozen. */
static void
rows_stored(struct job *j, const struct rows *rows)
{
	const struct call *c = j->ctx;
	struct ask *a = c->state;
	if (rows_count(rows) == 1) {
		a->answer = json_loads(rows_text(rows, 0, 9), 0, NULL);
		(void)json_object_set_new(a->answer, "state", json_string(rows_text(rows, 0, 1)));
		(void)json_object_set_new(a->answer, "sealed", revision_json(rows, 0));
	}
}

static bool
next_list(struct job *j, struct statement *st, struct err *e)
{
	const struct call *c = j->ctx;
	struct ask *a = c->state;
	(void)e;
	*st = (struct statement){"SELECT " REVISION_COLUMNS " FROM sems.spd_revision "
				 "WHERE quarter = $1 ORDER BY spd_revision.revision",
				 1,
				 {a->label}};
	return a->step++ == 0;
}

static void
rows_list(struct job *j, const struct rows *rows)
{
	const struct call *c = j->ctx;
	struct ask *a = c->state;
	json_t *revisions = json_array();
	for (int i = 0; i < rows_count(rows); i++) {
		(void)json_array_append_new(revisions, revision_json(rows, i));
	}
	a->answer = json_pack("{s:s, s:o}", "quarter", a->label, "revisions", revisions);
}

/* --- SUBMIT ----------------------------------------------------------------------------------- */

/* The newest draft when none is named; then the one submitted before makes room for it. */
static const char pick_sql[] =
    "SELECT revision, state FROM sems.spd_revision WHERE quarter = $1 "
    "AND ($2::int = 0 OR revision = $2::int) ORDER BY spd_revision.revision DESC LIMIT 1";
static const char supersede_sql[] =
    "UPDATE sems.spd_revision SET state = 'SUPERSEDED' WHERE quarter = $1 AND state = 'SUBMITTED'";
static const char submit_sql[] =
    "UPDATE sems.spd_revision SET state = 'SUBMITTED', submitted_by = $3, submitted_at = now(), "
    "reference = nullif($4, '') WHERE quarter = $1 AND revision = $2::int AND state = 'DRAFT' "
    "RETURNING " REVISION_COLUMNS;

static bool
next_submit(struct job *j, struct statement *st, struct err *e)
{
	const struct call *c = j->ctx;
	struct ask *a = c->state;
	int step = a->step++;
	if (step == 0) {
		*st = (struct statement){pick_sql, 2, {a->label, a->revision}};
		return true;
	}
	if (step == 1 && a->revision[0] == '\0') {
		(void)err_set(e, REJ_NOT_FOUND, "revision",
			      "%s has no such draft; semsctl spd freeze %s makes one", a->label,
			      a->label);
		return false;
	}
	if (step == 1 && a->revision[0] == '-') {
		(void)err_set(e, REJ_STATE, "revision",
			      "revision %s of %s is no draft; freeze another to submit it",
			      a->revision + 1, a->label);
		return false;
	}
	if (step == 1) {
		*st = (struct statement){supersede_sql, 1, {a->label}};
		return true;
	}
	*st = (struct statement){
	    submit_sql, 4, {a->label, a->revision, c->principal.s, a->reference}};
	return step == 2;
}

static void
rows_submit(struct job *j, const struct rows *rows)
{
	struct ask *a = ((const struct call *)j->ctx)->state;
	if (a->step == 1) {
		bool found = rows_count(rows) == 1;
		bool draft = found && text_is(text_of(rows_text(rows, 0, 1)), "DRAFT");
		int64_t n = found ? rows_int(rows, 0, 0) : 0;
		a->revision[0] = '\0';
		if (found) {
			(void)snprintf(a->revision, sizeof(a->revision), "%" PRId64,
				       draft ? n : -n);
		}
	} else if (rows_count(rows) == 1) {
		a->answer = revision_json(rows, 0);
		(void)json_object_set_new(a->answer, "quarter", json_string(a->label));
		a->submitted = true;
	}
}

/* --- the operations --------------------------------------------------------------------------- */

static void
show(struct call *c)
{
	const struct ask *a = c->state;
	if (a->revision[0] == '0') {
		compute(c, SPD_TASK_SHOW, on_shown);
	} else {
		run_job(c, false, next_stored, rows_stored);
	}
}

static void
freeze(struct call *c)
{
	compute(c, SPD_TASK_FREEZE, on_frozen);
}

static void
submit(struct call *c)
{
	run_job(c, true, next_submit, rows_submit);
}

static void
list(struct call *c)
{
	run_job(c, false, next_list, rows_list);
}

static const struct {
	int operation;
	bool decides; /* takes who may freeze */
	void (*run)(struct call *c);
} operations[] = {
    {SEMS__V1__SPD_OPERATION__SPD_OPERATION_SHOW, false, show},
    {SEMS__V1__SPD_OPERATION__SPD_OPERATION_FREEZE, true, freeze},
    {SEMS__V1__SPD_OPERATION__SPD_OPERATION_SUBMIT, true, submit},
    {SEMS__V1__SPD_OPERATION__SPD_OPERATION_LIST, false, list},
};

/* Fills the ask from the request; false: the call has been answered. */
static bool
read_ask(struct call *c, struct ask *a)
{
	const Sems__V1__SpdRequest *q = c->request->spd;
	if (q->quarter == NULL || !quarter_parse(text_of(q->quarter), &a->quarter)) {
		call_fail(c, CODE(INVALID), "quarter", "name a quarter such as 2026-Q2");
		return false;
	}
	if (q->has_revision && q->revision > 1000000) {
		call_fail(c, CODE(INVALID), "revision", "there are not so many");
		return false;
	}
	a->reference = q->reference == NULL ? "" : q->reference;
	if (!text_is_clean_utf8(text_of(a->reference))) {
		call_fail(c, CODE(INVALID), "reference", "is no clean UTF-8 text");
		return false;
	}
	quarter_format(a->quarter, a->label);
	(void)snprintf(a->revision, sizeof(a->revision), "%" PRIu32,
		       q->has_revision ? q->revision : 0);
	return true;
}

void
admin_spd(struct call *c)
{
	struct ask *a = arena_zalloc(c->arena, 1, sizeof(*a));
	if (a == NULL) {
		call_fail(c, CODE(UNAVAILABLE), "", "out of memory; try again");
		return;
	}
	c->state = a;
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (operations[i].operation != (int)c->request->spd->operation) {
			continue;
		}
		if (operations[i].decides && !MAY_FREEZE(c->role)) {
			call_fail(c, CODE(FORBIDDEN), "operation",
				  "takes the role compliance or admin");
		} else if (read_ask(c, a)) {
			operations[i].run(c);
		}
		return;
	}
	call_fail(c, CODE(INVALID), "operation",
		  "is none that is known: show, freeze, submit, list");
}
