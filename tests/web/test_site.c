#include "base/count.h"
#include "tests/web/talk.h"
#include "web/site.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <string.h>

/* It tells of itself alone: semsd is not there. */
Test(site, says_that_it_runs)
{
	struct event_base *base = event_base_new();
	struct site *s = site_new(base, &(struct site_config){.socket = "/nowhere"});
	struct httpd_config c = {.ctx = site_ctx(s)};
	struct httpd server;
	struct talk t;

	c.routes = site_routes(&c.n_routes);
	talk_open(&t, base, "127.0.0.1", talk_serve(&server, base, &c));
	cr_expect_not_null(strstr(talk_ask(&t, "GET /livez HTTP/1.1\r\n\r\n"), "\r\n\r\nOK\n"));
	talk_close(&t);
	httpd_close(&server);
	site_free(s);
	event_base_free(base);
	libevent_global_shutdown();
}
