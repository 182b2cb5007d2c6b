#include "base/count.h"
#include "tests/lib/machine_walk.h"
#include "tests/web/talk.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <string.h>

Test(visit, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "came: a request > served, closed > gone",
	    "sends: a request > served, closed > gone",
	    "served: answered > reads, closed > gone",
	    "reads: the answer is written > idle, closed > gone",
	    "idle: bytes of a request > sends, closed > gone",
	    "gone: ",
	};

	MACHINE_WALK(&visit_machine, edges);
}

static struct asked *held; /* what is answered later */
static unsigned n_gone;

static void
note_gone(struct asked *a)
{
	(void)a;
	n_gone++;
}

static void
hold(void *ctx, struct asked *a)
{
	(void)ctx;
	held = a;
	a->on_gone = note_gone;
}

static void
tell(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 200, .body = TEXT_LIT("told\n")});
}

static const struct route routes[] = {
    {METHOD_GET, "/hold", hold},
    {METHOD_GET, "/tell", tell},
    {METHOD_POST, "/tell", tell},
};

static struct event_base *base;
static struct httpd server;
static int port;

static void
open_house(const struct visit_patience *patience, uint32_t places)
{
	struct httpd_config c = {
	    .routes = routes, .n_routes = COUNT(routes), .connections = places};

	if (patience != NULL)
		c.patience = *patience;
	base = event_base_new();
	port = talk_serve(&server, base, &c);
}

#define GET_TELL "GET /tell HTTP/1.1\r\nHost: h\r\n\r\n"
#define GET_HOLD "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"

/* Patient in all but one thing. */
static struct visit_patience
patient(void)
{
	return (struct visit_patience){60000, 60000, 60000, 60000, 60000};
}

static void
expect_ended(struct talk *t)
{
	cr_assert(talk_until(t, NULL));
	cr_expect(t->ended);
}

/* Drips a header and never ends it: evhttp's own time would begin anew with each byte. */
Test(visit, ends_a_request_that_drips)
{
	struct visit_patience p = patient();
	struct talk t;

	p.request = 200;
	open_house(&p, 0);
	talk_open(&t, base, "127.0.0.1", port);
	talk_say(&t, "GET /tell HTTP/1.1\r\n", 20);
	for (unsigned i = 0; i < 2000 && !t.ended; i++) {
		talk_say(&t, "x: y\r\n", 6);
		talk_until(&t, "");
	}
	expect_ended(&t);
	cr_expect_eq(server.visits.n, 0);
	cr_expect_eq(server.visits.taken, 0);
	talk_close(&t);
	talk_shut(&server, base);
}

/* A further request has its time from its first byte on, however long it was quiet before. */
Test(visit, ends_a_further_request_that_drips)
{
	struct visit_patience p = patient();
	struct talk t;

	p.request = 200;
	open_house(&p, 0);
	talk_open(&t, base, "127.0.0.1", port);
	cr_assert_not_null(strstr(talk_ask(&t, GET_TELL), "told"));
	cr_expect_eq(TAILQ_FIRST(&server.visits.all)->state, VISIT_IDLE);
	talk_say(&t, "POST /te", 8);
	cr_expect_eq(TAILQ_FIRST(&server.visits.all)->state, VISIT_SENDS);
	expect_ended(&t);
	talk_close(&t);
	talk_shut(&server, base);
}

Test(visit, ends_one_that_is_idle)
{
	struct visit_patience p = patient();
	struct talk t;

	p.idle = 50;
	open_house(&p, 0);
	talk_open(&t, base, "127.0.0.1", port);
	cr_assert_not_null(strstr(talk_ask(&t, GET_TELL), "told"));
	expect_ended(&t);
	cr_expect_eq(server.visits.n, 0);
	talk_close(&t);
	talk_shut(&server, base);
}

/* Who is served when his time is over hears nothing, and what works for him is told. */
Test(visit, tells_what_works_for_one_that_goes)
{
	struct visit_patience p = patient();
	struct talk t;

	p.served = 50;
	open_house(&p, 0);
	n_gone = 0;
	talk_open(&t, base, "127.0.0.1", port);
	talk_say(&t, GET_HOLD, strlen(GET_HOLD));
	expect_ended(&t);
	cr_expect_eq(n_gone, 1);
	cr_expect_null(held->req);
	answer_give(held, &(struct answer){.status = 200});
	talk_close(&t);
	talk_shut(&server, base);
}

