#include "web/http/answer.h"

#include "base/count.h"
#include "base/json/jsonout.h"
#include "web/http/people.h"
#include "web/http/visit.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define TEXT_SIZE 640
#define BODY_SIZE 8192 /* that text, escaped, and a field */

/* On everything that leaves, whoever it is for. */
static const struct {
	const char *name, *value;
	bool tls_only;
} headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
     "frame-ancestors 'none'; base-uri 'none'",
     false},
    {"X-Content-Type-Options", "nosniff", false},
    {"Referrer-Policy", "no-referrer", false},
    {"Cache-Control", "no-store", false},
    {"Strict-Transport-Security", "max-age=31536000", true},
};

static const struct {
	int status;
	const char *error, *reason;
} statuses[] = {
    {200, "ok", "OK"},
    {303, "see_other", "See Other"},
    {400, "bad_request", "Bad Request"},
    {401, "unauthorised", "Unauthorized"},
    {403, "forbidden", "Forbidden"},
    {404, "not_found", "Not Found"},
    {405, "method_not_allowed", "Method Not Allowed"},
    {408, "too_late", "Request Timeout"},
    {409, "conflict", "Conflict"},
    {411, "length_required", "Length Required"},
    {413, "too_large", "Content Too Large"},
    {415, "unsupported_type", "Unsupported Media Type"},
    {429, "too_many", "Too Many Requests"},
    {500, "internal", "Internal Server Error"},
    {503, "unavailable", "Service Unavailable"},
};

const char *
answer_error(int status)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].error;
	return "error";
}

static const char *
reason(int status)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].reason;
	return "Error";
}

/* --- asked ------------------------------------------------------------------------------------ */

static void
on_visit_gone(void *ctx)
{
	struct asked *a = ctx;

	a->req = NULL;
	a->visit = NULL;
	a->body = (struct text){"", 0};
	if (a->on_gone != NULL)
		a->on_gone(a);
}

/* The request may end where its connection does: evhttp's, which owns it. */
struct asked *
asked_new(struct evhttp_request *req, struct visit *v)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(req);
	struct asked *a = calloc(1, sizeof *a);
	size_t n = evbuffer_get_length(in);

	if (a == NULL) {
		evhttp_send_error(req, 503, NULL);
		return NULL;
	}
	a->req = req;
	a->visit = v;
	a->body = (struct text){n == 0 ? "" : (const char *)evbuffer_pullup(in, -1), n};
	v->on_gone = on_visit_gone;
	v->ctx = a;
	visit_happens(v, VISIT_ASKED, NULL);
	if (a->body.s != NULL)
		return a;
	a->body = (struct text){"", 0};
	answer_refuse(a, 503, 1, "", "out of memory: try again");
	return NULL;
}

const char *
asked_header(const struct asked *a, const char *name)
{
	const char *value = NULL;

	if (a->req != NULL)
		value = evhttp_find_header(evhttp_request_get_input_headers(a->req), name);
	return value == NULL ? "" : value;
}

const char *
asked_method(const struct asked *a)
{
	if (a->req == NULL)
		return "";
	return evhttp_request_get_command(a->req) == EVHTTP_REQ_POST ? "POST" : "GET";
}

const char *
asked_path(const struct asked *a)
{
	const struct evhttp_uri *uri =
	    a->req == NULL ? NULL : evhttp_request_get_evhttp_uri(a->req);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);

	if (a->req == NULL)
		return "";
	return path == NULL || path[0] == '\0' ? "/" : path;
}

const char *
asked_query(const struct asked *a)
{
	const struct evhttp_uri *uri =
	    a->req == NULL ? NULL : evhttp_request_get_evhttp_uri(a->req);
	const char *query = uri == NULL ? NULL : evhttp_uri_get_query(uri);

	return query == NULL ? "" : query;
}

const char *
asked_address(const struct asked *a)
{
	return a->visit == NULL ? "" : a->visit->address;
}

bool
asked_is_tls(const struct asked *a)
{
	return a->visit != NULL && a->visit->is_tls;
}

