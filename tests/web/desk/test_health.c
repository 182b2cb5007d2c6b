#include "base/count.h"
#include "tests/web/desk/stand.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct stand s;

/* Asks, and answers for semsd. */
static const char *
get(const char *path, const char *document)
{
	struct far_line *l;
	Sems__V1__ClientFrame *f;
	char request[200];
	char whom[128];

	s.talk.n = 0;
	s.talk.heard[0] = '\0';
	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n\r\n", path);
	talk_say(&s.talk, request, strlen(request));
	l = far_accept(&s.semsd);
	far_greeted(l, whom);
	cr_expect_str_eq(whom, "", "semsweb asks for itself");
	far_welcome(l, "unix:semsweb", "gateway");
	f = far_hear(l);
	cr_assert_eq(f->request->body_case, SEMS__V1__REQUEST__BODY_HEALTH);
	far_document(l, f->request->request_no, document, false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	talk_settle(s.base);
	far_end_line(l);
	return stand_answer(&s);
}

Test(health, is_ready_when_semsd_is)
{
	const char *heard;

	stand_open(&s, NULL);
	heard = get("/readyz", "{\"ready\":true,\"why_not\":[]}");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 200", 12), 0, "%s", heard);
	heard = get("/readyz", "{\"ready\":false,\"why_not\":[\"no disk\",\"no sun\"]}");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 503", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "no disk\nno sun\n"), "%s", heard);
	heard = get("/readyz", "nonsense");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 503", 12), 0, "%s", heard);
	stand_close(&s);
}

Test(health, is_not_ready_when_semsd_is_away)
{
	const char *heard;

	stand_open(&s, NULL);
	far_close(&s.semsd);
	heard = talk_ask(&s.talk, "GET /readyz HTTP/1.1\r\n\r\n");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 503", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "semsd does not say how it is"), "%s", heard);
	heard = talk_ask(&s.talk, "GET /metrics HTTP/1.1\r\n\r\n");
	cr_expect_eq(strncmp(heard, "HTTP/1.1 200", 12), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, "\nsemsd_ready 0\n# EOF\n"), "%s", heard);
	cr_expect_null(strstr(heard, "semsd_records"), "what is not known is not zero");
	far_open(&s.semsd, s.base);
	stand_close(&s);
}

Test(health, has_each_counter_of_semsd)
{
	static const char *const lines[] = {
	    "\nsemsd_ready 1\n",
	    "\nsemsd_records_received_total 10\n",
	    "\nsemsd_records_total{verdict=\"stored\"} 4\n",
	    "\nsemsd_records_total{verdict=\"retry\"} 6\n",
	    "\n# TYPE semsd_sessions gauge\n",
	    "\nsemsd_sessions 3\n",
	    "\nsemsd_unread_bytes 9\n# EOF\n",
	};
	const char *heard;

	stand_open(&s, NULL);
	heard = get("/metrics", "{\"ready\":true,\"records\":10,\"verdicts\":{\"stored\":4,"
				"\"retry\":6},\"sessions\":{\"open\":3},\"unread_bytes\":9}");
	for (size_t i = 0; i < COUNT(lines); i++)
		cr_expect_not_null(strstr(heard, lines[i]), "%s in %s", lines[i], heard);
	stand_close(&s);
}

/* A proxy on this machine comes by loopback, too. */
Test(health, is_told_to_this_machine_alone)
{
	static const char *const headers[] = {"Forwarded: for=192.0.2.1",
					      "X-Forwarded-For: 192.0.2.1", "Via: 1.1 proxy"};
	static const char *const paths[] = {"/readyz", "/metrics"};

	stand_open(&s, NULL);
	for (size_t i = 0; i < COUNT(headers); i++) {
		for (size_t k = 0; k < COUNT(paths); k++) {
			char request[200];
			const char *heard;

			snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n%s\r\n\r\n", paths[k],
				 headers[i]);
			heard = talk_ask(&s.talk, request);
			cr_expect_eq(strncmp(heard, "HTTP/1.1 404", 12), 0, "%s", heard);
		}
	}
	cr_expect(far_is_quiet(&s.semsd));
	stand_close(&s);
}
