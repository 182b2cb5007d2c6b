#include "tests/web/talk.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int
talk_serve(struct httpd *h, struct event_base *base, const struct httpd_config *config)
{
	struct err e = {.code = OK};
	int port = 0;

	cr_assert_eq(httpd_open(h, base, config, &e), OK, "%s: %s", e.where, e.text);
	cr_assert_eq(httpd_listen(h, "127.0.0.1:0", &port, &e), OK, "%s", e.text);
	return port;
}

void
talk_shut(struct httpd *h, struct event_base *base)
{
	httpd_close(h);
	event_base_free(base);
	libevent_global_shutdown();
}

void
talk_open(struct talk *t, struct event_base *base, const char *from, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	*t = (struct talk){.base = base, .heard = calloc(1, TALK_SIZE)};
	t->fd = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert(t->heard != NULL && t->fd >= 0);
	inet_pton(AF_INET, from, &at.sin_addr);
	cr_assert_eq(bind(t->fd, (struct sockaddr *)&at, sizeof at), 0);
	inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
	at.sin_port = htons((uint16_t)port);
	cr_assert_eq(connect(t->fd, (struct sockaddr *)&at, sizeof at), 0);
	cr_assert_eq(fcntl(t->fd, F_SETFL, O_NONBLOCK), 0);
	talk_settle(base);
}

void
talk_close(struct talk *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free(t->heard);
	t->fd = -1;
	t->heard = NULL;
	talk_settle(t->base);
}

void
talk_settle(struct event_base *base)
{
	for (int i = 0; i < 30; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
hear(struct talk *t)
{
	ssize_t n = recv(t->fd, t->heard + t->n, TALK_SIZE - 1 - t->n, 0);

	if (n > 0)
		t->n += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		t->ended = true;
	t->heard[t->n] = '\0';
}

void
talk_say(struct talk *t, const char *bytes, size_t n)
{
	while (n != 0 && !t->ended) {
		ssize_t sent = send(t->fd, bytes, n, MSG_NOSIGNAL);

		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
		} else if (errno != EAGAIN) {
			t->ended = true;
		}
		talk_settle(t->base);
	}
}

void
talk_wait(struct event_base *base)
{
	const struct timespec soon = {0, 1000000};

	event_base_loop(base, EVLOOP_NONBLOCK);
	nanosleep(&soon, NULL);
}

bool
talk_until(struct talk *t, const char *text)
{
	for (int i = 0; i < 20000; i++) {
		talk_wait(t->base);
		hear(t);
		if (t->ended || (text != NULL && strstr(t->heard, text) != NULL))
			return true;
	}
	return false;
}

const char *
talk_answer(struct talk *t, bool has_body)
{
	const char *length;
	const char *body;

	cr_assert(talk_until(t, "\r\n\r\n"));
	length = strstr(t->heard, "Content-Length: ");
	body = strstr(t->heard, "\r\n\r\n");
	while (length != NULL && body != NULL && !t->ended && has_body &&
	       strlen(body + 4) < strtoul(length + 16, NULL, 10)) {
		event_base_loop(t->base, EVLOOP_NONBLOCK);
		hear(t);
	}
	return t->heard;
}

const char *
talk_ask(struct talk *t, const char *request)
{
	t->n = 0;
	t->heard[0] = '\0';
	talk_say(t, request, strlen(request));
	return talk_answer(t, strncmp(request, "HEAD", 4) != 0);
}
