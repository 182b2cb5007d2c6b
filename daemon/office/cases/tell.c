/*
 * Events of cases, told one after the other in one transaction: what is known of the case is asked,
 * core judges, the database keeps what it lets pass and checks it once more. Each event has its
 * verdict; one that is refused keeps none of the others from being told.
 */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "base/uuid.h"
#include "core/life/case.h"
#include "core/life/case_word.h"
#include "office/cases/cases.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX      LIFE_WORDS_MAX
#define CLOCK_ALLOW_MS 60000                 /* by which clocks of one house may differ */
#define FIRST_MS       INT64_C(946684800000) /* 2000-01-01 */

enum stage { ASK, JUDGE, KEPT };

/* The event that is told now, and what came of those before. */
struct telling {
	size_t at;
	enum stage stage;
	unsigned event;
	enum case_kind kind;
	const char *said[CASE_WORDS]; /* in the arena */
	const char *content;          /* the same as JSON, in the arena */
	char event_id[UUID_TEXT_SIZE];
	char valid[24];
	const char *number; /* NULL: a new case */
	json_t *standing;
	json_t *results;
};

static const struct case_event_told *
told(const struct call *c, const struct telling *t)
{
	return &c->request.cases->events[t->at];
}

/* --- what is told, of itself ------------------------------------------------------------------ */

static enum code
take_words(struct telling *t, const struct case_event_told *q, struct err *e)
{
	const struct life_kind *life = case_kinds[t->kind].life;

	memset(t->said, 0, sizeof t->said);
	if (q->n_words > WORDS_MAX)
		return err_set(e, REJ_FIELD, "words", "are %zu; at most %d", q->n_words, WORDS_MAX);
	for (size_t i = 0; i < q->n_words; i++) {
		const char *name = q->words[i].name == NULL ? "" : q->words[i].name;
		size_t w = life_find_word(life, name);

		if (w == life->n_words)
			return err_set(e, REJ_FIELD, "words",
				       "names a word that no case has: %.40s",
				       text_is_clean_utf8(text_of(name)) ? name : "");
		if (t->said[w] != NULL)
			return err_set(e, REJ_FIELD, name, "is said twice");
		if (life_is_blank(q->words[i].value))
			continue;
		/* The database is asked what they come to, and takes a score for a number. */
		if (life_check_word(&life->words[w], q->words[i].value, e) != OK)
			return e->code;
		t->said[w] = q->words[i].value;
	}
	return OK;
}

/* A finding of an audit is named by its number there, the source of the audit, and the site. */
static enum code
check_audit(const struct telling *t, struct err *e)
{
	if (t->said[SAYS_FINDING_ID] == NULL && t->said[SAYS_OF_SOURCE] == NULL)
		return OK;
	if (t->said[SAYS_FINDING_ID] == NULL)
		return err_set(e, REJ_FIELD, "finding_id", "goes with of_source; give both");
	if (t->said[SAYS_OF_SOURCE] == NULL || t->said[SAYS_SITE_ID] == NULL)
		return err_set(e, REJ_FIELD,
			       t->said[SAYS_OF_SOURCE] == NULL ? "of_source" : "site_id",
			       "goes with finding_id; give both");
	return OK;
}

static enum code
take_kind(struct telling *t, const struct case_event_told *q, struct err *e)
{
	static const struct life_word number = {
	    .name = "number", .type = WORD_CASE, .max = CASE_NUMBER_SIZE - 1};

	t->number = text_is_given(q->number) ? q->number : NULL;
	if (t->number != NULL && life_check_word(&number, t->number, e) != OK)
		return e->code;
	t->kind = t->number != NULL ? case_kind_by_number(t->number)
				    : case_kind_by_name(q->kind == NULL ? "" : q->kind);
	if (t->kind == CASE_KINDS)
		return err_set(e, REJ_FIELD, t->number == NULL ? "kind" : "number",
			       "names no kind of case");
	return OK;
}

static enum code
take_event(const struct call *c, struct telling *t, const struct case_event_told *q, struct err *e)
{
	const struct machine *m;
	struct uuid id;

	if (q->event_id.n != sizeof id.b)
		return err_set(e, REJ_FIELD, "event_id", "is no UUID of 16 bytes");
	memcpy(id.b, q->event_id.s, sizeof id.b);
	uuid_format(&id, t->event_id);
	if (take_kind(t, q, e) != OK)
		return e->code;
	m = case_kinds[t->kind].life->machine;
	t->event = life_find_name(m->events, m->n_events, q->event == NULL ? "" : q->event);
	if (t->event == m->n_events)
		return err_set(e, REJ_FIELD, "event", "is nothing that happens to %s",
			       case_kinds[t->kind].title);
	if (q->has_valid && (q->valid < FIRST_MS || q->valid > c->now.v + CLOCK_ALLOW_MS))
		return err_set(e, REJ_FIELD, "valid",
			       "is before 2000, or has not come yet: say when it was so");
	snprintf(t->valid, sizeof t->valid, "%" PRId64, q->valid);
	if (life_kind_may(case_kinds[t->kind].life, t->event, right_set(c->who.role), e) != OK)
		return e->code;
	return take_words(t, q, e);
}

