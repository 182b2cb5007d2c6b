#include "../ingest/fixture.h"
#include "base/beside.h"
#include "base/log.h"
#include "net/listener.h"
#include "net/server.h"
#include "net/users.h"
#include "wire/frame.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A server on a Unix socket whose store commits everything at once, and which answers requests with
 * a document of so many bytes. */
struct world {
	size_t document;
	struct event_base *base;
	struct beside *beside;
	struct event *beside_event;
	struct ingest *ingest;
	struct server *server;
	int port;
	char dir[64];
	char path[80];
};

static void
commit_all(void *ctx)
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

static struct world
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

/* With users looked up so, in a time of so long. */
static void
world_start_with(struct world *w, bool (*look_up)(uid_t uid, char *name, size_t size),
		 int64_t user_ms)
{
	struct server_config c = {.ingest = w->ingest,
				  .owner = (uid_t)-1,
				  .beside = w->beside,
				  .look_up = look_up,
				  .user_ms = user_ms,
				  .on_turn = commit_all,
				  .ctx = w};
	struct err e;

	w->server = server_new(w->base, &c);
	cr_assert_eq(server_listen_unix(w->server, w->path, &e), OK, "%s", e.text);
}

static void
world_start(struct world *w)
{
	world_start_with(w, users_look_up, SERVER_USER_MS);
}

static void
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

static int
dial(const struct world *w)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", w->path);
	cr_assert_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	return fd;
}

