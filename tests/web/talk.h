/* The other end of a connection, driven by the loop of who is tested. */
#ifndef TESTS_WEB_TALK_H
#define TESTS_WEB_TALK_H

#include "web/http/httpd.h"

#include <stdbool.h>
#include <stddef.h>

#define TALK_SIZE (4u * 1024 * 1024)

struct talk {
	struct event_base *base;
	int fd;
	bool ended; /* the other side has closed */
	size_t n;
	char *heard; /* NUL-terminated */
};

/* A server of these routes on a port of its own, which is returned. config may be NULL. */
int talk_serve(struct httpd *h, struct event_base *base, const struct httpd_config *config);
/* Closes the server and frees the loop. */
void talk_shut(struct httpd *h, struct event_base *base);
void talk_open(struct talk *t, struct event_base *base, const char *from, int port);
void talk_close(struct talk *t);
void talk_say(struct talk *t, const char *bytes, size_t n);
/* Until the text was heard, or the other side closed; false: neither, in 20 s. */
bool talk_until(struct talk *t, const char *text);
/* As often as the loop has something to do at once. */
void talk_settle(struct event_base *base);
/* A turn of the loop and a millisecond. */
void talk_wait(struct event_base *base);
/* A whole answer, from its status on. */
const char *talk_answer(struct talk *t, bool has_body);
/* Forgets what was heard, and asks for one. */
const char *talk_ask(struct talk *t, const char *request);

#endif
