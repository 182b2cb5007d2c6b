#include "office/call.h"

#include "base/count.h"
#include "base/json/jsonmem.h"
#include "base/log.h"
#include "base/text.h"
#include "office/admin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char no_memory[] = "out of memory; try again";

struct admin {
	struct admin_config config;
};

/* Whose handler asks for the right that its operation takes. */
#define BY_OPERATION RIGHT_COUNT

/* What asking takes. What a handler allows less widely (freezing, raw bytes) it checks itself. */
static const struct route {
	enum request_kind kind;
	enum right right;
	const char *name;
	void (*handle)(struct call *c);
} routes[] = {
    {REQUEST_SETUP, RIGHT_SET_UP, "setup", admin_setup},
    {REQUEST_STATUS, RIGHT_SEE_STATUS, "status", admin_status},
    {REQUEST_SPD, RIGHT_SEE_SPD, "spd", admin_spd},
    {REQUEST_RETENTION, RIGHT_RUN_RETENTION, "retention", admin_retention},
    {REQUEST_QUARANTINE, RIGHT_SEE_QUARANTINE, "quarantine", admin_quarantine},
    {REQUEST_RECORD, RIGHT_SEE_RECORDS, "record", admin_record},
    {REQUEST_RECORDS, RIGHT_SEE_RECORDS, "records", admin_records},
    {REQUEST_GAP, RIGHT_SEE_GAPS, "gap", admin_gap},
    {REQUEST_VERIFY, RIGHT_VERIFY, "verify", admin_verify},
    {REQUEST_SIGN, RIGHT_SIGN, "sign", admin_sign},
    {REQUEST_KEY, RIGHT_SEE_KEYS, "key", admin_key},
    {REQUEST_EXPLAIN, RIGHT_EXPLAIN_FIGURE, "explain", admin_explain},
    {REQUEST_TRACE, RIGHT_SEE_RECORDS, "trace", admin_trace},
    {REQUEST_PENDING, RIGHT_SEE_PENDING, "pending", admin_pending},
    {REQUEST_DOUBLES, RIGHT_SEE_DOUBLES, "doubles", admin_doubles},
    {REQUEST_NUMBERS, RIGHT_SEE_NUMBERS, "numbers", admin_numbers},
    {REQUEST_IMPORT, BY_OPERATION, "import", admin_import},
    {REQUEST_CALENDAR, RIGHT_SEE_CALENDAR, "calendar", admin_calendar},
    {REQUEST_RELOAD, RIGHT_RELOAD, "reload", admin_reload},
    {REQUEST_RIGHTS, BY_OPERATION, "rights", admin_rights},
    {REQUEST_HOLD, RIGHT_HOLD, "hold", admin_hold},
    {REQUEST_IDENTITY, RIGHT_KEEP_IDENTITIES, "identity", admin_identity},
    {REQUEST_DEVICE, BY_OPERATION, "device", admin_device},
    {REQUEST_PASSKEY, BY_OPERATION, "passkey", admin_passkey},
    {REQUEST_LOG, RIGHT_SEE_LOG, "log", admin_log},
    {REQUEST_HISTORY, RIGHT_SEE_HISTORY, "history", admin_history},
    {REQUEST_CASE, BY_OPERATION, "case", admin_case},
    {REQUEST_HEALTH, RIGHT_SEE_HEALTH, "health", admin_health},
};

struct admin *
admin_new(const struct admin_config *config)
{
	struct admin *a = calloc(1, sizeof *a);

	if (a != NULL)
		a->config = *config;
	return a;
}

void
admin_free(struct admin *a)
{
	free(a);
}

bool
call_may_know_covert(const struct call *c)
{
	return right_has(c->who.role, RIGHT_KNOW_COVERT);
}

struct store *
call_store(const struct call *c)
{
	return c->admin->config.store;
}

static bool
is_gone(const struct waiter *w)
{
	const struct call *c = (const struct call *)w;

	return c->port.ops->is_gone(&c->port);
}

struct ticket
call_ticket(const struct call *c, enum lane lane)
{
	return (struct ticket){.lane = lane, .waiter = &c->waiter};
}

void
call_run(struct call *c, enum lane lane)
{
	c->job.ticket = call_ticket(c, lane);
	store_run(c->admin->config.store, &c->job);
}

const struct registry *
call_registry(const struct call *c)
{
	return ingest_registry(c->admin->config.ingest);
}

struct ingest *
call_ingest(const struct call *c)
{
	return c->admin->config.ingest;
}

struct keyring *
call_keys(const struct call *c)
{
	return c->admin->config.keys;
}

