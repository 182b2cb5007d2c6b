/* What there is about the SPD of a quarter: its revisions, its state, its checks, its papers. */
#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "core/spd/declaration.h"
#include "core/spd/spd_check.h"
#include "office/quarter/spd.h"
#include "store/quarter/spd_stored.h"

#include <string.h>

/* --- loading a revision ----------------------------------------------------------------------- */

/* The columns of sql/queries/quarter/spd_revision.sql. */
enum revision_column {
	COL_REVISION,
	COL_STATE,
	COL_SHA256,
	COL_APPROVAL,
	COL_CREATED_BY,
	COL_REVIEWED_BY,
	COL_APPROVED_BY,
	COL_SUBMITTED_BY,
	COL_AS_OF,
	COL_CREATED_AT,
	COL_REVIEWED_AT,
	COL_APPROVED_AT,
	COL_SUBMITTED_AT,
	COL_CHANNEL,
	COL_REFERENCE,
	COL_ACKNOWLEDGED_AT,
	COL_ACKNOWLEDGEMENT,
	COL_REASON,
	COL_SUBMITTED,
	COL_DOCUMENT,
	COL_PREPARER,
	COL_REVIEWER,
	COL_PERSON,
};

static const struct {
	const char *name;
	enum revision_column column;
} revision_texts[] = {
    {"state", COL_STATE},
    {"sha256", COL_SHA256},
    {"approval", COL_APPROVAL},
    {"as_of", COL_AS_OF},
    {"created_by", COL_CREATED_BY},
    {"created_at", COL_CREATED_AT},
    {"reviewed_by", COL_REVIEWED_BY},
    {"reviewed_at", COL_REVIEWED_AT},
    {"approved_by", COL_APPROVED_BY},
    {"approved_at", COL_APPROVED_AT},
    {"submitted_by", COL_SUBMITTED_BY},
    {"submitted_at", COL_SUBMITTED_AT},
    {"channel", COL_CHANNEL},
    {"reference", COL_REFERENCE},
    {"acknowledged_at", COL_ACKNOWLEDGED_AT},
    {"acknowledgement", COL_ACKNOWLEDGEMENT},
    {"reason", COL_REASON},
};

static json_t *
text_or_null(const char *s)
{
	return s == NULL ? json_null() : json_string(s);
}

static json_t *
revision_json(const struct rows *rows, int row)
{
	json_t *o = json_object();

	json_object_set_new(o, "revision", json_integer(rows_int(rows, row, COL_REVISION)));
	for (size_t i = 0; i < COUNT(revision_texts); i++)
		json_object_set_new(
		    o, revision_texts[i].name,
		    text_or_null(rows_text(rows, row, (int)revision_texts[i].column)));
	return o;
}

static const char *
keep(struct call *c, const char *s)
{
	return s == NULL ? NULL : arena_dup(c->arena, s, strlen(s));
}

static void
load_revision(struct call *c, const struct rows *rows)
{
	struct spd_ask *a = c->state;
	struct life *l = &a->life;
	const char *sha = rows_text(rows, 0, COL_SHA256);

	if (rows_count(rows) == 0)
		return;
	spd_state_by_name(text_of(rows_text(rows, 0, COL_STATE)), &l->state);
	l->revision = rows_int(rows, 0, COL_REVISION);
	l->approval = spd_approval_by_name(rows_text(rows, 0, COL_APPROVAL));
	l->was_submitted = rows_int(rows, 0, COL_SUBMITTED) > 0;
	l->preparer = keep(c, rows_text(rows, 0, COL_PREPARER));
	l->reviewer = keep(c, rows_text(rows, 0, COL_REVIEWER));
	l->person = keep(c, rows_text(rows, 0, COL_PERSON));
	a->since = keep(c, rows_text(rows, 0, COL_AS_OF));
	memcpy(a->sha256, sha, strlen(sha) + 1);
	a->head = revision_json(rows, 0);
	a->raw = arena_dup(c->arena, rows_text(rows, 0, COL_DOCUMENT),
			   strlen(rows_text(rows, 0, COL_DOCUMENT)));
	snprintf(a->revision, sizeof a->revision, "%lld", (long long)l->revision);
	a->document =
	    spd_stored(rows_text(rows, 0, COL_DOCUMENT), a->label, a->revision, &a->fault);
}

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void
load_events(struct call *c, const struct rows *rows)
{
	static const char *const names[] = {"at",      "by",      "action", "state",
					    "metric",  "by_dims", "text",   "reference",
					    "channel", "name",    "post",   "carried_from"};
	static const char *const as_json[] = {"by_dims", "carried_from"};
	struct spd_ask *a = c->state;

	a->events = json_array();
	for (int row = 0; row < rows_count(rows); row++) {
		json_t *e = json_object();

		for (int i = 0; i < (int)COUNT(names); i++) {
			const char *s = rows_text(rows, row, i);

			json_object_set_new(e, names[i],
					    is_one_of(names[i], as_json, 2) && s != NULL
						? json_loads(s, JSON_DECODE_ANY, NULL)
						: text_or_null(s));
		}
		json_array_append_new(a->events, e);
	}
}

