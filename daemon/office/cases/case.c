/* Cases as they were, one by one, in lists and between two days; the entity's scale of severity. */
#include "core/life/case.h"

#include "base/civil.h"
#include "base/count.h"
#include "base/file/embed.h"
#include "core/life/case_word.h"
#include "office/cases/cases.h"

#include <stdlib.h>
#include <string.h>

#define PAGE     100u
#define PAGE_MAX 1000u
#define DAY_SIZE 10 /* of 2026-05-31 */

/* "" or NULL is one, too. */
static bool
is_day(const char *s)
{
	static const struct life_word day = {.name = "", .type = WORD_DAY, .max = DAY_SIZE};

	return text_if_given(s) == NULL || life_check_word(&day, s, &(struct err){0}) == OK;
}

static bool
is_time(const char *s)
{
	struct utc_ms at;

	return is_day(s) || utc_parse(text_of(s), &at);
}

static enum code
check_texts(const struct case_request *q, struct err *e)
{
	const struct {
		const char *name;
		const char *s;
	} texts[] = {
	    {"number", q->number},     {"state", q->state},
	    {"owner", q->owner},       {"finding", q->finding},
	    {"severity", q->severity}, {"site_id", q->site_id},
	    {"after", q->after},       {"local_severity", q->local_severity},
	};
	const struct {
		const char *name;
		const char *s;
		bool is_fit;
	} times[] = {
	    {"due_until", q->due_until, is_day(q->due_until)},
	    {"as_of", q->as_of, is_time(q->as_of)},
	    {"known_by", q->known_by, is_time(q->known_by)},
	    {"since", q->since, is_day(q->since)},
	    {"until", q->until, is_day(q->until)},
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *s = texts[i].s;

		if (s != NULL && (strlen(s) > LIFE_LINE_MAX || !text_is_clean_utf8(text_of(s))))
			return err_set(e, REJ_FIELD, texts[i].name,
				       "is no clean text of at most %d bytes", LIFE_LINE_MAX);
	}
	for (size_t i = 0; i < COUNT(times); i++)
		if (!times[i].is_fit)
			return err_set(e, REJ_FIELD, times[i].name,
				       "is no day, such as 2026-05-31");
	return OK;
}

/* Findings and actions are for more people than the register of risks. */
static bool
may_see(const struct call *c, enum case_kind kind)
{
	return kind == CASE_FINDING || kind == CASE_ACTION ||
	       right_has(c->who.role, RIGHT_SEE_REGISTER);
}

/* The kinds as a list of JSON; NULL in *out: all of them. */
static enum code
check_kinds(const struct call *c, json_t **out, struct err *e)
{
	const struct case_request *q = c->request.cases;

	*out = q->n_kinds == 0 && may_see(c, CASE_SCENARIO) ? NULL : json_array();
	for (unsigned k = 0; q->n_kinds == 0 && *out != NULL && k < CASE_KINDS; k++)
		if (may_see(c, (enum case_kind)k))
			json_array_append_new(*out, json_string(case_kinds[k].name));
	for (size_t i = 0; i < q->n_kinds; i++) {
		if (q->kinds[i] == NULL || case_kind_by_name(q->kinds[i]) == CASE_KINDS) {
			json_decref(*out);
			*out = NULL;
			return err_set(e, REJ_FIELD, "kinds",
				       "is no kind of case: finding, action, scenario, control, "
				       "asset, assessment, acceptance, supplier, change, "
				       "threat_information, decision, chapter, gap, process_map");
		}
		if (!may_see(c, case_kind_by_name(q->kinds[i]))) {
			json_decref(*out);
			*out = NULL;
			return life_refuse_role(RIGHT_SEE_REGISTER, "kinds", e);
		}
		json_array_append_new(*out, json_string(q->kinds[i]));
	}
	return OK;
}

/* Taken; in the call's arena, or NULL. */
static const char *
keep_json(struct call *c, json_t *j)
{
	char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT);
	const char *kept = text == NULL ? NULL : arena_printf(c->arena, "%s", text);

	free(text);
	json_decref(j);
	return kept;
}

const char *
cases_page_size(struct call *c)
{
	uint32_t limit = c->request.cases->limit;

	return arena_printf(c->arena, "%u", limit == 0 ? PAGE : limit);
}

/* --- the operations --------------------------------------------------------------------------- */

static const char *
wanted(struct call *c, json_t *of_kinds)
{
	const struct case_request *q = c->request.cases;
	const struct {
		const char *name;
		const char *s;
	} texts[] = {
	    {"state", q->state},       {"owner", q->owner},     {"finding", q->finding},
	    {"severity", q->severity}, {"site_id", q->site_id}, {"due_until", q->due_until},
	};
	json_t *j = json_object();

	for (size_t i = 0; i < COUNT(texts); i++)
		if (text_if_given(texts[i].s) != NULL)
			json_object_set_new(j, texts[i].name, json_string(texts[i].s));
	if (q->open)
		json_object_set_new(j, "open", json_true());
	if (of_kinds != NULL)
		json_object_set_new(j, "kind", of_kinds);
	return keep_json(c, j);
}

static void
list(struct call *c)
{
	const struct case_request *q = c->request.cases;
	const char *as_of = text_if_given(q->as_of);
	const char *known = text_if_given(q->known_by);
	json_t *of_kinds;
	struct err e;

	if (check_kinds(c, &of_kinds, &e) != OK) {
		call_fail_err(c, &e);
		return;
	}
	/* What is now is kept as it is; what was is made of the events. */
	call_select(c, as_of == NULL && known == NULL ? LANE_SHORT : LANE_LONG,
		    &(struct statement){embed_text("sql/queries/cases/case_list.sql"),
					5,
					{wanted(c, of_kinds), as_of, known == NULL ? as_of : known,
					 text_if_given(q->after), cases_page_size(c)}});
}

