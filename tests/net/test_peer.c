#include "net/peer.h"
#include "net/server.h"
#include "tests/lib/machine_walk.h"
#include "tests/net/world.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

Test(peer, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "came: who it is takes time > unknown, it has a session > open, closed > gone",
	    "unknown: it has a session > open, closed > gone",
	    "open: its session is over > draining, closed > gone",
	    "draining: closed > gone",
	    "gone: ",
	};

	MACHINE_WALK(&peer_machine, edges);
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
Test(peer, gives_who_reads_its_documents_whole_and_closes_who_does_not)
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
		world_commit(&w);
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

Test(peer, ends_at_most_the_connection_that_an_allocation_failed_for)
{
	fail_each(false);
}

Test(peer, ends_at_most_the_connection_that_memory_was_out_for)
{
	fail_each(true);
}
