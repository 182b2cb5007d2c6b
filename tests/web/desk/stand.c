#include "tests/web/desk/stand.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
stand_open(struct stand *s, const char *anyone)
{
	stand_open_site(s, (struct site_config){.anyone = anyone});
}

void
stand_open_site(struct stand *s, struct site_config sc)
{
	struct httpd_config hc = {.connections = 0};

	s->base = event_base_new();
	far_open(&s->semsd, s->base);
	sc.socket = s->semsd.path;
	s->site = site_new(s->base, &sc);
	hc.routes = site_routes(&hc.n_routes);
	hc.ctx = site_ctx(s->site);
	s->port = talk_serve(&s->server, s->base, &hc);
	talk_open(&s->talk, s->base, "127.0.0.1", s->port);
}

void
stand_close(struct stand *s)
{
	talk_close(&s->talk);
	httpd_close(&s->server);
	site_free(s->site);
	far_close(&s->semsd);
	event_base_free(s->base);
	libevent_global_shutdown();
}

void
stand_post(struct stand *s, const char *path, const char *headers, const char *body, size_t n)
{
	char head[1024];

	snprintf(head, sizeof head, "POST %s HTTP/1.1\r\n%sContent-Length: %zu\r\n\r\n", path,
		 headers, n);
	s->talk.n = 0;
	s->talk.heard[0] = '\0';
	talk_say(&s->talk, head, strlen(head));
	talk_say(&s->talk, body, n);
}

const char *
stand_answer(struct stand *s)
{
	return talk_answer(&s->talk, true);
}
