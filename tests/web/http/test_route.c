#include "base/count.h"
#include "tests/web/talk.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
tell(void *ctx, struct asked *a)
{
	char told[64];

	(void)ctx;
	snprintf(told, sizeof told, "body of %zu\n", a->body.n);
	answer_give(a, &(struct answer){.status = 200, .body = text_of(told)});
}

static const struct route routes[] = {
    {METHOD_GET, "/", tell},      {METHOD_POST, "/take", tell},   {METHOD_GET, "/both", tell},
    {METHOD_POST, "/both", tell}, {METHOD_GET, "/below/*", tell},
};

#define REQUEST(line, headers) line " HTTP/1.1\r\nHost: h\r\n" headers "\r\n"

static const struct {
	const char *request;
	const char *status;
	const char *says;
} rows[] = {
    {REQUEST("GET /", ""), "200", "body of 0"},
    {REQUEST("GET /?a=b", ""), "200", "body of 0"},
    {REQUEST("GET http://h/", ""), "200", "body of 0"},
    {REQUEST("POST /take", "Content-Length: 3\r\n") "abc", "200", "body of 3"},
    {REQUEST("POST /take", "Content-Length: 0\r\n"), "200", "body of 0"},
    {REQUEST("GET /none", ""), "404", "\"not_found\""},
    {REQUEST("GET /take/", ""), "404", "\"not_found\""},
    {REQUEST("GET /below/a", ""), "200", "body of 0"},
    {REQUEST("GET /below/a/b?c", ""), "200", "body of 0"},
    {REQUEST("GET /below/", ""), "404", "\"not_found\""},
    {REQUEST("GET /below", ""), "404", "\"not_found\""},
    {REQUEST("POST /below/a", "Content-Length: 0\r\n"), "405", "Allow: GET, HEAD\r\n"},
    {REQUEST("GET /take", ""), "405", "Allow: POST\r\n"},
    {REQUEST("POST /", "Content-Length: 0\r\n"), "405", "Allow: GET, HEAD\r\n"},
    {REQUEST("PUT /both", "Content-Length: 0\r\n"), "405", "Allow: GET, HEAD, POST\r\n"},
    {REQUEST("DELETE /", ""), "405", "Allow: GET, HEAD\r\n"},
    {REQUEST("OPTIONS /take", ""), "405", "Allow: POST\r\n"},
    {REQUEST("POST /take", ""), "411", "the Content-Length is missing"},
    {REQUEST("POST /take", "Transfer-Encoding: chunked\r\n") "1\r\na\r\n0\r\n\r\n", "411",
     "a body in chunks is not taken"},
    {REQUEST("GET /", "Transfer-Encoding: chunked\r\n") "0\r\n\r\n", "411", "in chunks"},
    {REQUEST("POST /take", "Content-Length: 3\r\nContent-Length: 9\r\n") "abc", "400",
     "more than one way"},
    {REQUEST("POST /take", "Content-Length: 3\r\nTransfer-Encoding: identity\r\n") "abc", "400",
     ""},
    {REQUEST("POST /take", "Content-Length: 0\r\nSec-Fetch-Site: cross-site\r\n"), "403",
     "Sec-Fetch-Site"},
    {REQUEST("POST /take", "Content-Length: 0\r\nSec-Fetch-Site: same-site\r\n"), "403",
     "Sec-Fetch-Site"},
    {REQUEST("POST /take", "Content-Length: 0\r\nSec-Fetch-Site: same-origin\r\n"), "200", "of 0"},
    {REQUEST("POST /take", "Content-Length: 0\r\nSec-Fetch-Site: none\r\n"), "200", "of 0"},
    {REQUEST("GET /", "Sec-Fetch-Site: cross-site\r\n"), "200", "of 0"},
    {REQUEST("NONSENSE /", ""), "501", ""},
    {"nonsense\r\n\r\n", "400", ""},
};

Test(route, answers_by_method_path_and_length)
{
	const struct httpd_config c = {.routes = routes, .n_routes = COUNT(routes)};
	struct event_base *base = event_base_new();
	struct httpd server;
	int port = talk_serve(&server, base, &c);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct talk t;
		const char *heard;

		talk_open(&t, base, "127.0.0.1", port);
		heard = talk_ask(&t, rows[i].request);
		cr_expect_eq(strncmp(heard, "HTTP/1.1 ", 9), 0);
		cr_expect_eq(strncmp(heard + 9, rows[i].status, 3), 0, "row %zu: %s", i, heard);
		cr_expect_not_null(strstr(heard, rows[i].says), "row %zu: %s", i, heard);
		/* Where a body may follow that nobody reads, the connection ends. */
		if (rows[i].status[0] == '4' && strcmp(rows[i].status, "403") != 0)
			cr_expect(talk_until(&t, NULL) && t.ended);
		talk_close(&t);
	}
	talk_shut(&server, base);
}

/* The bound is told by the answer, and the last byte within it is taken. */
Test(route, takes_a_body_of_a_mebibyte_and_no_byte_more)
{
	const struct httpd_config c = {.routes = routes, .n_routes = COUNT(routes)};
	struct event_base *base = event_base_new();
	char *body = calloc(1, BODY_MAX + 1);
	struct httpd server;
	int port = talk_serve(&server, base, &c);

	for (size_t over = 0; over <= 1; over++) {
		char head[128];
		struct talk t;

		snprintf(head, sizeof head, "POST /take HTTP/1.1\r\nContent-Length: %zu\r\n\r\n",
			 BODY_MAX + over);
		talk_open(&t, base, "127.0.0.1", port);
		talk_say(&t, head, strlen(head));
		talk_say(&t, body, BODY_MAX + over);
		cr_assert(talk_until(&t, over != 0 ? "limit of 1048576" : "body of 1048576"));
		cr_expect_eq(strncmp(t.heard + 9, over != 0 ? "413" : "200", 3), 0, "%s", t.heard);
		talk_close(&t);
	}
	free(body);
	talk_shut(&server, base);
}

/* 16 KiB of headers, and evhttp refuses what is more. */
Test(route, bounds_headers)
{
	const struct httpd_config c = {.routes = routes, .n_routes = COUNT(routes)};
	struct event_base *base = event_base_new();
	static char many[17 * 1024];
	struct httpd server;
	int port = talk_serve(&server, base, &c);
	struct talk t;

	memset(many, 'a', sizeof many);
	talk_open(&t, base, "127.0.0.1", port);
	talk_say(&t, "GET / HTTP/1.1\r\nx: ", 19);
	talk_say(&t, many, sizeof many);
	cr_assert(talk_until(&t, "400 Bad"));
	cr_expect_eq(strncmp(t.heard + 9, "400", 3), 0, "%s", t.heard);
	talk_close(&t);
	talk_shut(&server, base);
}
