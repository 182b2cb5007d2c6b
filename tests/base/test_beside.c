#include "base/beside.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct sum {
	struct task task;
	pthread_t by;
	int go; /* a descriptor that is readable when it may go on; -1: at once */
	int a;
	int b;
	int answer;
};

static int answer;
static unsigned n_done;
static pthread_t by;

static void
add(struct task *t)
{
	struct sum *s = (struct sum *)t;
	struct pollfd p = {s->go, POLLIN, 0};

	if (s->go >= 0)
		poll(&p, 1, 10000);
	s->answer = s->a + s->b;
	s->by = pthread_self();
}

static void
on_done(struct task *t)
{
	answer = ((struct sum *)t)->answer;
	by = ((struct sum *)t)->by;
	n_done++;
	free(t);
}

static struct sum *
start(struct beside *b, int x, int go)
{
	struct sum *s = task_new(sizeof *s);

	s->task.run = add;
	s->task.done = on_done;
	s->a = s->b = x;
	s->go = go;
	cr_assert(beside_run(b, &s->task));
	return s;
}

static void
collect(struct beside *b, unsigned n)
{
	struct pollfd p = {beside_fd(b), POLLIN, 0};

	while (n_done < n) {
		cr_assert_eq(poll(&p, 1, 10000), 1);
		beside_collect(b);
	}
}

Test(beside, runs_a_task_elsewhere_and_gives_it_back)
{
	struct beside *b = beside_new();

	start(b, 21, -1);
	collect(b, 1);
	cr_expect_eq(answer, 42);
	cr_expect_not(pthread_equal(by, pthread_self()));
	for (int i = 0; i < 20; i++)
		start(b, i, -1);
	collect(b, 21);
	beside_free(b);
}

Test(beside, one_that_hangs_holds_up_no_other)
{
	struct beside *b = beside_new();
	int go[2];

	cr_assert_eq(pipe(go), 0);
	start(b, 1, go[0]);
	start(b, 2, -1);
	collect(b, 1);
	cr_expect_eq(answer, 4);
	close(go[1]);
	collect(b, 2);
	cr_expect_eq(answer, 2);
	close(go[0]);
	beside_free(b);
}

Test(beside, forgets_whom_nobody_waits_for)
{
	struct beside *b = beside_new();
	int go[2];

	cr_assert_eq(pipe(go), 0);
	start(b, 1, go[0])->task.done = NULL;
	close(go[1]);
	start(b, 2, -1);
	collect(b, 1);
	/* Also after the end: the memory of what still runs is its own. */
	start(b, 3, -1);
	beside_free(b);
	cr_expect_eq(n_done, 1);
	close(go[0]);
}