bool
asked_is_proxied(const struct asked *a)
{
	return a->visit != NULL && a->visit->is_local;
}

bool
asked_is_secure(const struct asked *a)
{
	return asked_is_tls(a) || asked_is_proxied(a);
}

unsigned
asked_header_count(const struct asked *a, const char *name)
{
	const struct evkeyval *h;
	unsigned n = 0;

	if (a->req == NULL)
		return 0;
	TAILQ_FOREACH (h, evhttp_request_get_input_headers(a->req), next)
		n += strcasecmp(h->key, name) == 0;
	return n;
}

enum bad_certificate
asked_certificate(const struct asked *a, char principal[IDENTITY_SIZE])
{
	const struct visit *v = a->visit;

	if (v == NULL || !v->is_tls || v->of->people == NULL)
		return CERTIFICATE_ABSENT;
	return people_judge(v->of->people, bufferevent_openssl_get_ssl(v->bev), principal);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void
on_complete(struct evhttp_request *req, void *arg)
{
	(void)req;
	visit_written(arg);
}

static void
put(struct evkeyvalq *to, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		evhttp_add_header(to, name, value);
}

static void
put_headers(const struct asked *a, const struct answer *what)
{
	struct evkeyvalq *to = evhttp_request_get_output_headers(a->req);
	char seconds[16] = "";

	for (size_t i = 0; i < COUNT(headers); i++)
		if (!headers[i].tls_only || a->visit->is_tls)
			put(to, headers[i].name, headers[i].value);
	if (what->retry_after_s != 0)
		snprintf(seconds, sizeof seconds, "%u", what->retry_after_s);
	put(to, "Content-Type", what->type == NULL ? "text/plain; charset=utf-8" : what->type);
	put(to, "Retry-After", seconds);
	put(to, "Set-Cookie", what->cookie);
	put(to, "Location", what->location);
	put(to, "Allow", what->allow);
	if (a->must_close || a->visit->refusal != NULL)
		put(to, "Connection", "close");
}

void
answer_give(struct asked *a, const struct answer *what)
{
	struct evbuffer *body = a->req == NULL ? NULL : evbuffer_new();
	struct visit *v = a->visit;

	if (a->req == NULL) {
		free(a);
		return;
	}
	v->on_gone = NULL;
	put_headers(a, what);
	visit_happens(v, VISIT_ANSWERED, reason(what->status));
	evhttp_request_set_on_complete_cb(a->req, on_complete, v);
	if (body == NULL || (what->body.n != 0 && evbuffer_add(body, what->body.s, what->body.n)))
		evhttp_send_reply(a->req, 503, reason(503), NULL);
	else
		evhttp_send_reply(a->req, what->status, reason(what->status), body);
	if (body != NULL)
		evbuffer_free(body);
	free(a);
}

void
answer_refuse(struct asked *a, int status, unsigned retry_after_s, const char *field,
	      const char *fmt, ...)
{
	static const char poor[] = "{\"error\":\"unavailable\",\"text\":\"out of memory: try "
				   "again\"}\n";
	struct made o = made_object();
	char text[TEXT_SIZE];
	struct buf body;
	json_t *json;
	bool made;
	va_list ap;

	va_start(ap, fmt);
	text_vprint(text, sizeof text, fmt, ap);
	va_end(ap);
	made_int(&o, "status", status);
	made_text(&o, "error", answer_error(status));
	made_text(&o, "text", text);
	if (field[0] != '\0')
		made_text(&o, "field", field);
	json = made_take(o);
	buf_init(&body, BODY_SIZE);
	made = json != NULL && made_canonical(json, &body) && buf_add(&body, "\n", 1);
	json_decref(json);
	answer_give(a, &(struct answer){.status = made ? status : 503,
					.type = "application/json",
					.body = made ? (struct text){(const char *)body.p, body.n}
						     : text_of(poor),
					.retry_after_s = retry_after_s});
	buf_fini(&body);
}