static void
turn(const struct world *w, int times)
{
	for (int i = 0; i < times; i++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
}

static struct text
hello_frame(void)
{
	return fixture_frame(fixture_hello());
}

static struct text
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

/* Reads until a frame is whole, the peer closes (NULL) or nothing comes. */
static Sems__V1__ServerFrame *
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

static void
expect(const struct world *w, int fd, struct buf *in, int body)
{
	Sems__V1__ServerFrame *f = receive(w, fd, in);

	cr_assert_not_null(f, "closed instead of an answer");
	cr_assert_eq(f->body_case, body);
	sems__v1__server_frame__free_unpacked(f, NULL);
}

Test(server, greets_takes_a_record_and_answers)
{
	struct world w = world_new();
	struct text hello = hello_frame();
	struct text batch = batch_frame(3);
	struct buf in;
	int fd;

	world_start(&w);
	buf_init(&in, 1 << 20);
	fd = dial(&w);
	cr_assert_eq(write(fd, hello.s, hello.n), (ssize_t)hello.n);
	expect(&w, fd, &in, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	cr_assert_eq(write(fd, batch.s, batch.n), (ssize_t)batch.n);
	expect(&w, fd, &in, SEMS__V1__SERVER_FRAME__BODY_RESULT);
	close(fd);
	turn(&w, 4);
	buf_fini(&in);
	free((void *)hello.s);
	free((void *)batch.s);
	world_end(&w);
}

Test(server, answers_every_frame_of_one_write)
{
	struct world w = world_new();
	struct text hello = hello_frame();
	struct buf in;
	struct buf out;
	int fd;

	world_start(&w);
	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	cr_assert(buf_add(&out, hello.s, hello.n));
	for (uint64_t no = 1; no <= 100; no++) {
		struct text batch = batch_frame(no);

		cr_assert(buf_add(&out, batch.s, batch.n));
		free((void *)batch.s);
	}
	fd = dial(&w);
	cr_assert_eq(write(fd, out.p, out.n), (ssize_t)out.n);
	expect(&w, fd, &in, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	/* More frames than one turn's budget: none may be forgotten in the buffer. */
	for (uint64_t no = 1; no <= 100; no++) {
		Sems__V1__ServerFrame *f = receive(&w, fd, &in);

		cr_assert_not_null(f);
		cr_assert_eq(f->body_case, SEMS__V1__SERVER_FRAME__BODY_RESULT, "batch %d: %d %s",
			     (int)no, f->body_case,
			     f->body_case == SEMS__V1__SERVER_FRAME__BODY_REFUSE ? f->refuse->text
										 : "");
		cr_assert_eq(f->result->batch_no, no);
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	close(fd);
	turn(&w, 4);
	buf_fini(&in);
	buf_fini(&out);
	free((void *)hello.s);
	world_end(&w);
}

/* P-310 */
Test(server, a_broken_frame_closes_only_its_own_connection)
{
	struct world w = world_new();
	struct text hello = hello_frame();
	struct buf in_good;
	struct buf in_bad;
	int good;
	int bad;

	world_start(&w);
	buf_init(&in_good, 1 << 20);
	buf_init(&in_bad, 1 << 20);
	good = dial(&w);
	bad = dial(&w);
	cr_assert_eq(write(good, hello.s, hello.n), (ssize_t)hello.n);
	expect(&w, good, &in_good, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	cr_assert_eq(write(bad, "\xff\xff\xff\xff\xff\xff", 6), 6);
	expect(&w, bad, &in_bad, SEMS__V1__SERVER_FRAME__BODY_REFUSE);
	cr_assert_null(receive(&w, bad, &in_bad), "the refused one is closed");
	cr_assert_eq(write(good, "", 0), 0);
	cr_assert_eq(read(good, &(char){0}, 1), -1);
	cr_assert_eq(errno, EAGAIN, "the other one is still open");
	close(good);
	close(bad);
	turn(&w, 4);
	buf_fini(&in_good);
	buf_fini(&in_bad);
	free((void *)hello.s);
	world_end(&w);
}

Test(server, survives_clients_that_vanish_in_the_middle)
{
	struct world w = world_new();
	struct text hello = hello_frame();

	world_start(&w);
	for (size_t n = 0; n <= hello.n; n++) {
		int fd = dial(&w);

		cr_assert_eq(write(fd, hello.s, n), (ssize_t)n);
		turn(&w, 1);
		close(fd);
		turn(&w, 2);
	}
	cr_assert(server_is_flushed(w.server));
	free((void *)hello.s);
	world_end(&w);
}

/* P-101, P-102 */
Test(server, tells_a_unix_peer_from_a_tcp_one)
{
	struct world w = world_new();
	struct text hello = hello_frame();
	Sems__V1__ServerFrame *f;
	struct buf in;
	int fd;

	world_start(&w);
	buf_init(&in, 1 << 20);
	fd = dial(&w);
	cr_assert_eq(write(fd, hello.s, hello.n), (ssize_t)hello.n);
	f = receive(&w, fd, &in);
	cr_assert_not_null(f);
	cr_assert_eq(strncmp(f->welcome->principal, "unix:", 5), 0);
	cr_assert_str_eq(f->welcome->role, "admin", "the daemon's own user administers it");
	sems__v1__server_frame__free_unpacked(f, NULL);
	close(fd);
	turn(&w, 4);
	buf_fini(&in);
	free((void *)hello.s);
	world_end(&w);
}

/* A client that has been greeted and asks for two documents. */
static int
dial_and_ask(const struct world *w, struct buf *in)
{
	struct text hello = hello_frame();
	int fd = dial(w);

	buf_init(in, 1 << 20);
	cr_assert_eq(write(fd, hello.s, hello.n), (ssize_t)hello.n);
	expect(w, fd, in, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	for (uint64_t no = 1; no <= 2; no++) {
		struct text ask = fixture_frame(fixture_request(no));

		cr_assert_eq(write(fd, ask.s, ask.n), (ssize_t)ask.n);
		free((void *)ask.s);
	}
	turn(w, 4);
	free((void *)hello.s);
	return fd;
}

/* Takes what is there. */
static void
drain(int fd, struct buf *in)
{
	unsigned char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		cr_assert(buf_add(in, chunk, (size_t)n));
}

/* P-205 */
Test(server, gives_who_reads_its_documents_whole_and_closes_who_does_not)
{
	enum { LAZY = 20 };
	struct world w = world_new();
	struct ingest_config c = ingest_defaults();
	struct buf in[LAZY + 1];
	int fd[LAZY + 1];
	struct buf got;

	c.session_unsent_bytes = (size_t)4 * 1024 * 1024;
	c.unsent_bytes = (size_t)8 * 1024 * 1024;
	ingest_free(w.ingest);
	w.ingest = fixture_ingest(&c);
	w.document = (size_t)1024 * 1024;
	world_start(&w);
	for (int i = 0; i <= LAZY; i++)
		fd[i] = dial_and_ask(&w, &in[i]);
	buf_init(&got, 1 << 24);
	/* Its turn comes when those before it were closed: by a clock that goes ahead. */
	for (int64_t s = 1; s < 100; s++) {
		ingest_tick(w.ingest, (struct mono_ms){server_mono().v + s * MS_PER_SECOND});
		commit_all(&w);
		server_pump(w.server);
		for (int i = 0; i < 40; i++) {
			turn(&w, 1);
			drain(fd[LAZY], &got);
		}
	}
	cr_expect_eq(ingest_counters(w.ingest)->sessions_unread, LAZY);
	cr_expect_gt(got.n, 2 * w.document);
	cr_expect_eq(read(fd[LAZY], &(char){0}, 1), -1, "it is still open");
	for (int i = 0; i <= LAZY; i++) {
		close(fd[i]);
		buf_fini(&in[i]);
	}
	turn(&w, 4);
	buf_fini(&got);
	world_end(&w);
}

/* --- users ------------------------------------------------------------------------------------ */

/* A name service that answers once something can be read from the gate. */
static int gate[2];
static uid_t slow_uid;

static bool
look_up_slowly(uid_t uid, char *name, size_t size)
{
	struct pollfd p = {gate[0], POLLIN, 0};

	if (uid == slow_uid)
		poll(&p, 1, 60000);
	return users_look_up(uid, name, size);
}

static bool
look_up_in_vain(uid_t uid, char *name, size_t size)
{
	snprintf(name, size, "unix:%u", uid);
	return false;
}

static int
dial_tcp(const struct world *w)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)w->port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
greet(const struct world *w, int fd)
{
	struct text hello = hello_frame();
	struct buf in;

	buf_init(&in, 1 << 20);
	cr_assert_eq(write(fd, hello.s, hello.n), (ssize_t)hello.n);
	expect(w, fd, &in, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	buf_fini(&in);
	free((void *)hello.s);
}

static void
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

/* Whoever is known, or is no user, is served while another one's name is looked up; what that one
 * said meanwhile is answered afterwards. */
Test(server, serves_others_while_a_user_is_looked_up)
{
	struct world w = world_new();
	struct text hello = hello_frame();
	struct buf in;
	struct err e;
	int waiting;
	int other;
	int fd;

	cr_assert_eq(pipe(gate), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, SERVER_USER_MS);
	cr_assert_eq(server_listen_tcp(w.server, "127.0.0.1:0", &w.port, &e), OK, "%s", e.text);
	if (geteuid() == 0) {
		/* As two users: the socket's folder is open to both. */
		slow_uid = 4242;
		chmod(w.dir, 0755);
		greet(&w, fd = dial(&w));
		close(fd);
		cr_assert_eq(seteuid(slow_uid), 0);
	}
	waiting = dial(&w);
	cr_assert_eq(seteuid(getuid()), 0);
	cr_assert_eq(write(waiting, hello.s, hello.n), (ssize_t)hello.n);
	for (int i = 0; i < 3; i++) {
		greet(&w, fd = dial_tcp(&w));
		close(fd);
	}
	if (getuid() == 0) {
		greet(&w, other = dial(&w));
		close(other);
	}
	cr_assert_eq(read(waiting, &(char){0}, 1), -1);
	cr_assert_eq(errno, EAGAIN, "the user that is looked up waits");
	cr_assert_eq(write(gate[1], "", 1), 1);
	buf_init(&in, 1 << 20);
	expect(&w, waiting, &in, SEMS__V1__SERVER_FRAME__BODY_WELCOME);
	close(waiting);
	turn(&w, 4);
	buf_fini(&in);
	free((void *)hello.s);
	world_end(&w);
}

/* P-313 */
Test(server, refuses_a_user_whose_name_does_not_come_in_time)
{
	struct world w = world_new();

	cr_assert_eq(pipe(gate), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, 1);
	expect_busy(&w, dial(&w), "does not answer");
	cr_assert_eq(write(gate[1], "", 1), 1);
	turn(&w, 4);
	world_end(&w);
}

Test(server, refuses_a_user_whose_name_cannot_be_told)
{
	struct world w = world_new();

	world_start_with(&w, look_up_in_vain, SERVER_USER_MS);
	expect_busy(&w, dial(&w), "cannot tell");
	world_end(&w);
}

/* Also when semsd is about to stop. */
Test(server, tells_who_waits_for_a_name_that_it_stops_listening)
{
	struct world w = world_new();
	int fd;

	cr_assert_eq(pipe(gate), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, SERVER_USER_MS);
	fd = dial(&w);
	turn(&w, 4);
	server_stop_listening(w.server);
	expect_busy(&w, fd, "nobody any more");
	cr_assert_eq(write(gate[1], "", 1), 1);
	world_end(&w);
}

Test(server, listens_in_as_many_places_as_it_is_told)
{
	struct world w = world_new();
	struct err e;

	world_start(&w);
	for (int i = 0; i < 20; i++) {
		int fd;

		cr_assert_eq(server_listen_tcp(w.server, "127.0.0.1:0", &w.port, &e), OK, "%s",
			     e.text);
		greet(&w, fd = dial_tcp(&w));
		close(fd);
	}
	world_end(&w);
}

Test(server, bounds_how_many_wait_for_a_name)
{
	enum { MOST = 512 };
	struct world w = world_new();
	int fd[MOST];

	cr_assert_eq(listener_room(2 * MOST), 2 * MOST, "descriptors for both ends");
	cr_assert_eq(pipe(gate), 0);
	slow_uid = geteuid();
	world_start_with(&w, look_up_slowly, 60 * MS_PER_SECOND);
	for (int i = 0; i < MOST; i++) {
		fd[i] = dial(&w);
		turn(&w, 1);
	}
	expect_busy(&w, dial(&w), "too many");
	for (int i = 0; i < MOST; i++)
		close(fd[i]);
	cr_assert_eq(write(gate[1], "", 1), 1);
	turn(&w, 4);
	world_end(&w);
}

/* --- without memory --------------------------------------------------------------------------- */

static unsigned n_allocations;
static unsigned fail_at; /* 0: none does */
static bool all_from_then;

static bool
fails(void)
{
	errno = ENOMEM;
	if (fail_at == 0)
		return false;
	n_allocations++;
	return n_allocations == fail_at || (all_from_then && n_allocations > fail_at);
}

static void *
get(size_t n)
{
	return fails() ? NULL : malloc(n);
}

static void *
get_again(void *p, size_t n)
{
	return fails() ? NULL : realloc(p, n);
}

/* A batch that does not come in one piece, so that its pieces have to be put together. */
static struct text
long_batch_frame(void)
{
	Sems__V1__Record *list[FIXTURE_RECORDS];
	Sems__V1__ClientFrame f = SEMS__V1__CLIENT_FRAME__INIT;
	Sems__V1__Batch b = SEMS__V1__BATCH__INIT;

	for (unsigned i = 0; i < FIXTURE_RECORDS; i++)
		list[i] = fixture_record(i);
	b.has_batch_no = 1;
	b.batch_no = 1;
	b.n_records = FIXTURE_RECORDS;
	b.records = list;
	f.body_case = SEMS__V1__CLIENT_FRAME__BODY_BATCH;
	f.batch = &b;
	return fixture_frame(&f.base);
}

static void
write_piece(const struct world *w, int fd, const char *p, size_t n)
{
	/* Closed already, perhaps. */
	(void)!write(fd, p, n);
	turn(w, 2);
}

/* One conversation, while memory fails. True: answered; false: closed. It never hangs. */
static bool
converse(const struct world *w, struct text hello, struct text batch)
{
	Sems__V1__ServerFrame *f;
	struct buf in;
	int results = 0;
	int fd = dial(w);

	buf_init(&in, 1 << 20);
	turn(w, 2);
	write_piece(w, fd, hello.s, hello.n);
	for (size_t at = 0; at < batch.n; at += 1500)
		write_piece(w, fd, batch.s + at, batch.n - at < 1500 ? batch.n - at : 1500);
	fail_at = 0;
	while (results == 0 && (f = receive(w, fd, &in)) != NULL) {
		results += f->body_case == SEMS__V1__SERVER_FRAME__BODY_RESULT;
		sems__v1__server_frame__free_unpacked(f, NULL);
	}
	close(fd);
	turn(w, 4);
	buf_fini(&in);
	return results == 1;
}

/* Each of libevent's allocations fails once, and all from each on: that connection is served or
 * closed, the others and the next are served. */
static void
fail_each(bool from_then)
{
	struct world w;
	struct text hello = hello_frame();
	struct text batch = long_batch_frame();
	struct text one = batch_frame(7);
	unsigned closed = 0;
	struct buf in;
	int fd;

	event_set_mem_functions(get, get_again, free);
	w = world_new();
	world_start(&w);
	buf_init(&in, 1 << 20);
	greet(&w, fd = dial(&w));
	all_from_then = from_then;
	for (unsigned n = 1;; n++) {
		bool is_answered;
		bool has_failed;

		n_allocations = 0;
		fail_at = n;
		is_answered = converse(&w, hello, batch);
		has_failed = n_allocations >= n;
		closed += !is_answered;
		cr_assert_eq(write(fd, one.s, one.n), (ssize_t)one.n);
		expect(&w, fd, &in, SEMS__V1__SERVER_FRAME__BODY_RESULT);
		cr_assert(converse(&w, hello, batch), "%u", n);
		if (!has_failed)
			break;
	}
	cr_expect_gt(closed, 3, "%u", closed);
	close(fd);
	turn(&w, 4);
	buf_fini(&in);
	free((void *)hello.s);
	free((void *)batch.s);
	free((void *)one.s);
	world_end(&w);
}

Test(server, ends_at_most_the_connection_that_an_allocation_failed_for)
{
	fail_each(false);
}

Test(server, ends_at_most_the_connection_that_memory_was_out_for)
{
	fail_each(true);
}
