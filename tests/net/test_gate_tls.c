#include "net/gate.h"
#include "tests/net/tls/issuer.h"
#include "tests/net/world.h"
#include "wire/frame.h"

#include <criterion/criterion.h>

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TURNS 400

static struct set set;
static struct world world;

static void
set_up(void)
{
	set = set_new();
	world = world_new();
	world.tls = set.dir;
	world_start(&world);
	world_open_tls(&world);
}

static void
tear_down(void)
{
	world_end(&world);
	set_fini(&set);
}

TestSuite(gate_tls, .init = set_up, .fini = tear_down);

/* --- a client --------------------------------------------------------------------------------- */

struct caller_end {
	int fd;
	SSL *ssl;
};

/* The handshake may be refused later: in TLS 1.3 the client is done first. */
static struct caller_end
call(const struct issued *own)
{
	struct caller_end c = {.fd = dial_tcp(&world)};
	SSL_CTX *ctx = client_ctx(&set, own, NULL);

	c.ssl = SSL_new(ctx);
	SSL_CTX_free(ctx);
	SSL_set_fd(c.ssl, c.fd);
	for (int i = 0; i < TURNS && SSL_connect(c.ssl) != 1; i++)
		turn(&world, 1);
	return c;
}

static void
hang_up(struct caller_end *c)
{
	SSL_free(c->ssl);
	close(c->fd);
	ERR_clear_error();
	turn(&world, 4);
}

static void
say(struct caller_end *c, struct text frame)
{
	cr_assert_eq(SSL_write(c->ssl, frame.s, (int)frame.n), (int)frame.n);
	free((void *)frame.s);
}

/* NULL: it ends, or nothing comes. */
static Sems__V1__ServerFrame *
hear(struct caller_end *c)
{
	unsigned char bytes[65536];
	size_t n = 0;
	struct text body;
	size_t used;
	struct err e;

	for (int i = 0; i < TURNS; i++) {
		int got;

		ERR_clear_error(); /* the server's are in the same queue */
		got = SSL_read(c->ssl, bytes + n, (int)(sizeof bytes - n));

		if (got > 0)
			n += (size_t)got;
		else if (SSL_get_error(c->ssl, got) != SSL_ERROR_WANT_READ)
			return NULL;
		if (frame_next(bytes, n, sizeof bytes, &body, &used, &e) == FRAME_READY)
			return sems__v1__server_frame__unpack(NULL, body.n,
							      (const uint8_t *)body.s);
		turn(&world, 1);
	}
	return NULL;
}

static struct issued
machine(void)
{
	return issue(&set.root, &(struct wish){.san = MACHINE_SAN, .eku = "clientAuth"});
}

/* --- coming in -------------------------------------------------------------------------------- */

Test(gate_tls, knows_who_comes_by_the_certificate)
{
	struct issued own = machine();
	struct caller_end c = call(&own);
	Sems__V1__ServerFrame *f;

	say(&c, hello_frame());
	f = hear(&c);
	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	cr_expect_str_eq(f->welcome->principal, "cert:sems:device/xray-7");
	sems__v1__server_frame__free_unpacked(f, NULL);
	hang_up(&c);
	issued_fini(&own);
}

Test(gate_tls, answers_batches_that_are_larger_than_a_record_of_tls)
{
	struct issued own = machine();
	struct caller_end c = call(&own);
	Sems__V1__ServerFrame *f;

	say(&c, hello_frame());
	sems__v1__server_frame__free_unpacked(hear(&c), NULL);
	for (uint64_t no = 1; no <= 20; no++) {
		say(&c, batch_frame(no));
		f = hear(&c);
		cr_assert_not_null(f);
		cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_RESULT);
		cr_assert_eq(f->result->batch_no, no);
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	hang_up(&c);
	issued_fini(&own);
}

static uint64_t
n_opened(void)
{
	return ingest_counters(world.ingest)->sessions_opened;
}

Test(gate_tls, gives_no_session_to_who_is_refused)
{
	struct issued own = issue(
	    &set.root, &(struct wish){.san = MACHINE_SAN, .eku = "clientAuth", .until_s = -60});
	struct caller_end c = call(&own);
	int reason;

	cr_expect_null(hear(&c));
	reason = ERR_GET_REASON(ERR_peek_last_error());
	cr_expect_eq(reason, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "%d", reason);
	cr_expect_eq(n_opened(), 0);
	hang_up(&c);
	issued_fini(&own);
}

