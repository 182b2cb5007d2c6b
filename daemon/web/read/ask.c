#include "web/read/ask.h"

#include "base/json/jsonin.h"

#define SPD(name)  SEMS__V1__SPD_OPERATION__SPD_OPERATION_##name
#define CASE(name) SEMS__V1__CASE_OPERATION__CASE_OPERATION_##name
#define A_FEW      50 /* on a page that has other things, too */

char *
ask_text(const struct showing *s, const json_t *o, const char *member)
{
	const char *text = member_maybe(o, member);

	return text == NULL ? NULL : arena_dup(s->arena, text, strlen(text));
}

bool
ask_status(struct showing *s, struct question *q, unsigned i)
{
	(void)s;
	(void)i;
	sems__v1__status_request__init(&q->of.status);
	q->q.body_case = SEMS__V1__REQUEST__BODY_STATUS;
	q->q.status = &q->of.status;
	return true;
}

bool
ask_who(struct showing *s, struct question *q, unsigned i)
{
	(void)s;
	(void)i;
	sems__v1__rights_request__init(&q->of.rights);
	q->q.body_case = SEMS__V1__REQUEST__BODY_RIGHTS;
	q->q.rights = &q->of.rights;
	return true;
}

/* --- quarters of the status ------------------------------------------------------------------- */

static const json_t *
quarters_of(const struct showing *s)
{
	return json_object_get(s->said[0].json, "quarters");
}

json_t *
due_quarter(const struct showing *s, unsigned i)
{
	size_t n = json_array_size(quarters_of(s));

	return i < n ? json_array_get(quarters_of(s), n - 1 - i) : NULL;
}

const json_t *
newest_frozen(const struct showing *s)
{
	for (unsigned i = 0; due_quarter(s, i) != NULL; i++)
		if (json_integer_value(json_object_get(due_quarter(s, i), "revision")) > 0)
			return due_quarter(s, i);
	return NULL;
}

static bool
ask_spd(struct showing *s, struct question *q, int operation, const json_t *quarter)
{
	if (quarter == NULL || !view_may(s, RIGHT_SEE_SPD))
		return false;
	sems__v1__spd_request__init(&q->of.spd);
	q->q.body_case = SEMS__V1__REQUEST__BODY_SPD;
	q->q.spd = &q->of.spd;
	q->of.spd.has_operation = 1;
	q->of.spd.operation = (Sems__V1__SpdOperation)operation;
	q->of.spd.quarter = ask_text(s, quarter, "quarter");
	return q->of.spd.quarter != NULL;
}

bool
ask_due(struct showing *s, struct question *q, unsigned i)
{
	return ask_spd(s, q, SPD(STATUS), due_quarter(s, i));
}

bool
ask_newest_document(struct showing *s, struct question *q, unsigned i)
{
	const json_t *quarter = newest_frozen(s);

	(void)i;
	if (!ask_spd(s, q, SPD(SHOW), quarter))
		return false;
	q->of.spd.has_revision = 1;
	q->of.spd.revision = (uint32_t)json_integer_value(json_object_get(quarter, "revision"));
	return true;
}

/* --- cases ------------------------------------------------------------------------------------ */

static bool
ask_cases(const struct showing *s, struct question *q, const char *kind)
{
	if (!view_may(s, RIGHT_SEE_CASES))
		return false;
	sems__v1__case_request__init(&q->of.cases);
	q->q.body_case = SEMS__V1__REQUEST__BODY_CASE;
	q->q.case_ = &q->of.cases;
	q->of.cases.has_operation = q->of.cases.has_limit = 1;
	q->of.cases.operation = CASE(LIST);
	q->of.cases.limit = A_FEW;
	q->texts[0] = arena_dup(s->arena, kind, strlen(kind));
	q->of.cases.kinds = q->texts;
	q->of.cases.n_kinds = 1;
	return q->texts[0] != NULL;
}

bool
ask_my_actions(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	if (s->principal[0] == '\0' || !ask_cases(s, q, "action"))
		return false;
	q->of.cases.has_open = q->of.cases.open = 1;
	q->of.cases.owner = s->principal;
	return true;
}

bool
ask_claimed(struct showing *s, struct question *q, unsigned i)
{
	static const struct {
		const char *kind;
		const char *state;
	} rows[] = {{"action", "DONE_CLAIMED"}, {"finding", "CORRECTED"}};

	if (!view_may(s, RIGHT_VERIFY_CASES) || !ask_cases(s, q, rows[i].kind))
		return false;
	q->of.cases.state = arena_printf(s->arena, "%s", rows[i].state);
	return q->of.cases.state != NULL;
}

/* --- evidence --------------------------------------------------------------------------------- */

bool
ask_pending(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	if (!view_may(s, RIGHT_CONFIRM))
		return false;
	sems__v1__pending_request__init(&q->of.pending);
	q->q.body_case = SEMS__V1__REQUEST__BODY_PENDING;
	q->q.pending = &q->of.pending;
	q->of.pending.has_limit = 1;
	q->of.pending.limit = A_FEW;
	return true;
}

bool
ask_quarantine(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	if (!view_may(s, RIGHT_SEE_QUARANTINE))
		return false;
	sems__v1__quarantine_request__init(&q->of.quarantine);
	q->q.body_case = SEMS__V1__REQUEST__BODY_QUARANTINE;
	q->q.quarantine = &q->of.quarantine;
	q->of.quarantine.has_operation = q->of.quarantine.has_limit = 1;
	q->of.quarantine.operation = SEMS__V1__QUARANTINE_OPERATION__QUARANTINE_OPERATION_LIST;
	q->of.quarantine.limit = 1;
	return true;
}
