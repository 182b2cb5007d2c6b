#include "base/log.h"
#include "store/evidence/late.h"

#include <criterion/criterion.h>
#include <event2/event.h>

#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static struct event_base *base;
static struct late l;
static struct item items[3];
static struct group g;
static int log_out[2];

static void
start(void)
{
	base = event_base_new();
	cr_assert(late_init(&l, base, 10));
	memset(items, 0, sizeof items);
	items[1].verdict = VERDICT_STORED;
	g = (struct group){.items = items, .n = 3, .received_at = {1000}};
	cr_assert_eq(pipe(log_out), 0);
	log_setup(log_out[1], LOG_LEVEL_INFO);
}

static void
stop(void)
{
	log_setup(STDERR_FILENO, LOG_LEVEL_INFO);
	close(log_out[0]);
	close(log_out[1]);
	late_fini(&l);
	event_base_free(base);
}

TestSuite(late, .init = start, .fini = stop);

static void
turn(int ms)
{
	struct timeval t = {0, ms * 1000};

	event_base_loopexit(base, &t);
	event_base_dispatch(base);
}

/* What the log said, as far as it was not read. */
static const char *
logged(void)
{
	static char text[8192];
	ssize_t n;

	log_info("end", KVI("n", 1));
	n = read(log_out[0], text, sizeof text - 1);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

Test(late, says_nothing_of_a_group_that_is_settled_in_time)
{
	struct store_late late;

	late_begin(&l, &g);
	late_try(&l, "its rows are copied", 7);
	cr_expect_not(late_look(&l, &late));
	late_end(&l);
	turn(60);
	cr_expect_not(late_look(&l, &late));
	cr_expect_null(strstr(logged(), "store.late"));
}

Test(late, says_what_a_late_group_waits_for_and_that_it_is_settled)
{
	struct store_late late;
	const char *text;

	late_begin(&l, &g);
	late_try(&l, "its rows are copied", 7);
	late_failed(&l, "55P03");
	late_try(&l, "its rows are copied", 8);
	while (!late_look(&l, &late))
		turn(10);
	cr_expect_eq(late.since.v, 1000);
	cr_expect_eq(late.records, 2);
	cr_expect_eq(late.tries, 2);
	cr_expect_eq(late.backend, 8);
	cr_expect_str_eq(late.doing, "its rows are copied");
	cr_expect_str_eq(late.last_failure, "somebody else holds what it needs in the database");
	late_end(&l);
	cr_expect_not(late_look(&l, &late));
	text = logged();
	cr_expect_not_null(strstr(text, "event=store.late "), "%s", text);
	cr_expect_not_null(strstr(text, "while=\"its rows are copied\""), "%s", text);
	cr_expect_not_null(strstr(text, "last_failure=55P03"), "%s", text);
	cr_expect_not_null(strstr(text, "event=store.late.settled"), "%s", text);
	/* The next one begins anew. */
	late_begin(&l, &g);
	cr_expect_not(late_look(&l, &late));
	cr_expect_eq(l.tries, 0);
	late_end(&l);
}

Test(late, says_it_again_at_growing_intervals)
{
	late_begin(&l, &g);
	while (l.waited_ms < 40)
		turn(10);
	cr_expect_eq(l.waited_ms, 40);
	cr_expect_eq(l.next_ms, 40);
	late_end(&l);
}