static void
load_earlier(struct call *c, const struct rows *rows)
{
	struct spd_ask *a = c->state;

	if (rows_count(rows) > 0)
		a->earlier =
		    spd_stored(rows_text(rows, 0, 1), a->before, rows_text(rows, 0, 0), &a->fault);
}

bool
spd_load_next(struct spd_ask *a, int step, struct statement *st, struct err *e)
{
	if (step == 0) {
		*st = (struct statement){embed_text("sql/queries/quarter/spd_revision.sql"),
					 4,
					 {a->label, a->revision, "true", a->life.who}};
		return true;
	}
	if (a->life.revision == 0) {
		err_set(e, REJ_NOT_FOUND, "revision",
			"%s has no such revision; spd.list names those it has, "
			"spd.freeze makes the first",
			a->label);
		action_offer(e, &(struct todo){.action = ACTION_SPD_LIST, .quarter = a->label});
		action_offer(e, &(struct todo){.action = ACTION_SPD_FREEZE, .quarter = a->label});
		return false;
	}
	if (step == 1)
		*st = (struct statement){
		    embed_text("sql/queries/quarter/spd_events.sql"), 2, {a->label, a->revision}};
	else
		*st = (struct statement){
		    embed_text("sql/queries/quarter/spd_standing.sql"), 1, {a->before}};
	return step < SPD_LOADS;
}

void
spd_load_rows(struct call *c, int step, const struct rows *rows)
{
	static void (*const on_rows[SPD_LOADS])(struct call *, const struct rows *) = {
	    load_revision, load_events, load_earlier};

	on_rows[step](c, rows);
}

static bool
next_load(struct job *j, struct statement *st, struct err *e)
{
	struct spd_ask *a = ((struct call *)j->ctx)->state;

	return spd_load_next(a, a->step++, st, e);
}

static void
rows_load(struct job *j, const struct rows *rows)
{
	const struct spd_ask *a = ((struct call *)j->ctx)->state;

	spd_load_rows(j->ctx, a->step - 1, rows);
}

/* --- SHOW of a revision: the bytes that were frozen ------------------------------------------- */

static void
on_stored(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;

	if (spd_failed(c, e))
		return;
	spd_ask_fini(a);
	spd_reply_document(c, text_of(a->raw));
}

void
spd_show_stored(struct call *c)
{
	spd_job(c, LANE_SHORT, false, next_load, rows_load, on_stored);
}

/* --- DECLARATION ------------------------------------------------------------------------------ */

enum code
spd_declare(const struct spd_ask *a, struct buf *out, struct err *e)
{
	struct declaration d = {.quarter = a->label,
				.revision = a->life.revision,
				.document_sha256 = a->sha256,
				.state = a->life.state,
				.document = a->document,
				.events = a->events};

	buf_init(out, DECLARATION_MAX);
	return declaration_write(&d, out, e);
}

enum code
spd_digest_papers(struct spd_ask *a, struct err *e)
{
	unsigned char sum[SHA256_SIZE];
	struct buf out;
	enum code code = spd_declare(a, &out, e);

	if (code == OK && !sha256(out.p, out.n, sum))
		code = err_set(e, TRY_LIMIT, "spd", "out of memory; try again");
	buf_fini(&out);
	if (code == OK)
		hex_encode(sum, sizeof sum, a->papers);
	return code;
}

static void
on_declared(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	struct err why = {0};
	struct buf out;

	if (spd_failed(c, e) || spd_failed(c, &a->fault))
		return;
	(void)!spd_declare(a, &out, &why);
	spd_ask_fini(a);
	if (why.code != OK)
		call_fail_err(c, &why);
	else
		call_reply(c, (struct text){(const char *)out.p, out.n});
	buf_fini(&out);
}

void
spd_declaration(struct call *c)
{
	spd_job(c, LANE_SHORT, false, next_load, rows_load, on_declared);
}

/* --- CHECK ------------------------------------------------------------------------------------ */

