#include "web/read/admin.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/page/rows.h"
#include "web/view/filter.h"

#define PAGE 200

/* --- what is set up --------------------------------------------------------------------------- */

bool
setup_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	sems__v1__history_request__init(&q->of.history);
	q->q.body_case = SEMS__V1__REQUEST__BODY_HISTORY;
	q->q.history = &q->of.history;
	q->of.history.day = form_maybe(&s->query, "day");
	return true;
}

static const json_t *
put_day(const struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {{"day", "As it was on", true}};

	filter_put(s, b, filters, COUNT(filters));
	return json_object_get(s->said[0].json, "setup");
}

bool
passkeys_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)i;
	if (!view_may(s, RIGHT_INVITE_PERSONS))
		return false;
	sems__v1__passkey_request__init(&q->of.passkeys);
	q->q.body_case = SEMS__V1__REQUEST__BODY_PASSKEY;
	q->q.passkey = &q->of.passkeys;
	q->of.passkeys.has_operation = 1;
	q->of.passkeys.operation = SEMS__V1__PASSKEY_OPERATION__PASSKEY_OPERATION_LIST;
	return true;
}

static void
put_passkeys(struct buf *b, const json_t *said)
{
	static const struct col cols[] = {
	    {"passkey", "Number", NULL},
	    {"principal", "Person", NULL},
	    {"name", "Passkey", NULL},
	    {"state", "State", NULL},
	    {"since", "Since", NULL},
	    {"last_used_at", "Last used", NULL},
	    {"went_back_at", "Went back", NULL},
	    {"revoked_at", "Revoked", NULL},
	    {"revoked_by", "Revoked by", NULL},
	};
	static const struct rows rows = {"passkeys", "Passkeys, and whom they sign in",
					 "There are no passkeys.", cols, COUNT(cols)};

	if (said != NULL)
		rows_put(b, &rows, json_object_get(said, "passkeys"));
}

void
people_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"principal", "Principal", NULL}, {"role", "Role", NULL},     {"name", "Name", NULL},
	    {"post", "Post", NULL},           {"person", "Person", NULL},
	};
	static const struct rows rows = {"people", "Principals and their roles",
					 "Nobody has a role.", cols, COUNT(cols)};
	static const struct col policy_cols[] = {
	    {"approval", "Who approves", NULL},
	    {"corrections", "Who corrects", NULL},
	    {"declared_by", "Declared by", NULL},
	    {"declared_on", "Declared on", NULL},
	};
	static const struct rows policy = {"policy", NULL, NULL, policy_cols, COUNT(policy_cols)};
	const json_t *setup = put_day(s, b);

	rows_put(b, &rows, json_object_get(setup, "principals"));
	put_passkeys(b, s->said[1].json);
	html_put(b, "<h2>Who must differ from whom</h2>\n");
	rows_pairs(b, &policy, json_object_get(setup, "spd_policy"));
}

void
grants_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"id", "Source", "/records?source={id}"},
	    {"description", "Description", NULL},
	    {"senders", "Who may send for it", NULL},
	};
	static const struct rows rows = {"grants", "Sources, and who may send for them",
					 "No source is registered.", cols, COUNT(cols)};
	static const struct col site_cols[] = {
	    {"id", "Site", "/records?site={id}"},
	    {"name", "Name", NULL},
	};
	static const struct rows sites = {"sites", "Sites", "No site is registered.", site_cols,
					  COUNT(site_cols)};
	const json_t *setup = put_day(s, b);

	rows_put(b, &rows, json_object_get(setup, "sources"));
	rows_put(b, &sites, json_object_get(setup, "sites"));
}

void
targets_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"metric", "Metric", NULL},
	    {"of", "Of", NULL},
	    {"value", "Target", NULL},
	    {"low", "From", NULL},
	    {"high", "To", NULL},
	    {"from_quarter", "From the quarter", NULL},
	    {"approved_by", "In the name of", NULL},
	};
	static const struct rows rows = {"targets", "Targets, shares as fractions of one",
					 "No target is set: figures have no status.", cols,
					 COUNT(cols)};
	static const struct col none_cols[] = {
	    {"metric", "Metric", NULL},
	    {"reason", "Because", NULL},
	    {"declared_by", "Declared by", NULL},
	    {"from_quarter", "From the quarter", NULL},
	};
	static const struct rows none = {"none", "Metrics that do not apply", "", none_cols,
					 COUNT(none_cols)};
	const json_t *setup = put_day(s, b);

	rows_put(b, &rows, json_object_get(setup, "targets"));
	if (json_array_size(json_object_get(setup, "not_applicable")) > 0)
		rows_put(b, &none, json_object_get(setup, "not_applicable"));
}

/* --- devices ---------------------------------------------------------------------------------- */

bool
devices_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)s;
	(void)i;
	sems__v1__device_request__init(&q->of.device);
	q->q.body_case = SEMS__V1__REQUEST__BODY_DEVICE;
	q->q.device = &q->of.device;
	q->of.device.has_operation = 1;
	q->of.device.operation = SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_LIST;
	return true;
}