/* Its words as JSON, sorted. */
static enum code
write_content(struct call *c, struct telling *t, struct err *e)
{
	json_t *j = json_object();
	char *text;

	for (unsigned i = 0; i < CASE_WORDS; i++)
		if (t->said[i] != NULL)
			json_object_set_new(j, case_words[i].name, json_string(t->said[i]));
	text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(j);
	t->content = text == NULL ? NULL : arena_printf(c->arena, "%s", text);
	free(text);
	/* What could not be written for want of memory must not be kept without it. */
	if (t->content == NULL || call_lacks_memory(c))
		return err_set(e, TRY_LIMIT, "", "out of memory; try again");
	return OK;
}

/* --- what is known of it ---------------------------------------------------------------------- */

/* Told before, with this id. */
static enum code
check_told(struct call *c, struct telling *t, const json_t *before, const char **verdict,
	   struct err *e)
{
	const struct case_event_told *q = told(c, t);
	const struct machine *m = case_kinds[t->kind].life->machine;
	const json_t *content = json_object_get(before, "content");
	bool same = strcmp(member_text(before, "event"), m->events[t->event]) == 0 &&
		    strcmp(member_text(before, "kind"), case_kinds[t->kind].name) == 0;

	if (t->number != NULL)
		same = same && strcmp(member_text(before, "number"), t->number) == 0;
	if (q->has_valid)
		same = same && json_integer_value(json_object_get(before, "valid_ms")) == q->valid;
	for (unsigned i = 0; i < CASE_WORDS; i++) {
		const char *kept = member_maybe(content, case_words[i].name);
		/* What the audit said of it is added. */
		bool added = t->said[i] == NULL && t->said[SAYS_FINDING_ID] != NULL &&
			     (i == SAYS_SEVERITY || i == SAYS_DETECTED_ON);

		if (!added)
			same = same && strcmp(kept == NULL ? "" : kept,
					      t->said[i] == NULL ? "" : t->said[i]) == 0;
	}
	if (!same)
		return err_set(e, REJ_STATE, "event_id",
			       "was told before as %s of %s, and said something else",
			       member_text(before, "event"), member_text(before, "number"));
	*verdict = "DUPLICATE";
	return OK;
}

static enum code
refuse_stray(const char *stray, struct err *e)
{
	static const struct {
		const char *word;
		const char *what;
	} strays[] = {
	    {"owner", "is no registered person or principal"},
	    {"finding", "is no finding of the register"},
	    {"repeat_of", "is no finding of the register"},
	    {"scenario", "is no threat scenario of the register"},
	    {"scenarios", "names what is no threat scenario of the register"},
	    {"control", "is no control of the register"},
	    {"controls", "names what is no control of the register"},
	    {"assets", "names what is no key asset of the register"},
	    {"site_id", "is no registered site"},
	    {"local_severity", "is mapped to none of CRITICAL, SERIOUS, MINOR, OBSERVATION_ONLY"},
	};

	for (size_t i = 0; i < COUNT(strays); i++)
		if (strcmp(strays[i].word, stray) == 0)
			return err_set(e, REJ_FIELD, stray, "%s", strays[i].what);
	return err_set(e, REJ_FIELD, stray, "names what is not there");
}

/* What an audit said of it holds where nothing else is said. */
static enum code
take_listed(struct call *c, struct telling *t, struct err *e)
{
	const json_t *listed = json_object_get(t->standing, "listed");
	const char *is = member_maybe(t->standing, "is");

	if (t->event != 0 || t->said[SAYS_FINDING_ID] == NULL)
		return OK;
	if (is != NULL)
		return err_set(e, REJ_STATE, "finding_id", "is in the register already, as %s", is);
	if (!json_is_object(listed))
		return err_set(e, REJ_NOT_FOUND, "finding_id",
			       "is in no audit of that source at that site");
	for (unsigned i = SAYS_SEVERITY; i <= SAYS_DETECTED_ON; i++) {
		const char *s = member_maybe(listed, case_words[i].name);
		/* The entity's own grade says how grave it is, too. */
		bool is_said = t->said[i] != NULL ||
			       (i == SAYS_SEVERITY && t->said[SAYS_LOCAL_SEVERITY] != NULL);

		if (!is_said && s != NULL)
			t->said[i] = arena_printf(c->arena, "%s", s);
	}
	return write_content(c, t, e);
}