static void
on_checked(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	json_t *checks;
	json_t *answer;

	if (spd_failed(c, e) || spd_failed(c, &a->fault))
		return;
	checks = spd_check(a->document, a->events, a->earlier);
	answer = json_pack("{s:s, s:I, s:s, s:b, s:o}", "quarter", a->label, "revision",
			   (json_int_t)a->life.revision, "state", spd_state_name(a->life.state),
			   "ok", spd_check_failed(checks) == 0, "checks", checks);
	spd_ask_fini(a);
	call_reply_json(c, answer);
}

void
spd_checks(struct call *c)
{
	spd_job(c, LANE_SHORT, false, next_load, rows_load, on_checked);
}

/* --- LIST ------------------------------------------------------------------------------------- */

static bool
next_list(struct job *j, struct statement *st, struct err *e)
{
	struct spd_ask *a = ((struct call *)j->ctx)->state;

	(void)e;
	*st = (struct statement){embed_text("sql/queries/quarter/spd_revision.sql"),
				 4,
				 {a->label, "0", "false", a->life.who}};
	return a->step++ == 0;
}

static void
rows_list(struct job *j, const struct rows *rows)
{
	struct spd_ask *a = ((struct call *)j->ctx)->state;
	json_t *revisions = json_array();

	for (int i = rows_count(rows) - 1; i >= 0; i--)
		json_array_append_new(revisions, revision_json(rows, i));
	a->answer = json_pack("{s:s, s:o}", "quarter", a->label, "revisions", revisions);
}

static void
on_listed(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	json_t *answer = a->answer;

	if (spd_failed(c, e))
		return;
	a->answer = NULL;
	call_reply_json(c, answer);
}

void
spd_list(struct call *c)
{
	spd_job(c, LANE_SHORT, false, next_list, rows_list, on_listed);
}

/* --- STATUS ----------------------------------------------------------------------------------- */

/* First what the quarter is, then its revision, when it has one. */
static bool
next_status(struct job *j, struct statement *st, struct err *e)
{
	struct spd_ask *a = ((struct call *)j->ctx)->state;
	int step = a->step++;

	if (step == 0) {
		*st = (struct statement){
		    embed_text("sql/queries/quarter/spd_life.sql"), 1, {a->label}};
		return true;
	}
	if (a->answer == NULL) {
		err_set(e, REJ_NOT_FOUND, "quarter",
			"the civil calendar has no such quarter; without an entity there is "
			"none: setup");
		action_offer(e, &(struct todo){.action = ACTION_SETUP});
		return false;
	}
	if (step == 2 && a->life.revision == 0 && a->revision[0] == '0')
		return false;
	return step <= 2 && spd_load_next(a, step - 1, st, e);
}

static void
rows_status(struct job *j, const struct rows *rows)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	const char *approval;

	if (a->step > 1) {
		spd_load_rows(c, a->step - 2, rows);
		return;
	}
	if (rows_count(rows) == 0)
		return;
	a->life.state = rows_int(rows, 0, 3) != 0 ? SPD_COLLECTING : SPD_OPEN;
	approval = spd_approval_name(spd_approval_by_name(rows_text(rows, 0, 7)));
	a->answer = json_pack(
	    "{s:s, s:s?, s:b, s:{s:s, s:s?, s:s?}}", "quarter", a->label, "grace_end",
	    rows_text(rows, 0, 5), "grace_is_over", (int)rows_int(rows, 0, 4), "policy", "approval",
	    approval, "declared_by", rows_text(rows, 0, 8), "declared_on", rows_text(rows, 0, 9));
}

static void
on_status(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct spd_ask *a = c->state;
	json_t *answer = a->answer;
	struct err why = *e;
	struct life_advice next;

	if (why.code == OK && a->life.revision > 0)
		(void)!spd_digest_papers(a, &why);
	if (spd_failed(c, &why))
		return;
	life_next(&a->life, &next);
	json_object_set_new(answer, "papers",
			    text_or_null(a->life.revision > 0 ? a->papers : NULL));
	json_object_set_new(answer, "state", json_string(spd_state_name(a->life.state)));
	spd_add_advice(answer, &next);
	json_object_set(answer, "revision", a->head == NULL ? json_null() : a->head);
	json_object_set_new(answer, "events",
			    a->events == NULL ? json_array() : json_incref(a->events));
	a->answer = NULL;
	spd_ask_fini(a);
	call_reply_json(c, answer);
}

void
spd_status(struct call *c)
{
	spd_job(c, LANE_SHORT, false, next_status, rows_status, on_status);
}