void
devices_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"principal", "Device", NULL},      {"state", "State", NULL},
	    {"by", "Shows itself by", NULL},    {"last_seen_at", "Last seen", NULL},
	    {"enrolled_at", "Enrolled", NULL},  {"invited_by", "Invited by", NULL},
	    {"code_until", "Code until", NULL}, {"revoked_at", "Revoked", NULL},
	    {"revoked_by", "Revoked by", NULL},
	};
	static const struct rows rows = {"devices", "Devices that come by HTTP",
					 "There are no devices yet.", cols, COUNT(cols)};

	rows_put(b, &rows, json_object_get(s->said[0].json, "devices"));
}

/* --- retention and holds ---------------------------------------------------------------------- */

bool
retention_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)s;
	(void)i;
	sems__v1__retention_request__init(&q->of.retention);
	q->q.body_case = SEMS__V1__REQUEST__BODY_RETENTION;
	q->q.retention = &q->of.retention;
	return true;
}

void
retention_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"kind", "Kind", "/records?kind={kind}"},
	    {"month", "Month", NULL},
	    {"records", "Records", NULL},
	    {"exact", "Counted", NULL},
	    {"quarter", "Quarter", "/quarter/{quarter}"},
	    {"decision", "Decision", NULL},
	    {"why", "Why", NULL},
	};
	static const struct rows rows = {"months", "What is kept, and what may go",
					 "No months are kept.", cols, COUNT(cols)};
	const json_t *said = s->said[0].json;

	buf_addf(b, "<p>Months that may go: %" JSON_INTEGER_FORMAT ".</p>\n",
		 json_integer_value(json_object_get(said, "may_go")));
	rows_put(b, &rows, json_object_get(said, "months"));
}

bool
holds_ask(struct showing *s, struct question *q, unsigned i)
{
	(void)s;
	(void)i;
	sems__v1__hold_request__init(&q->of.hold);
	q->q.body_case = SEMS__V1__REQUEST__BODY_HOLD;
	q->q.hold = &q->of.hold;
	q->of.hold.has_operation = 1;
	q->of.hold.operation = SEMS__V1__HOLD_OPERATION__HOLD_OPERATION_LIST;
	return true;
}

void
holds_print(struct showing *s, struct buf *b)
{
	static const struct col cols[] = {
	    {"hold_id", "Hold", NULL},
	    {"in_force", "In force", NULL},
	    {"kind", "Kind", NULL},
	    {"source", "Source", NULL},
	    {"site_id", "Site", NULL},
	    {"record_id", "Record", "/record/{record_id}"},
	    {"persons", "Person", NULL},
	    {"since", "From", NULL},
	    {"until", "To", NULL},
	    {"reason", "Why", NULL},
	    {"authority", "For", NULL},
	    {"review_on", "Review", NULL},
	    {"review_is_due", "Review is due", NULL},
	    {"set_by", "Set by", NULL},
	    {"lifted_by", "Lifted by", NULL},
	    {"lifted_why", "Lifted, why", NULL},
	};
	static const struct rows rows = {"holds", "Legal holds, those in force first",
					 "There is no legal hold.", cols, COUNT(cols)};

	rows_put(b, &rows, json_object_get(s->said[0].json, "holds"));
}

/* --- the log ---------------------------------------------------------------------------------- */

bool
log_ask(struct showing *s, struct question *q, unsigned i)
{
	Sems__V1__LogRequest *r = &q->of.log;

	(void)i;
	sems__v1__log_request__init(r);
	q->q.body_case = SEMS__V1__REQUEST__BODY_LOG;
	q->q.log = r;
	r->since = form_maybe(&s->query, "since");
	r->until = form_maybe(&s->query, "until");
	r->who = form_maybe(&s->query, "who");
	r->what = form_maybe(&s->query, "what");
	r->after = form_number(&s->query, "after");
	r->has_after = r->after > 0;
	r->has_limit = 1;
	r->limit = PAGE;
	return true;
}

void
log_print(struct showing *s, struct buf *b)
{
	static const struct filter filters[] = {
	    {"who", "Who", false},
	    {"what", "What, or how that begins", false},
	    {"since", "Since", true},
	    {"until", "Until", true},
	};
	static const struct col cols[] = {
	    {"number", "Number", NULL}, {"at", "When", NULL},           {"who", "Who", NULL},
	    {"person", "Person", NULL}, {"gateway", "By way of", NULL}, {"what", "What", NULL},
	    {"subject", "Of", NULL},    {"reason", "Why", NULL},        {"was", "Was", NULL},
	    {"is", "Is", NULL},
	};
	static const struct rows rows = {"log", "The access log, the newest first",
					 "No such entry.", cols, COUNT(cols)};
	const json_t *said = s->said[0].json;
	const json_t *next = json_object_get(said, "next");

	filter_put(s, b, filters, COUNT(filters));
	rows_put(b, &rows, json_object_get(said, "entries"));
	if (json_integer_value(next) > 0)
		filter_next(
		    s, b, "after",
		    arena_printf(s->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(next)));
}