void
call_turn(const struct call *c)
{
	const struct admin_config *config = &c->admin->config;

	if (config->on_turn != NULL)
		config->on_turn(config->ctx);
}

static void
call_end(struct call *c)
{
	struct admin *a = c->admin;

	arena_free(c->arena);
	a->config.on_output(a->config.ctx);
}

void
call_keep(struct call *c)
{
	c->repeats = CONFLICT_REPEATS;
}

bool
call_lacks_memory(const struct call *c)
{
	return jsonmem_failed() != c->json_failed;
}

void
call_reply(struct call *c, struct text json)
{
	if (call_lacks_memory(c))
		call_fail_memory(c);
	else if (c->port.ops->reply(&c->port, json))
		call_end(c);
	else
		call_fail(c, ANSWER_UNAVAILABLE, "",
			  "there is no room for an answer of %zu bytes: read those that came "
			  "before, or ask for less",
			  json.n);
}

static void
fail(struct call *c, struct failure f)
{
	/* What could not be read for want of memory looks as if it were not there. */
	if (call_lacks_memory(c))
		f = (struct failure){
		    .code = ANSWER_UNAVAILABLE, .field = "", .text = no_memory, .next = ""};
	if (f.code == ANSWER_UNAVAILABLE)
		f.retry_after_ms = RETRY_AFTER_MS;
	c->port.ops->fail(&c->port, &f);
	call_end(c);
}

void
call_fail(struct call *c, enum answer_code code, const char *field, const char *fmt, ...)
{
	char text[FAILURE_TEXT];
	va_list ap;

	va_start(ap, fmt);
	text_vprint(text, sizeof text, fmt, ap);
	va_end(ap);
	fail(c, (struct failure){
		    .code = code, .field = field == NULL ? "" : field, .text = text, .next = ""});
}

static void
forbid(struct call *c, const char *field, const char *roles)
{
	char admins[160];
	char role[RIGHT_WHO_SIZE];
	char text[FAILURE_TEXT];
	char next[ERR_NEXT_SIZE] = "";
	bool told = right_has(c->who.role, RIGHT_KNOW_ADMINS) &&
		    registry_who_has(call_registry(c), ROLE_ADMIN, admins, sizeof admins);

	text_print(role, sizeof role, "%.*s", (int)strcspn(roles, " ,"), roles);
	action_add(next, &(struct todo){.action = ACTION_ROLE_GIVE,
					.principal = c->who.principal.s,
					.role = role});
	text_print(text, sizeof text,
		   "you are %s with the role %s; this takes the role %s, which an admin%s%s%s "
		   "gives: role.give",
		   c->who.principal.s, role_name(c->who.role), roles, told ? " (" : "",
		   told ? admins : "", told ? ")" : "");
	fail(c, (struct failure){
		    .code = ANSWER_FORBIDDEN, .field = field, .text = text, .next = next});
}

void
call_forbid(struct call *c, const char *field, enum right right)
{
	char roles[RIGHT_WHO_SIZE];

	right_who(right, " or ", roles, sizeof roles);
	forbid(c, field, roles);
}

void
call_fail_err(struct call *c, const struct err *e)
{
	static const struct {
		enum code code;
		enum answer_code response;
	} map[] = {
	    {REJ_MALFORMED, ANSWER_INVALID},   {REJ_FIELD, ANSWER_INVALID},
	    {REJ_STATE, ANSWER_STATE},         {REJ_FORBIDDEN, ANSWER_FORBIDDEN},
	    {REJ_NOT_FOUND, ANSWER_NOT_FOUND},
	};
	enum answer_code response;

	if (e->code == TRY_CONFLICT && c->repeats++ < CONFLICT_REPEATS) {
		log_info("admin.again", KV("peer", c->who.principal.s),
			 KV("request", c->route->name), KV("why", e->text));
		c->state = NULL;
		c->answer = (struct text){NULL, 0};
		c->job = (struct job){.ctx = c};
		c->route->handle(c);
		return;
	}
	if (e->code == REJ_ROLE) {
		forbid(c, e->where, e->text);
		return;
	}
	response = code_is_retry(e->code) ? ANSWER_UNAVAILABLE : ANSWER_INTERNAL;

	for (size_t i = 0; i < COUNT(map); i++)
		if (map[i].code == e->code)
			response = map[i].response;
	if (response == ANSWER_INTERNAL)
		log_error("admin.fault", KV("where", e->where), KV("text", e->text));
	fail(c, (struct failure){
		    .code = response, .field = e->where, .text = e->text, .next = e->next});
}

enum code
call_no_kind(const char *where, struct err *e)
{
	err_set(e, REJ_FIELD, where, "is not a record kind; the kinds are those of \"kinds.list\"");
	return action_offer(e, &(struct todo){.action = ACTION_KINDS_LIST});
}

