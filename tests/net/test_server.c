#include "net/server.h"
#include "tests/net/world.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

Test(server, greets_takes_a_record_and_answers)
{
	struct world w = world_new();
	struct text batch = batch_frame(3);
	struct buf in;
	int fd;

	world_start(&w);
	buf_init(&in, 1 << 20);
	greet(&w, fd = dial(&w));
	cr_assert_eq(write(fd, batch.s, batch.n), (ssize_t)batch.n);
	expect(&w, fd, &in, SEMS__V1__SERVER_FRAME__BODY_RESULT);
	close(fd);
	turn(&w, 4);
	buf_fini(&in);
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

Test(server, listens_in_as_many_places_as_it_is_told)
{
	struct world w = world_new();

	world_start(&w);
	for (int i = 0; i < 20; i++) {
		int fd;

		world_open_loopback(&w);
		greet(&w, fd = dial_tcp(&w));
		close(fd);
	}
	world_end(&w);
}