Test(gate_tls, takes_nobody_without_tls)
{
	int fd = dial_tcp(&world);
	char byte;

	cr_assert_eq(send(fd, "GET / HTTP/1.0\r\n\r\n", 18, 0), 18);
	turn(&world, TURNS);
	while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
		;
	cr_expect_eq(recv(fd, &byte, 1, MSG_DONTWAIT), 0, "it was closed");
	cr_expect_eq(n_opened(), 0);
	close(fd);
}

/* So many at once from one address, and none of them for good. */
Test(gate_tls, keeps_no_crowd_that_says_nothing)
{
	enum { CROWD = 300 };
	int fds[CROWD];
	char byte;
	int closed = 0;

	for (int i = 0; i < CROWD; i++) {
		fds[i] = dial_tcp(&world);
		turn(&world, 2);
	}
	turn(&world, 50);
	for (int i = 0; i < CROWD; i++)
		closed += recv(fds[i], &byte, 1, MSG_DONTWAIT) == 0;
	cr_expect_eq(closed, CROWD - (int)gate_tls.unknown_of_address);
	for (int i = 0; i < CROWD; i++)
		close(fds[i]);
	turn(&world, 50);
}

/* --- staying ---------------------------------------------------------------------------------- */

static void
on_done(void *ctx, const struct err *e)
{
	cr_assert_eq(e->code, OK, "%s", e->text);
	*(bool *)ctx = true;
}

static void
reload(void)
{
	bool is_done = false;

	server_reload(world.server, on_done, &is_done);
	for (int i = 0; i < 10000 && !is_done; i++) {
		turn(&world, 1);
		usleep(1000);
	}
	cr_assert(is_done);
}

Test(gate_tls, dismisses_who_was_revoked_and_nobody_else)
{
	struct issued bad = machine();
	struct issued good =
	    issue(&set.root, &(struct wish){.san = "URI:sems:device/xray-8", .eku = "clientAuth"});
	struct caller_end c[2] = {call(&bad), call(&good)};
	Sems__V1__ServerFrame *f;

	for (int i = 0; i < 2; i++) {
		say(&c[i], hello_frame());
		sems__v1__server_frame__free_unpacked(hear(&c[i]), NULL);
	}
	set_put_list(&set, issue_list(&set.root, bad.cert, 86400));
	reload();
	f = hear(&c[0]);
	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED);
	cr_expect_not_null(strstr(f->refuse->text, "was revoked"), "%s", f->refuse->text);
	sems__v1__server_frame__free_unpacked(f, NULL);
	cr_expect_null(hear(&c[0]), "and closed");
	say(&c[1], batch_frame(1));
	f = hear(&c[1]);
	cr_assert_not_null(f);
	cr_expect_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_RESULT);
	sems__v1__server_frame__free_unpacked(f, NULL);
	hang_up(&c[0]);
	hang_up(&c[1]);
	issued_fini(&bad);
	issued_fini(&good);
}

Test(gate_tls, says_farewell_when_it_closes)
{
	struct issued own = machine();
	struct caller_end c = call(&own);

	say(&c, hello_frame());
	sems__v1__server_frame__free_unpacked(hear(&c), NULL);
	set_put_list(&set, issue_list(&set.root, own.cert, 86400));
	reload();
	sems__v1__server_frame__free_unpacked(hear(&c), NULL);
	turn(&world, 20);
	cr_expect_null(hear(&c));
	cr_expect_eq(SSL_get_shutdown(c.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN,
		     "close_notify");
	hang_up(&c);
	issued_fini(&own);
}

/* --- what is told ----------------------------------------------------------------------------- */

Test(gate_tls, is_in_the_state_that_status_shows)
{
	struct issued own = issue(
	    &set.root, &(struct wish){.san = MACHINE_SAN, .eku = "clientAuth", .until_s = 3600});
	struct caller_end c = call(&own);
	json_t *state;
	json_t *ending;

	say(&c, hello_frame());
	sems__v1__server_frame__free_unpacked(hear(&c), NULL);
	state = server_state(world.server);
	ending = json_object_get(state, "ending");
	cr_expect_eq(json_integer_value(json_object_get(ending, "all")), 1);
	cr_expect_str_eq(json_string_value(json_object_get(
			     json_array_get(json_object_get(ending, "first"), 0), "principal")),
			 "cert:sems:device/xray-7");
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(state, "twice"), "all")),
		     0);
	cr_expect(json_is_null(json_object_get(state, "fault")));
	json_decref(state);
	hang_up(&c);
	issued_fini(&own);
}
