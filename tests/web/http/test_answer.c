#include "base/count.h"
#include "tests/web/talk.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <jansson.h>
#include <string.h>

static void
refuse(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_refuse(a, 429, 7, "records[2].siteId", "\"%s\" <script>\x01", "no");
}

static void
give(void *ctx, struct asked *a)
{
	(void)ctx;
	cr_expect_str_eq(asked_header(a, "X-One"), "first");
	cr_expect_str_eq(asked_header(a, "X-Two"), "");
	cr_expect_not(asked_is_tls(a));
	answer_give(a, &(struct answer){.status = 303,
					.location = "/there",
					.cookie = "s=1\r\nX-Evil: yes",
					.body = TEXT_LIT("")});
}

static const struct route routes[] = {
    {METHOD_GET, "/refuse", refuse},
    {METHOD_GET, "/give", give},
};

static struct event_base *base;
static struct httpd server;
static struct talk t;

static const char *
ask(const char *request)
{
	const struct httpd_config c = {.routes = routes, .n_routes = COUNT(routes)};

	base = event_base_new();
	talk_open(&t, base, "127.0.0.1", talk_serve(&server, base, &c));
	return talk_ask(&t, request);
}

static void
done(void)
{
	talk_close(&t);
	talk_shut(&server, base);
}

static const char *const always[] = {
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src "
    "'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'\r\n",
    "X-Content-Type-Options: nosniff\r\n",
    "Referrer-Policy: no-referrer\r\n",
    "Cache-Control: no-store\r\n",
};

Test(answer, refuses_in_json_that_says_what_is_wrong)
{
	const char *heard = ask("GET /refuse HTTP/1.1\r\n\r\n");
	json_t *said;

	cr_expect_eq(strncmp(heard, "HTTP/1.1 429 Too Many Requests\r\n", 32), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "Retry-After: 7\r\n"));
	cr_expect_not_null(strstr(heard, "Content-Type: application/json\r\n"));
	said = json_loads(strstr(heard, "\r\n\r\n") + 4, 0, NULL);
	cr_assert_not_null(said, "%s", heard);
	cr_expect_eq(json_integer_value(json_object_get(said, "status")), 429);
	cr_expect_str_eq(json_string_value(json_object_get(said, "error")), "too_many");
	cr_expect_str_eq(json_string_value(json_object_get(said, "field")), "records[2].siteId");
	cr_expect_eq(
	    strncmp(json_string_value(json_object_get(said, "text")), "\"no\" <script>", 13), 0);
	json_decref(said);
	done();
}

Test(answer, has_its_headers_whatever_it_is)
{
	static const char *const requests[] = {"GET /refuse HTTP/1.1\r\n\r\n",
					       "GET /none HTTP/1.1\r\n\r\n",
					       "PUT /give HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
					       "GET /give HTTP/1.1\r\nX-One: first\r\n\r\n"};

	for (size_t i = 0; i < COUNT(requests); i++) {
		const char *heard = ask(requests[i]);

		for (size_t k = 0; k < COUNT(always); k++)
			cr_expect_not_null(strstr(heard, always[k]), "%s: %s", requests[i], heard);
		cr_expect_null(strstr(heard, "Strict-Transport-Security"), "not in plain HTTP");
		done();
	}
}

Test(answer, lets_nobody_write_a_header)
{
	const char *heard = ask("GET /give HTTP/1.1\r\nX-One: first\r\nX-One: last\r\n\r\n");

	cr_expect_eq(strncmp(heard, "HTTP/1.1 303 See Other\r\n", 24), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "Location: /there\r\n"));
	cr_expect_null(strstr(heard, "X-Evil"));
	done();
}

/* A name for each that is given anywhere. */
Test(answer, names_each_status)
{
	static const int given[] = {400, 401, 403, 404, 405, 411, 413, 415, 429, 500, 503};

	for (size_t i = 0; i < COUNT(given); i++)
		cr_expect_str_neq(answer_error(given[i]), "error", "%d", given[i]);
	cr_expect_str_eq(answer_error(599), "error");
}