/* Which of the others whoever tells it is, by their bits; the database knows who they are now. */
static void
take_others(const struct telling *t, const char *others[CASE_OTHERS])
{
	const json_t *list = json_object_get(t->standing, "others");
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		unsigned o = life_find_name(case_others, CASE_OTHERS, json_string_value(one));

		if (o < CASE_OTHERS)
			others[o] = member_text(t->standing, "person");
	}
}

/* A finding says how grave it is, on one scale or the other. */
static enum code
check_severity(const struct telling *t, struct err *e)
{
	if (t->kind != CASE_FINDING || t->event != 0 || t->said[SAYS_SEVERITY] != NULL ||
	    t->said[SAYS_LOCAL_SEVERITY] != NULL)
		return OK;
	return err_set(e, REJ_FIELD, "severity", "is missing; give one");
}

static enum code
judge_step(struct call *c, struct telling *t, struct err *e)
{
	const json_t *there = json_object_get(t->standing, "case");
	const struct machine *m = case_kinds[t->kind].life->machine;
	const char *others[CASE_OTHERS] = {NULL};
	const char *state = member_text(there, "state");
	unsigned next;
	struct case_standing s = {
	    .kind = t->kind,
	    .number = t->number,
	    .state =
		json_is_object(there) ? life_find_name(m->states, m->n_states, state) : CASE_NEW,
	    .person = member_text(t->standing, "person"),
	    .rights = right_set(c->who.role),
	    .others = others,
	    .said = t->said,
	};

	take_others(t, others);
	if (t->number != NULL && !json_is_object(there))
		return err_set(e, REJ_NOT_FOUND, "number", "there is no case %s", t->number);
	if (s.state == m->n_states)
		return err_set(e, FATAL_BUG, "state", "of %s is none that it can be in", t->number);
	if (case_tell(&s, t->event, &next, e) != OK || check_severity(t, e) != OK)
		return e->code;
	if (told(c, t)->has_valid &&
	    told(c, t)->valid < json_integer_value(json_object_get(there, "valid_ms")))
		return err_set(e, REJ_STATE, "valid",
			       "is before what was told of %s last; tell things in the order in "
			       "which they were so",
			       t->number);
	return OK;
}

/* Nothing is found after it is brought up. */
static enum code
check_detected(const struct telling *t, struct err *e)
{
	const char *day = member_text(t->standing, "day");
	const char *said = t->said[SAYS_DETECTED_ON];

	if (said == NULL || strcmp(said, day) <= 0)
		return OK;
	return err_set(e, REJ_FIELD, "detected_on",
		       "is after %s, the day on which it is brought up", day);
}

/* NULL in *verdict: it is to be kept. */
static enum code
judge(struct call *c, struct telling *t, const char **verdict, struct err *e)
{
	const json_t *before = json_object_get(t->standing, "told");
	const char *stray = member_maybe(t->standing, "strays");
	const json_t *hindered = json_object_get(t->standing, "hindered");

	if (json_is_object(before))
		return check_told(c, t, before, verdict, e);
	if (take_listed(c, t, e) != OK || judge_step(c, t, e) != OK || check_detected(t, e) != OK)
		return e->code;
	if (json_is_true(json_object_get(t->standing, "names_unknown")))
		return err_set(e, REJ_STATE, t->said[SAYS_RECORD] == NULL ? "evidence" : "record",
			       "names what is no stored record, or one of a test that is not "
			       "debriefed: whoever sees the register would know of it; tell it "
			       "when it is stored and after the debrief");
	if (stray != NULL)
		return refuse_stray(stray, e);
	if (json_is_object(hindered))
		return err_set(e, REJ_STATE, member_text(hindered, "field"), "%s",
			       member_text(hindered, "why"));
	return OK;
}

/* --- verdicts --------------------------------------------------------------------------------- */

static void
next_event(struct telling *t)
{
	json_decref(t->standing);
	t->standing = NULL;
	t->at++;
	t->stage = ASK;
}

