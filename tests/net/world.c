#include "tests/net/world.h"

#include "base/beside.h"
#include "base/log.h"
#include "net/users.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
world_commit(void *ctx)
{
	struct world *w = ctx;
	struct ingest_request r;
	char *text = calloc(w->document + 1, 1);

	while (fixture_commit(w->ingest) != 0)
		;
	while (ingest_take_request(w->ingest, &r)) {
		cr_assert(ingest_respond_document(w->ingest, r.session, r.request->request_no,
						  (struct text){text, w->document}));
		arena_free(r.arena);
		if (w->server != NULL)
			server_pump(w->server);
	}
	free(text);
}

static void
on_beside(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	beside_collect(arg);
}

struct world
world_new(void)
{
	struct world w = {.base = event_base_new(), .beside = beside_new()};

	signal(SIGPIPE, SIG_IGN);
	log_setup(STDERR_FILENO, LOG_LEVEL_ERROR);
	snprintf(w.dir, sizeof w.dir, "/tmp/semsd-net-XXXXXX");
	cr_assert_not_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof w.path, "%s/s", w.dir);
	w.ingest = fixture_ingest(NULL);
	w.beside_event =
	    event_new(w.base, beside_fd(w.beside), EV_READ | EV_PERSIST, on_beside, w.beside);
	event_add(w.beside_event, NULL);
	return w;
}

void
world_start_with(struct world *w, bool (*look_up)(uid_t uid, char *name, size_t size),
		 int64_t patience_ms)
{
	struct server_config c = {.ingest = w->ingest,
				  .owner = (uid_t)-1,
				  .beside = w->beside,
				  .look_up = look_up,
				  .patience_ms = patience_ms,
				  .tls = w->tls,
				  .on_turn = world_commit,
				  .ctx = w};
	struct err e;
	int port;

	cr_assert_eq(server_new(w->base, &c, &w->server, &e), OK, "%s", e.text);
	cr_assert_eq(server_listen(w->server, GATE_UNIX, w->path, &port, &e), OK, "%s", e.text);
}

void
world_start(struct world *w)
{
	world_start_with(w, users_look_up, 0);
}

static void
open_gate(struct world *w, enum gate_id gate)
{
	struct err e;

	cr_assert_eq(server_listen(w->server, gate, "127.0.0.1:0", &w->port, &e), OK, "%s", e.text);
	cr_assert_gt(w->port, 0);
}

void
world_open_loopback(struct world *w)
{
	open_gate(w, GATE_LOOPBACK);
}

void
world_open_tls(struct world *w)
{
	open_gate(w, GATE_TLS);
}

void
world_end(struct world *w)
{
	server_free(w->server);
	ingest_free(w->ingest);
	event_free(w->beside_event);
	beside_free(w->beside);
	event_base_free(w->base);
	cr_assert_neq(access(w->path, F_OK), 0, "the socket's file is removed");
	rmdir(w->dir);
}

int
dial(const struct world *w)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", w->path);
	cr_assert_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	return fd;
}

void
turn(const struct world *w, int times)
{
	for (int i = 0; i < times; i++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
}

struct text
hello_frame(void)
{
	return fixture_frame(fixture_hello());
}

struct text
batch_frame(uint64_t no)
{
	Sems__V1__Record *list[] = {fixture_record(0)};
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;

	b.has_batch_no = 1;
	b.batch_no = no;
	b.n_records = 1;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	return fixture_frame(&f.base);
}

Sems__V1__ServerFrame *
receive(const struct world *w, int fd, struct buf *in)
{
	struct text body;
	size_t used;
	struct err e;

	for (int i = 0; i < 20000; i++) {
		unsigned char chunk[4096];
		ssize_t n;

		if (frame_next(in->p, in->n, FRAME_BYTES_MAX, &body, &used, &e) == FRAME_READY) {
			Sems__V1__ServerFrame *f =
			    sems__v1__server_frame__unpack(NULL, body.n, (const uint8_t *)body.s);

			buf_consume(in, used);
			return f;
		}
		turn(w, 1);
		n = read(fd, chunk, sizeof chunk);
		if (n == 0)
			return NULL;
		if (n > 0)
			cr_assert(buf_add(in, chunk, (size_t)n));
		else
			usleep(1000); /* something runs beside the loop */
	}
	cr_assert_fail("no answer came");
	return NULL;
}

void
expect(const struct world *w, int fd, struct buf *in, int body)
{
	Sems__V1__ServerFrame *f = receive(w, fd, in);

	cr_assert_not_null(f, "closed instead of an answer");
	cr_assert_eq(f->body_case, body);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

int
dial_tcp(const struct world *w)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)w->port)};
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	/* As clients should: what is small waits for nothing. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

Sems__V1__ServerFrame *
welcome(const struct world *w, int fd)
{
	struct text hello = hello_frame();
	Sems__V1__ServerFrame *f;
	struct buf in;

	buf_init(&in, 1 << 20);
	cr_assert_eq(write(fd, hello.s, hello.n), (ssize_t)hello.n);
	f = receive(w, fd, &in);
	cr_assert_not_null(f, "closed instead of an answer");
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	buf_fini(&in);
	free((void *)hello.s);
	return f;
}

void
greet(const struct world *w, int fd)
{
	sems__v1__server_frame__free_unpacked(welcome(w, fd), NULL);
}

void
expect_busy(const struct world *w, int fd, const char *cause)
{
	struct buf in;
	Sems__V1__ServerFrame *f;

	buf_init(&in, 1 << 20);
	f = receive(w, fd, &in);
	cr_assert_not_null(f);
	cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_expect_eq(f->refuse->code, SEMS__V1__REFUSE_CODE__REFUSE_CODE_BUSY);
	cr_expect_not_null(strstr(f->refuse->text, cause), "%s", f->refuse->text);
	sems__v1__server_frame__free_unpacked(f, NULL);
	cr_expect_null(receive(w, fd, &in), "and closed");
	buf_fini(&in);
	close(fd);
}
