#include "base/beside.h"
#include "store/pg/conn.h"
#include "tests/lib/machine_walk.h"
#include "tests/store/fixture.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <stdio.h>
#include <string.h>

/* A connection, and what it told. What else it does is proved by the writer's and asker's tests. */
struct heard {
	struct conn *conn;
	int n_up;
	int n_down;
	int n_finished;
};

static void
on_up(void *ctx)
{
	((struct heard *)ctx)->n_up++;
}

static bool
on_result(void *ctx, PGresult *res)
{
	(void)ctx;
	(void)res;
	return false;
}

static void
on_copy(void *ctx, const unsigned char **bytes, size_t *n)
{
	(void)ctx;
	*bytes = NULL;
	*n = 0;
}

static void
on_finished(void *ctx)
{
	((struct heard *)ctx)->n_finished++;
}

static void
on_down(void *ctx)
{
	((struct heard *)ctx)->n_down++;
}

/* Connects and asks for what takes three seconds; waits for the answer or the loss of it. */
static void
ask_slowly(int silence_ms, struct heard *h)
{
	struct conn_ops ops = {.up = on_up,
			       .result = on_result,
			       .copy = on_copy,
			       .finished = on_finished,
			       .down = on_down,
			       .silence_ms = silence_ms};
	struct beside *beside = beside_new();
	struct fixture f = {0};

	*h = (struct heard){0};
	fixture_database(&f);
	f.base = event_base_new();
	cr_assert_not_null(f.base);
	h->conn = conn_new(f.base, beside, "asked", f.conninfo, &ops, h);
	cr_assert_not_null(h->conn);
	for (int i = 0; i < 1000 && h->n_up == 0; i++)
		fixture_turn(&f);
	conn_send(h->conn, "SELECT pg_sleep(3)");
	for (int i = 0; i < 1000 && h->n_finished == 0 && (h->n_down == 0 || h->n_up < 2); i++)
		fixture_turn(&f);
	conn_free(h->conn);
	beside_free(beside);
	fixture_close(&f);
}

Test(conn, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "waiting: time for an attempt > connecting, a fault of ours > stopped",
	    "resolving: an address > connecting, a name to look up > resolving, lost > waiting, "
	    "a fault of ours > stopped",
	    "connecting: an address > connecting, a name to look up > resolving, "
	    "connected > checking, lost > waiting, a fault of ours > stopped",
	    "checking: an address > connecting, a name to look up > resolving, a safe server > up, "
	    "lost > waiting, a fault of ours > stopped",
	    "up: lost > waiting, a fault of ours > stopped",
	    "stopped: ",
	};

	MACHINE_WALK(&conn_machine, edges);
}

Test(conn, gives_up_a_server_that_is_silent_for_too_long_and_connects_anew)
{
	struct heard h;

	ask_slowly(1000, &h);
	cr_expect_eq(h.n_finished, 0);
	cr_expect_eq(h.n_down, 1);
	cr_expect_eq(h.n_up, 2);
}

Test(conn, waits_for_an_answer_as_long_as_it_takes)
{
	struct heard h;

	ask_slowly(0, &h);
	cr_expect_eq(h.n_finished, 1);
	cr_expect_eq(h.n_down, 0);
}

/* The first is no server, the second a name that nobody knows, the third is nobody's address. */
Test(conn, tries_each_host_of_a_list_until_one_serves)
{
	struct conn_ops ops = {.up = on_up,
			       .result = on_result,
			       .copy = on_copy,
			       .finished = on_finished,
			       .down = on_down};
	struct beside *beside = beside_new();
	struct fixture f = {0};
	struct heard h = {0};
	char conninfo[600];
	const char *host;

	fixture_database(&f);
	f.base = event_base_new();
	host = strstr(f.conninfo, "host=");
	cr_assert_not_null(host);
	snprintf(conninfo, sizeof conninfo,
		 "%.*shost=/nonexistent,no.such.host.invalid,127.0.0.1,%s",
		 (int)(host - f.conninfo), f.conninfo, host + strlen("host="));
	h.conn = conn_new(f.base, beside, "asked", conninfo, &ops, &h);
	cr_assert_not_null(h.conn, "%s", conninfo);
	for (int i = 0; i < 15000 && h.n_up == 0 && h.n_down == 0; i++) {
		fixture_turn(&f);
		beside_collect(beside);
	}
	cr_expect_eq(h.n_up, 1);
	cr_expect_eq(h.n_down, 0, "another round");
	conn_free(h.conn);
	beside_free(beside);
	fixture_close(&f);
}
