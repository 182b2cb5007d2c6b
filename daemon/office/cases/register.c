/* The register of risks, as it was on any day: its parts page by page, the flags that figures
 * raised on it, and the scheme by which it is scored. */
#include "base/count.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "office/cases/cases.h"

#include <string.h>

/* A page of what a statement lists, as of a day. */
static void
ask_page(struct call *c, const char *sql)
{
	const struct case_request *q = c->request.cases;
	const char *as_of = text_if_given(q->as_of);
	const char *known = text_if_given(q->known_by);

	call_select(
	    c, LANE_LONG,
	    &(struct statement){embed_text(sql),
				5,
				{as_of, known == NULL ? as_of : known, text_if_given(q->after),
				 cases_page_size(c), text_if_given(q->number)}});
}

static const struct {
	const char *kind;
	const char *sql;
} parts[] = {
    {"scenario", "sql/queries/cases/register_scenarios.sql"},
    {"control", "sql/queries/cases/register_controls.sql"},
    {"asset", "sql/queries/cases/register_assets.sql"},
};

void
cases_register(struct call *c)
{
	const struct case_request *q = c->request.cases;

	for (size_t i = 0; i < COUNT(parts); i++) {
		if (q->n_kinds == 1 && q->kinds[0] != NULL &&
		    strcmp(q->kinds[0], parts[i].kind) == 0) {
			ask_page(c, parts[i].sql);
			return;
		}
	}
	call_fail(c, ANSWER_INVALID, "kinds",
		  "names no part of the register; give one of scenario, control, asset");
}

void
cases_flags(struct call *c)
{
	ask_page(c, "sql/queries/cases/register_flags.sql");
}

/* --- the scheme ------------------------------------------------------------------------------- */

#define SCHEME_MAX 65536

/* Asked first what it lacks, and then kept. */
enum stage { ASKED, CHECKED, SET };

static bool
scheme_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	enum stage *stage = c->state;

	(void)e;
	if (*stage == SET)
		return false;
	*st = (struct statement){embed_text(*stage == ASKED ? "sql/queries/cases/scheme_check.sql"
							    : "sql/queries/cases/scheme_set.sql"),
				 *stage == ASKED ? 1 : 2,
				 {c->request.cases->scheme, c->who.principal.s}};
	(*stage)++;
	return true;
}

static void
scheme_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	enum stage *stage = c->state;
	json_t *answer = json_loads(rows_text(r, 0, 0), 0, NULL);
	const char *lacks = member_maybe(answer, "lacks");

	if (lacks != NULL)
		*stage = SET;
	c->answer = text_of(lacks != NULL ? arena_printf(c->arena, "%s", lacks)
					  : rows_keep(r, 0, 0, c->arena));
	json_decref(answer);
}

static void
scheme_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;

	if (e->code != OK)
		call_fail_err(c, e);
	else if (c->answer.s[0] != '{')
		call_fail(c, ANSWER_INVALID, "scheme", "%s", c->answer.s);
	else
		call_reply(c, c->answer);
}

static void
set_scheme(struct call *c)
{
	const char *scheme = c->request.cases->scheme;
	json_t *j = strlen(scheme) > SCHEME_MAX ? NULL : json_loads(scheme, 0, NULL);
	bool is_object = json_is_object(j);

	json_decref(j);
	if (!right_has(c->who.role, RIGHT_SET_UP)) {
		call_forbid(c, "scheme", RIGHT_SET_UP);
		return;
	}
	if (!is_object) {
		call_fail(c, ANSWER_INVALID, "scheme", "is no object of JSON of at most %d bytes",
			  SCHEME_MAX);
		return;
	}
	c->state = arena_zalloc(c->arena, 1, sizeof(enum stage));
	if (c->state == NULL) {
		call_fail_memory(c);
		return;
	}
	c->job = (struct job){.role = DB_COMPUTE,
			      .writes = true,
			      .next = scheme_next,
			      .rows = scheme_rows,
			      .done = scheme_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}

void
cases_scheme(struct call *c)
{
	const struct case_request *q = c->request.cases;

	if (text_if_given(q->scheme) != NULL)
		set_scheme(c);
	else
		call_select(c, LANE_SHORT,
			    &(struct statement){embed_text("sql/queries/cases/scheme_show.sql"),
						1,
						{text_if_given(q->known_by)}});
}