void
call_fail_memory(struct call *c)
{
	call_fail(c, ANSWER_UNAVAILABLE, "", "%s", no_memory);
}

void
call_reply_json(struct call *c, json_t *answer)
{
	char *text = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(answer);
	if (text == NULL)
		call_fail_memory(c);
	else
		call_reply(c, text_of(text));
	free(text);
}

static bool
select_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;

	(void)e;
	*st = c->select;
	c->select.sql = NULL;
	return st->sql != NULL;
}

static void
select_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct text t = text_of(rows_text(r, 0, 0));

	c->answer = (struct text){arena_dup(c->arena, t.s, t.n), t.n};
}

static void
select_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;

	if (e->code != OK)
		call_fail_err(c, e);
	else if (c->answer.s == NULL)
		call_fail_memory(c);
	else
		call_reply(c, c->answer);
}

void
call_select(struct call *c, enum lane lane, const struct statement *st)
{
	c->select = *st;
	c->job = (struct job){.role = DB_COMPUTE,
			      .next = select_next,
			      .rows = select_rows,
			      .done = select_done,
			      .ctx = c};
	call_run(c, lane);
}

static void
on_reloaded(void *ctx, struct registry *r, const struct err *e)
{
	struct call *c = ctx;

	if (r == NULL) {
		call_fail_err(c, e);
		return;
	}
	ingest_set_registry(c->admin->config.ingest, r);
	if (c->answer.s == NULL)
		call_fail_memory(c);
	else
		call_reply(c, c->answer);
}

void
call_reply_reload(struct call *c, json_t *answer)
{
	char *text = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);

	json_decref(answer);
	c->answer = text_of(text == NULL ? "" : text);
	c->answer.s = text == NULL ? NULL : arena_dup(c->arena, text, c->answer.n);
	free(text);
	store_reload_registry(c->admin->config.store, on_reloaded, c);
}

static void
note_request(const struct who *who, const struct route *route)
{
	/* Asked every few seconds by whoever watches. */
	if (route->kind == REQUEST_HEALTH)
		log_debug("admin.request", KV("peer", who->principal.s),
			  KV("request", route->name));
	else if (who->gateway.n != 0)
		log_info("admin.request", KV("peer", who->principal.s), KV("request", route->name),
			 KV("gateway", who->gateway.s));
	else
		log_info("admin.request", KV("peer", who->principal.s), KV("request", route->name));
}

json_t *
call_doors(const struct call *c)
{
	const struct admin_config *config = &c->admin->config;

	return config->doors == NULL ? json_object() : config->doors(config->ctx);
}

static void
reply_doors(struct call *c)
{
	call_reply_reload(c, call_doors(c));
}

static void
on_files_read(void *ctx, const struct err *e)
{
	struct call *c = ctx;

	if (e->code == OK) {
		call_note(c, "reload", "semsd", json_object(), reply_doors);
		return;
	}
	call_fail(c, code_is_retry(e->code) ? ANSWER_UNAVAILABLE : ANSWER_STATE, e->where, "%s",
		  e->text);
}

void
call_reload(struct call *c)
{
	const struct admin_config *config = &c->admin->config;

	if (config->reload != NULL)
		config->reload(config->ctx, on_files_read, c);
	else
		on_files_read(c, &(struct err){0});
}

void
admin_handle(struct admin *a, const struct asking *q, struct utc_ms now)
{
	struct call *c = arena_zalloc(q->arena, 1, sizeof *c);

	if (c == NULL) {
		arena_free(q->arena);
		return;
	}
	*c = (struct call){.admin = a,
			   .arena = q->arena,
			   .request = q->request,
			   .who = q->who,
			   .now = now,
			   .port = q->port,
			   .json_failed = jsonmem_failed()};
	c->waiter = (struct waiter){
	    .name = c->who.principal.s,
	    .gateway = c->who.gateway.n == 0 ? NULL : c->who.gateway.s,
	    .is_gone = is_gone,
	};
	c->job.ctx = c;
	for (size_t i = 0; i < COUNT(routes); i++) {
		const struct route *route = &routes[i];

		if (route->kind != q->request.kind)
			continue;
		if (route->right != BY_OPERATION && !right_has(q->who.role, route->right)) {
			log_warn("admin.forbidden", KV("peer", q->who.principal.s),
				 KV("request", route->name));
			call_forbid(c, "", route->right);
			return;
		}
		note_request(&q->who, route);
		c->route = route;
		route->handle(c);
		return;
	}
	call_fail(c, ANSWER_INVALID, "body", "a request that this version does not know");
}
