/* A desk that is asked by HTTP, with semsd played by a test. */
#ifndef TESTS_WEB_DESK_STAND_H
#define TESTS_WEB_DESK_STAND_H

#include "tests/web/far_end.h"
#include "tests/web/talk.h"
#include "web/site.h"

struct stand {
	struct event_base *base;
	struct far_end semsd;
	struct site *site;
	struct httpd server;
	int port;
	struct talk talk;
};

/* anyone: NULL, or whom all are. */
void stand_open(struct stand *s, const char *anyone);
/* The same with what else a site is told; its socket is the stand's. */
void stand_open_site(struct stand *s, struct site_config sc);
void stand_close(struct stand *s);
/* Sends a request with a body; headers: each with its end of line. */
void stand_post(struct stand *s, const char *path, const char *headers, const char *body, size_t n);
/* What is answered, from its status on. */
const char *stand_answer(struct stand *s);

#endif
