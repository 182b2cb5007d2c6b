#include "web/http/route.h"

#include "base/count.h"
#include "web/http/visit.h"

#include <event2/http.h>

#include <stdio.h>
#include <string.h>

static const struct {
	enum evhttp_cmd_type type;
	enum method method;
} methods[] = {
    {EVHTTP_REQ_GET, METHOD_GET},
    {EVHTTP_REQ_HEAD, METHOD_GET},
    {EVHTTP_REQ_POST, METHOD_POST},
};

static enum method
method_of(const struct evhttp_request *req)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (methods[i].type == evhttp_request_get_command(req))
			return methods[i].method;
	return METHODS;
}

/* --- what is asked of a body ------------------------------------------------------------------ */

/* True: refused. Where its end is not sure the connection ends with it. */
static bool
refuse_length(struct asked *a, bool takes_body)
{
	unsigned lengths = asked_header_count(a, "Content-Length");
	bool is_chunked = asked_header_count(a, "Transfer-Encoding") != 0;

	if (lengths <= 1 && !is_chunked && (lengths == 1 || !takes_body))
		return false;
	a->must_close = true;
	if (lengths > 1 || (lengths == 1 && is_chunked))
		answer_refuse(a, 400, 0, "Content-Length",
			      "its length is told in more than one way: send one Content-Length "
			      "and no Transfer-Encoding");
	else
		answer_refuse(a, 411, 0, "Content-Length",
			      "%s: send the body whole, with a Content-Length of at most %zu",
			      is_chunked ? "a body in chunks is not taken"
					 : "the Content-Length is missing",
			      BODY_MAX);
	return true;
}

static bool
refuse_size(struct asked *a)
{
	if (a->body.n <= BODY_MAX)
		return false;
	a->must_close = true;
	answer_refuse(a, 413, 0, "",
		      "a body of %zu bytes is over the limit of %zu: send less at "
		      "once",
		      a->body.n, BODY_MAX);
	return true;
}

/* A page of somebody else's makes a browser send it: programs do not give the header. */
static bool
refuse_site(struct asked *a)
{
	const char *site = asked_header(a, "Sec-Fetch-Site");

	if (site[0] == '\0' || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)
		return false;
	answer_refuse(a, 403, 0, "Sec-Fetch-Site",
		      "it comes from a page of another site: use this site's own");
	return true;
}

/* --- where it goes ---------------------------------------------------------------------------- */

static void
refuse_method(struct asked *a, bool gets, bool posts)
{
	const char *allow = gets && posts ? "GET, HEAD, POST" : gets ? "GET, HEAD" : "POST";
	char body[160];

	snprintf(body, sizeof body,
		 "{\"status\":405,\"error\":\"%s\",\"text\":\"this path takes %s\"}\n",
		 answer_error(405), allow);
	a->must_close = true;
	answer_give(a, &(struct answer){.status = 405,
					.type = "application/json",
					.body = text_of(body),
					.allow = allow});
}

/* A path with a star at its end is all that begins so, and goes on. */
static bool
is_at(const struct route *r, const char *path)
{
	size_t n = strlen(r->path);

	if (n == 0 || r->path[n - 1] != '*')
		return strcmp(r->path, path) == 0;
	return strncmp(r->path, path, n - 1) == 0 && path[n - 1] != '\0';
}

static void
go(const struct routes *rs, struct asked *a)
{
	const char *path = asked_path(a);
	enum method method = method_of(a->req);
	const struct route *found = NULL;
	bool on[METHODS] = {false};

	for (size_t i = 0; i < rs->n; i++) {
		if (!is_at(&rs->list[i], path))
			continue;
		on[rs->list[i].method] = true;
		if (rs->list[i].method == method)
			found = &rs->list[i];
	}
	if (found == NULL && (on[METHOD_GET] || on[METHOD_POST])) {
		refuse_method(a, on[METHOD_GET], on[METHOD_POST]);
	} else if (found == NULL) {
		a->must_close = true;
		answer_refuse(a, 404, 0, "", "there is nothing at this path");
	} else if (method == METHOD_POST && refuse_site(a)) {
		return;
	} else if (!refuse_length(a, method == METHOD_POST) && !refuse_size(a)) {
		found->handle(rs->ctx, a);
	}
}

void
route_take(struct evhttp_request *req, void *arg)
{
	const struct routes *rs = arg;
	struct visit *v = visit_find(rs->visits, evhttp_request_get_connection(req));
	struct asked *a;

	/* For want of memory nobody counts it: it is not served. */
	if (v == NULL) {
		evhttp_add_header(evhttp_request_get_output_headers(req), "Connection", "close");
		evhttp_send_error(req, 503, NULL);
		return;
	}
	a = asked_new(req, v);
	if (a == NULL)
		return;
	if (v->refusal == NULL)
		go(rs, a);
	else
		answer_refuse(a, 503, 5, "", "%s", v->refusal);
}
