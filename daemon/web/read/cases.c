#include "web/read/cases.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/rows.h"
#include "web/view/filter.h"

#define PAGE 200

static void
begin(struct question *q)
{
	sems__v1__case_request__init(&q->of.cases);
	q->q.body_case = SEMS__V1__REQUEST__BODY_CASE;
	q->q.case_ = &q->of.cases;
	q->of.cases.has_operation = 1;
}

/* --- a list ----------------------------------------------------------------------------------- */

bool
cases_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__CaseRequest *r = &q->of.cases;

	(void)i;
	begin(q);
	r->operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_LIST;
	q->texts[0] = arena_printf(s->arena, "%s", strrchr(s->view->path, '/') + 1);
	r->kinds = q->texts;
	r->n_kinds = 1;
	r->state = form_maybe(&s->query, "state");
	r->owner = form_maybe(&s->query, "owner");
	r->finding = form_maybe(&s->query, "finding");
	r->severity = form_maybe(&s->query, "severity");
	r->site_id = form_maybe(&s->query, "site");
	r->due_until = form_maybe(&s->query, "due");
	r->as_of = form_maybe(&s->query, "as_of");
	r->after = form_maybe(&s->query, "after");
	r->has_open = r->open = form_value(&s->query, "open")[0] != '\0';
	r->has_limit = 1;
	r->limit = PAGE;
	return q->texts[0] != NULL;
}

static const struct col cols[] = {
    {"number", "Number", "/case/{number}"},
    {"state", "State", NULL},
    {"severity", "Severity", NULL},
    {"priority", "Priority", NULL},
    {"title", "What", NULL},
    {"owner", "Owner", NULL},
    {"site_id", "Site", NULL},
    {"finding", "Finding", "/case/{finding}"},
    {"scenario", "Scenario", "/case/{scenario}"},
    {"band", "Band", NULL},
    {"original_due", "First due", NULL},
    {"due_on", "Due", NULL},
    {"overdue_days", "Days over", NULL},
    {"review_on", "Review", NULL},
    {"expires_on", "Expires", NULL},
    {"occurrence", "Times", NULL},
};

void
cases_print(struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {
	    {"state", "State", false},          {"owner", "Owner", false},
	    {"severity", "Severity", false},    {"site", "Site", false},
	    {"due", "Due up to", true},         {"as_of", "As it was on", true},
	    {"open", "Open only (yes)", false},
	};
	static const struct rows rows = {"cases",
					 "As they are, or were on the day that is asked for",
					 "There is none.", cols, COUNT(cols)};
	const json_t *said = s->said[0].json;

	filter_put(s, b, filters, COUNT(filters));
	rows_put(b, &rows, json_object_get(said, "cases"));
	if (json_is_true(json_object_get(said, "more")))
		filter_next(s, b, "after", member_text(said, "last"));
}

/* --- one -------------------------------------------------------------------------------------- */

bool
case_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	begin(q);
	q->of.cases.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_SHOW;
	q->of.cases.number = s->part[0];
	q->of.cases.as_of = form_maybe(&s->query, "as_of");
	return true;
}

void
case_print(struct showing *s, struct buf *b)
{
	static const struct col event_cols[] = {
	    {"step", "Step", NULL},
	    {"event", "What", NULL},
	    {"state", "State then", NULL},
	    {"valid", "Was so", NULL},
	    {"received", "Told", NULL},
	    {"name", "Who", NULL},
	    {"made_by", "Signed in as", NULL},
	    {"said", "Said", NULL},
	};
	static const struct rows events = {"events", "All that was told of it", "Nothing was told.",
					   event_cols, COUNT(event_cols)};
	static const struct rows actions = {"actions", "Actions that answer it", "", cols,
					    COUNT(cols)};
	/* What is told below. */
	static const char *const apart[] = {"events", "follows", "actions", NULL};
	json_t *said = s->said[0].json;

	html_line(b, "p class=\"caption\"", member_text(said, "title"));
	rows_members(b, said, apart);
	if (json_array_size(json_object_get(said, "actions")) > 0)
		rows_put(b, &actions, json_object_get(said, "actions"));
	if (strcmp(member_text(said, "kind"), "finding") == 0 && view_may(s, RIGHT_RAISE_CASES)) {
		html_put(b, "<p><a href=\"/cases/action/new?finding=");
		html_query(b, s->part[0]);
		html_put(b, "\">Add an action that answers it</a></p>\n");
	}
	rows_put(b, &events, json_object_get(said, "events"));
}