Test(visit, serves_two_requests_that_came_at_once)
{
	struct talk t;

	open_house(NULL, 0);
	talk_open(&t, base, "127.0.0.1", port);
	talk_say(&t, GET_TELL GET_TELL, strlen(GET_TELL GET_TELL));
	talk_until(&t, "told\nHTTP/1.1 200");
	cr_expect_not_null(strstr(t.heard, "told\nHTTP/1.1 200"), "%s", t.heard);
	talk_settle(base);
	cr_expect_eq(TAILQ_FIRST(&server.visits.all)->state, VISIT_IDLE);
	talk_close(&t);
	talk_settle(base);
	cr_expect_eq(server.visits.n, 0);
	talk_shut(&server, base);
}

/* Past the places some are told that there is none, and past those they are closed. */
Test(visit, turns_away_whom_it_has_no_place_for)
{
	enum { PLACES = 4 };
	struct talk in[PLACES], away[VISIT_TURNED_AWAY + 1];
	const char *const from[PLACES] = {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"};

	open_house(NULL, PLACES);
	for (size_t i = 0; i < PLACES; i++)
		talk_open(&in[i], base, from[i], port);
	for (size_t i = 0; i < COUNT(away); i++)
		talk_open(&away[i], base, "127.0.0.9", port);
	cr_expect_not_null(strstr(talk_ask(&in[0], GET_TELL), "told"));
	expect_ended(&away[VISIT_TURNED_AWAY]);
	cr_expect_not_null(strstr(talk_ask(&away[0], GET_TELL), "503 Service"));
	cr_expect_not_null(strstr(away[0].heard, "too many connections: "), "%s", away[0].heard);
	cr_expect_not_null(strstr(away[0].heard, "Retry-After: 5"));
	expect_ended(&away[0]);
	for (size_t i = 0; i < COUNT(away); i++)
		talk_close(&away[i]);
	talk_close(&in[1]);
	talk_open(&in[1], base, from[1], port);
	cr_expect_not_null(strstr(talk_ask(&in[1], GET_TELL), "told"), "there is a place again");
	for (size_t i = 0; i < PLACES; i++)
		talk_close(&in[i]);
	cr_expect_eq(server.visits.n, 0);
	cr_expect_eq(server.visits.turned_away, 0);
	talk_shut(&server, base);
}

/* One address cannot have all of them. */
Test(visit, leaves_places_for_other_addresses)
{
	enum { PLACES = 8, OF_ONE = 6 };
	struct talk own[OF_ONE + 1], other;

	open_house(NULL, PLACES);
	for (size_t i = 0; i < COUNT(own); i++)
		talk_open(&own[i], base, "127.0.0.1", port);
	talk_open(&other, base, "127.0.0.2", port);
	cr_expect_not_null(strstr(talk_ask(&own[OF_ONE], GET_TELL), "from your address"));
	cr_expect_not_null(strstr(talk_ask(&own[OF_ONE - 1], GET_TELL), "told"));
	cr_expect_not_null(strstr(talk_ask(&other, GET_TELL), "told"));
	for (size_t i = 0; i < COUNT(own); i++)
		talk_close(&own[i]);
	talk_close(&other);
	talk_shut(&server, base);
}

/* What all send together is bounded: who brings it over the bound goes. */
Test(visit, bounds_what_all_send_together)
{
	static const char head[] = "POST /tell HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n";
	static char body[5000];
	struct talk first, second;

	open_house(NULL, 0);
	memset(body, 'b', sizeof body);
	server.visits.most_bytes = 8000;
	talk_open(&first, base, "127.0.0.1", port);
	talk_open(&second, base, "127.0.0.1", port);
	talk_say(&first, head, sizeof head - 1);
	talk_say(&first, body, sizeof body - 1);
	talk_say(&second, head, sizeof head - 1);
	talk_say(&second, body, sizeof body - 1);
	expect_ended(&second);
	talk_say(&first, body, 1);
	talk_until(&first, "told");
	cr_expect_not_null(strstr(first.heard, "told"), "%s", first.heard);
	talk_settle(base);
	cr_expect_eq(server.visits.taken, 0, "what was answered counts no more");
	talk_close(&first);
	talk_close(&second);
	talk_shut(&server, base);
}

/* Whoever knows evhttp's connection must find it, or nobody is counted. */
Test(visit, is_found_by_its_connection)
{
	struct talk t;

	open_house(NULL, 0);
	talk_open(&t, base, "127.0.0.7", port);
	cr_assert_not_null(TAILQ_FIRST(&server.visits.all));
	cr_expect_str_eq(TAILQ_FIRST(&server.visits.all)->address, "127.0.0.7");
	cr_expect_null(visit_find(&server.visits, (void *)&t));
	talk_close(&t);
	cr_expect_eq(server.visits.n, 0, "evhttp tells who closed");
	talk_shut(&server, base);
}