static void
diff(struct call *c)
{
	const struct case_request *q = c->request.cases;
	json_t *of_kinds;
	struct err e;

	if (text_if_given(q->since) == NULL) {
		call_fail(c, ANSWER_INVALID, "since", "is missing; give a day");
		return;
	}
	if (check_kinds(c, &of_kinds, &e) != OK) {
		call_fail_err(c, &e);
		return;
	}
	call_select(c, LANE_LONG,
		    &(struct statement){embed_text("sql/queries/cases/case_diff.sql"),
					4,
					{q->since, text_if_given(q->until), keep_json(c, of_kinds),
					 cases_page_size(c)}});
}

/* A statement of which there may be no row. */
struct asked {
	struct statement st;
	bool is_done;
	const char *missing; /* which case there is none of */
};

static bool
one_next(struct job *j, struct statement *st, struct err *e)
{
	struct asked *a = ((struct call *)j->ctx)->state;
	bool was_done = a->is_done;

	(void)e;
	a->is_done = true;
	*st = a->st;
	return !was_done;
}

static void
one_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;

	if (rows_count(r) == 1)
		c->answer = text_of(rows_keep(r, 0, 0, c->arena));
}

static void
one_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	const struct asked *a = c->state;

	if (e->code != OK)
		call_fail_err(c, e);
	else if (c->answer.s == NULL)
		call_fail(c, ANSWER_NOT_FOUND, "number", "there was no case %s", a->missing);
	else
		call_reply(c, c->answer);
}

void
cases_ask_one(struct call *c, const struct statement *st, bool writes, const char *missing)
{
	struct asked *a = arena_zalloc(c->arena, 1, sizeof *a);

	if (a == NULL) {
		call_fail_memory(c);
		return;
	}
	a->st = *st;
	a->missing = missing;
	c->state = a;
	c->job = (struct job){.role = DB_COMPUTE,
			      .writes = writes,
			      .next = one_next,
			      .rows = one_rows,
			      .done = one_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}

static void
show(struct call *c)
{
	const struct case_request *q = c->request.cases;
	const char *as_of = text_if_given(q->as_of);
	const char *known = text_if_given(q->known_by);

	if (text_if_given(q->number) == NULL) {
		call_fail(c, ANSWER_INVALID, "number", "is missing; say which case");
		return;
	}
	if (!may_see(c, case_kind_by_number(q->number))) {
		call_forbid(c, "number", RIGHT_SEE_REGISTER);
		return;
	}
	cases_ask_one(c,
		      &(struct statement){embed_text("sql/queries/cases/case_show.sql"),
					  3,
					  {q->number, as_of, known == NULL ? as_of : known}},
		      false, q->number);
}

static void
scale(struct call *c)
{
	const struct case_request *q = c->request.cases;
	struct err e;

	if (text_if_given(q->local_severity) == NULL) {
		call_select(c, LANE_SHORT,
			    &(struct statement){
				embed_text("sql/queries/cases/severity_list.sql"), 0, {NULL}});
		return;
	}
	if (!right_has(c->who.role, RIGHT_SET_UP)) {
		call_forbid(c, "local_severity", RIGHT_SET_UP);
		return;
	}
	if (q->severity == NULL ||
	    life_check_word(&case_words[SAYS_SEVERITY], q->severity, &e) != OK) {
		call_fail(c, ANSWER_INVALID, "severity",
			  "is none of CRITICAL, SERIOUS, MINOR, OBSERVATION_ONLY");
		return;
	}
	cases_ask_one(c,
		      &(struct statement){embed_text("sql/queries/cases/severity_set.sql"),
					  3,
					  {q->local_severity, q->severity, c->who.principal.s}},
		      true, "");
}

static const struct {
	uint32_t operation;
	enum right right; /* RIGHT_COUNT: who may is asked for each event */
	void (*run)(struct call *c);
} operations[] = {
    {CASE_OP_LIST, RIGHT_SEE_CASES, list},
    {CASE_OP_SHOW, RIGHT_SEE_CASES, show},
    {CASE_OP_DIFF, RIGHT_SEE_CASES, diff},
    {CASE_OP_TELL, RIGHT_COUNT, cases_tell},
    {CASE_OP_SCALE, RIGHT_SEE_CASES, scale},
    {CASE_OP_REGISTER, RIGHT_SEE_REGISTER, cases_register},
    {CASE_OP_FLAGS, RIGHT_SEE_REGISTER, cases_flags},
    {CASE_OP_SCHEME, RIGHT_SEE_REGISTER, cases_scheme},
};

void
admin_case(struct call *c)
{
	const struct case_request *q = c->request.cases;
	size_t i = 0;
	struct err e;

	while (i < COUNT(operations) && operations[i].operation != q->operation)
		i++;
	if (i == COUNT(operations)) {
		call_fail(c, ANSWER_INVALID, "operation",
			  "an operation that this version does not know");
		return;
	}
	if (operations[i].right != RIGHT_COUNT && !right_has(c->who.role, operations[i].right)) {
		call_forbid(c, "operation", operations[i].right);
		return;
	}
	if (check_texts(q, &e) != OK) {
		call_fail_err(c, &e);
		return;
	}
	if (q->limit > PAGE_MAX) {
		call_fail(c, ANSWER_INVALID, "limit", "is too great; a page has at most %u cases",
			  PAGE_MAX);
		return;
	}
	operations[i].run(c);
}
