#include "base/log.h"
#include "host/web_child.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int said_by_all; /* what the child and our log say */
static char said[65536];
static size_t n_said;

static void
listen_to_all(void)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(dup2(ends[1], 2), 2);
	cr_assert_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	said_by_all = ends[0];
	log_setup(2, LOG_LEVEL_INFO);
}

static unsigned
n_times(const char *words)
{
	ssize_t n = read(said_by_all, said + n_said, sizeof said - 1 - n_said);
	unsigned times = 0;

	n_said += n > 0 ? (size_t)n : 0;
	said[n_said] = '\0';
	for (const char *at = said; (at = strstr(at, words)) != NULL; at++)
		times++;
	return times;
}

/* Until it was said so often; false: not in 30 s. */
static bool
is_said(const char *words, unsigned times, struct web_child *tended)
{
	for (int i = 0; i < 3000 && n_times(words) < times; i++) {
		if (tended != NULL)
			web_child_tend(tended);
		usleep(10000);
	}
	return n_times(words) >= times;
}

/* Beside the test's program lies the semsweb of its build. */
Test(web_child, runs_until_it_is_stopped)
{
	struct web_child *w = NULL;
	struct err e = {.code = OK};

	listen_to_all();
	cr_assert_eq(web_child_start("/nowhere", "127.0.0.1:0", &w, &e), OK, "%s", e.text);
	cr_expect(is_said("event=listen.http", 1, w), "%s", said);
	cr_expect_eq(n_times("event=web.ended"), 0);
	web_child_stop(w);
	cr_expect_eq(n_times("event=semsweb.stopping signal=15"), 1, "%s", said);
	web_child_tend(NULL);
	web_child_stop(NULL);
}

/* Here it cannot listen, and says so each time. */
Test(web_child, is_started_again_when_it_ended)
{
	struct web_child *w = NULL;
	struct err e = {.code = OK};

	listen_to_all();
	cr_assert_eq(web_child_start("/nowhere", "192.0.2.1:80", &w, &e), OK, "%s", e.text);
	cr_expect(is_said("is no loopback address", 3, w), "%s", said);
	cr_expect_geq(n_times("event=web.ended"), 2);
	web_child_stop(w);
}