/* One alone that is refused fails the request; of several each has its verdict. False: failed. */
static bool
note_refusal(const struct call *c, struct telling *t, struct err *e)
{
	char who[sizeof e->text + 32] = "";

	log_info("case.refused", KV("by", c->who.principal.s), KV("field", e->where));
	if (c->request.cases->n_events == 1 || e->code >= TRY_STORE)
		return false;
	if (e->code == REJ_ROLE)
		snprintf(who, sizeof who, "takes the role %s", e->text);
	json_array_append_new(t->results, json_pack("{s:s, s:s, s:s, s:s}", "verdict", "REFUSED",
						    "why", code_name(e->code), "field", e->where,
						    "text", who[0] != '\0' ? who : e->text));
	next_event(t);
	return true;
}

static void
note_duplicate(struct telling *t)
{
	const json_t *before = json_object_get(t->standing, "told");
	json_t *o = json_object();

	json_object_set(o, "number", json_object_get(before, "number"));
	json_object_set(o, "state", json_object_get(before, "state"));
	json_object_set(o, "step", json_object_get(before, "step"));
	json_object_set_new(o, "verdict", json_string("DUPLICATE"));
	json_array_append_new(t->results, o);
	next_event(t);
}

/* --- the job ---------------------------------------------------------------------------------- */

static void
ask_standing(struct call *c, struct telling *t, struct statement *st)
{
	const struct case_kind_is *k = &case_kinds[t->kind];

	t->stage = JUDGE;
	*st = (struct statement){embed_text("sql/queries/cases/case_standing.sql"),
				 8,
				 {c->who.principal.s, t->event_id, t->number, t->content,
				  call_may_know_covert(c) ? "1" : "0",
				  told(c, t)->has_valid ? t->valid : NULL, k->name,
				  k->life->machine->events[t->event]}};
}

static void
keep(struct call *c, struct telling *t, struct statement *st)
{
	const struct case_kind_is *k = &case_kinds[t->kind];

	t->stage = KEPT;
	*st = (struct statement){
	    embed_text("sql/queries/cases/case_tell.sql"),
	    7,
	    {t->event_id, t->number, k->name, k->life->machine->events[t->event],
	     told(c, t)->has_valid ? t->valid : NULL, c->who.principal.s, t->content}};
}

static bool
tell_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct telling *t = c->state;

	while (t->at < c->request.cases->n_events) {
		const char *verdict = NULL;
		enum code code = OK;

		if (t->stage == ASK) {
			code = take_event(c, t, told(c, t), e);
			code = code == OK ? check_audit(t, e) : code;
			code = code == OK ? write_content(c, t, e) : code;
		} else {
			code = judge(c, t, &verdict, e);
		}
		if (code != OK) {
			if (!note_refusal(c, t, e))
				return false;
			*e = (struct err){0};
		} else if (t->stage == ASK) {
			ask_standing(c, t, st);
			return true;
		} else if (verdict == NULL) {
			keep(c, t, st);
			return true;
		} else {
			note_duplicate(t);
		}
	}
	return false;
}

static void
tell_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct telling *t = c->state;
	json_t *answer = json_loads(rows_text(r, 0, 0), 0, NULL);

	if (t->stage == JUDGE) {
		t->standing = answer;
		return;
	}
	json_object_set_new(answer, "verdict", json_string("STORED"));
	json_array_append_new(t->results, answer);
	next_event(t);
}

/*
 * What core let pass by what it saw, and the database refuses by what is there, others told
 * meanwhile: it is to be told again from the beginning. Where the two still disagree after that,
 * the database's own words are answered.
 */
static enum code
code_of_failure(const struct call *c, const struct err *e)
{
	bool is_of_database = e->code == REJ_STATE && e->where[0] == '\0';

	return is_of_database && c->repeats < CONFLICT_REPEATS ? TRY_CONFLICT : e->code;
}

static void
tell_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct telling *t = c->state;
	json_t *results = t->results;

	json_decref(t->standing);
	if (e->code != OK) {
		struct err why = *e;

		why.code = code_of_failure(c, e);
		json_decref(results);
		call_fail_err(c, &why);
		return;
	}
	call_reply_json(c, json_pack("{s:o}", "results", results));
}

void
cases_tell(struct call *c)
{
	const struct case_request *q = c->request.cases;
	struct telling *t = arena_zalloc(c->arena, 1, sizeof *t);

	if (q->n_events == 0 || q->n_events > CASE_EVENTS_MAX) {
		call_fail(c, ANSWER_INVALID, "events", "are %zu; tell 1 to %d at once", q->n_events,
			  CASE_EVENTS_MAX);
		return;
	}
	if (t == NULL) {
		call_fail_memory(c);
		return;
	}
	t->results = json_array();
	c->state = t;
	c->job = (struct job){.role = DB_COMPUTE,
			      .writes = true,
			      .next = tell_next,
			      .rows = tell_rows,
			      .done = tell_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
